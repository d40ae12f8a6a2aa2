"""Several proofs in one check: what the contract's `verifyMany` must refuse, and what makes it refuse that."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from prover.bn254 import FQ, FR
from tests.support.many_proofs import (
    ManyVerifier,
    Rows,
    moved_c,
    pool,
    rows_of,
    times_g1,
    weights,
)
from tests.support.trapdoor import g1
from tests.support.verifiers import N_PUBLIC, Sample, trapdoor_key


def fresh(count: int) -> Rows:
    return rows_of(pool()[:count])


def true_answers(verifier: ManyVerifier, cases: dict[str, Rows]) -> list[str]:
    """The cases that are accepted. A revert is an answer of its own kind, and none of these may end in one."""
    return [name for name, rows in cases.items() if verifier.accepts(rows)]


# -- what is accepted -------------------------------------------------------------------------------------------------


def test_d58_valid_proofs_are_accepted_together() -> None:
    verifier = ManyVerifier()
    for count in range(1, 9):
        assert verifier.accepts(fresh(count))
    assert verifier.accepts(rows_of([pool()[0]] * 3)), "one proof three times is three valid proofs"


# -- weights: with a bad one, false statements cancel ------------------------------------------------------------------


def swapped_inputs(first: int, second: int) -> Rows:
    """Two false statements whose errors add up to zero: under equal weights the sum does not see who has which."""
    proofs, inputs = fresh(3)
    inputs[first], inputs[second] = inputs[second], inputs[first]
    return proofs, inputs


def inputs_fitted_to_weights() -> Rows:
    """Two false statements, the second chosen after the weights, which only proofs were hashed for."""
    proofs, inputs = fresh(2)
    _, weight = weights((proofs, inputs), hashed_inputs=0)
    inputs[0][0] = (inputs[0][0] + 1) % FR
    inputs[1][0] = (inputs[1][0] - pow(weight, -1, FR)) % FR
    return proofs, inputs


def last_inputs_fitted_to_weights() -> Rows:
    """The same where all but the last row of inputs were hashed."""
    proofs, inputs = fresh(3)
    inputs[1][0] = (inputs[1][0] + 1) % FR
    _, second, last = weights((proofs, inputs), hashed_inputs=2)
    inputs[2][0] = (inputs[2][0] - second * pow(last, -1, FR)) % FR
    return proofs, inputs


def proofs_fitted_to_weights() -> Rows:
    """Two bad proofs, the second chosen after the weights, which only inputs were hashed for."""
    proofs, inputs = fresh(2)
    _, weight = weights((proofs, inputs), hashed_proofs=0)
    proofs[0] = moved_c(proofs[0], times_g1(1))
    proofs[1] = moved_c(proofs[1], times_g1(-pow(weight, -1, FR)))
    return proofs, inputs


def opposite_proofs() -> Rows:
    """C[0] + P and C[1] - P: neither is a proof, and their sum is that of two."""
    proofs, inputs = fresh(2)
    point = times_g1(7)
    return [moved_c(proofs[0], point), moved_c(proofs[1], times_g1(-7))], inputs


FORGERIES: dict[str, tuple[str, Callable[[], Rows]]] = {
    "inputs of 0 and 1 swapped": ("weights_all_one", lambda: swapped_inputs(0, 1)),
    "C moved to and fro": ("weights_all_one", opposite_proofs),
    "inputs of 1 and 2 swapped": ("weights_without_index", lambda: swapped_inputs(1, 2)),
    "inputs fitted": ("seed_without_inputs", inputs_fitted_to_weights),
    "last inputs fitted": ("seed_without_last_inputs", last_inputs_fitted_to_weights),
    "proofs fitted": ("seed_without_proofs", proofs_fitted_to_weights),
}
"""What is forged, and the defect under which it is accepted."""


@cache
def forged(name: str) -> Rows:
    return FORGERIES[name][1]()


def test_d57_false_statements_do_not_cancel() -> None:
    verifier = ManyVerifier()
    assert true_answers(verifier, {name: forged(name) for name in FORGERIES}) == []


@pytest.mark.parametrize("name", FORGERIES)
def test_d57_false_statements_do_not_cancel_twin(name: str) -> None:
    defect, _ = FORGERIES[name]
    assert ManyVerifier(defect).accepts(forged(name))


# -- one false among several -------------------------------------------------------------------------------------------


def one_false(most: int) -> dict[str, Rows]:
    """A false statement at every place among up to `most`."""
    cases = {}
    for count in range(1, most + 1):
        for place in range(count):
            proofs, inputs = fresh(count)
            inputs[place][place % N_PUBLIC] ^= 1
            cases[f"{place} of {count}"] = proofs, inputs
    return cases


def changed_words() -> dict[str, Rows]:
    """Every word of proofs and inputs, each with a bit flipped, of three proofs."""
    cases = {}
    for part in range(2):
        for place in range(3):
            for word in range(8 if part == 0 else N_PUBLIC):
                rows = fresh(3)
                rows[part][place][word] ^= 1 << (word * 31)
                cases[f"word {word} of {('proof', 'inputs')[part]} {place}"] = rows
    return cases


def test_d57_one_false_proof_among_several_is_refused() -> None:
    assert true_answers(ManyVerifier(), one_false(8)) == []


def test_d57_a_flipped_bit_in_any_word_is_refused() -> None:
    assert true_answers(ManyVerifier(), changed_words()) == []


def test_d57_proofs_in_another_order_than_inputs_are_refused() -> None:
    for first, second in ((0, 1), (1, 2), (0, 2)):
        assert not ManyVerifier().accepts(swapped_inputs(first, second))


@pytest.mark.parametrize("variant", ["only_first_verified", "pairing_answer_ignored"])
def test_d57_one_false_proof_among_several_twin(variant: str) -> None:
    verifier = ManyVerifier(variant)
    assert true_answers(verifier, one_false(3))
    assert true_answers(verifier, changed_words())


# -- words out of range, points off the curve --------------------------------------------------------------------------


def out_of_range() -> dict[str, Rows]:
    cases = {}
    for place in range(3):
        for index in range(N_PUBLIC):
            for alias in (1, 2, 5):
                rows = fresh(3)
                rows[1][place][index] += alias * FR
                if rows[1][place][index] < 2**256:
                    cases[f"input {index} of {place} + {alias} r"] = rows
        for word in range(8):
            rows = fresh(3)
            rows[0][place][word] += FQ
            cases[f"word {word} of {place} + q"] = rows
    return cases


def off_the_curve() -> dict[str, Rows]:
    """Proofs that would be valid with C at infinity, and have a C that is no point."""
    key = trapdoor_key()
    public = [1, 2, 3]
    exponent = (key.alpha * key.beta + key.statement(public) * key.gamma) % FR
    one = Sample(key.prove(public, exponent, 1), public)
    cases = {}
    for place in range(2):
        proofs, inputs = rows_of([one, pool()[0]] if place == 0 else [pool()[0], one])
        assert proofs[place][6:] == [0, 0], "C is at infinity, and the proof valid so far"
        assert g1(exponent) == tuple(proofs[place][:2])
        proofs[place][6:] = [1, 3]
        cases[f"C of {place}"] = proofs, inputs
    return cases


def test_d55_words_out_of_range_are_refused_in_every_proof() -> None:
    assert true_answers(ManyVerifier(), out_of_range()) == []


def test_d55_words_out_of_range_twin() -> None:
    accepted = true_answers(ManyVerifier("inputs_of_first_checked"), out_of_range())
    assert "input 0 of 1 + 1 r" in accepted
    assert not any(" of 0 " in name for name in accepted)


def test_a3_points_off_the_curve_are_refused() -> None:
    assert true_answers(ManyVerifier(), off_the_curve()) == []


def test_a3_points_off_the_curve_twin() -> None:
    assert true_answers(ManyVerifier("points_off_the_curve_passed_over"), off_the_curve()) == ["C of 1"]
