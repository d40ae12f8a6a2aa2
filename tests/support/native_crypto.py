"""Cryptography for tests of the specification: the node's, and none at all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from rollup.crypto import Claim
from sequencer.native_crypto import NativeCrypto
from tests.support.kernels import FASTEST, kernels_named


class TrustingCrypto:
    """No cryptography at all: whatever is signed is good, and hashes are Python's. For laws that are about sums."""

    def hash_many(self, inputs: Sequence[Sequence[int]]) -> list[int]:
        """Of integers, the same in every process."""
        return [hash(tuple(row)) & 0xFFFF_FFFF for row in inputs]

    def verify_many(self, claims: Sequence[Claim]) -> list[bool]:
        """All are true."""
        return [True] * len(claims)


@cache
def native_crypto(threads: int = 1) -> NativeCrypto:
    """On the fastest kernels here."""
    return NativeCrypto(kernels_named(FASTEST, threads))
