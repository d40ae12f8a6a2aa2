"""The rollup's hashes and signatures on the native kernels: what a node passes into the specification."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from primitives.babyjubjub import Point
from primitives.eddsa import Signature
from prover.kernels.interface import Kernels
from rollup.crypto import Claim
from sequencer.known_keys import MOST_KNOWN, KnownKeys

TOGETHER: Final = 8
"""Fewer signatures of keys that are not known are verified one by one."""

_SEED_BYTES: Final = 32
_ELEMENT_BYTES: Final = 32
_KEY, _SIGNATURE, _INPUTS = slice(0, 8), slice(8, 20), slice(20, None)
"""Of a claim's limbs."""


class NativeCrypto:
    """`rollup.crypto.Crypto`, and signing in constant time."""

    def __init__(self, kernels: Kernels, most_known: int = MOST_KNOWN) -> None:
        self._kernels = kernels
        self._keys = KnownKeys(kernels, most_known)
        self._lock = Lock()

    def hash_many(self, inputs: Sequence[Sequence[int]]) -> list[int]:
        """The Poseidon hash of each row. Raises the kernels' errors for an element that is not below r."""
        if not inputs:
            return []
        elements = _limbs(value for row in inputs for value in row)
        return _integers(self._kernels.poseidon(elements.reshape(len(inputs), -1, 4)))

    def verify_many(self, claims: Sequence[Claim]) -> list[bool]:
        """Whether each claim is true; one with a number of more than 32 bytes is not.

        Raises the kernels' errors for an input that is not below r.
        """
        verdicts = [False] * len(claims)
        places, rows = _rows_of(claims)
        if not places:
            return verdicts
        limbs = np.frombuffer(b"".join(rows), dtype="<u8").reshape(len(rows), -1)
        messages = self._kernels.poseidon(np.ascontiguousarray(limbs[:, _INPUTS]).reshape(len(rows), -1, 4))
        with self._lock:
            rows_of = [self._keys.row(claims[place].key) for place in places]
            known = [at for at, row in enumerate(rows_of) if row is not None]
            if known:
                key_of = [row for row in rows_of if row is not None]
                _mark(verdicts, places, known, self._by_known(limbs[known, _SIGNATURE], messages[known], key_of))
            others = [at for at, row in enumerate(rows_of) if row is None]
            for at in others:
                self._keys.saw(claims[places[at]].key, limbs[at, _KEY])
        if others:
            _mark(verdicts, places, others, self._by_others(limbs[others], messages[others]))
        return verdicts

    def _by_known(
        self, signatures: NDArray[np.uint64], messages: NDArray[np.uint64], key_of: list[int]
    ) -> NDArray[np.bool_]:
        return self._kernels.eddsa_verify_known(
            self._keys.table, np.array(key_of, dtype=np.uint32), np.ascontiguousarray(signatures), messages
        )

    def _by_others(self, limbs: NDArray[np.uint64], messages: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """All at once by one random combination, which takes two thirds of the time; one by one where any is bad."""
        kernels, n = self._kernels, len(limbs)
        keys, signatures = np.ascontiguousarray(limbs[:, _KEY]), np.ascontiguousarray(limbs[:, _SIGNATURE])
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


def _rows_of(claims: Sequence[Claim]) -> tuple[list[int], list[bytes]]:
    """Which claims consist of numbers that fit, and those as bytes."""
    places: list[int] = []
    rows: list[bytes] = []
    for place, claim in enumerate(claims):
        signature = claim.signature
        numbers = (*claim.key, *signature.r, signature.s, *claim.inputs)
        try:
            rows.append(b"".join([number.to_bytes(_ELEMENT_BYTES, "little") for number in numbers]))
        except OverflowError:
            continue  # negative ones, too
        places.append(place)
    return places, rows


def _mark(verdicts: list[bool], places: list[int], chosen: list[int], good: NDArray[np.bool_]) -> None:
    for at, verdict in zip(chosen, good.tolist(), strict=True):
        verdicts[places[at]] = verdict


def _limbs(values: Iterable[int]) -> NDArray[np.uint64]:
    data = b"".join(value.to_bytes(_ELEMENT_BYTES, "little") for value in values)
    return np.frombuffer(data, dtype="<u8")


def _integers(limbs: NDArray[np.uint64]) -> list[int]:
    data = limbs.tobytes()
    return [int.from_bytes(data[at : at + _ELEMENT_BYTES], "little") for at in range(0, len(data), _ELEMENT_BYTES)]
