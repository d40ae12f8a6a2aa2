"""The rollup's hashes and signatures on the native kernels, for tests that need many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from primitives.babyjubjub import Point
from primitives.eddsa import Signature
from prover.kernels.interface import Kernels
from rollup.crypto import Claim
from tests.support.kernels import FASTEST, kernels_named

ELEMENT_BYTES = 32
TOO_LARGE = 1 << 8 * ELEMENT_BYTES


class NativeCrypto:
    """`rollup.crypto.Crypto`, and signing, in C."""

    def __init__(self, kernels: Kernels) -> None:
        self._kernels = kernels

    def hash_many(self, inputs: Sequence[Sequence[int]]) -> list[int]:
        """The Poseidon hash of each row."""
        if not inputs:
            return []
        elements = _limbs([value for row in inputs for value in row])
        return _integers(self._kernels.poseidon(elements.reshape(len(inputs), -1, 4)))

    def verify_many(self, claims: Sequence[Claim]) -> list[bool]:
        """Whether each claim is true; one that does not even fit into 32 bytes each is not."""
        rows = [(*claim.key, *claim.signature.r, claim.signature.s, claim.message) for claim in claims]
        fitting = [i for i, row in enumerate(rows) if all(0 <= value < TOO_LARGE for value in row)]
        verdicts = [False] * len(rows)
        if fitting:
            limbs = _limbs([value for i in fitting for value in rows[i]]).reshape(len(fitting), 24)
            parts = (np.ascontiguousarray(limbs[:, at:end]) for at, end in ((0, 8), (8, 20), (20, 24)))
            for i, good in zip(fitting, self._kernels.eddsa_verify(*parts), strict=True):
                verdicts[i] = bool(good)
        return verdicts

    def public_key(self, private_key: bytes) -> Point:
        """The key that belongs to a private one."""
        x, y = _integers(self._kernels.eddsa_public_key(private_key))
        return x, y

    def sign(self, private_key: bytes, message: int) -> Signature:
        """As `primitives.eddsa.sign`."""
        x, y, s = _integers(self._kernels.eddsa_sign(private_key, _limbs([message])))
        return Signature((x, y), s)


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


def _limbs(values: Iterable[int]) -> NDArray[np.uint64]:
    data = b"".join(value.to_bytes(ELEMENT_BYTES, "little") for value in values)
    return np.frombuffer(data, dtype="<u8")


def _integers(limbs: NDArray[np.uint64]) -> list[int]:
    data = limbs.tobytes()
    return [int.from_bytes(data[at : at + ELEMENT_BYTES], "little") for at in range(0, len(data), ELEMENT_BYTES)]
