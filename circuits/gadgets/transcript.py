"""A Poseidon transcript: challenges that depend on all that was said before, Fiat and Shamir's way, inside a circuit.

The state is one wire. Nothing is hashed before a challenge is drawn; then one tag, made of the challenge's label and of
label and length of all that was absorbed since the last, the state, and the wires go through Poseidon in a chain, the
last hash being challenge and new state::

    hash(tag, state, 14 wires)  hash(that, 15 wires)  hash(that, 15 wires) …

Labels and lengths are constants of the circuit and part of the tag: no two histories have one state. A challenge is no
secret, so that it can be the state. `IntegerTranscript` is the twin, for whoever has to foresee a challenge.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Final, TypeVar

from circuits.frontend import Builder, Circuit, InputRefused, InputValues, Wire, private
from circuits.gadgets.bits import RULE_RANGE, Ranged, assert_range, pack, packed_groups
from circuits.gadgets.example import Example
from circuits.gadgets.poseidon import poseidon, poseidon_cost
from primitives.poseidon import MAX_ARITY
from primitives.poseidon import poseidon as poseidon_of_integers
from prover.bn254 import FR

FIRST_BLOCK: Final = MAX_ARITY - 2
"""Wires in the first hash: tag and state take the other two places."""

BLOCK: Final = MAX_ARITY - 1
"""Wires in each further hash."""

TAG_BITS: Final = 248

Item = TypeVar("Item")


def tag(*parts: str | int) -> int:
    """A domain tag below 2^248, from SHA-256 of the parts, each with its length."""
    text = b"".join(len(str(part)).to_bytes(4, "big") + str(part).encode() for part in parts)
    return int.from_bytes(hashlib.sha256(b"zkclear transcript" + text).digest(), "big") >> 256 - TAG_BITS


class Transcript:
    """What was absorbed so far. It lives while a circuit is written, and cannot be passed to a sub-circuit."""

    def __init__(self, c: Builder, domain: str) -> None:
        self._c = c
        self._state: Wire = c.constant(tag("domain", domain))
        self._said: list[str | int] = []
        self._pending: list[Wire] = []

    def absorb(self, label: str, wires: Sequence[Wire]) -> None:
        """Binds all later challenges to `wires`. Free; the next challenge pays for them, 40 constraints a wire."""
        self._said += ["absorb", label, len(wires)]
        self._pending += [self._c.wire(wire) for wire in wires]

    def absorb_ranged(self, label: str, values: Sequence[Ranged]) -> None:
        """As `absorb`, with as many integers in a wire as there is room for: three of 64 bits, six of 40."""
        self._said += ["ranged", label, len(values), *(value.bits for value in values)]
        self._pending += [packed.wire for packed in pack(self._c, values)]

    def challenge(self, label: str) -> Wire:
        """A wire that nobody could choose before all that was absorbed was fixed.

        Cost: `challenge_cost(n)` for n wires absorbed since the last challenge.
        """
        mark = self._c.constant(tag("challenge", label, *self._said))
        first, *others = _blocks(self._pending)
        self._state = poseidon(self._c, [mark, self._state, *first])
        for block in others:
            self._state = poseidon(self._c, [self._state, *block])
        self._said, self._pending = [], []
        self._c.assume_not_zero(self._state, "a challenge is 0 with probability 1 / r")
        return self._state


def challenge_cost(n: int) -> int:
    """Constraints of a challenge after n wires, packed ones counted as packed."""
    first, *others = _blocks(range(n))
    return poseidon_cost(2 + len(first)) + sum(poseidon_cost(1 + len(block)) for block in others)


class IntegerTranscript:
    """The twin of `Transcript` on integers in [0, r). `hash_one` is Poseidon, or a faster one that is the same."""

    def __init__(self, domain: str, hash_one: Callable[[Sequence[int]], int] = poseidon_of_integers) -> None:
        self._hash_one = hash_one
        self._state = tag("domain", domain)
        self._said: list[str | int] = []
        self._pending: list[int] = []

    def absorb(self, label: str, values: Sequence[int]) -> None:
        """As `Transcript.absorb`."""
        self._said += ["absorb", label, len(values)]
        self._pending += values

    def absorb_ranged(self, label: str, values: Sequence[int], widths: Sequence[int]) -> None:
        """As `Transcript.absorb_ranged`, for integers of these widths. Raises `InputRefused` for a wider one."""
        for i, (value, width) in enumerate(zip(values, widths, strict=True)):
            if not 0 <= value < 1 << width:
                raise InputRefused(f"{label}[{i}]", f"it does not have {width} bits")
        self._said += ["ranged", label, len(values), *widths]
        for group in packed_groups(widths):
            packed = 0
            for i in group:
                packed = (packed << widths[i]) + values[i]
            self._pending.append(packed)

    def challenge(self, label: str) -> int:
        """As `Transcript.challenge`."""
        first, *others = _blocks(self._pending)
        self._state = self._hash_one([tag("challenge", label, *self._said), self._state, *first])
        for block in others:
            self._state = self._hash_one([self._state, *block])
        self._said, self._pending = [], []
        return self._state


def _blocks(items: Sequence[Item]) -> list[Sequence[Item]]:
    """The first one may be empty, the others are not."""
    rest = range(FIRST_BLOCK, len(items), BLOCK)
    return [items[:FIRST_BLOCK], *(items[start : start + BLOCK] for start in rest)]


def _define(c: Builder, first: Sequence[Wire], second: Sequence[Wire]) -> dict[str, Wire]:
    transcript = Transcript(c, "example")
    transcript.absorb("first", first)
    alpha = transcript.challenge("alpha")
    transcript.absorb_ranged("second", [assert_range(c, wire, 8) for wire in second])
    return {"alpha": alpha, "beta": transcript.challenge("beta")}


def _honest(random: Random) -> InputValues:
    second = [random.choice((0, 255, random.randrange(256))) for _ in range(3)]
    return {"first": [random.randrange(FR) for _ in range(2)], "second": second}


def _refused(random: Random) -> Iterator[tuple[str, InputValues]]:
    inputs = _honest(random)
    yield RULE_RANGE, {**inputs, "second": [*inputs["second"][:2], 256]}


EXAMPLES: Final = (
    Example(
        "transcript", Circuit("transcript", _define, {"first": private(2), "second": private(3)}), _honest, _refused
    ),
)
