"""The audit: every constraint needed, every lie caught, every wire determined; and planted holes are found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from random import Random

import pytest

from circuits.audit.audit import AuditReport, AuditSize, audit_circuit, audit_relation
from circuits.audit.system import Constraint, constraint_system, system_of_relation
from circuits.audit.target import target_of_circuit
from circuits.audit.uniqueness import find_undetermined
from circuits.catalogue import examples
from circuits.frontend import Builder, Circuit, Wire, compile_circuit, private, public, run_on_integers
from circuits.frontend.compile import assumptions_of
from circuits.gadgets.example import Example, Vanishing

EXAMPLES = examples()
LARGE = ("to_bits_canonical", "poseidon_16", "transcript", "merkle_root_2", "merkle_update_2", "eddsa_verify")
SMALL = [name for name in EXAMPLES if name not in LARGE]
MOST_SURVIVORS = 0.01


@cache
def report_of(name: str) -> AuditReport:
    """All rows dropped, a sample of them altered in every way, up to 60 wires lied about."""
    example = EXAMPLES[name]
    size = AuditSize(altered_rows=12, lied_wires=60)
    return audit_circuit(compile_circuit(example.circuit), example, Random(1), size)


def found(report: AuditReport, attack: str) -> list[str]:
    return [f"{finding.what} {finding.source}" for finding in report.findings if finding.attack == attack]


@pytest.mark.parametrize("name", [*SMALL, *(pytest.param(name, marks=pytest.mark.deep) for name in LARGE)])
def test_b14_every_constraint_is_needed(name: str) -> None:
    assert found(report_of(name), "drop") == []


@pytest.mark.parametrize("name", SMALL)
def test_b15_altered_constraints_are_noticed(name: str) -> None:
    report = report_of(name)
    survivors = found(report, "alter")
    assert len(survivors) <= MOST_SURVIVORS * report.alterations, survivors


@pytest.mark.parametrize("name", SMALL)
def test_b16_every_lie_is_caught(name: str) -> None:
    report = report_of(name)
    assert report.lies is not None
    assert report.lies.lies >= 5 * min(report.lies.wires, 1)
    assert found(report, "lie") == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_wire_is_determined(name: str) -> None:
    circuit = EXAMPLES[name].circuit
    assumed = [tuple(sorted(form.items())) for form, _ in assumptions_of(circuit)]
    compiled = compile_circuit(circuit)
    report = find_undetermined(system_of_relation(compiled.relation), assumed)
    assert [compiled.name_of_wire(wire) for wire in report.open_wires] == []


def test_every_wire_is_determined_twin() -> None:
    """Four bits over the field of 13 have aliases: 0 and 13, 1 and 14, 2 and 15. Three have none."""

    def bits(n: int) -> int:
        rows = [Constraint(((2 + i, 1),), ((0, 12), (2 + i, 1)), ()) for i in range(n)]
        rows.append(Constraint(tuple((2 + i, (1 << i) % 13) for i in range(n)), ((0, 1),), ((1, 1),)))
        system = constraint_system(rows, n_wires=2 + n, n_outputs=0, n_inputs=1, prime=13)
        return len(find_undetermined(system).open_wires)

    assert bits(3) == 0
    assert bits(4) == 4


def planted(name: str, define: Callable[..., object], inputs: dict[str, int]) -> Example:
    shapes = {key: public() if key == "limit" else private() for key in inputs}
    return Example(name, Circuit(name, define, shapes), lambda _: inputs)


def range_without(c: Builder, x: Wire, *, boolean_rows: int, sum_row: bool) -> None:
    bits = [c.witness(bit, f"bit{i}") for i, bit in enumerate(c.advice(x).bits(4))]
    for bit in bits[:boolean_rows]:
        c.assert_product(bit, bit - 1, 0)
    if sum_row:
        c.assert_equal(c.linear((1 << i, bit) for i, bit in enumerate(bits)), x)


HOLES: dict[str, Callable[[Builder, Wire], None]] = {
    "a bit that need not be one": lambda c, x: range_without(c, x, boolean_rows=3, sum_row=True),
    "bits of nothing": lambda c, x: range_without(c, x, boolean_rows=4, sum_row=False),
}


@pytest.mark.parametrize("hole", HOLES)
def test_b16_every_lie_is_caught_twin(hole: str) -> None:
    example = planted(hole, HOLES[hole], {"x": 9})
    report = audit_circuit(compile_circuit(example.circuit), example, Random(1))
    assert found(report, "uniqueness")
    assert not report.is_clean


def test_b16_an_unconstrained_hint_is_reported() -> None:
    def define(c: Builder, x: Wire) -> Wire:
        c.assert_product(x, x, x * x)
        return c.witness(c.advice(x).inverse(), "inverse")

    example = planted("free inverse", define, {"x": 9})
    report = audit_circuit(compile_circuit(example.circuit), example, Random(1))
    assert any("inverse" in what or "out" in what for what in found(report, "lie"))
    assert found(report, "uniqueness")


def test_b14_every_constraint_is_needed_twin() -> None:
    """A row that says what another says can be left out, and is found."""

    def define(c: Builder, x: Wire) -> None:
        c.assert_product(x, x - 1, 0)
        c.assert_product(2 * x, x - 1, 0)

    example = planted("twice", define, {"x": 1})
    assert found(audit_circuit(compile_circuit(example.circuit), example, Random(1)), "drop")


def test_b15_what_vanishes_by_a_rule_is_not_taken_for_granted_in_its_rows() -> None:
    def define(c: Builder, x: Wire) -> None:
        with c.rule("Nothing"):
            c.assert_equal(c.witness(c.advice(0), "nothing"), 0)
        c.assert_product(x, x - 1, 0)

    example = planted("nothing", define, {"x": 1})
    example = replace(example, vanishing=(Vanishing("Nothing", "nothing", "a row says so"),))
    compiled = compile_circuit(example.circuit)
    target = target_of_circuit(compiled, example, Random(1))
    rules = [compiled.rule(row) for row in range(compiled.n_constraints)]
    assert set(rules) == {"Nothing", ""}
    assert [bool(target.vanishing(row)) for row in range(len(rules))] == [rule != "Nothing" for rule in rules]


def test_b15_altered_constraints_are_noticed_twin() -> None:
    """Two wires that are always the same may be swapped in a row without anybody noticing."""

    def define(c: Builder, x: Wire, y: Wire) -> Wire:
        first, second = x * y, x * y
        return first * 3 + second * second

    example = planted("the same twice", define, {"x": 3, "y": 5})
    report = audit_circuit(compile_circuit(example.circuit), example, Random(1))
    assert found(report, "alter")


def test_an_audit_needs_no_frontend() -> None:
    """A relation and a witness are enough; the same hole is found."""
    example = EXAMPLES["division"]
    compiled = compile_circuit(example.circuit)
    witnesses = [run_on_integers(example.circuit, example.inputs(Random(seed))).witness for seed in range(6)]
    size = AuditSize(rows=20, altered_rows=0)
    assert audit_relation(compiled.relation, witnesses, Random(1), size).is_clean
    hole = planted("hole", HOLES["bits of nothing"], {"x": 9})
    holed = audit_relation(
        compile_circuit(hole.circuit).relation, [run_on_integers(hole.circuit, {"x": 9}).witness], Random(1)
    )
    assert found(holed, "uniqueness")
