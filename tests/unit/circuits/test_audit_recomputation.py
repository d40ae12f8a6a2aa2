"""Lying tapes do what the engine does with lies; recomputation breaks rows that stand behind a hash."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
import pytest

from circuits.audit.audit import AuditSize, audit_circuit
from circuits.audit.lying_tape import LyingTapes
from circuits.audit.mutation import Fate, MutationSearch
from circuits.audit.recomputation import Recomputation
from circuits.audit.recomputation_search import RecomputationSearch
from circuits.audit.removal import RemovalSearch
from circuits.audit.scopes import Scope, scopes_of_row, without_arguments
from circuits.audit.structure import structure_of
from circuits.audit.system import system_of_relation
from circuits.audit.target import target_of_circuit
from circuits.audit.uniqueness import find_undetermined
from circuits.catalogue import examples
from circuits.frontend import Builder, Circuit, Wire, compile_circuit, private, run_on_integers
from circuits.gadgets.compare import is_zero
from circuits.gadgets.example import Example, Redundant
from circuits.gadgets.poseidon import poseidon
from primitives.poseidon import poseidon as of_integers
from prover.bn254 import FR, ints_from_scalars
from tests.support.kernels import fastest

EXAMPLES = examples()


@pytest.mark.parametrize("name", ["compare_8", "division", "merkle_update_2", "transcript", "choices", "eddsa_verify"])
def test_a_lying_tape_is_the_engine_with_lies(name: str) -> None:
    random, example = Random(1), EXAMPLES[name]
    compiled = compile_circuit(example.circuit)
    tapes, first = LyingTapes(compiled.tape), compiled.first_block_wire
    inputs = example.inputs(random)
    honest = compiled.unchecked_witness(inputs, fastest())
    for _ in range(8):
        count = random.choice((1, 1, 2, 4))
        lies = {random.randrange(first, compiled.relation.n_wires): random.randrange(FR) for _ in range(count)}
        witness = np.zeros_like(honest)
        witness[0], witness[1 + len(compiled.output_names) : first] = (
            honest[0],
            honest[1 + len(compiled.output_names) : first],
        )
        fastest().execute_tape(tapes.with_lies(lies), witness)
        placed = {wire - first: value for wire, value in lies.items()}
        lied = run_on_integers(example.circuit, inputs, lies=placed, collect=True)
        assert ints_from_scalars(witness) == lied.witness
        broken = compiled.relation.unsatisfied_rows(witness, fastest()).tolist()
        assert [row for row in broken if row < lied.n_constraints - len(compiled.output_names)] == [
            violation.constraint for violation in lied.violations
        ]


def test_a_tape_without_lies_is_itself() -> None:
    compiled = compile_circuit(EXAMPLES["division"].circuit)
    assert LyingTapes(compiled.tape).with_lies({}) is compiled.tape


def test_a_lie_is_about_a_wire_that_the_tape_makes() -> None:
    compiled = compile_circuit(EXAMPLES["division"].circuit)
    with pytest.raises(KeyError):
        LyingTapes(compiled.tape).with_lies({1 + len(compiled.output_names): 5})


def behind_a_hash(c: Builder, x: Wire, y: Wire, total: Wire) -> None:
    """total = x + y * h(x, y): a sum that nobody can mend by changing x or y."""
    challenge = poseidon(c, [x, y])
    part = c.product(y, challenge)
    c.assert_equal(x + part, total)


def behind_a_hash_twice(c: Builder, x: Wire, y: Wire, total: Wire) -> None:
    behind_a_hash(c, x, y, total)
    c.assert_product(y, poseidon(c, [x, y]), total - x)


def example_of(define: Callable[..., None]) -> Example:
    def inputs(random: Random) -> dict[str, int]:
        x, y = random.randrange(FR), random.randrange(FR)
        return {"x": x, "y": y, "total": (x + y * of_integers([x, y])) % FR}

    circuit = Circuit("behind_a_hash", define, {name: private() for name in ("x", "y", "total")})
    return Example("behind_a_hash", circuit, inputs)


def search_in(example: Example) -> tuple[RecomputationSearch, int]:
    compiled, random = compile_circuit(example.circuit), Random(1)
    made = Recomputation(compiled, fastest(), [example.inputs(random) for _ in range(3)])
    structure = structure_of(system_of_relation(compiled.relation))
    rows = compiled.n_constraints

    def scopes(row: int) -> list[Scope]:
        return scopes_of_row(compiled.outline, rows, row)

    return RecomputationSearch(structure, scopes, made, random), rows


def test_rows_behind_a_hash_are_broken_alone() -> None:
    search, rows = search_in(example_of(behind_a_hash))
    assert search.find(rows - 1) == ""
    assert search.find(rows - 2) == ""


def test_rows_behind_a_hash_are_broken_alone_twin() -> None:
    """Where the sum is asserted twice, neither of the two rows is broken alone."""
    search, rows = search_in(example_of(behind_a_hash_twice))
    assert search.find(rows - 1, tries=10) is None


def test_a_row_that_is_known_to_be_redundant_is_no_finding() -> None:
    def define(c: Builder, x: Wire) -> None:
        with c.rule("Bit"):
            c.assert_product(x, x - 1, 0)
            c.assert_product(2 * x, x - 1, 0)

    excuse = Redundant("Bit", "x", "said twice")
    circuit = Circuit("twice", define, {"x": private()})
    for redundant, findings in (((), 2), ((excuse,), 0)):
        example = Example("twice", circuit, lambda _: {"x": 1}, redundant=redundant)
        report = audit_circuit(
            compile_circuit(circuit), example, Random(1), AuditSize(altered_rows=0), kernels=fastest()
        )
        assert (len(report.findings), len(report.redundant)) == (findings, 2 - findings)


def test_alterations_behind_a_hash_are_told_apart() -> None:
    example = example_of(behind_a_hash)
    search, rows = search_in(example)
    compiled = compile_circuit(example.circuit)
    target = target_of_circuit(compiled, example, Random(1), n_honest=1)
    assert all(outcome.broken in ((), (rows - 1,)) for outcome in search.around(rows - 1))
    judged = MutationSearch(target, RemovalSearch(target, Random(1)), Random(1), search).judge_row(rows - 1, None)
    assert Fate.SURVIVED not in [judgement.fate for judgement in judged]


def test_paths_are_readable() -> None:
    assert without_arguments("trade(row=(4, 5), batch=x)[6]/below(bits=40)[2]/bit1") == "trade[6]/below[2]/bit1"


def test_an_inverse_is_determined_where_its_zero_is_known() -> None:
    """Which of both cases holds fixes the inverse, though nothing is open but it."""

    def define(c: Builder, x: Wire, flag: Wire) -> None:
        c.assert_equal(is_zero(c, x).wire, flag)

    compiled = compile_circuit(Circuit("known_zero", define, {"x": private(), "flag": private()}))
    assert find_undetermined(system_of_relation(compiled.relation)).is_unique


def test_what_is_declared_is_counted() -> None:
    def define(c: Builder, x: Wire) -> dict[str, Wire]:
        return {"free": c.product(c.witness(c.advice(x), "free"), x)}

    compiled = compile_circuit(Circuit("free", define, {"x": private()}))
    system = system_of_relation(compiled.relation)
    assert not find_undetermined(system).is_unique
    report = find_undetermined(system, determined=compiled.hinted_wires())
    assert (report.is_unique, report.declared) == (True, 1)
