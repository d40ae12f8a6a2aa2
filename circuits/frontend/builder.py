"""What a circuit is written with: `Builder`, implemented by the `ConstraintBuilder` and by the `IntegerEngine`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from circuits.frontend.errors import CircuitDefinitionError
from circuits.frontend.wire import Advice, Wire
from prover.bn254 import FR
from prover.tape import Operation

Result = TypeVar("Result")


class Builder(ABC):
    """The vocabulary of circuits: linear combinations are free, a product is a constraint, a rule names constraints."""

    def __init__(self) -> None:
        self._rules: list[str] = []

    # -- wires -----------------------------------------------------------------------------------------------------
    @abstractmethod
    def constant(self, value: int) -> Wire:
        """The wire of an integer, taken modulo r; free."""

    @abstractmethod
    def linear(self, terms: Iterable[tuple[int, Wire]], constant: int = 0) -> Wire:
        """The sum of coefficient * wire, and a constant; free, and quicker than adding one by one."""

    @abstractmethod
    def add_row(self, a: Wire, b: Wire, c: Wire) -> None:
        """The constraint a * b = c, under the rule of the moment."""

    @abstractmethod
    def new_product(self, a: Wire, b: Wire) -> Wire:
        """A new wire and the constraint a * b = wire."""

    @abstractmethod
    def call(
        self, function: Callable[..., Result], arguments: tuple[Any, ...], named: Mapping[str, Any], name: str
    ) -> Result:
        """An instance of a sub-circuit; see `circuits.frontend.subcircuit`."""

    # -- advice ----------------------------------------------------------------------------------------------------
    @abstractmethod
    def operate(
        self,
        operation: Operation,
        operands: Sequence[Advice[Any] | Wire | int],
        parameters: Sequence[int] = (),
        *,
        table: Sequence[int] = (),
        n_results: int = 1,
    ) -> list[Advice[Any]]:
        """One operation of the witness tape; use the methods of `Advice`."""

    @abstractmethod
    def witness(self, advice: Advice[Any], name: str = "") -> Wire:
        """A new wire with the value of `advice`. NOTHING holds the prover to it but the constraints you add."""

    @abstractmethod
    def assume_not_zero(self, wire: Wire, reason: str) -> None:
        """Writes down that `wire` is not 0, and why, where no constraint says so: for the audit. Free, and no check."""

    # -- made of the above -----------------------------------------------------------------------------------------
    def wire(self, value: Wire | int) -> Wire:
        """A wire as it is, an integer as a constant."""
        if isinstance(value, Wire):
            if value.builder is not self:
                raise CircuitDefinitionError(
                    "this wire belongs to another circuit or sub-circuit: pass arguments, return what is to leave"
                )
            return value
        return self.constant(value)

    def sum(self, wires: Iterable[Wire]) -> Wire:
        """The sum; free."""
        return self.linear((1, wire) for wire in wires)

    def product(self, a: Wire | int, b: Wire | int) -> Wire:
        """a * b: one constraint, none if one of them is constant."""
        left, right = self.wire(a), self.wire(b)
        if left.constant:
            return right.scaled(left.constant_value())
        if right.constant:
            return left.scaled(right.constant_value())
        return self.new_product(left, right)

    def assert_product(self, a: Wire | int, b: Wire | int, c: Wire | int) -> None:
        """The constraint a * b = c; one row."""
        self.add_row(self.wire(a), self.wire(b), self.wire(c))

    def assert_zero(self, a: Wire | int) -> None:
        """The constraint a = 0; one row."""
        self.add_row(self.wire(a), self.constant(1), self.constant(0))

    def assert_equal(self, a: Wire | int, b: Wire | int) -> None:
        """The constraint a = b; one row."""
        self.assert_zero(self.wire(a) - b)

    def advice(self, value: Wire | int) -> Advice[Any]:
        """What the prover knows of a wire, to compute other values from."""
        return self.operate(Operation.LINEAR, [value], [1])[0]

    @property
    def current_rule(self) -> str:
        """The innermost rule, or "" where none is named."""
        return self._rules[-1] if self._rules else ""

    @contextmanager
    def rule(self, rule: str | type[BaseException]) -> Iterator[None]:
        """Constraints made inside, in sub-circuits too, enforce `rule`: a name, or the exception class of that name."""
        name = rule if isinstance(rule, str) else rule.__name__
        if not name:
            raise CircuitDefinitionError("a rule needs a name")
        self._rules.append(name)
        try:
            yield
        finally:
            self._rules.pop()


def coefficient(value: int) -> int:
    """An author's integer as an element of Fr."""
    return value % FR
