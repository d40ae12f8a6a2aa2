"""The tools that must find each bug without being told where it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import cycle
from random import Random
from typing import Any

from circuits.audit.lies import EngineLiar, tell_lies
from circuits.audit.system import system_of_relation
from circuits.audit.target import target_of_circuit
from circuits.audit.uniqueness import find_undetermined
from circuits.frontend import (
    Circuit,
    CircuitDefinitionError,
    InputRefused,
    InputValues,
    compile_circuit,
    run_on_integers,
)
from circuits.frontend.compile import assumptions_of
from circuits.gadgets.example import Example
from prover.bn254 import FR
from tests.adversarial.circuits.historical.bug import Bug, Tool

SHIFTS = (8, 16, 32, 55, 64, 112, 125, 127, 128, 200, 253)
EDGES = (0, 1, 2, 3, 255, 256, FR - 1, FR - 2, (FR + 1) // 2)
BOUNDS = tuple(bound for n in (16, 32, 64, 128) for bound in ((1 << n) - 1, 1 << n))
FALSE_STATEMENTS = 4


def catches(tool: Tool, bug: Bug, circuit: Circuit, *, restate: bool) -> bool:
    """Whether `tool` finds something wrong with one of the bug's two circuits."""
    match tool:
        case Tool.DIFFERENTIAL:
            return next(differences(bug, circuit, restate=restate), None) is not None
        case Tool.FORGERY:
            return forged(bug, circuit, restate=restate)
        case Tool.LIES:
            return lies_are_accepted(bug, circuit, restate=restate)
        case Tool.UNIQUENESS:
            return is_not_unique(circuit)
        case Tool.BUILDER:
            return does_not_compile(bug.written_with_gadgets or circuit)


def differences(bug: Bug, circuit: Circuit, *, restate: bool) -> Iterator[InputValues]:
    """Inputs on which circuit and specification disagree, an honest prover running the circuit."""
    for inputs in statements(bug):
        expected, found = bug.specification(inputs), outputs(bug, circuit, inputs, restate=restate)
        if (None if expected is None else dict(expected)) != found:
            yield inputs


def forged(bug: Bug, circuit: Circuit, *, restate: bool) -> bool:
    """Whether a false statement passes with a lie in one wire."""
    rng, tried = Random(bug.identifier), 0
    for inputs in statements(bug):
        if bug.specification(inputs) is not None or tried == FALSE_STATEMENTS:
            continue
        try:
            given = bug.restated(inputs) if restate else inputs
            honest = run_on_integers(circuit, given, collect=True)
        except InputRefused:
            continue
        tried += 1
        for wire in honest.hinted:
            for value in (0, 1, 2, FR - 1, rng.randrange(FR), rng.choice(honest.witness)):
                lies = {wire - honest.first_block_wire: value}
                if not run_on_integers(circuit, given, lies=lies, collect=True).violations:
                    return True
    return False


def lies_are_accepted(bug: Bug, circuit: Circuit, *, restate: bool) -> bool:
    """Whether honest inputs pass with a lie in one wire, whichever of them the audit begins with."""
    inputs = [bug.restated(chosen) if restate else chosen for chosen in bug.honest_inputs]
    example = Example(circuit.name, circuit, lambda random: random.choice(inputs))
    relation = compile_circuit(circuit)
    target, hinted = target_of_circuit(relation, example, Random(1), n_honest=2), relation.hinted_wires()
    for first in range(len(inputs)):
        turns = cycle(inputs[first:] + inputs[:first])
        report = tell_lies(
            target,
            EngineLiar(target, circuit, partial(_next, turns), Random(2)),
            Random(2),
            hinted=hinted,
            wires=hinted,
            values_per_wire=9,
            rounds=len(inputs) - 1,
        )
        if report.accepted:
            return True
    return False


def _next(turns: Iterator[InputValues], _: Random) -> InputValues:
    return next(turns)


def is_not_unique(circuit: Circuit) -> bool:
    """Whether some wire is not determined by the inputs, as far as the audit can tell from what gadgets assume."""
    assumed = [tuple(sorted(form.items())) for form, _ in assumptions_of(circuit)]
    return not find_undetermined(system_of_relation(compile_circuit(circuit).relation), assumed).is_unique


def does_not_compile(circuit: Circuit) -> bool:
    """Whether the frontend or a gadget refuses the circuit when it is written."""
    try:
        compile_circuit(circuit)
    except CircuitDefinitionError:
        return True
    return False


def outputs(bug: Bug, circuit: Circuit, inputs: InputValues, *, restate: bool) -> dict[str, int] | None:
    """What an honest prover gets, `None` if he is refused."""
    try:
        found = run_on_integers(circuit, bug.restated(inputs) if restate else inputs, collect=True)
    except InputRefused:
        return None
    return None if found.violations else found.outputs


def statements(bug: Bug) -> Iterator[InputValues]:
    """The family's edge inputs, honest inputs, and their neighbours: one number changed, or two exchanged."""
    yield from bug.corpus
    yield from bug.honest_inputs
    rng = Random(bug.identifier)
    every = [neighbour for inputs in bug.honest_inputs for neighbour in _neighbours(inputs, bug.varied)]
    yield from every if len(every) <= bug.n_neighbours else rng.sample(every, bug.n_neighbours)


def _neighbours(inputs: InputValues, varied: Sequence[str]) -> Iterator[InputValues]:
    places = [(name, *path) for name in inputs if not varied or name in varied for path in _paths(inputs[name])]
    for place in places:
        value = _at(inputs, place)
        near = (*EDGES, value + 1, value - 1, -value, *(value + (1 << shift) for shift in SHIFTS), *BOUNDS)
        for other in dict.fromkeys(number % FR for number in near):
            if other != value:
                yield _with(inputs, place, other)
    for place in places:
        for other_place in places:
            if place < other_place and place[0] == other_place[0]:
                swapped = _with(inputs, place, _at(inputs, other_place))
                yield _with(swapped, other_place, _at(inputs, place))


def _paths(value: Any) -> Iterator[tuple[int, ...]]:
    if isinstance(value, int):
        yield ()
    else:
        for index, item in enumerate(value):
            for path in _paths(item):
                yield index, *path


def _at(inputs: Mapping[str, Any], place: Sequence[Any]) -> int:
    value: Any = inputs
    for step in place:
        value = value[step]
    found: int = value
    return found


def _with(inputs: Mapping[str, Any], place: Sequence[Any], number: int) -> InputValues:
    def changed(value: Any, path: Sequence[Any]) -> Any:
        if not path:
            return number
        return [changed(item, path[1:]) if index == path[0] else item for index, item in enumerate(value)]

    return {name: changed(value, place[1:]) if name == place[0] else value for name, value in inputs.items()}
