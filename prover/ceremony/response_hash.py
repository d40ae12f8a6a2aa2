"""BLAKE2b that can stop and go on: a .ptau file keeps the state of a hash that is one public key short of its end.

The 216 bytes of a state are: the block buffer (128), the chaining value (8 words), and three 64-bit numbers, the bytes
already absorbed, the bytes waiting in the buffer, and 0. What lies in the buffer behind the waiting bytes has no
meaning; it is kept as @noble/hashes leaves it, so that files come out equal to snarkjs's byte for byte.
"""

from __future__ import annotations

import struct
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from prover.reference import blake2b

STATE_BYTES: Final = 216
_BLOCK: Final = blake2b.BLOCK_BYTES


class Absorb(Protocol):
    """The one kernel that hashing needs."""

    def blake2b_absorb(self, state: NDArray[np.uint64], blocks: NDArray[np.uint8], counter: int) -> None:
        """In place: `state` after whole blocks, none of them the last."""


class ResponseHash:
    """BLAKE2b-512 of a stream of updates."""

    __slots__ = ("_buffer", "_kernels", "_length", "_position", "_state")

    def __init__(self, kernels: Absorb) -> None:
        self._kernels = kernels
        self._state = np.array(blake2b.initial_state(), dtype=np.uint64)
        self._buffer = np.zeros(_BLOCK, dtype=np.uint8)
        self._position = 0
        self._length = 0

    @classmethod
    def from_state(cls, kernels: Absorb, state: bytes) -> ResponseHash:
        """Goes on from `export()`. Raises `ValueError` for bytes that are no state."""
        if len(state) != STATE_BYTES:
            raise ValueError(f"the state of a hash has {STATE_BYTES} bytes, not {len(state)}")
        absorbed, waiting, finished = struct.unpack_from("<QQQ", state, STATE_BYTES - 24)
        if waiting > _BLOCK or absorbed % _BLOCK != 0 or finished != 0:
            raise ValueError(f"no hash has {absorbed} bytes absorbed and {waiting} waiting")
        self = cls(kernels)
        self._buffer[:] = np.frombuffer(state, dtype=np.uint8, count=_BLOCK)
        self._state[:] = np.frombuffer(state, dtype="<u8", count=8, offset=_BLOCK)
        self._position = waiting
        self._length = absorbed + waiting
        return self

    def update(self, data: bytes | NDArray[np.uint8]) -> None:
        """Absorb `data`: bytes, or a contiguous array of any shape."""
        view = np.frombuffer(data, dtype=np.uint8) if isinstance(data, bytes) else data.reshape(-1)
        at = 0
        while at < view.size:
            if self._position == _BLOCK:
                self._absorb(self._buffer, self._length - _BLOCK)
                self._position = 0
            whole = (view.size - at - 1) // _BLOCK if self._position == 0 else 0
            if whole > 0:
                self._absorb(view[at : at + whole * _BLOCK], self._length)
                self._length += whole * _BLOCK
                at += whole * _BLOCK
            taken = min(_BLOCK - self._position, view.size - at)
            self._buffer[self._position : self._position + taken] = view[at : at + taken]
            self._position += taken
            self._length += taken
            at += taken

    def export(self) -> bytes:
        """The state, 216 bytes."""
        tail = struct.pack("<QQQ", self._length - self._position, self._position, 0)
        return self._buffer.tobytes() + self._state.astype("<u8").tobytes() + tail

    def digest(self) -> bytes:
        """The hash of all updates so far, 64 bytes; the stream may go on."""
        block = self._buffer[: self._position].tobytes().ljust(_BLOCK, b"\0")
        words = blake2b.compress([int(word) for word in self._state], block, self._length, last=True)
        return struct.pack("<8Q", *words)

    def _absorb(self, blocks: NDArray[np.uint8], counter: int) -> None:
        self._kernels.blake2b_absorb(self._state, blocks, counter)
