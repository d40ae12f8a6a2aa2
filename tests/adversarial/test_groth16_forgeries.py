"""Forged and mutated Groth16 proofs against the Python verifier."""

from __future__ import annotations

import importlib
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from prover.bn254 import FQ, FR, G1_GENERATOR, G2_GENERATOR, G1Point
from prover.errors import FormatError, KeyRefused
from prover.formats.groth16_types import Proof, VerificationKey
from prover.groth16 import keys, verify
from prover.kernels.interface import Kernels
from prover.reference.curve import add_g1, add_g2, multiply_g1, multiply_g2, negate_g1, sum_g1
from tests.support.kernels import NATIVE_HERE, FaultyKernels, fastest
from tests.support.trapdoor import TrapdoorKey, g1, g2

N_PUBLIC = 3
TRAPDOOR = TrapdoorKey.random(N_PUBLIC, random.Random("forgeries"))
KEY = TRAPDOOR.verification_key()
PUBLIC = [5, FR - 1, 123456789]
A, B = 0xA11CE, 0xB0B
PROOF = TRAPDOOR.prove(PUBLIC, A, B)
FALSE_PUBLIC = [6, 0, 1]


def vk_x(key: VerificationKey, public: list[int]) -> G1Point:
    return add_g1(key.ic[0], sum_g1(zip(key.ic[1:], public, strict=True)))


# -- C42: what can be forged without a trapdoor ------------------------------------------------------------------------


def forgery(key: VerificationKey, public: list[int], ratio: int) -> Proof:
    """A = alpha, B = beta, C = -vk_x / ratio: true wherever delta = ratio * gamma."""
    return Proof(key.alpha_g1, key.beta_g2, multiply_g1(vk_x(key, public), -pow(ratio, -1, FR)))


FORGEABLE = {
    1: replace(KEY, delta_g2=KEY.gamma_g2),
    -1: replace(KEY, delta_g2=multiply_g2(KEY.gamma_g2, -1)),
}
"""Ratio delta / gamma -> a key with it."""

UNCONTRIBUTED = replace(KEY, gamma_g2=G2_GENERATOR, delta_g2=G2_GENERATOR)


def forgeries_accepted() -> list[str]:
    accepted = []
    for ratio, key in [*FORGEABLE.items(), (1, UNCONTRIBUTED)]:
        try:
            if verify(key, FALSE_PUBLIC, forgery(key, FALSE_PUBLIC, ratio), fastest()):
                accepted.append(f"delta = {ratio} gamma")
        except KeyRefused:
            continue
    for ratio in (1, -1, 2, 3, TRAPDOOR.gamma, TRAPDOOR.delta):
        if verify(KEY, FALSE_PUBLIC, forgery(KEY, FALSE_PUBLIC, ratio), fastest()):
            accepted.append(f"sound key, ratio {ratio} guessed")
    return accepted


def test_c42_forged_proofs_are_refused() -> None:
    assert forgeries_accepted() == []


def test_c42_forged_proofs_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the lint, each of the unsound keys accepts the false statement."""
    monkeypatch.setattr(keys, "_known_relations", lambda _key: iter(()))
    monkeypatch.setattr(keys, "_found_sound", set())
    assert forgeries_accepted() == ["delta = 1 gamma", "delta = -1 gamma", "delta = 1 gamma"]


def known_delta_forgery_accepted(ratio: int) -> bool:
    """The forgery of somebody who claims to know delta / gamma."""
    return verify(KEY, FALSE_PUBLIC, forgery(KEY, FALSE_PUBLIC, ratio), fastest())


def test_c42_known_delta_needs_the_real_delta() -> None:
    """No lint can see that somebody kept delta: whoever did can forge, which is why contributions are many."""
    assert not any(known_delta_forgery_accepted(ratio) for ratio in range(1, 20))


def test_c42_known_delta_twin() -> None:
    assert known_delta_forgery_accepted(TRAPDOOR.delta * pow(TRAPDOOR.gamma, -1, FR) % FR)


# -- D57: mutations ----------------------------------------------------------------------------------------------------

Words = tuple[int, ...]


def words_of(proof: Proof) -> Words:
    assert proof.a is not None
    assert proof.b is not None
    assert proof.c is not None
    return (*proof.a, *proof.b[0], *proof.b[1], *proof.c)


def proof_of(words: Words) -> Proof:
    ax, ay, bx0, bx1, by0, by1, cx, cy = words
    return Proof((ax, ay), ((bx0, bx1), (by0, by1)), (cx, cy))


def special_mutants() -> Iterator[Proof]:
    """Every word set to edge values, limbs and points swapped, points negated, shifted and replaced."""
    words = words_of(PROOF)
    for at, value in enumerate(words):
        for new in (
            0,
            1,
            FQ - 1,
            FQ,
            FQ + 1,
            value + FQ,
            FQ - value,
            value - 1,
            value + 1,
            2**256 - 1,
            value ^ 1 << 255,
        ):
            yield proof_of((*words[:at], new, *words[at + 1 :]))
    for i in range(8):
        for j in range(i + 1, 8):
            swapped = list(words)
            swapped[i], swapped[j] = words[j], words[i]
            yield proof_of(tuple(swapped))
    a, b, c = PROOF.a, PROOF.b, PROOF.c
    yield from (Proof(c, b, a), Proof(negate_g1(a), b, c), Proof(a, b, negate_g1(c)), Proof(a, multiply_g2(b, -1), c))
    yield from (Proof(None, b, c), Proof(a, None, c), Proof(a, b, None), Proof(None, None, None), Proof(None, b, None))
    yield from (Proof(G1_GENERATOR, b, c), Proof(a, G2_GENERATOR, c), Proof(a, b, G1_GENERATOR))
    yield from (Proof(add_g1(a, G1_GENERATOR), b, c), Proof(a, b, add_g1(c, G1_GENERATOR)))
    yield from (Proof(a, add_g2(b, G2_GENERATOR), c), Proof(a, b, add_g1(c, KEY.ic[0])))


def random_mutants(n: int, rng: random.Random) -> Iterator[tuple[list[int], Proof]]:
    """Bit flips and random words; and, so that the pairing is reached, other points and other inputs."""
    words = words_of(PROOF)
    multiples_g1 = [g1(k) for k in range(2, 34)]
    multiples_g2 = [g2(k) for k in range(2, 18)]
    for i in range(n):
        kind = i % 5
        changed = list(words)
        at = rng.randrange(8)
        if kind == 0:
            changed[at] ^= 1 << rng.randrange(256)
            yield PUBLIC, proof_of(tuple(changed))
        elif kind == 1:
            changed[at] = rng.randrange(FQ)
            yield PUBLIC, proof_of(tuple(changed))
        elif kind == 2:
            public = list(PUBLIC)
            public[rng.randrange(N_PUBLIC)] ^= 1 << rng.randrange(254)
            yield public, PROOF
        elif kind == 3:
            other = rng.choice(multiples_g1)
            yield PUBLIC, replace(PROOF, a=other) if rng.random() < 0.5 else replace(PROOF, c=other)
        else:
            yield PUBLIC, replace(PROOF, b=rng.choice(multiples_g2))


def accepted_mutants(mutants: Iterator[tuple[list[int], Proof]], kernels: Kernels) -> tuple[int, int]:
    """(accepted, asked): how many of them are taken for true."""
    accepted = asked = 0
    for public, proof in mutants:
        asked += 1
        try:
            accepted += verify(KEY, public, proof, kernels)
        except FormatError:
            continue
    return accepted, asked


def test_d57_special_mutants_are_rejected() -> None:
    assert verify(KEY, PUBLIC, PROOF, fastest())
    accepted, asked = accepted_mutants(((PUBLIC, proof) for proof in special_mutants()), fastest())
    assert accepted == 0
    assert asked > 130


def test_d57_ten_thousand_mutants_are_rejected() -> None:
    n = 10_000 if NATIVE_HERE else 20
    assert accepted_mutants(random_mutants(n, random.Random(57)), fastest()) == (0, n)


@pytest.mark.deep
def test_d57_half_a_million_mutants_are_rejected() -> None:
    assert accepted_mutants(random_mutants(500_000, random.Random(58)), fastest()) == (0, 500_000)


def test_d57_twin() -> None:
    """A pairing check that says true to everything, and a verifier that forgets an input."""
    always = FaultyKernels(
        fastest(), lambda method, _call, result: True if method == "pairing_product_is_one" else result
    )
    accepted, asked = accepted_mutants(random_mutants(50, random.Random(57)), always)
    assert 0 < accepted < asked


@pytest.mark.parametrize("forgotten", ["input", "point"])
def test_d57_subtle_twin(forgotten: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module("prover.groth16.verify")
    if forgotten == "input":
        exact = module.public_scalars
        monkeypatch.setattr(module, "public_scalars", lambda _key, _public: exact(KEY, PUBLIC))
    else:
        exact_points = module.proof_points
        monkeypatch.setattr(
            module, "proof_points", lambda proof, kernels: exact_points(replace(PROOF, b=proof.b), kernels)
        )
    accepted, _ = accepted_mutants(random_mutants(50, random.Random(57)), fastest())
    assert accepted > 0


# -- D58: malleability -------------------------------------------------------------------------------------------------


def malleated(k: int, *, by: int = 1) -> dict[str, Proof]:
    """The two ways of Groth16 to make another valid proof from a valid one; `by` other than 1 plants an error."""
    inverse = pow(k, -1, FR)
    shifted_b = add_g2(PROOF.b, multiply_g2(KEY.delta_g2, k))
    return {
        "(A / k, k B, C)": Proof(multiply_g1(PROOF.a, inverse * by), multiply_g2(PROOF.b, k), PROOF.c),
        "(A, B + k delta, C + k A)": Proof(PROOF.a, shifted_b, add_g1(PROOF.c, multiply_g1(PROOF.a, k * by))),
    }


def valid_names(proofs: dict[str, Proof]) -> set[str]:
    return {name for name, proof in proofs.items() if verify(KEY, PUBLIC, proof, fastest())}


def test_d58_malleated_proofs_verify_so_nothing_may_be_keyed_on_proof_bytes() -> None:
    for k in (2, FR - 1, 987654321):
        proofs = malleated(k)
        assert valid_names(proofs) == set(proofs)
        digests = {proof.digest() for proof in (PROOF, *proofs.values())}
        assert len(digests) == 3, "one statement, three names: only the public inputs name it"


def test_d58_twin() -> None:
    assert valid_names(malleated(2, by=3)) == set()
