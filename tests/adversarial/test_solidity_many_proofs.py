"""Several proofs in one check: what the contract's `verifyMany` must refuse, and what makes it refuse that."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache

import pytest
from eth_utils.crypto import keccak

from prover.bn254 import FQ, FR
from prover.errors import FormatError
from prover.groth16.aggregate import verify_many
from prover.solidity.render import EIP1108_PAIRING_BASE_GAS, EIP1108_PAIRING_GAS_PER_PAIR
from tests.support.evm import CallResult
from tests.support.kernels import fastest
from tests.support.many_proofs import (
    ManyVerifier,
    Rows,
    abi_arguments,
    as_proof,
    moved_c,
    pool,
    rows_of,
    times_g1,
    weights,
)
from tests.support.trapdoor import g1
from tests.support.verifiers import N_PUBLIC, Sample, pack_words, trapdoor_key


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


# -- calldata ----------------------------------------------------------------------------------------------------------


def error_of(verifier: ManyVerifier, result: CallResult) -> str | None:
    """The signature's name of the error that a call reverted with; "" for none, None when it did not revert."""
    if result.success:
        return None
    for entry in verifier.contract.abi:
        if entry["type"] == "error":
            types = ",".join(argument["type"] for argument in entry["inputs"])
            if keccak(text=f"{entry['name']}({types})")[:4] == result.output[:4]:
                return str(entry["name"])
    return ""


def malformed() -> dict[str, tuple[bytes, str]]:
    """Arguments, and the error each must end in. Of calldata that ends early the compiler's decoder says nothing."""
    proofs, inputs = fresh(2)
    exact = abi_arguments(proofs, inputs)
    cases = {
        "no proofs": (abi_arguments([], []), "NoProofs"),
        "no proofs, inputs": (abi_arguments([], inputs), "NoProofs"),
        "a proof without inputs": (abi_arguments(proofs, inputs[:1]), "CountsDiffer"),
        "inputs without a proof": (abi_arguments(proofs[:1], inputs), "CountsDiffer"),
        "no inputs": (abi_arguments(proofs, []), "CountsDiffer"),
        "nothing": (b"", ""),
    }
    for extra in (1, 31, 32, 256):
        cases[f"{extra} bytes more"] = (exact + bytes(extra), "WrongCalldataLength")
    for fewer in (1, 31, 32, 96, 97, 300):
        cases[f"{fewer} bytes less"] = (exact[:-fewer], "")
    for place, value in ((0, 2**255), (2, 2**64), (2, 2**255), (2, 3), (19, 2**250), (19, 3)):
        words = bytearray(exact)
        words[32 * place : 32 * place + 32] = pack_words([value])
        cases[f"word {place} is {value}"] = (bytes(words), "")
    return cases


def wrongly_answered(verifier: ManyVerifier) -> list[str]:
    answers = {name: error_of(verifier, verifier.call_arguments(data)) for name, (data, _) in malformed().items()}
    return [name for name, (_, expected) in malformed().items() if answers[name] != expected]


def test_d56_malformed_calldata_is_an_error() -> None:
    assert wrongly_answered(ManyVerifier()) == []


@pytest.mark.parametrize("variant", ["calldata_length_unchecked", "no_proofs_accepted", "counts_unchecked"])
def test_d56_malformed_calldata_twin(variant: str) -> None:
    assert wrongly_answered(ManyVerifier(variant))


# -- gas ---------------------------------------------------------------------------------------------------------------


def answers_by_gas(verifier: ManyVerifier, rows: Rows) -> list[str]:
    outcomes = []
    for gas in [*range(50_000, 480_000, 4_000), *range(480_000, 640_000, 1_000), 5_000_000]:
        call = verifier.verify_rows(rows, gas=gas)
        outcomes.append("true" if call.is_true else "false" if call.success else "reverted")
    return outcomes


def test_d59_too_little_gas_is_an_error() -> None:
    outcomes = answers_by_gas(ManyVerifier(), fresh(4))
    assert set(outcomes) == {"reverted", "true"}
    assert outcomes == sorted(outcomes)


def test_d59_too_little_gas_is_an_error_twin() -> None:
    assert "false" in answers_by_gas(ManyVerifier("gas_shortage_is_false"), fresh(4))


def gas_of_bad_proofs(verifier: ManyVerifier) -> int:
    """The most that a flipped bit in one of four proofs makes a check cost."""
    costs = []
    for word in range(8):
        proofs, inputs = fresh(4)
        proofs[2][word] ^= 1
        call = verifier.verify_rows((proofs, inputs))
        assert call.is_false
        costs.append(call.gas_used)
    return max(costs)


MOST_FOR_BAD = 2 * (EIP1108_PAIRING_BASE_GAS + 7 * EIP1108_PAIRING_GAS_PER_PAIR) + 150_000


def test_d59_bad_proofs_cost_no_more_than_twice_the_price() -> None:
    assert gas_of_bad_proofs(ManyVerifier()) < MOST_FOR_BAD


def test_d59_bad_proofs_cost_no_more_than_twice_the_price_twin() -> None:
    assert gas_of_bad_proofs(ManyVerifier("gas_uncapped")) > MOST_FOR_BAD


# -- against Python ----------------------------------------------------------------------------------------------------


def disagreements(verifier: ManyVerifier, count: int, seed: int) -> list[Rows]:
    """Random mixes of true and false statements of which contract and `verify_many` say different things."""
    rng = random.Random(seed)
    key = trapdoor_key().verification_key()
    differing = []
    for _ in range(count):
        proofs, inputs = rows_of(rng.choices(pool(), k=rng.randrange(1, 6)))
        for place in range(len(proofs)):
            kind = rng.randrange(10)
            if kind == 0:
                inputs[place][rng.randrange(N_PUBLIC)] = rng.randrange(FR)
            elif kind == 1:
                proofs[place] = proofs[rng.randrange(len(proofs))]
            elif kind == 2:
                proofs[place][rng.choice([1, 7])] *= -1
                proofs[place] = [word % FQ for word in proofs[place]]
            elif kind == 3:
                inputs[place][0] += FR
            elif kind == 4:
                proofs[place][rng.randrange(8)] += FQ
        statements = [(row, as_proof(words)) for row, words in zip(inputs, proofs, strict=True)]
        try:
            ours = verify_many(key, statements, fastest())
        except FormatError:
            ours = False
        if verifier.accepts((proofs, inputs)) is not ours:
            differing.append((proofs, inputs))
    return differing


def test_d61_the_contract_agrees_with_python() -> None:
    assert disagreements(ManyVerifier(), 80, 61) == []


@pytest.mark.deep
def test_d61_the_contract_agrees_with_python_on_two_thousand() -> None:
    assert disagreements(ManyVerifier(), 2_000, 6161) == []


TWINS = ["a_not_weighted", "c_not_weighted", "inputs_not_weighted", "sum_of_weights_ignored", "only_first_verified"]


@pytest.mark.parametrize("variant", TWINS)
def test_d61_twin(variant: str) -> None:
    assert disagreements(ManyVerifier(variant), 20, 61)
