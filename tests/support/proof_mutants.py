"""Ways to spoil the words of a valid proof and its inputs."""

from __future__ import annotations

import random
from collections.abc import Sequence

from prover.bn254 import FQ, FR

A_X, A_Y, B_X1, B_X0, B_Y1, B_Y0, C_X, C_Y = range(8)
PROOF_WORDS = 8
WORD_MAX = 2**256 - 1


def negated(words: list[int], at: int) -> None:
    words[at] = -words[at] % FQ


def cheap_mutant(words: list[int], rng: random.Random) -> str:
    """Changes the words in place so that some point leaves its curve or range; returns what was done."""
    # The machine finds a bad C last, after the subgroup checks of all four pairs: 6 ms against 0.2 ms.
    at = rng.randrange(PROOF_WORDS if rng.random() < 0.05 else C_X)
    kind = rng.choice(["bit", "bits", "zero", "q", "plus_q", "random", "small", "swap_words", "swap_limbs", "max"])
    if kind == "bit":
        words[at] ^= 1 << rng.randrange(256)
    elif kind == "bits":
        words[at] ^= rng.getrandbits(256) or 1
    elif kind == "zero":
        words[at] = 0
    elif kind == "q":
        words[at] = FQ
    elif kind == "plus_q":
        words[at] += FQ * rng.randrange(1, 5)
    elif kind == "random":
        words[at] = rng.randrange(FQ)
    elif kind == "small":
        words[at] += rng.choice([-1, 1])
    elif kind == "swap_words":
        other = (at + rng.randrange(1, PROOF_WORDS)) % PROOF_WORDS
        words[at], words[other] = words[other], words[at]
    elif kind == "swap_limbs":
        base = rng.choice([B_X1, B_Y1])
        words[base], words[base + 1] = words[base + 1], words[base]
    else:
        words[at] = WORD_MAX
    return kind


def pairing_mutant(words: list[int], others: Sequence[Sequence[int]], rng: random.Random) -> str:
    """Changes the words in place into other points of the right groups, some of `others`, or other inputs below r."""
    other = rng.choice(others)
    kind = rng.choice(["input", "a_and_c", "minus_a", "minus_b", "minus_c", "a", "b", "c", "infinity"])
    if kind == "input":
        at = rng.randrange(PROOF_WORDS, len(words))
        words[at] = (words[at] + rng.choice([1, -1, rng.randrange(1, FR)])) % FR
    elif kind == "a_and_c":
        words[A_X : A_Y + 1], words[C_X : C_Y + 1] = words[C_X : C_Y + 1], words[A_X : A_Y + 1]
    elif kind == "minus_a":
        negated(words, A_Y)
    elif kind == "minus_b":
        negated(words, B_Y1)
        negated(words, B_Y0)
    elif kind == "minus_c":
        negated(words, C_Y)
    elif kind == "infinity":
        first, last = rng.choice([(A_X, A_Y), (B_X1, B_Y0), (C_X, C_Y)])
        words[first : last + 1] = [0] * (last + 1 - first)
    else:
        first, last = {"a": (A_X, A_Y), "b": (B_X1, B_Y0), "c": (C_X, C_Y)}[kind]
        words[first : last + 1] = other[first : last + 1]
    return kind
