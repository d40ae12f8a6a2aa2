"""Several proofs at once: the contract's `verifyMany` against `prover.groth16.aggregate` (checklist D61)."""

from __future__ import annotations

import random

import pytest

from prover.bn254 import FQ, FR
from prover.errors import FormatError
from prover.groth16.aggregate import verify_many
from tests.support.kernels import fastest
from tests.support.many_proofs import (
    ManyVerifier,
    Rows,
    as_proof,
    pool,
    rows_of,
)
from tests.support.verifiers import N_PUBLIC, trapdoor_key


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
                proofs[place] = list(proofs[rng.randrange(len(proofs))])
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
