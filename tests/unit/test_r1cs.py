"""The relation: what is refused, what holds, and the vectorised paths against plain integers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prover.bn254 import FR, scalars_from_ints
from prover.errors import InvalidRelation, UnsatisfiedConstraint, WitnessMismatch
from prover.r1cs import R1CS, SparseMatrix, domain_size_for, sparse_from_rows
from prover.reference.kernels import ReferenceKernels
from tests.support.kernels import fastest

N_WIRES = 6
Rows = list[list[tuple[int, int]]]


def product_relation() -> R1CS:
    """w3 = w1 * w2, w4 = 2 w3 - 1, with w4 the output and w1 public."""
    a = sparse_from_rows([[(2, 1)], [(3, 2), (0, FR - 1)]])
    b = sparse_from_rows([[(1, 1)], [(0, 1)]])
    c = sparse_from_rows([[(3, 1)], [(4, 1)]])
    return R1CS(5, 1, 1, 1, a, b, c)


GOOD = [1, 5, 3, 15, 29]

rows = st.lists(
    st.dictionaries(st.integers(0, N_WIRES - 1), st.sampled_from([0, 1, 2, FR - 1, FR // 2]), max_size=3).map(
        lambda row: list(row.items())
    ),
    min_size=4,
    max_size=4,
)


def test_satisfied_and_first_unsatisfied() -> None:
    relation = product_relation()
    assert relation.is_satisfied(scalars_from_ints(GOOD))
    assert relation.first_unsatisfied(scalars_from_ints([1, 5, 3, 16, 31])) == 0
    assert relation.first_unsatisfied(scalars_from_ints([1, 5, 3, 15, 30])) == 1
    with pytest.raises(UnsatisfiedConstraint) as caught:
        relation.require_satisfied(scalars_from_ints([1, 5, 3, 15, 30]))
    assert caught.value.constraint == 1


@settings(max_examples=60, deadline=None)
@given(
    rows, rows, rows, st.lists(st.sampled_from([0, 1, 2, FR - 1, 12345]), min_size=N_WIRES - 1, max_size=N_WIRES - 1)
)
def test_kernels_find_what_plain_integers_find(a: Rows, b: Rows, c: Rows, values: list[int]) -> None:
    relation = R1CS(N_WIRES, 0, 0, 0, sparse_from_rows(a), sparse_from_rows(b), sparse_from_rows(c))
    witness = scalars_from_ints([1, *values])
    expected = relation.first_unsatisfied(witness)
    assert relation.first_unsatisfied(witness, ReferenceKernels()) == expected
    assert relation.first_unsatisfied(witness, fastest()) == expected


def test_relation_without_constraints_or_inputs() -> None:
    empty = sparse_from_rows([])
    relation = R1CS(1, 0, 0, 0, empty, empty, empty)
    assert relation.is_satisfied(scalars_from_ints([1]))
    assert relation.is_satisfied(scalars_from_ints([1]), ReferenceKernels())
    assert relation.domain_size == 2
    assert len(relation.digest()) == 32


@pytest.mark.parametrize(
    "witness", [GOOD[:-1], [*GOOD, 0], [2, *GOOD[1:]], [0, *GOOD[1:]]], ids=["short", "long", "two", "zero"]
)
def test_witness_of_another_circuit_is_refused(witness: list[int]) -> None:
    with pytest.raises(WitnessMismatch):
        product_relation().first_unsatisfied(scalars_from_ints(witness))


def test_a2_witness_beyond_r_is_refused() -> None:
    witness = scalars_from_ints(GOOD)
    for add in (FR, FR + 1):
        for wire in range(1, 5):
            beyond = witness.copy()
            beyond[wire] = np.frombuffer(int(GOOD[wire] + add).to_bytes(32, "little"), dtype=np.uint64)
            with pytest.raises(WitnessMismatch, match="not below r"):
                product_relation().first_unsatisfied(beyond)


def test_a2_witness_beyond_r_is_refused_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prover.r1cs.first_not_below", lambda limbs, modulus: None)
    with pytest.raises(pytest.fail.Exception):
        test_a2_witness_beyond_r_is_refused()


def matrix(row_start: list[int], column: list[int], coefficient: list[int]) -> SparseMatrix:
    return SparseMatrix(
        np.array(row_start, dtype=np.uint64), np.array(column, dtype=np.uint32), scalars_from_ints(coefficient)
    )


@pytest.mark.parametrize(
    ("row_start", "column", "message"),
    [
        ([], [], "begin with 0"),
        ([1, 1], [0], "begin with 0"),
        ([0, 2], [0], "number of entries"),
        ([0, 2, 1, 2], [0, 1], "must not decrease"),
        ([0, 3], [2, 1, 2], "twice"),
        ([0, 2], [1, 1], "twice"),
    ],
)
def test_bad_rows_are_refused(row_start: list[int], column: list[int], message: str) -> None:
    with pytest.raises(InvalidRelation, match=message):
        matrix(row_start, column, [1] * len(column))


def test_wrong_arrays_are_refused() -> None:
    good = matrix([0, 1], [0], [1])
    wrong: list[tuple[Any, Any, Any]] = [
        (good.row_start.astype(np.int64), good.column, good.coefficient),
        (good.row_start, good.column.astype(np.uint64), good.coefficient),
        (good.row_start, good.column, good.coefficient.reshape(-1)),
        (good.row_start, good.column, np.asfortranarray(np.zeros((2, 4), dtype=np.uint64))[:1]),
    ]
    for arrays in wrong:
        with pytest.raises(InvalidRelation):
            SparseMatrix(*arrays)


def test_counts_that_do_not_fit_are_refused() -> None:
    good = product_relation()
    matrices = (good.a, good.b, good.c)
    with pytest.raises(InvalidRelation, match="cannot hold"):
        R1CS(5, 2, 2, 1, *matrices)
    with pytest.raises(InvalidRelation, match="names wire 4 of 4"):
        R1CS(4, 1, 1, 1, *matrices)
    with pytest.raises(InvalidRelation, match="not the same"):
        R1CS(5, 1, 1, 1, good.a, good.b, sparse_from_rows([]))
    with pytest.raises(InvalidRelation, match="another prime"):
        R1CS(5, 1, 1, 1, *matrices, prime=FR + 2)
    with pytest.raises(InvalidRelation, match="label"):
        R1CS(5, 1, 1, 1, *matrices, wire_labels=np.arange(5, dtype=np.uint64), n_labels=4)


def test_digest_names_the_relation_and_not_its_spelling() -> None:
    good = product_relation()
    swapped = sparse_from_rows([[(2, 1)], [(0, FR - 1), (3, 2)]])
    labelled = R1CS(5, 1, 1, 1, swapped, good.b, good.c, np.arange(5, dtype=np.uint64) + 3, 9)
    assert labelled.digest() == good.digest()
    other = sparse_from_rows([[(2, 1)], [(0, FR - 1), (3, 3)]])
    assert R1CS(5, 1, 1, 1, other, good.b, good.c).digest() != good.digest()
    assert R1CS(5, 1, 0, 2, good.a, good.b, good.c).digest() != good.digest()
    moved = sparse_from_rows([[(2, 1), (3, 2), (0, FR - 1)], []])
    assert R1CS(5, 1, 1, 1, moved, good.b, good.c).digest() != good.digest()


@pytest.mark.parametrize(
    ("n_constraints", "n_public", "expected"),
    [(0, 0, 2), (1, 0, 2), (2, 1, 4), (3, 0, 4), (3, 1, 8), (7, 1, 16), (6, 1, 8)],
)
def test_domain_size_is_snarkjss(n_constraints: int, n_public: int, expected: int) -> None:
    assert domain_size_for(n_constraints, n_public) == expected


def test_sorting_keeps_rows() -> None:
    unsorted = sparse_from_rows([[], [(5, 1), (2, 7)], [], [(1, 2)], []])
    assert not unsorted.rows_are_sorted()
    ordered = unsorted.with_sorted_rows()
    assert ordered.rows_are_sorted()
    assert [ordered.row(i) for i in range(5)] == [[], [(2, 7), (5, 1)], [], [(1, 2)], []]
    assert sparse_from_rows([[(5, 1)], [], [(2, 1)], []]).rows_are_sorted()
