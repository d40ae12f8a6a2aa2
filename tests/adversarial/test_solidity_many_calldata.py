"""`verifyMany` with malformed calldata, and with too little gas or too much (checklist D56, D59)."""

from __future__ import annotations

import pytest
from eth_utils.crypto import keccak

from prover.solidity.render import EIP1108_PAIRING_BASE_GAS, EIP1108_PAIRING_GAS_PER_PAIR
from tests.support.evm import CallResult
from tests.support.many_proofs import (
    ManyVerifier,
    Rows,
    abi_arguments,
    pool,
    rows_of,
)
from tests.support.verifiers import pack_words


def fresh(count: int) -> Rows:
    return rows_of(pool()[:count])


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
