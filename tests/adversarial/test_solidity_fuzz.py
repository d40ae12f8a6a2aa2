"""Random bad proofs against both entry points of one contract: none may be accepted."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from tests.support.many_proofs import ManyVerifier, Rows, pool, rows_of
from tests.support.proof_mutants import WORD_MAX, cheap_mutant, pairing_mutant
from tests.support.verifiers import pack_words

MOST_TOGETHER = 4
PAIRING_SHARE = 0.03


def spoiled(rng: random.Random) -> tuple[str, Rows] | None:
    """Up to four statements, one or more of them false; None when by chance nothing has changed."""
    proofs, inputs = rows_of(rng.choices(pool(), k=rng.randrange(1, MOST_TOGETHER + 1)))
    valid = {tuple(words + row) for words, row in zip(*rows_of(pool()), strict=True)}
    kinds = []
    if len(proofs) > 1 and rng.random() < PAIRING_SHARE:
        first, second = rng.sample(range(len(proofs)), 2)
        inputs[first], inputs[second] = inputs[second], inputs[first]
        return None if inputs[first] == inputs[second] else ("inputs exchanged", (proofs, inputs))
    for place in rng.sample(range(len(proofs)), rng.choice([1, 1, len(proofs)])):
        words = proofs[place] + inputs[place]
        if rng.random() < PAIRING_SHARE:
            kinds.append(pairing_mutant(words, rows_of(pool())[0], rng))
        else:
            kinds.append(cheap_mutant(words, rng))
        proofs[place], inputs[place] = words[:8], words[8:]
    statements = [tuple(words + row) for words, row in zip(proofs, inputs, strict=True)]
    if all(one in valid for one in statements) or not all(0 <= w <= WORD_MAX for one in statements for w in one):
        return None
    return "+".join(kinds), (proofs, inputs)


def accepted(verifier: ManyVerifier, count: int, seed: int) -> Counter[str]:
    """How many of each kind are accepted, by `verifyMany` or, where there is one proof, by `verifyProof` too."""
    rng = random.Random(seed)
    found: Counter[str] = Counter()
    for _ in range(count):
        made = spoiled(rng)
        while made is None:
            made = spoiled(rng)
        kind, (proofs, inputs) = made
        if verifier.accepts((proofs, inputs)):
            found[f"many: {kind}"] += 1
        if len(proofs) == 1:
            arguments = verifier.contract.selector("verifyProof") + pack_words(proofs[0] + inputs[0])
            if verifier.machine.call(verifier.address, arguments).is_true:
                found[f"one: {kind}"] += 1
    return found


def test_d57_four_hundred_bad_proofs_are_refused() -> None:
    assert not accepted(ManyVerifier(), 400, seed=5)


@pytest.mark.deep
def test_d57_twenty_thousand_bad_proofs_are_refused() -> None:
    assert not accepted(ManyVerifier(), 20_000, seed=20_000)


@pytest.mark.parametrize("variant", ["only_first_verified", "pairing_answer_ignored", "weights_all_one"])
def test_d57_bad_proofs_are_refused_twin(variant: str) -> None:
    assert accepted(ManyVerifier(variant), 400, seed=5)
