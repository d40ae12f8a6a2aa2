"""What `verifyMany` makes of precompiles that fail, answer with the wrong size, or are missing (checklist D59)."""

from __future__ import annotations

import pytest
from eth_utils.crypto import keccak

from tests.support.evm import CallResult
from tests.support.many_proofs import ManyVerifier, Rows, pool, rows_of
from tests.support.precompile_mocks import (
    FAULTS,
    MOCK_ECADD,
    MOCK_ECMUL,
    MOCK_PAIRING,
    RETURNS_32_BYTES_OF_ONE,
    RETURNS_64_BYTES_FROM_ONE,
    failing_for,
)
from tests.support.verifiers import Sample, trapdoor_key

ECMUL = 7


def false_statements() -> list[Rows]:
    """A wrong input; and what is a proof where ecMul or ecAdd leave their first operand as it was.

    In the second, the sum of IC is as for inputs of one whatever they are, and the other proof is all infinity: neither
    needs a weight. In the third, it is IC[0] alone.
    """
    wrong = rows_of(pool()[:2])
    wrong[1][1][0] ^= 1
    cases = [wrong]
    for value in (1, 0):
        proofs, _ = rows_of([Sample(trapdoor_key().prove([value] * 3, 3, 5), [])])
        nothing = [0, 0, *proofs[0][2:6], 0, 0]
        cases.append(([proofs[0], nothing], [[7, 8, 9], [1, 2, 3]]))
    return cases


def true_answers(variant: str) -> list[str]:
    """Every fault under which false statements are accepted."""
    faults = {
        f"{name}: {what}": {name: code} for name in ("ecadd", "ecmul", "pairing") for what, code in FAULTS.items()
    }
    faults["pairing: 64 bytes"] = {"pairing": RETURNS_64_BYTES_FROM_ONE}
    faults["ecmul: 32 bytes"] = {"ecmul": RETURNS_32_BYTES_OF_ONE}
    faults["ecadd: 32 bytes"] = {"ecadd": RETURNS_32_BYTES_OF_ONE}
    return [
        what
        for what, fault in faults.items()
        for rows in false_statements()
        if ManyVerifier(f"mocked_{variant}", **fault).verify_rows(rows).is_true
    ]


def test_d59_a_failing_precompile_never_means_true_for_many() -> None:
    valid = rows_of(pool()[:3])
    assert ManyVerifier("mocked_sound").verify_rows(valid).is_true, "the mocks stand in for the precompiles"
    assert ManyVerifier("mocked_sound", pairing=RETURNS_32_BYTES_OF_ONE).verify_rows(false_statements()[0]).is_true
    assert true_answers("sound") == []


def test_d59_a_failing_precompile_twin() -> None:
    assert true_answers("answer_size_unchecked")


def answers_without_a_point_of_the_key(variant: str) -> list[CallResult]:
    """What is said of valid proofs when ecMul fails for alpha, or for IC[0], alone."""
    key = trapdoor_key().verification_key()
    assert key.alpha_g1 is not None
    assert key.ic[0] is not None
    found = []
    for point in (key.alpha_g1, key.ic[0]):
        verifier = ManyVerifier(f"mocked_{variant}", ecmul=failing_for(point[0], ECMUL, 0x40))
        found.append(verifier.verify_rows(rows_of(pool()[:2])))
    return found


def test_d59_a_point_of_the_key_that_is_refused_is_an_error() -> None:
    error = keccak(text="PrecompileFailed(uint256)")[:4] + MOCK_ECMUL.to_bytes(32, "big")
    assert [answer.output for answer in answers_without_a_point_of_the_key("sound")] == [error, error]


def test_d59_a_point_of_the_key_twin() -> None:
    """It would be called a bad proof."""
    assert all(answer.is_false for answer in answers_without_a_point_of_the_key("key_scaling_unchecked"))


@pytest.mark.parametrize("name", ["ecadd", "ecmul", "pairing"])
def test_d59_a_missing_precompile_is_an_error(name: str) -> None:
    number = {"ecadd": MOCK_ECADD, "ecmul": MOCK_ECMUL, "pairing": MOCK_PAIRING}[name]
    error = keccak(text="PrecompileFailed(uint256)")[:4] + number.to_bytes(32, "big")
    answer = ManyVerifier("mocked_sound", **{name: b""}).verify_rows(rows_of(pool()[:2]))
    assert not answer.success
    assert answer.output == error
