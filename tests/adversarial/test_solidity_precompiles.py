"""What the contract makes of precompiles that fail, answer with the wrong size, are missing, or get too little gas."""

from __future__ import annotations

import pytest

from prover.solidity.render import EIP1108_ECMUL_GAS, EIP1108_PAIRING_GAS
from tests.support.evm import Machine
from tests.support.precompile_mocks import (
    FAULTS,
    HONEST,
    RETURNS_32_BYTES_OF_ONE,
    RETURNS_64_BYTES_FROM_ONE,
    address,
    forwards_to,
    install_mocks,
)
from tests.support.verifiers import (
    MOCKED_MARGIN,
    DeployedVerifier,
    compiled_variants,
    pack_words,
    raw_words,
    samples,
    trapdoor_key,
)


def mocked(variant: str, **faults: bytes) -> DeployedVerifier:
    """A verifier over mock precompiles: honest ones but for those in `faults` (ecadd, ecmul, pairing)."""
    verifier = DeployedVerifier(f"mocked_{variant}", run_constructor=False)
    install_mocks(verifier.machine, **faults)
    return verifier


def true_answers_under_faults(variant: str) -> list[str]:
    """Every fault of a precompile under which a proof is accepted."""
    sample = samples()[0]
    wrong_input = [1, *sample.public[1:]]
    faults: list[tuple[str, dict[str, bytes]]] = [
        (f"{name}: {what}", {name: code}) for name in ("ecadd", "ecmul", "pairing") for what, code in FAULTS.items()
    ]
    faults.append(("pairing: 64 bytes", {"pairing": RETURNS_64_BYTES_FROM_ONE}))
    faults.append(("ecmul: 32 bytes", {"ecmul": RETURNS_32_BYTES_OF_ONE}))
    faults.append(("ecadd: 32 bytes", {"ecadd": RETURNS_32_BYTES_OF_ONE}))
    proof_of_ones, proof_of_zeros = (trapdoor_key().prove([value] * 3, 3, 5) for value in (1, 0))
    accepted = []
    for what, fault in faults:
        verifier = mocked(variant, **fault)
        calls = [
            verifier.verify_proof(sample.proof, sample.public),
            verifier.verify_proof(sample.proof, wrong_input),
            # A missing ecMul leaves 1 * IC[i] in memory whatever the input says, and a missing ecAdd leaves IC[0].
            verifier.verify_proof(proof_of_ones, [7, 8, 9]),
            verifier.verify_proof(proof_of_zeros, [7, 8, 9]),
        ]
        accepted += [what for call in calls if call.is_true]
    return accepted


def test_d59_a_failing_precompile_never_means_true() -> None:
    honest = mocked("sound")
    sample = samples()[0]
    assert honest.verify_proof(sample.proof, sample.public).is_true, "the mocks stand in for the precompiles"
    assert mocked("sound", pairing=RETURNS_32_BYTES_OF_ONE).verify_proof(sample.proof, [1, 2, 3]).is_true
    assert true_answers_under_faults("sound") == []


@pytest.mark.parametrize("variant", ["answer_size_unchecked", "product_unchecked", "sum_unchecked"])
def test_d59_twin(variant: str) -> None:
    assert true_answers_under_faults(variant)


def answers_by_gas(verifier: DeployedVerifier) -> list[str]:
    """What a valid proof is answered at each gas limit, from too little to plenty."""
    sample = samples()[0]
    outcomes = []
    for gas in [*range(33_000, 228_000, 3_000), *range(228_000, 262_000, 250), 400_000, 1_000_000]:
        call = verifier.verify_proof(sample.proof, sample.public, gas=gas)
        outcomes.append("true" if call.is_true else "false" if call.success else "reverted")
    return outcomes


def test_d59_too_little_gas_is_an_error_not_an_answer() -> None:
    outcomes = answers_by_gas(DeployedVerifier())
    assert set(outcomes) == {"reverted", "true"}
    assert outcomes == sorted(outcomes), "once there is enough gas, more does not hurt"


def test_d59_too_little_gas_twin() -> None:
    assert "false" in answers_by_gas(DeployedVerifier("gas_shortage_is_false"))


def gas_of_a_proof_off_the_curve(verifier: DeployedVerifier) -> int:
    words = raw_words(samples()[0].proof, samples()[0].public)
    words[0] ^= 1
    call = verifier.call_words(pack_words(words))
    assert call.is_false
    return call.gas_used


def test_d59_a_bad_proof_costs_no_more_than_the_cap() -> None:
    limit = 2 * EIP1108_PAIRING_GAS + 60_000
    assert gas_of_a_proof_off_the_curve(DeployedVerifier()) < limit


def test_d59_a_bad_proof_costs_no_more_than_the_cap_twin() -> None:
    assert gas_of_a_proof_off_the_curve(DeployedVerifier("gas_uncapped")) > 10_000_000


def dear(precompile: int, size: int, price: int) -> bytes:
    """Code that burns all its gas unless it is given more than `price`, and else answers as the real precompile."""
    return bytes.fromhex(f"5a62{price:06x}10600a57fe5b") + forwards_to(precompile, size)


def test_d59_a_precompile_dearer_than_its_cap_is_not_waited_for() -> None:
    """As after a fork or on a chain that charges more: the contract then has to be rendered with a wider cap."""
    sample = samples()[0]
    ecmul_cap, pairing_cap = MOCKED_MARGIN * EIP1108_ECMUL_GAS, MOCKED_MARGIN * EIP1108_PAIRING_GAS
    within = mocked("sound", ecmul=dear(7, 0x40, ecmul_cap // 2), pairing=dear(8, 0x20, pairing_cap // 2))
    assert within.verify_proof(sample.proof, sample.public).is_true
    assert not mocked("sound", ecmul=dear(7, 0x40, ecmul_cap)).verify_proof(sample.proof, sample.public).success
    assert mocked("sound", pairing=dear(8, 0x20, pairing_cap)).verify_proof(sample.proof, sample.public).is_false


def test_d59_a_chain_without_the_precompiles_cannot_deploy() -> None:
    machine = Machine()
    with pytest.raises(RuntimeError):
        machine.deploy(compiled_variants()["mocked_sound"].creation_code)
    for number, code in HONEST.items():
        machine.install(address(number), code)
    assert machine.deploy(compiled_variants()["mocked_sound"].creation_code)
