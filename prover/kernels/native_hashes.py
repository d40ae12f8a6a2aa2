"""The part of the native kernels that hashes, signs and verifies."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prover.kernels import arrays
from prover.kernels.arrays import FIELD_LIMBS
from prover.kernels.interface import Progress, ScalarArray


def address_of(array: NDArray[Any]) -> int:
    """Of its first byte."""
    return int(array.ctypes.data)


class NativeHashes(ABC):
    """As `Kernels` has them, on the C library that `NativeKernels` knows."""

    @abstractmethod
    def _call(self, function: str, *arguments: Any, progress: Progress | None = None) -> None:
        """Raises what the status says."""

    @abstractmethod
    def _number(self, function: str, *arguments: int) -> int:
        """One that the library knows."""

    def poseidon(self, inputs: ScalarArray) -> ScalarArray:
        """Shape (n, arity, 4) canonical -> (n, 4) canonical. Raises `NotReduced`."""
        n, arity = arrays.check_poseidon(inputs)
        out = np.empty((n, FIELD_LIMBS), dtype=np.uint64)
        self._call("zk_poseidon", address_of(out), address_of(inputs), arity, n)
        return out

    def poseidon_constants(self, t: int) -> tuple[ScalarArray, ScalarArray]:
        """Round constants and matrix, canonical, of width t = arity + 1."""
        arrays.check_poseidon_width(t)
        partial = self._number("zk_poseidon_partial_rounds", t)
        constants = np.empty(((arrays.POSEIDON_FULL_ROUNDS + partial) * t, FIELD_LIMBS), dtype=np.uint64)
        matrix = np.empty((t * t, FIELD_LIMBS), dtype=np.uint64)
        self._call("zk_poseidon_constants", address_of(constants), address_of(matrix), t)
        return constants, matrix

    def blake2b_absorb(self, state: NDArray[np.uint64], blocks: NDArray[np.uint8], counter: int) -> None:
        """In place: the state of BLAKE2b after whole blocks, none of them the last."""
        n = arrays.check_blake2b(state, blocks, counter)
        self._call("zk_blake2b_absorb", address_of(state), address_of(blocks), n, counter)

    def eddsa_public_key(self, private_key: bytes) -> ScalarArray:
        """(8,): x and y canonical. Constant time."""
        arrays.check_bytes("private_key", private_key)
        out = np.empty(8, dtype=np.uint64)
        self._call("zk_eddsa_public_key", address_of(out), private_key)
        return out

    def eddsa_sign(self, private_key: bytes, message: ScalarArray) -> ScalarArray:
        """(12,): R8.x, R8.y, S. Deterministic, constant time in the key. Raises `NotReduced`."""
        arrays.check_bytes("private_key", private_key)
        arrays.check_one("message", message, FIELD_LIMBS)
        out = np.empty(12, dtype=np.uint64)
        self._call("zk_eddsa_sign", address_of(out), private_key, address_of(message))
        return out

    def eddsa_verify(
        self, public_keys: ScalarArray, signatures: ScalarArray, messages: ScalarArray
    ) -> NDArray[np.bool_]:
        """(n,) of bool."""
        n = arrays.check_signatures(public_keys, signatures, messages)
        valid = np.zeros(n, dtype=np.uint8)
        inputs = (address_of(public_keys), address_of(signatures), address_of(messages))
        self._call("zk_eddsa_verify", address_of(valid), *inputs, n)
        return valid.astype(np.bool_)

    def eddsa_verify_batch(
        self, public_keys: ScalarArray, signatures: ScalarArray, messages: ScalarArray, *, seed: bytes
    ) -> bool:
        """Whether all are valid, by one random combination from 32 fresh random bytes."""
        n = arrays.check_signatures(public_keys, signatures, messages)
        arrays.check_bytes("seed", seed)
        all_valid = np.zeros(1, dtype=np.intc)
        inputs = (address_of(public_keys), address_of(signatures), address_of(messages))
        self._call("zk_eddsa_verify_batch", address_of(all_valid), *inputs, n, seed)
        return bool(all_valid[0])

    @property
    def eddsa_key_words(self) -> int:
        """Of a known key."""
        return self._number("zk_eddsa_key_words")

    def eddsa_know_key(self, public_key: ScalarArray, out: NDArray[np.uint64]) -> bool:
        """Makes a key ready in `out`, `eddsa_key_words` long. `False`, with nothing written, when it is no key."""
        arrays.check_one("public_key", public_key, 8)
        arrays.check_one("out", out, self.eddsa_key_words)
        arrays.check_writeable("out", out)
        is_key = np.zeros(1, dtype=np.intc)
        self._call("zk_eddsa_know_key", address_of(is_key), address_of(out), address_of(public_key))
        return bool(is_key[0])

    def eddsa_verify_known(
        self,
        known_keys: NDArray[np.uint64],
        key_of: NDArray[np.uint32],
        signatures: ScalarArray,
        messages: ScalarArray,
    ) -> NDArray[np.bool_]:
        """(n,) of bool. Raises `IndexOutOfRange`."""
        keys = arrays.check_rows("known_keys", known_keys, self.eddsa_key_words)
        n = arrays.check_rows("signatures", signatures, 12)
        arrays.check_rows("messages", messages, FIELD_LIMBS, n)
        arrays.check_indices("key_of", key_of, n)
        valid = np.zeros(n, dtype=np.uint8)
        inputs = (address_of(key_of), address_of(signatures), address_of(messages))
        self._call("zk_eddsa_verify_known", address_of(valid), address_of(known_keys), keys, *inputs, n)
        return valid.astype(np.bool_)
