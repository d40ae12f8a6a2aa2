"""Mutated, forged and malleated proofs against the contract."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from prover.bn254 import FQ, FR, G2_GENERATOR, g2_is_in_subgroup, g2_is_on_curve
from prover.formats.groth16_types import Proof, VerificationKey
from prover.solidity.calldata import encode_arguments
from prover.solidity.compiler import compile_many
from prover.solidity.render import GasCaps, _render
from tests.support.evm import Machine
from tests.support.points import G2_OUTSIDE_SUBGROUP
from tests.support.proof_mutants import (
    A_X,
    A_Y,
    B_X0,
    B_X1,
    B_Y0,
    B_Y1,
    C_X,
    C_Y,
    WORD_MAX,
    cheap_mutant,
    pairing_mutant,
)
from tests.support.trapdoor import TrapdoorKey, g1, g2
from tests.support.verifiers import (
    N_PUBLIC,
    DeployedVerifier,
    pack_words,
    raw_words,
    samples,
    trapdoor_key,
)


def accepted_mutants(verifier: DeployedVerifier, seed: int, cheap: int, pairing: int) -> Counter[str]:
    """How many mutants of each kind the contract takes. Each differs from the valid proof it was made of."""
    rng = random.Random(seed)
    accepted: Counter[str] = Counter()
    valid = [raw_words(sample.proof, sample.public) for sample in samples(1)[:2]]
    others = [raw_words(sample.proof, []) for sample in samples(1)[2:]]
    for count in (cheap, pairing):
        for _ in range(count):
            original = rng.choice(valid)
            words = original.copy()
            kind = cheap_mutant(words, rng) if count is cheap else pairing_mutant(words, others, rng)
            if words == original or not all(0 <= word <= WORD_MAX for word in words):
                continue
            if verifier.call_words(pack_words(words)).is_true:
                accepted[kind] += 1
    return accepted


def test_d57_twenty_thousand_mutants_are_rejected() -> None:
    assert not accepted_mutants(DeployedVerifier(n_public=1), seed=57, cheap=19_700, pairing=300)


@pytest.mark.deep
def test_d57_a_million_mutants_are_rejected() -> None:
    assert not accepted_mutants(DeployedVerifier(n_public=1), seed=5757, cheap=980_000, pairing=20_000)


@pytest.mark.parametrize("variant", ["pairing_answer_ignored", "pairing_failure_is_true"])
def test_d57_twin(variant: str) -> None:
    assert accepted_mutants(DeployedVerifier(variant, n_public=1), seed=57, cheap=100, pairing=40)


def malleated(proof: Proof, key: TrapdoorKey, exponents: tuple[int, int, int], k: int) -> tuple[Proof, Proof]:
    """(A / k, k B, C) and (A, B + k delta, C + k A): valid wherever (A, B, C) is (checklist D58)."""
    a, b, c = exponents
    first = Proof(g1(a * pow(k, -1, FR)), g2(b * k), proof.c)
    second = Proof(proof.a, g2(b + k * key.delta), g1(c + k * a))
    return first, second


def statements_counted(seen: list[tuple[Proof, list[int]]], by: str) -> int:
    """How many statements a registry believes to have seen that is keyed `by` the digest of the proof or the inputs."""
    return len({proof.digest() if by == "proof" else tuple(public) for proof, public in seen})


def malleated_copies_of_one_statement(verifier: DeployedVerifier) -> list[tuple[Proof, list[int]]]:
    key, public, a, b = trapdoor_key(), [1, 2, 3], 11, 13
    proof = key.prove(public, a, b)
    c = (a * b - key.alpha * key.beta - key.statement(public) * key.gamma) * pow(key.delta, -1, FR)
    copies = [proof, *malleated(proof, key, (a, b, c), 5), *malleated(proof, key, (a, b, c), FR - 1)]
    assert all(verifier.verify_proof(copy, public).is_true for copy in copies)
    return [(copy, public) for copy in copies]


def test_d58_malleated_proofs_verify_and_only_the_inputs_name_the_statement() -> None:
    copies = malleated_copies_of_one_statement(DeployedVerifier())
    assert statements_counted(copies, by="inputs") == 1


def test_d58_twin() -> None:
    assert statements_counted(malleated_copies_of_one_statement(DeployedVerifier()), by="proof") == 5


def with_points(**points: list[int]) -> bytes:
    """Calldata of a valid proof in which A, B or C has been replaced by these words."""
    words = raw_words(samples()[0].proof, samples()[0].public)
    for name, replacement in points.items():
        first = {"a": A_X, "b": B_X1, "c": C_X}[name]
        words[first : first + len(replacement)] = replacement
    return pack_words(words)


def bad_points_accepted(verifier: DeployedVerifier) -> list[str]:
    """Every kind of bad point (checklist A3, A4) under which the contract says true."""
    words = raw_words(samples()[0].proof, samples()[0].public)
    (x0, x1), (y0, y1) = G2_OUTSIDE_SUBGROUP
    calls = {
        "a off the curve": with_points(a=[1, 3]),
        "c off the curve": with_points(c=[words[C_X], words[C_Y] + 1]),
        "a.x + q": with_points(a=[words[A_X] + FQ, words[A_Y]]),
        "a.y + q": with_points(a=[words[A_X], words[A_Y] + FQ]),
        "c.x + q": with_points(c=[words[C_X] + FQ, words[C_Y]]),
        "c.y + q": with_points(c=[words[C_X], words[C_Y] + FQ]),
        "a at infinity": with_points(a=[0, 0]),
        "a = (q, q)": with_points(a=[FQ, FQ]),
        "b at infinity": with_points(b=[0, 0, 0, 0]),
        "c at infinity": with_points(c=[0, 0]),
        "a negated": with_points(a=[words[A_X], FQ - words[A_Y]]),
        "c negated": with_points(c=[words[C_X], FQ - words[C_Y]]),
        "b outside the subgroup": with_points(b=[x1, x0, y1, y0]),
        "b off the twist": with_points(b=[words[B_X1], words[B_X0], words[B_Y1] ^ 1, words[B_Y0]]),
        "b.x1 + q": with_points(b=[words[B_X1] + FQ]),
        "b with its limbs swapped": with_points(b=[words[B_X0], words[B_X1], words[B_Y0], words[B_Y1]]),
    }
    return [name for name, calldata in calls.items() if not verifier.call_words(calldata).is_false]


def test_a3_a4_bad_points_are_refused() -> None:
    assert g2_is_on_curve(G2_OUTSIDE_SUBGROUP)
    assert not g2_is_in_subgroup(G2_OUTSIDE_SUBGROUP)
    assert bad_points_accepted(DeployedVerifier()) == []


@pytest.mark.parametrize("variant", ["pairing_answer_ignored", "pairing_failure_is_true"])
def test_a3_a4_twin(variant: str) -> None:
    accepted = bad_points_accepted(DeployedVerifier(variant))
    assert accepted
    assert ("b outside the subgroup" in accepted) == (variant == "pairing_failure_is_true")


def test_a3_infinity_is_the_neutral_element_as_in_the_precompile() -> None:
    """Where the equation holds with C at infinity, the contract says true: it has no rule beyond the equation."""
    key = trapdoor_key()
    public = [1, 2, 3]
    a = (key.alpha * key.beta + key.statement(public) * key.gamma) % FR
    assert DeployedVerifier().verify_proof(Proof(g1(a), G2_GENERATOR, None), public).is_true
    assert DeployedVerifier().verify_proof(Proof(g1(a + 1), G2_GENERATOR, None), public).is_false


def forgery_without_contribution(key: VerificationKey, trapdoor: TrapdoorKey, public: list[int]) -> Proof:
    """A = alpha, B = beta, C = -L: valid for any inputs when gamma = delta. Needs no secret but for writing down L."""
    return Proof(key.alpha_g1, key.beta_g2, g1(-trapdoor.statement(public)))


def forgery_with_known_delta(key: VerificationKey, trapdoor: TrapdoorKey, public: list[int], delta: int) -> Proof:
    """A = alpha, B = beta, C = -(gamma / delta) L."""
    return Proof(key.alpha_g1, key.beta_g2, g1(-trapdoor.statement(public) * trapdoor.gamma * pow(delta, -1, FR)))


def test_c42_forged_proofs_are_rejected_by_a_sound_key() -> None:
    trapdoor = trapdoor_key()
    key = trapdoor.verification_key()
    verifier = DeployedVerifier()
    for public in ([1, 2, 3], [0, 0, 0]):
        assert verifier.verify_proof(forgery_without_contribution(key, trapdoor, public), public).is_false
        for delta in (1, 2, trapdoor.gamma, trapdoor.delta + 1):
            assert verifier.verify_proof(forgery_with_known_delta(key, trapdoor, public, delta), public).is_false


def test_c42_forged_proofs_are_rejected_by_a_sound_key_twin() -> None:
    """The same forgeries under keys that our renderer and the constructor refuse: they are accepted there."""
    public = [1, 2, 3]
    rng = random.Random(42)
    no_contribution = TrapdoorKey(rng.randrange(FR), rng.randrange(FR), gamma := rng.randrange(FR), gamma, (5, 6, 7, 8))
    known_delta = TrapdoorKey(rng.randrange(FR), rng.randrange(FR), gamma, 1, (5, 6, 7, 8))
    cases = {
        "Undisturbed": (
            no_contribution,
            forgery_without_contribution(no_contribution.verification_key(), no_contribution, public),
        ),
        "Known": (known_delta, forgery_with_known_delta(known_delta.verification_key(), known_delta, public, 1)),
    }
    sources = {name: _render(trapdoor.verification_key(), name, GasCaps()) for name, (trapdoor, _) in cases.items()}
    weakened = {f"{name}Weakened": text.replace("revert UnsoundKey();", "{ }") for name, text in sources.items()}
    contracts = compile_many(sources | weakened)
    machine = Machine()
    for name, (_, forged) in cases.items():
        with pytest.raises(RuntimeError):
            machine.deploy(contracts[name].creation_code)
        contract = contracts[f"{name}Weakened"]
        address = machine.deploy(contract.creation_code)
        assert machine.call(address, contract.selector("verifyProof") + encode_arguments(forged, public)).is_true


def test_d62_a_proof_under_another_key_is_rejected() -> None:
    sample = samples()[0]
    other = TrapdoorKey.random(N_PUBLIC, random.Random("another circuit of the same size"))
    proof = other.prove(sample.public, 3, 4)
    assert DeployedVerifier().verify_proof(proof, sample.public).is_false
    assert DeployedVerifier().verify_proof(sample.proof, sample.public).is_true


def test_d62_twin() -> None:
    sample = samples()[0]
    other = TrapdoorKey.random(N_PUBLIC, random.Random("another circuit of the same size"))
    proof = other.prove(sample.public, 3, 4)
    assert DeployedVerifier("pairing_answer_ignored").verify_proof(proof, sample.public).is_true
