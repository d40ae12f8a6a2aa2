"""Runs a circuit on integers, line by line: the readable twin of compiler and tape, and where lies are tried.

Wires and rows come in the same order as in the compiled relation, so that the two can be compared one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from circuits.frontend.builder import Builder
from circuits.frontend.circuit import Circuit, InputValues, OutputValues, named_outputs
from circuits.frontend.errors import CircuitDefinitionError, RuleViolated
from circuits.frontend.labels import source_of_caller
from circuits.frontend.operations import evaluate
from circuits.frontend.structure import put_together, take_apart
from circuits.frontend.wire import Advice, Wire
from prover.bn254 import FR
from prover.tape import Operation

Result = TypeVar("Result")


class Value(Wire):
    """A wire whose value is known."""

    __slots__ = ("builder", "constant", "value")

    builder: IntegerEngine

    def __init__(self, builder: IntegerEngine, value: int, *, constant: bool = False) -> None:
        self.builder = builder
        self.value = value
        self.constant = constant

    def scaled(self, factor: int) -> Value:
        """See `Wire`."""
        return Value(self.builder, self.value * factor % FR, constant=self.constant or factor == 0)

    def plus(self, other: Wire) -> Value:
        """See `Wire`."""
        added = integer_of(other)
        return Value(self.builder, (self.value + added) % FR, constant=self.constant and other.constant)

    def constant_value(self) -> int:
        """See `Wire`."""
        if not self.constant:
            raise CircuitDefinitionError("this wire is not a constant")
        return self.value


@dataclass(slots=True)
class Execution:
    """What happened: the witness as integers in the relation's order, the hinted wires in it, and the broken rows.

    The last rows make the public outputs equal to what they stand for, so they are never broken here.
    """

    outputs: OutputValues
    witness: list[int]
    first_block_wire: int
    hinted: list[int]
    n_constraints: int
    violations: list[RuleViolated] = field(default_factory=list)


def run_on_integers(
    circuit: Circuit,
    inputs: InputValues,
    *,
    lies: Mapping[int, int] | None = None,
    collect: bool = False,
) -> Execution:
    """Runs `circuit` on `inputs`. Raises `InputRefused`, and `RuleViolated` at the first broken row.

    With `collect`, goes on and lists broken rows instead. `lies` says what a lying prover puts into wires, hinted
    or products: position in the circuit's own block of wires (`Execution.first_block_wire` on) -> value. What depends
    on the wire is computed from the lie.
    """
    engine = IntegerEngine(lies or {}, collect=collect)
    given = circuit.input_integers(inputs)
    wires = [Value(engine, value) for value in given]
    outputs = named_outputs(engine, circuit.define(engine, **circuit.arguments(wires)))
    values = {name: integer_of(wire) for name, wire in outputs}
    first = 1 + len(outputs) + len(given)
    return Execution(
        outputs=values,
        witness=[1, *values.values(), *given, *engine.wires],
        first_block_wire=first,
        hinted=[first + position for position in engine.hinted],
        n_constraints=engine.n_rows + len(outputs),
        violations=engine.violations,
    )


class IntegerEngine(Builder):
    """The builder whose wires are integers."""

    def __init__(self, lies: Mapping[int, int], *, collect: bool) -> None:
        super().__init__()
        self.wires: list[int] = []
        self.hinted: list[int] = []
        self.n_rows = 0
        self.violations: list[RuleViolated] = []
        self._lies = lies
        self._collect = collect
        self._path: list[str] = []

    def constant(self, value: int) -> Wire:
        """See `Builder`."""
        return Value(self, value % FR, constant=True)

    def linear(self, terms: Iterable[tuple[int, Wire]], constant: int = 0) -> Wire:
        """See `Builder`."""
        pairs = [(factor, integer_of(wire), wire.constant) for factor, wire in terms]
        total = sum(factor * value for factor, value, _ in pairs) + constant
        return Value(self, total % FR, constant=all(is_constant for *_, is_constant in pairs))

    def add_row(self, a: Wire, b: Wire, c: Wire) -> None:
        """See `Builder`; checks it at once."""
        left, right, result = integer_of(a), integer_of(b), integer_of(c)
        if left * right % FR != result:
            wires = {"a": left, "b": right, "c": result}
            broken = RuleViolated(self.current_rule, self.n_rows, "/".join(self._path), source_of_caller(), wires)
            if not self._collect:
                raise broken
            self.violations.append(broken)
        self.n_rows += 1

    def new_product(self, a: Wire, b: Wire) -> Wire:
        """See `Builder`."""
        wire = self._new_wire(integer_of(a) * integer_of(b) % FR)
        self.add_row(a, b, wire)
        return wire

    def operate(
        self,
        operation: Operation,
        operands: Sequence[Advice[Any] | Wire | int],
        parameters: Sequence[int] = (),
        *,
        table: Sequence[int] = (),
        n_results: int = 1,
    ) -> list[Advice[Any]]:
        """See `Builder`."""
        values = [self._integer(operand) for operand in operands]
        results = evaluate(operation, values, parameters, table)
        if len(results) != n_results:
            raise CircuitDefinitionError(f"{operation.name} gives {len(results)} results, {n_results} were expected")
        return [Advice(self, value) for value in results]

    def witness(self, advice: Advice[Any], name: str = "") -> Wire:
        """See `Builder`; a lie takes the place of the advice. Names are for the compiler."""
        del name
        self.hinted.append(len(self.wires))
        return self._new_wire(self._integer(advice))

    def assume_not_zero(self, wire: Wire, reason: str) -> None:
        """See `Builder`; nothing to do."""

    def call(
        self, function: Callable[..., Result], arguments: tuple[Any, ...], named: Mapping[str, Any], name: str
    ) -> Result:
        """See `Builder`. Arguments lose their constancy, as they do when a template is compiled."""
        wires: list[Wire] = []
        structure = take_apart((arguments, dict(named)), wires)
        fresh: Any = put_together(structure, iter([Value(self, integer_of(wire)) for wire in wires]))
        self._path.append(name)
        try:
            return function(self, *fresh[0], **fresh[1])
        finally:
            self._path.pop()

    def _new_wire(self, honest: int) -> Value:
        value = self._lies.get(len(self.wires), honest)
        self.wires.append(value)
        return Value(self, value)

    def _integer(self, operand: Advice[Any] | Wire | int) -> int:
        if isinstance(operand, Advice):
            value: int = operand.handle
            return value
        return integer_of(self.wire(operand))


def integer_of(wire: Wire) -> int:
    """The value of an engine's wire."""
    if not isinstance(wire, Value):
        raise CircuitDefinitionError("this wire belongs to another circuit")
    return wire.value
