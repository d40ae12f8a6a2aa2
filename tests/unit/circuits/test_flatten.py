"""The compiled relation against the circuit run on integers, on random programs of nested sub-circuits."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from circuits.frontend import Circuit, CompiledCircuit, Execution, compile_circuit, run_on_integers
from prover.bn254 import FR, scalars_from_ints
from tests.support.random_circuits import Program, programs, random_circuit, values

inputs = st.fixed_dictionaries({"shown": st.tuples(values, values, values), "hidden": st.tuples(values, values)})


def broken_rows(compiled: CompiledCircuit, witness: list[int]) -> list[tuple[int, str, str]]:
    """The number, rule and source line of every row that a witness breaks, by the definition."""
    relation = compiled.relation
    return [
        (row, compiled.rule(row), compiled.source(row))
        for row in range(relation.n_constraints)
        if relation.a.dot(row, witness) * relation.b.dot(row, witness) % FR != relation.c.dot(row, witness)
    ]


def disagreements(compiled: CompiledCircuit, execution: Execution) -> list[str]:
    """What differs between a relation and a run on integers, in words."""
    relation, found = compiled.relation, []
    if relation.n_constraints != execution.n_constraints:
        found.append(f"{relation.n_constraints} rows, not {execution.n_constraints}")
    if relation.n_wires != len(execution.witness):
        found.append(f"{relation.n_wires} wires, not {len(execution.witness)}")
    elif broken_rows(compiled, execution.witness):
        found.append("the witness breaks a row")
    if sorted(execution.hinted) != compiled.hinted_wires():
        found.append("other wires come from advice")
    if compiled.first_block_wire != execution.first_block_wire:
        found.append("the block of wires begins elsewhere")
    return found


@given(programs, st.integers(0, 2), inputs)
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_relation_equals_the_run_on_integers(program: Program, n_outputs: int, given_: dict[str, list[int]]) -> None:
    circuit = random_circuit(program, n_outputs)
    compiled, execution = compile_circuit(circuit), run_on_integers(circuit, given_)
    assert disagreements(compiled, execution) == []
    assert compiled.relation.is_satisfied(scalars_from_ints(execution.witness))
    named = dict(zip(compiled.output_names, execution.witness[1:], strict=False))
    assert named == execution.outputs


@given(programs, inputs, st.randoms(use_true_random=False))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_a_changed_wire_breaks_the_same_rows(program: Program, given_: dict[str, list[int]], rng: Random) -> None:
    circuit = random_circuit(program, 1)
    compiled, honest = compile_circuit(circuit), run_on_integers(circuit, given_)
    block = range(honest.first_block_wire, len(honest.witness))
    for wire in rng.sample(block, min(4, len(block))):
        changed = list(honest.witness)
        changed[wire] = (changed[wire] + rng.randrange(1, FR)) % FR
        assert broken_rows(compiled, changed), compiled.name_of_wire(wire)
        lied = run_on_integers(circuit, given_, lies={wire - honest.first_block_wire: changed[wire]}, collect=True)
        told = [(broken.constraint, broken.rule, broken.source) for broken in lied.violations]
        assert told == broken_rows(compiled, lied.witness)


def test_a_changed_output_is_refused() -> None:
    circuit = random_circuit((("product", 0, 1, ""),), 2)
    compiled = compile_circuit(circuit)
    honest = run_on_integers(circuit, {"shown": (1, 2, 3), "hidden": (4, 5)}).witness
    assert not broken_rows(compiled, honest)
    for output in range(1, 4):
        changed = list(honest)
        changed[output] += 1
        assert len(broken_rows(compiled, changed)) == 1


def test_arguments_are_substituted_and_equal_wires_added_up() -> None:
    """One argument twice, constants, cancelling sums: the rows of a call, written out by hand."""
    body = (("product", 0, 1, ""), ("linear", ((3, 0), (-3, 1)), 0), ("product", 4, 2, ""))
    twice = (("call", body, ((True, 0), (True, 0), (False, 7)), (4,), "Red", 1),)
    compiled = compile_circuit(random_circuit(twice, 0))
    first_block, x = compiled.first_block_wire, compiled.first_block_wire - 2  # hidden[0]
    relation = compiled.relation
    assert relation.a.row(0) == relation.b.row(0) == [(x, 1)]
    assert relation.c.row(0) == [(first_block, 1)]
    assert (relation.a.row(1), relation.b.row(1)) == ([], [(0, 7)])
    assert [compiled.rule(row) for row in range(2)] == ["Red", "Red"]


@pytest.mark.parametrize("defect", ["coefficient", "wire", "rows", "hinted"])
def test_the_comparison_sees_a_defect_twin(defect: str) -> None:
    program = (("hint", "low", 0, "Red"), ("product", 2, 3, ""))
    other = {
        "coefficient": (("hint", "low", 0, "Red"), ("linear", ((2, 2),), 0), ("product", -1, 3, "")),
        "wire": (("hint", "low", 0, "Red"), ("product", 3, 3, "")),
        "rows": (*program, ("assert", (), 0, "")),
        "hinted": (("product", 2, 3, ""), ("hint", "low", 0, "Red")),
    }[defect]
    given_ = {"shown": (11, 22, 33), "hidden": (44, 55)}
    honest: Circuit = random_circuit(program, 0)
    assert disagreements(compile_circuit(honest), run_on_integers(honest, given_)) == []
    assert disagreements(compile_circuit(honest), run_on_integers(random_circuit(other, 0), given_))
