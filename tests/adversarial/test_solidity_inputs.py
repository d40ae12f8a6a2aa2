"""Public inputs and lengths: what the contract answers to inputs not below r, and to calldata that is not exact."""

from __future__ import annotations

import pytest

from prover.bn254 import FQ, FR
from prover.solidity.calldata import encode_arguments, encode_proof, format_calldata
from tests.support.verifiers import N_PUBLIC, DeployedVerifier, abi_bytes_and_words, pack_words, raw_words, samples

WORD_MAX = 2**256 - 1
INPUTS_AT = 8


def accepted_aliases(verifier: DeployedVerifier) -> list[tuple[int, int]]:
    """(input, value) for every alias of a valid input that the verifier takes for it, in both entry points."""
    accepted = []
    for sample in samples()[:2]:
        for index in range(N_PUBLIC):
            value = sample.public[index]
            aliases = [value + k * FR for k in range(1, 6) if value + k * FR <= WORD_MAX]
            for alias in [*aliases, FR, FQ, WORD_MAX]:
                words = raw_words(sample.proof, sample.public)
                words[INPUTS_AT + index] = alias
                answers = (
                    verifier.call_words(pack_words(words)),
                    verifier.verify_bytes(encode_proof(sample.proof), words[INPUTS_AT:]),
                )
                assert all(answer.success for answer in answers)
                if any(not answer.is_false for answer in answers):
                    accepted.append((index, alias))
    return accepted


def test_d55_no_input_at_or_above_r_is_taken_for_its_residue() -> None:
    verifier = DeployedVerifier()
    assert all(verifier.verify_proof(sample.proof, sample.public).is_true for sample in samples())
    assert accepted_aliases(verifier) == []


@pytest.mark.parametrize("variant", ["input_check_removed", "inputs_compared_with_q", "last_input_unchecked"])
def test_d55_twin(variant: str) -> None:
    assert accepted_aliases(DeployedVerifier(variant))


def test_a5_the_precompile_reduces_and_the_contract_does_not() -> None:
    """ecMul itself takes k and k + r for the same scalar, so the range check has to be the contract's own."""
    machine = DeployedVerifier().machine
    generator = pack_words([1, 2])
    by_five = machine.call("0x" + "00" * 19 + "07", generator + pack_words([5]))
    by_five_plus_r = machine.call("0x" + "00" * 19 + "07", generator + pack_words([5 + FR]))
    assert by_five.success
    assert by_five.output == by_five_plus_r.output
    words = raw_words(samples()[0].proof, [5 + FR, 0, 1])
    assert DeployedVerifier().call_words(pack_words(words)).is_false


def test_a5_twin() -> None:
    words = raw_words(samples()[0].proof, [5 + FR, 0, 1])
    assert DeployedVerifier("input_check_removed").call_words(pack_words(words)).is_true


def test_a2_calldata_is_refused_not_reduced_on_the_way_out() -> None:
    sample = samples()[0]
    for encode in (encode_arguments, format_calldata):
        for bad in (-1, FR, FR + 5, WORD_MAX):
            with pytest.raises(ValueError, match=r"public input 1 .* never reduced"):
                encode(sample.proof, [5, bad, 1])


def wrong_lengths_answered(verifier: DeployedVerifier) -> list[str]:
    """Every wrong length that gets an answer instead of a revert."""
    sample = samples()[0]
    exact = encode_arguments(sample.proof, sample.public)
    proof = encode_proof(sample.proof)
    answered = []
    for cut in [0, 1, 31, 32, 64, 256, len(exact) - 32, len(exact) - 1]:
        if verifier.call_words(exact[:cut]).success:
            answered.append(f"calldata cut to {cut}")
    for extra in [1, 31, 32, 320]:
        if verifier.call_words(exact + bytes(extra)).success:
            answered.append(f"calldata longer by {extra}")
    for length in [0, 1, 32, 224, 255, 257, 288]:
        if verifier.verify_bytes((proof + bytes(64))[:length], sample.public).success:
            answered.append(f"proof of {length} bytes")
    for count in [0, 1, N_PUBLIC - 1, N_PUBLIC + 1, 100]:
        if verifier.verify_bytes(proof, (sample.public + [0] * 100)[:count]).success:
            answered.append(f"{count} inputs")
    if verifier.machine.call(verifier.address, b"").success:
        answered.append("no calldata")
    if verifier.machine.call(verifier.address, exact).success:
        answered.append("no selector")
    return answered


def test_d56_exactly_the_inputs_of_the_key_and_nothing_beyond_calldata() -> None:
    assert wrong_lengths_answered(DeployedVerifier()) == []


@pytest.mark.parametrize("variant", ["calldata_length_unchecked", "proof_length_unchecked", "input_count_unchecked"])
def test_d56_twin(variant: str) -> None:
    assert wrong_lengths_answered(DeployedVerifier(variant))


def empty_proof_with_words_behind() -> bytes:
    """ABI arguments of `verify` that declare an empty proof in front of the words of a valid one."""
    sample = samples()[0]
    exact = abi_bytes_and_words(encode_proof(sample.proof), sample.public)
    return exact[:64] + bytes(32) + exact[96:]


def test_a6_an_empty_proof_is_no_proof() -> None:
    """An empty pairing answers 1, so nothing empty may get that far."""
    verifier = DeployedVerifier()
    empty_pairing = verifier.machine.call("0x" + "00" * 19 + "08", b"")
    assert empty_pairing.is_true
    assert not verifier.verify_bytes(b"", samples()[0].public).success
    assert not verifier.verify_bytes(b"", []).success
    assert not verifier.call_words(b"").success
    selector = verifier.contract.selector("verify")
    assert not verifier.machine.call(verifier.address, selector + empty_proof_with_words_behind()).success
    for zeros in (bytes(256), bytes(256 + 32 * N_PUBLIC)):
        assert not verifier.call_words(zeros).is_true


def test_a6_twin() -> None:
    verifier = DeployedVerifier("proof_length_unchecked")
    selector = verifier.contract.selector("verify")
    assert verifier.machine.call(verifier.address, selector + empty_proof_with_words_behind()).is_true
