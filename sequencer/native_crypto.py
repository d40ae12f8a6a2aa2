"""The rollup's hashes and signatures on the native kernels: what a node passes into the specification."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from primitives.babyjubjub import Point
from primitives.eddsa import Signature
from prover.kernels.interface import Kernels
from rollup.crypto import Claim

TOGETHER: Final = 8
"""Fewer signatures are verified one by one."""

_SEED_BYTES: Final = 32
_ELEMENT_BYTES: Final = 32
_TOO_LARGE: Final = 1 << 8 * _ELEMENT_BYTES


class NativeCrypto:
    """`rollup.crypto.Crypto`, and signing in constant time."""

    def __init__(self, kernels: Kernels) -> None:
        self._kernels = kernels

    def hash_many(self, inputs: Sequence[Sequence[int]]) -> list[int]:
        """The Poseidon hash of each row. Raises the kernels' errors for an element that is not below r."""
        if not inputs:
            return []
        elements = _limbs(value for row in inputs for value in row)
        return _integers(self._kernels.poseidon(elements.reshape(len(inputs), -1, 4)))

    def verify_many(self, claims: Sequence[Claim]) -> list[bool]:
        """Whether each claim is true; one with a number of more than 32 bytes is not."""
        rows = [(*claim.key, *claim.signature.r, claim.signature.s, claim.message) for claim in claims]
        fitting = [i for i, row in enumerate(rows) if all(0 <= value < _TOO_LARGE for value in row)]
        verdicts = [False] * len(rows)
        if fitting:
            limbs = _limbs(value for i in fitting for value in rows[i]).reshape(len(fitting), 24)
            parts = (np.ascontiguousarray(limbs[:, at:end]) for at, end in ((0, 8), (8, 20), (20, 24)))
            for i, good in zip(fitting, self._verified(*parts), strict=True):
                verdicts[i] = bool(good)
        return verdicts

    def _verified(
        self, keys: NDArray[np.uint64], signatures: NDArray[np.uint64], messages: NDArray[np.uint64]
    ) -> NDArray[np.bool_]:
        """All at once by one random combination, which takes two thirds of the time; one by one where any is bad."""
        kernels, n = self._kernels, len(messages)
        if n >= TOGETHER and kernels.eddsa_verify_batch(keys, signatures, messages, seed=os.urandom(_SEED_BYTES)):
            return np.ones(n, dtype=np.bool_)
        return kernels.eddsa_verify(keys, signatures, messages)

    def public_key(self, private_key: bytes) -> Point:
        """The key that belongs to a private one."""
        x, y = _integers(self._kernels.eddsa_public_key(private_key))
        return x, y

    def sign(self, private_key: bytes, message: int) -> Signature:
        """As `primitives.eddsa.sign`, in a time that does not depend on the key."""
        x, y, s = _integers(self._kernels.eddsa_sign(private_key, _limbs([message])))
        return Signature((x, y), s)


def _limbs(values: Iterable[int]) -> NDArray[np.uint64]:
    data = b"".join(value.to_bytes(_ELEMENT_BYTES, "little") for value in values)
    return np.frombuffer(data, dtype="<u8")


def _integers(limbs: NDArray[np.uint64]) -> list[int]:
    data = limbs.tobytes()
    return [int.from_bytes(data[at : at + _ELEMENT_BYTES], "little") for at in range(0, len(data), _ELEMENT_BYTES)]
