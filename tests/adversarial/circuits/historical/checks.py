"""The three things that are shown of every bug; `Unproven` says which of them fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from circuits.frontend import (
    Circuit,
    CompiledCircuit,
    InputRefused,
    InputValues,
    compile_circuit,
    run_on_integers,
)
from prover.bn254 import scalars_from_ints
from tests.adversarial.circuits.historical.bug import Attack, Bug, Specification, Tool
from tests.adversarial.circuits.historical.tools import catches


class Unproven(AssertionError):
    """Something that was to be shown of a bug is not so."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a circuit said to an attack: its outputs if it accepts, else the rules that are broken."""

    outputs: Mapping[str, int] | None
    rules: frozenset[str]


_compiled: dict[int, tuple[Circuit, CompiledCircuit]] = {}


def compiled(circuit: Circuit) -> CompiledCircuit:
    """Compiled once, however many tests use it."""
    known = _compiled.setdefault(id(circuit), (circuit, compile_circuit(circuit)))
    return known[1]


def verdict(circuit: Circuit, attack: Attack) -> Verdict:
    """By the engine and by the compiled relation, which must agree. Lies that name no wire are an error."""
    relation = compiled(circuit)
    try:
        circuit.input_integers(attack.inputs)
    except InputRefused as refused:
        return Verdict(None, frozenset({refused.name}))
    first = relation.first_block_wire
    numbers = {relation.name_of_wire(wire): wire - first for wire in range(first, relation.relation.n_wires)}
    unknown = attack.lies.keys() - numbers.keys()
    if unknown:
        raise Unproven(f"{circuit.name} has no wire {sorted(unknown)}; it has {sorted(numbers)[:20]}")
    lies = {numbers[name]: value for name, value in attack.lies.items()}
    found = run_on_integers(circuit, attack.inputs, lies=lies, collect=True)
    row = relation.relation.first_unsatisfied(scalars_from_ints(found.witness))
    if (row is None) != (not found.violations):
        raise Unproven(f"engine and relation of {circuit.name} disagree")
    if row is not None and relation.rule(row) != found.violations[0].rule:
        raise Unproven(f"engine and relation of {circuit.name} name different rules")
    if found.violations:
        return Verdict(None, frozenset(violation.rule for violation in found.violations))
    return Verdict(found.outputs, frozenset())


def require_that_the_attack_works(bug: Bug) -> None:
    """The plant is real: the buggy circuit's relation holds for what is false, or fails for what is true."""
    expected, found = bug.specification(bug.attack.inputs), verdict(bug.buggy, bug.attack)
    if found.outputs is None and (expected is None or bug.attack.lies):
        raise Unproven(f"{bug.identifier}: the buggy circuit refuses the attack by {sorted(found.rules)}")
    if found.outputs is not None and expected is not None and dict(found.outputs) == dict(expected):
        raise Unproven(f"{bug.identifier}: the buggy circuit is right")
    for inputs in bug.honest_inputs:
        if not is_right(bug, bug.buggy, inputs, restate=False):
            raise Unproven(f"{bug.identifier}: the buggy circuit fails on honest inputs too: {inputs}")


def require_that_the_honest_circuit_stands(bug: Bug) -> None:
    """The twin without the mistake refuses the attack by name, and does what it should on honest inputs."""
    found = _honest_verdict(bug, bug.refused or bug.attack, restate=bug.refused is None)
    if bug.rule:
        if found.outputs is not None or bug.rule not in found.rules:
            raise Unproven(f"{bug.identifier}: no {bug.rule}, but {found}")
    elif found.outputs is None or dict(found.outputs) != bug.specification(bug.attack.inputs):
        raise Unproven(f"{bug.identifier}: the honest circuit is wrong too: {found}")
    for inputs in bug.honest_inputs:
        if not is_right(bug, bug.honest, inputs, restate=True):
            raise Unproven(f"{bug.identifier}: the honest circuit is wrong on {inputs}")


def require_that_a_tool_catches_it(bug: Bug) -> None:
    """Every tool that the bug names finds something in the buggy circuit, and nothing in the honest one."""
    if not bug.caught_by:
        raise Unproven(f"{bug.identifier}: no tool is named")
    for tool in bug.caught_by:
        if not catches(tool, bug, bug.buggy, restate=False):
            raise Unproven(f"{bug.identifier}: {tool.name} does not see it")
        if tool is not Tool.BUILDER and catches(tool, bug, bug.honest, restate=True):
            raise Unproven(f"{bug.identifier}: {tool.name} cries wolf about the honest circuit")


_shown: set[str] = set()


def require_all(bug: Bug) -> None:
    """All three; once for a bug that belongs to several items."""
    if bug.identifier not in _shown:
        require_that_the_attack_works(bug)
        require_that_the_honest_circuit_stands(bug)
        require_that_a_tool_catches_it(bug)
        _shown.add(bug.identifier)


def require_that_a_plant_is_seen(bug: Bug) -> None:
    """The checks are checks: with the mistake in the honest circuit they fail, and so they do without any mistake."""
    planted = replace(bug, honest=bug.buggy, refused=None, restated=dict)
    for check, changed in (
        (require_that_the_honest_circuit_stands, planted),
        (require_that_the_attack_works, replace(bug, specification=_what_it_says(bug))),
    ):
        try:
            check(changed)
        except Unproven:
            continue
        raise AssertionError(f"{bug.identifier}: nothing sees the mistake")


def _what_it_says(bug: Bug) -> Specification:
    """The buggy circuit as its own specification, so that there is no mistake in it."""

    def specification(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
        lies = bug.attack.lies if inputs is bug.attack.inputs else {}
        return verdict(bug.buggy, Attack(inputs, lies)).outputs

    return specification


def is_right(bug: Bug, circuit: Circuit, inputs: InputValues, *, restate: bool) -> bool:
    """Whether an honest prover gets from `circuit` what the specification says."""
    expected = bug.specification(inputs)
    found = _honest_verdict(bug, Attack(inputs), restate=True) if restate else verdict(circuit, Attack(inputs))
    if expected is None or found.outputs is None:
        return expected is None and found.outputs is None
    return dict(expected) == dict(found.outputs)


def _honest_verdict(bug: Bug, attack: Attack, *, restate: bool) -> Verdict:
    """What the honest circuit, or whatever makes inputs for it, says."""
    try:
        inputs = bug.restated(attack.inputs) if restate else attack.inputs
    except InputRefused as refused:
        return Verdict(None, frozenset({refused.name}))
    return verdict(bug.honest, Attack(inputs, attack.lies))
