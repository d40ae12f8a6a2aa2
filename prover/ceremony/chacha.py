"""ChaCha20 as a random stream, as ffjavascript draws from it (D. J. Bernstein, "ChaCha, a variant of Salsa20", 2008).

The key is eight 32-bit words; the last four words of the state are one 128-bit block counter that begins at zero.
Ceremonies need exactly this stream, because hash-to-curve and beacons are defined by it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Final

SEED_WORDS: Final = 8
_CONSTANTS: Final = (0x61707865, 0x3320646E, 0x79622D32, 0x6B206574)  # "expand 32-byte k"
_DOUBLE_ROUNDS: Final = 10
_MASK: Final = 0xFFFFFFFF
_QUARTERS: Final = (
    (0, 4, 8, 12),
    (1, 5, 9, 13),
    (2, 6, 10, 14),
    (3, 7, 11, 15),
    (0, 5, 10, 15),
    (1, 6, 11, 12),
    (2, 7, 8, 13),
    (3, 4, 9, 14),
)


class ChaCha:
    """An endless stream of words. Not for encryption: nothing here runs in constant time."""

    __slots__ = ("_counter", "_key", "_words")

    def __init__(self, seed: Sequence[int]) -> None:
        if len(seed) != SEED_WORDS or not all(0 <= word <= _MASK for word in seed):
            raise ValueError(f"a seed is {SEED_WORDS} words of 32 bits")
        self._key = list(seed)
        self._counter = 0
        self._words: Iterator[int] = iter(())

    @classmethod
    def from_digest(cls, digest: bytes) -> ChaCha:
        """Seeded by the first 32 bytes of a digest, as eight big-endian words."""
        if len(digest) < 4 * SEED_WORDS:
            raise ValueError(f"a digest of {len(digest)} bytes is too short for a seed of {4 * SEED_WORDS}")
        return cls(struct.unpack(">8I", digest[: 4 * SEED_WORDS]))

    def next_u32(self) -> int:
        """The next word."""
        word = next(self._words, None)
        if word is None:
            self._words = iter(chacha20_block(self._key, self._counter))
            self._counter += 1
            word = next(self._words)
        return word

    def next_u64(self) -> int:
        """Two words, the first one on top."""
        high = self.next_u32()
        return high << 32 | self.next_u32()

    def next_bool(self) -> bool:
        """The lowest bit of the next word."""
        return self.next_u32() & 1 == 1

    def wipe(self) -> None:
        """Forget key and stream, as far as Python lets go of integers."""
        self._key[:] = [0] * SEED_WORDS
        self._words = iter(())


def chacha20_block(key: Sequence[int], counter: int) -> list[int]:
    """The sixteen words of block `counter`."""
    start = [*_CONSTANTS, *key, *(counter >> shift & _MASK for shift in (0, 32, 64, 96))]
    state = list(start)
    for _ in range(_DOUBLE_ROUNDS):
        for a, b, c, d in _QUARTERS:
            _quarter_round(state, a, b, c, d)
    return [(x + y) & _MASK for x, y in zip(state, start, strict=True)]


def _quarter_round(state: list[int], a: int, b: int, c: int, d: int) -> None:
    for x, y, z, bits in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        state[x] = (state[x] + state[y]) & _MASK
        word = state[z] ^ state[x]
        state[z] = (word << bits | word >> (32 - bits)) & _MASK
