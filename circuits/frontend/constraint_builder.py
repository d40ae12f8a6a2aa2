"""The builder that makes constraints, and with each the step of the witness tape that fills its wires."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from circuits.frontend.builder import Builder
from circuits.frontend.errors import CircuitDefinitionError
from circuits.frontend.labels import source_of_caller
from circuits.frontend.linear import ONE_KEY, LinearCombination, add_terms, combine, own
from circuits.frontend.structure import Structure, put_together, statics, take_apart
from circuits.frontend.tape_writer import ONE_PLACE, Place, TapeWriter
from circuits.frontend.template import INHERITED, Assumption, Call, Row, Template
from circuits.frontend.wire import Advice, Wire
from prover.bn254 import FR
from prover.tape import Operation

Result = TypeVar("Result")

_templates: dict[tuple[Callable[..., Any], Structure], Template] = {}
"""Every sub-circuit compiled in this process. Functions are pure, so a template never grows old."""


class ConstraintBuilder(Builder):
    """Builds one template. `inputs_are_wires`: the root's inputs lie in the witness, a sub-circuit's are arguments."""

    def __init__(self, name: str, n_inputs: int, *, inputs_are_wires: bool) -> None:
        super().__init__()
        self._name = name
        self._n_inputs = n_inputs
        kind = Place.INPUT if inputs_are_wires else Place.TEMPORARY
        self._places: list[Place] = [ONE_PLACE, *(Place(kind, number, 0) for number in range(n_inputs))]
        self._n_wires = 0
        self._n_rows = 0
        self._rows: list[Row] = []
        self._calls: list[Call] = []
        self._hinted: list[int] = []
        self._names: dict[int, str] = {}
        self._assumptions: list[Assumption] = []
        self._writer = TapeWriter(0 if inputs_are_wires else n_inputs)
        self._written: dict[int, tuple[LinearCombination, Place]] = {}

    # -- wires -----------------------------------------------------------------------------------------------------
    def constant(self, value: int) -> Wire:
        """See `Builder`."""
        reduced = value % FR
        return LinearCombination(self, {ONE_KEY: reduced} if reduced else {}, constant=True)

    def linear(self, terms: Iterable[tuple[int, Wire]], constant: int = 0) -> Wire:
        """See `Builder`."""
        parts = [(factor, own(self, wire)) for factor, wire in terms]
        combined = combine(((factor, wire.terms) for factor, wire in parts), constant)
        return LinearCombination(self, combined, constant=all(wire.constant for _, wire in parts))

    def input(self, number: int) -> LinearCombination:
        """Input `number` of the template."""
        return LinearCombination(self, {1 + number: 1})

    def add_row(self, a: Wire, b: Wire, c: Wire) -> None:
        """See `Builder`."""
        self._add_row(a, b, c, source_of_caller())

    def new_product(self, a: Wire, b: Wire) -> Wire:
        """See `Builder`."""
        operands = [self._place_of(own(self, a)), self._place_of(own(self, b))]
        wire, place = self._new_wire()
        self._writer.operate(Operation.MULTIPLY, operands, [], results=[place])
        self.add_row(a, b, wire)
        return wire

    # -- advice ----------------------------------------------------------------------------------------------------
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
        if operation is Operation.LINEAR and len(operands) == 1 and parameters[0] == 1:
            return [Advice(self, self._operand(operands[0]))]
        places = [self._operand(operand) for operand in operands]
        results = self._writer.operate(operation, places, parameters, n_results=n_results, table=table)
        return [Advice(self, place) for place in results]

    def witness(self, advice: Advice[Any], name: str = "") -> Wire:
        """See `Builder`. A result that nobody read yet is written to the wire at once, without a copy."""
        source = self._operand(advice)
        wire, place = self._new_wire()
        if source.kind == Place.TEMPORARY and source.number < 0:
            source.kind, source.number = Place.WIRE, place.number
            self._places[-1] = source
        else:
            self._writer.operate(Operation.LINEAR, [source], [1], results=[place])
        self._hinted.append(place.number)
        if name:
            self._names[place.number] = name
        return wire

    def assume_not_zero(self, wire: Wire, reason: str) -> None:
        """See `Builder`."""
        self._assumptions.append(Assumption(own(self, wire).terms, reason))

    # -- sub-circuits ----------------------------------------------------------------------------------------------
    def call(
        self, function: Callable[..., Result], arguments: tuple[Any, ...], named: Mapping[str, Any], name: str
    ) -> Result:
        """See `Builder`."""
        wires: list[Wire] = []
        structure = take_apart((arguments, dict(named)), wires)
        template = template_of(function, structure, len(wires), name)
        own_wires = [own(self, wire) for wire in wires]
        first_wire = self._n_wires
        level = self._writer.call(template, [self._writing(wire) for wire in own_wires], first_wire)
        call = Call(template, tuple(wire.terms for wire in own_wires), first_wire, self._n_rows, self.current_rule)
        self._calls.append(call)
        self._places.extend(Place(Place.WIRE, first_wire + offset, level) for offset in range(template.n_wires))
        self._n_wires += template.n_wires
        self._n_rows += template.n_rows
        results = [
            LinearCombination(self, seen_from_caller(terms, call, self._n_inputs), constant=constant)
            for terms, constant in zip(template.results, template.constant_results, strict=True)
        ]
        answer: Result = put_together(template.result_structure, iter(results))
        return answer

    def finish(self, result: Any) -> Template:
        """The template, with `result` as what it gives back."""
        wires: list[Wire] = []
        structure = take_apart(result, wires)
        results = [own(self, wire) for wire in wires]
        return Template(
            name=self._name,
            n_inputs=self._n_inputs,
            n_wires=self._n_wires,
            n_rows=self._n_rows,
            rows=self._rows,
            calls=self._calls,
            results=[wire.terms for wire in results],
            result_structure=structure,
            constant_results=[wire.constant for wire in results],
            hinted=self._hinted,
            names=self._names,
            assumptions=self._assumptions,
            tape=self._writer.finish(),
        )

    def write_output(self, wire: Wire, number: int, source: str) -> None:
        """The root's way to give public output `number`: a row and a step that make it equal to `wire`."""
        self._writing(own(self, wire))(Place(Place.OUTPUT, number, 0))
        self._add_row(wire, self.constant(1), LinearCombination(self, {output_key(number): 1}), source)

    # -- inside ----------------------------------------------------------------------------------------------------
    def _add_row(self, a: Wire, b: Wire, c: Wire, source: str) -> None:
        terms = own(self, a).terms, own(self, b).terms, own(self, c).terms
        self._rows.append(Row(self._n_rows, *terms, self.current_rule or INHERITED, source))
        self._n_rows += 1

    def _new_wire(self) -> tuple[LinearCombination, Place]:
        place = Place(Place.WIRE, self._n_wires, 0)
        self._places.append(place)
        self._n_wires += 1
        return LinearCombination(self, {len(self._places) - 1: 1}), place

    def _operand(self, operand: Advice[Any] | Wire | int) -> Place:
        if isinstance(operand, Advice):
            if operand.builder is not self:
                raise CircuitDefinitionError("this advice belongs to another circuit or sub-circuit")
            place: Place = operand.handle
            return place
        return self._place_of(own(self, self.wire(operand)))

    def _place_of(self, wire: LinearCombination) -> Place:
        """Where the value of a linear combination is; it is computed once."""
        if len(wire.terms) == 1:
            ((key, value),) = wire.terms.items()
            if value == 1:
                return self._places[key]
        known = self._written.get(id(wire))
        if known is None:
            places, coefficients = self._terms_of(wire)
            known = wire, self._writer.operate(Operation.LINEAR, places, coefficients)[0]
            self._written[id(wire)] = known  # holds the wire too, so that its id is not given to another
        return known[1]

    def _writing(self, wire: LinearCombination) -> Callable[[Place], Place]:
        def write(to: Place) -> Place:
            known = self._written.get(id(wire))
            places, coefficients = ([known[1]], [1]) if known else self._terms_of(wire)
            return self._writer.operate(Operation.LINEAR, places, coefficients, results=[to])[0]

        return write

    def _terms_of(self, wire: LinearCombination) -> tuple[list[Place], list[int]]:
        return [self._places[key] for key in wire.terms], list(wire.terms.values())


def seen_from_caller(terms: Mapping[int, int], call: Call, n_inputs: int) -> dict[int, int]:
    """A linear combination over the keys of a call's template, over its caller's, which has `n_inputs`."""
    shift = n_inputs + call.first_wire - call.template.n_inputs
    mine: dict[int, int] = {}
    for key, value in terms.items():
        if key == ONE_KEY:
            add_terms(mine, {ONE_KEY: value}, 1)
        elif key <= call.template.n_inputs:
            add_terms(mine, dict(call.arguments[key - 1]), value)
        else:
            add_terms(mine, {key + shift: value}, 1)
    return mine


def output_key(number: int) -> int:
    """The key of a public output: they come before everything else in a witness, and are known last."""
    return -1 - number


def template_of(function: Callable[..., Any], structure: Structure, n_inputs: int, name: str) -> Template:
    """The template of a sub-circuit for arguments of this structure, compiled at the first call."""
    known = _templates.get((function, structure))
    if known is not None:
        return known
    title = ", ".join(statics(structure))
    builder = ConstraintBuilder(f"{name}({title})" if title else name, n_inputs, inputs_are_wires=False)
    inputs = iter([builder.input(number) for number in range(n_inputs)])
    arguments, named = put_together(structure, inputs)
    template = builder.finish(function(builder, *arguments, **named))
    _templates[function, structure] = template
    return template
