"""A Poseidon transcript: challenges that depend on all that was said before, Fiat and Shamir's way, inside a circuit.

The state is one wire. Absorbing n wires under a label hashes (tag of the label and n, state, wires…) in blocks of up
to 14; a challenge hashes (tag of the label, state) and leaves the state changed, so that two challenges in a row
differ. Labels, and how many wires each absorbs, are constants of the circuit and part of every tag: no two histories
have one state.

`IntegerTranscript` is the twin, for whoever has to foresee a challenge.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from random import Random
from typing import Final

from circuits.frontend import Builder, Circuit, InputValues, Wire, private
from circuits.gadgets.example import Example
from circuits.gadgets.poseidon import poseidon
from prover.bn254 import FR
from prover.reference.poseidon import MAX_ARITY
from prover.reference.poseidon import poseidon as poseidon_of_integers

BLOCK: Final = MAX_ARITY - 2
"""Wires per hash: the tag and the state take the other two places."""

TAG_BITS: Final = 248


def tag(*parts: str | int) -> int:
    """A domain tag below 2^248, from SHA-256 of the parts, each with its length."""
    text = b"".join(len(str(part)).to_bytes(4, "big") + str(part).encode() for part in parts)
    return int.from_bytes(hashlib.sha256(b"zkclear transcript" + text).digest(), "big") >> 256 - TAG_BITS


class Transcript:
    """What was absorbed so far. It lives while a circuit is written, and cannot be passed to a sub-circuit."""

    def __init__(self, c: Builder, domain: str) -> None:
        self._c = c
        self._state: Wire = c.constant(tag("domain", domain))

    def absorb(self, label: str, wires: Sequence[Wire]) -> None:
        """Binds all later challenges to `wires`. Cost: a Poseidon of n + 2 inputs for each 14 wires."""
        for first in range(0, max(len(wires), 1), BLOCK):
            block = wires[first : first + BLOCK]
            mark = self._c.constant(tag("absorb", label, len(wires), first))
            self._state = poseidon(self._c, [mark, self._state, *block])

    def challenge(self, label: str) -> Wire:
        """A wire that nobody could choose before all that was absorbed was fixed. Cost: two Poseidons of two inputs."""
        challenge = poseidon(self._c, [self._c.constant(tag("challenge", label)), self._state])
        self._state = poseidon(self._c, [self._c.constant(tag("after", label)), self._state])
        return challenge


class IntegerTranscript:
    """The twin of `Transcript` on integers in [0, r)."""

    def __init__(self, domain: str) -> None:
        self._state = tag("domain", domain)

    def absorb(self, label: str, values: Sequence[int]) -> None:
        """As `Transcript.absorb`."""
        for first in range(0, max(len(values), 1), BLOCK):
            block = values[first : first + BLOCK]
            self._state = poseidon_of_integers([tag("absorb", label, len(values), first), self._state, *block])

    def challenge(self, label: str) -> int:
        """As `Transcript.challenge`."""
        challenge = poseidon_of_integers([tag("challenge", label), self._state])
        self._state = poseidon_of_integers([tag("after", label), self._state])
        return challenge


def _define(c: Builder, first: Sequence[Wire], second: Sequence[Wire]) -> dict[str, Wire]:
    transcript = Transcript(c, "example")
    transcript.absorb("first", first)
    alpha = transcript.challenge("alpha")
    transcript.absorb("second", second)
    return {"alpha": alpha, "beta": transcript.challenge("beta")}


def _honest(random: Random) -> InputValues:
    return {"first": [random.randrange(FR) for _ in range(2)], "second": [random.randrange(FR)]}


EXAMPLES: Final = (
    Example("transcript", Circuit("transcript", _define, {"first": private(2), "second": private(1)}), _honest),
)
