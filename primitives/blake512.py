"""BLAKE-512, the SHA-3 finalist (not BLAKE2), which circomlibjs expands private keys with.

Aumasson, Henzen, Meier and Phan, "SHA-3 proposal BLAKE", version 1.3 (2010), section 2; without salt. The readable
twin of `native/src/hash/blake512.h`. The constants are pi's and those of SHA-512, computed here.
"""

from __future__ import annotations

from functools import cache
from math import isqrt
from typing import Final

BLOCK_BYTES: Final = 128
DIGEST_BYTES: Final = 64
ROUNDS: Final = 16
WORD_MASK: Final = (1 << 64) - 1

PERMUTATIONS: Final = tuple(
    tuple(int(place, 16) for place in line)
    for line in (
        "0123456789abcdef",
        "ea489fd61c02b753",
        "b8c052fdae367194",
        "7931dcbe265a40f8",
        "905724afe1bc683d",
        "2c6a0b834d75fe19",
        "c51fed4a0763928b",
        "db7ec13950f4862a",
        "6fe9b308c2d714a5",
        "a2847615fb9e3cd0",
    )
)
"""sigma_0..sigma_9: which message words and constants a round takes, in turn."""

_COLUMNS_AND_DIAGONALS: Final = (
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
    (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
)  # fmt: skip


def blake512(message: bytes) -> bytes:
    """The 64-byte digest."""
    state = list(initial_state())
    for block, bits in _padded_blocks(message):
        state = _compress(state, block, bits)
    return b"".join(word.to_bytes(8, "big") for word in state)


def _padded_blocks(message: bytes) -> list[tuple[bytes, int]]:
    """Each block with the number of message bits up to its end, 0 for one that holds padding alone."""
    bits = 8 * len(message)
    zeros = -(len(message) + 1 + 1 + 16) % BLOCK_BYTES
    padding = bytearray(b"\x80" + bytes(zeros) + b"\x01")
    if len(message) % BLOCK_BYTES == BLOCK_BYTES - 17:
        padding = bytearray(b"\x81")  # both marks in one byte
    padded = message + bytes(padding) + bits.to_bytes(16, "big")
    return [
        (padded[at : at + BLOCK_BYTES], min(bits, 8 * (at + BLOCK_BYTES)) if 8 * at < bits else 0)
        for at in range(0, len(padded), BLOCK_BYTES)
    ]


def _compress(state: list[int], block: bytes, bits: int) -> list[int]:
    pi = pi_words()
    words = [int.from_bytes(block[at : at + 8], "big") for at in range(0, BLOCK_BYTES, 8)]
    low, high = bits & WORD_MASK, bits >> 64
    v = [*state, *pi[:8]]
    for index, counter in ((12, low), (13, low), (14, high), (15, high)):
        v[index] ^= counter
    for round_index in range(ROUNDS):
        order = PERMUTATIONS[round_index % 10]
        for i, (a, b, c, d) in enumerate(_COLUMNS_AND_DIAGONALS):
            even, odd = order[2 * i], order[2 * i + 1]
            v[a] = (v[a] + v[b] + (words[even] ^ pi[odd])) & WORD_MASK
            v[d] = _rotate(v[d] ^ v[a], 32)
            v[c] = (v[c] + v[d]) & WORD_MASK
            v[b] = _rotate(v[b] ^ v[c], 25)
            v[a] = (v[a] + v[b] + (words[odd] ^ pi[even])) & WORD_MASK
            v[d] = _rotate(v[d] ^ v[a], 16)
            v[c] = (v[c] + v[d]) & WORD_MASK
            v[b] = _rotate(v[b] ^ v[c], 11)
    return [h ^ v[i] ^ v[i + 8] for i, h in enumerate(state)]


def _rotate(word: int, by: int) -> int:
    return word >> by | word << (64 - by) & WORD_MASK


@cache
def pi_words() -> tuple[int, ...]:
    """The first 1024 bits of pi's fraction, by Machin's 16 arctan(1/5) - 4 arctan(1/239)."""
    guard = 64
    one = 1 << (1024 + guard)
    fraction = ((16 * _arctan_inverse(5, one) - 4 * _arctan_inverse(239, one)) - 3 * one) >> guard
    return tuple(fraction >> (64 * (15 - i)) & WORD_MASK for i in range(16))


def _arctan_inverse(n: int, one: int) -> int:
    total, power, divisor, sign = 0, one // n, 1, 1
    while power:
        total += sign * (power // divisor)
        power //= n * n
        divisor += 2
        sign = -sign
    return total


@cache
def initial_state() -> tuple[int, ...]:
    """SHA-512's: the first 64 bits of the fractions of the square roots of the first eight primes."""
    return tuple(isqrt(prime << 128) & WORD_MASK for prime in (2, 3, 5, 7, 11, 13, 17, 19))
