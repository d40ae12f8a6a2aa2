"""Checklist D61: contract, our verifier, arkworks, snarkjs and py_ecc on the same statements, valid and invalid."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from functools import cache

import groth16py
import pytest

from prover.bn254 import FQ, FR
from prover.errors import FormatError
from prover.formats.groth16_types import Proof, VerificationKey
from prover.formats.json_files import proof_to_json, verification_key_to_json
from prover.groth16 import verify
from prover.reference.curve import add_g1, negate_g1, pairing_product_is_one, sum_g1
from prover.solidity.node import run_script
from tests.support.kernels import fastest
from tests.support.points import G2_OUTSIDE_SUBGROUP
from tests.support.trapdoor import g1, g2
from tests.support.verifiers import N_PUBLIC, DeployedVerifier, pack_words, raw_words, trapdoor_key

Vector = tuple[list[int], bool]
"""The words of verifyProof's calldata, and whether the statement is valid by construction."""


@cache
def pool(size: int = 12) -> list[tuple[list[int], Proof]]:
    """Inputs with valid proofs, to be drawn from: multiplications are the dear part of a vector."""
    rng = random.Random("the pool")
    key = trapdoor_key()
    made = []
    for _ in range(size):
        public = [rng.choice([0, 1, FR - 1, rng.randrange(FR)]) for _ in range(N_PUBLIC)]
        made.append((public, key.prove(public, rng.randrange(1, FR), rng.randrange(1, FR))))
    return made


def vectors(count: int, seed: int) -> list[Vector]:
    """Valid, false and malformed statements, about a third of each."""
    rng = random.Random(seed)
    return [_vector(rng) for _ in range(count)]


def _vector(rng: random.Random) -> Vector:
    public, proof = rng.choice(pool())
    words = raw_words(proof, public)
    kind = rng.randrange(12)
    if kind <= 3:
        return words, True
    if kind == 4:  # valid too: C at infinity
        key = trapdoor_key()
        exponent = (key.alpha * key.beta + key.statement(public) * key.gamma) % FR
        return raw_words(Proof(_g1_cached(exponent), _g2_cached(1), None), public), True
    if kind == 5:  # valid too: both signs changed
        words[1], words[4], words[5] = -words[1] % FQ, -words[4] % FQ, -words[5] % FQ
        return words, True
    if kind == 6:
        at = 8 + rng.randrange(N_PUBLIC)
        words[at] = (words[at] + rng.randrange(1, FR)) % FR
    elif kind == 7:
        words[8 + rng.randrange(N_PUBLIC)] += FR * rng.randrange(1, 3)
    elif kind == 8:
        words[rng.randrange(8)] ^= 1 << rng.randrange(254)
    elif kind == 9:
        words[2:6] = G2_OUTSIDE_SUBGROUP[0][1], G2_OUTSIDE_SUBGROUP[0][0], *reversed(G2_OUTSIDE_SUBGROUP[1])
    elif kind == 10:
        words[rng.choice([0, 1, 6, 7])] += FQ
    else:
        words[0:2], words[6:8] = words[6:8], words[0:2]
    return words, False


@cache
def _g1_cached(scalar: int) -> tuple[int, int]:
    point = g1(scalar)
    assert point is not None
    return point


@cache
def _g2_cached(scalar: int) -> tuple[tuple[int, int], tuple[int, int]]:
    point = g2(scalar)
    assert point is not None
    return point


def as_proof(words: list[int]) -> Proof:
    a_x, a_y, b_x1, b_x0, b_y1, b_y0, c_x, c_y = words[:8]
    b = ((b_x0, b_x1), (b_y0, b_y1))
    infinite_b = b == ((0, 0), (0, 0))
    return Proof(
        None if (a_x, a_y) == (0, 0) else (a_x, a_y),
        None if infinite_b else b,
        None if (c_x, c_y) == (0, 0) else (c_x, c_y),
    )


Verifier = Callable[[list[int]], bool]


@cache
def verification_key() -> VerificationKey:
    return trapdoor_key().verification_key()


def by_contract(variant: str = "sound") -> Verifier:
    verifier = DeployedVerifier(variant)
    return lambda words: verifier.call_words(pack_words(words)).is_true


def by_us(words: list[int]) -> bool:
    """A malformed statement is not accepted; that it raises is tested elsewhere."""
    try:
        return verify(verification_key(), words[8:], as_proof(words), fastest())
    except FormatError:
        return False


def by_arkworks() -> Verifier:
    """Its binding takes no point at infinity: what it says of those is left out."""
    text = verification_key_to_json(verification_key(), fastest())
    verifier = groth16py.Verifier(groth16py.VerifyingKey.from_snarkjs(text))

    def accepts(words: list[int]) -> bool:
        if (0, 0) in (tuple(words[0:2]), tuple(words[6:8])):
            return by_us(words)
        try:
            return bool(verifier.verify(pack_words(words[:8]), words[8:]))
        except (groth16py.EncodingError, groth16py.VerificationError, ValueError):
            return False

    return accepts


def by_py_ecc(words: list[int]) -> bool:
    """py_ecc's pairing; its checks of curve and subgroup are ours to make, by plain integers."""
    from prover.bn254 import g1_is_on_curve, g2_is_in_subgroup

    key, proof = verification_key(), as_proof(words)
    if not all(word < FR for word in words[8:]):
        return False
    if not (g1_is_on_curve(proof.a) and g1_is_on_curve(proof.c) and g2_is_in_subgroup(proof.b)):
        return False
    statement = add_g1(key.ic[0], sum_g1(zip(key.ic[1:], words[8:], strict=True)))
    return pairing_product_is_one(
        [
            (negate_g1(proof.a), proof.b),
            (key.alpha_g1, key.beta_g2),
            (statement, key.gamma_g2),
            (proof.c, key.delta_g2),
        ]
    )


_SNARKJS_SCRIPT = """
const snarkjs = require("snarkjs");
const fs = require("fs");
async function main() {
    const { key, cases } = JSON.parse(fs.readFileSync(0, "utf8"));
    const answers = [];
    for (const { proof, input } of cases) {
        try { answers.push(await snarkjs.groth16.verify(key, input, proof)); } catch (error) { answers.push(false); }
    }
    process.stdout.write(JSON.stringify(answers));
}
main().then(() => process.exit(0));
"""


def by_snarkjs(cases: list[list[int]]) -> list[bool]:
    """All at once, in one process."""
    key = json.loads(verification_key_to_json(verification_key(), fastest()))
    rows = [
        {"proof": json.loads(proof_to_json(as_proof(words))), "input": [str(value) for value in words[8:]]}
        for words in cases
    ]
    answers = json.loads(run_script(_SNARKJS_SCRIPT, stdin=json.dumps({"key": key, "cases": rows}).encode()))
    return [bool(answer) for answer in answers]


def disagreements(cases: list[Vector], verifiers: dict[str, Verifier]) -> list[tuple[str, list[int]]]:
    """Every verifier and vector where the answer is not what it is by construction."""
    return [
        (name, words)
        for words, expected in cases
        for name, accepts in verifiers.items()
        if accepts(words) is not expected
    ]


def test_d61_contract_ours_and_arkworks_agree() -> None:
    assert disagreements(vectors(300, 61), {"contract": by_contract(), "us": by_us, "arkworks": by_arkworks()}) == []


@pytest.mark.deep
def test_d61_contract_ours_and_arkworks_agree_on_ten_thousand() -> None:
    verifiers = {"contract": by_contract(), "us": by_us, "arkworks": by_arkworks()}
    assert disagreements(vectors(10_000, 6161), verifiers) == []


def test_d61_snarkjs_agrees() -> None:
    """snarkjs reduces coordinates at or above q, which is its own malleability: those vectors are left out for it."""
    cases = [case for case in vectors(120, 62) if all(word < FQ for word in case[0][:8])]
    answers = by_snarkjs([words for words, _ in cases])
    assert answers == [expected for _, expected in cases]


def test_d61_py_ecc_agrees() -> None:
    assert disagreements(vectors(8, 63), {"py_ecc": by_py_ecc, "contract": by_contract()}) == []


@pytest.mark.parametrize("variant", ["input_check_removed", "pairing_answer_ignored", "pairing_failure_is_true"])
def test_d61_twin(variant: str) -> None:
    assert disagreements(vectors(120, 61), {"contract": by_contract(variant)})
