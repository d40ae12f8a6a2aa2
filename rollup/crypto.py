"""What the specification hashes and verifies with: readable by default, native where the node passes its kernels in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from primitives import eddsa
from primitives.babyjubjub import Point
from primitives.eddsa import Signature
from primitives.poseidon import poseidon


@dataclass(frozen=True, slots=True)
class Claim:
    """That the owner of `key` signed the hash of `inputs`."""

    key: Point
    inputs: Sequence[int]
    signature: Signature


class Crypto(Protocol):
    """Poseidon and EdDSA, many at a time."""

    def hash_many(self, inputs: Sequence[Sequence[int]]) -> list[int]:
        """The Poseidon hash of each row; rows have one length between 1 and 16, elements are below r."""
        ...

    def verify_many(self, claims: Sequence[Claim]) -> list[bool]:
        """Whether each claim is true; their inputs are hashed as `hash_many` does."""
        ...


class ReadableCrypto:
    """On plain integers: about a millisecond a hash, 50 a signature."""

    def hash_many(self, inputs: Sequence[Sequence[int]]) -> list[int]:
        """One after the other."""
        return [poseidon(row) for row in inputs]

    def verify_many(self, claims: Sequence[Claim]) -> list[bool]:
        """One after the other."""
        return [eddsa.verify(claim.key, claim.signature, poseidon(claim.inputs)) for claim in claims]


READABLE: Final = ReadableCrypto()


def hash_one(crypto: Crypto, inputs: Sequence[int]) -> int:
    """The hash of one row."""
    (digest,) = crypto.hash_many([inputs])
    return digest
