"""Poseidon over Fr as circomlib defines it, in plain integers: the readable twin of `native/src/hash`.

Grassi, Khovratovich, Rechberger, Roy and Schofnegger, "Poseidon: a new hash function for zero-knowledge proof systems"
(USENIX Security 2021): S-box x^5, 8 full rounds, 254-bit field, state width t = 2..17. The round constants and the
matrix are drawn here from the paper's Grain LFSR, nothing is pasted. About a millisecond for two inputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from primitives.field import FR

FULL_ROUNDS: Final = 8
PARTIAL_ROUNDS: Final = (56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68)
"""For t = 2..17: circomlib's table."""

FIELD_BITS: Final = 254
MAX_ARITY: Final = 16

Matrix = tuple[tuple[int, ...], ...]


def poseidon(inputs: Sequence[int]) -> int:
    """The hash of 1..16 integers in 0 <= x < r. Raises `ValueError` for another count or for an integer >= r."""
    if not 1 <= len(inputs) <= MAX_ARITY:
        raise ValueError(f"Poseidon takes 1..{MAX_ARITY} inputs, got {len(inputs)}")
    for value in inputs:
        if not 0 <= value < FR:
            raise ValueError(f"{value} is not in [0, r): refused, never reduced")
    return permute([0, *inputs])[0]


def permute(state: Sequence[int]) -> list[int]:
    """The permutation of t = len(state) elements: per round add constants, raise to the fifth power, mix."""
    t = len(state)
    constants, matrix = round_constants(t), mds_matrix(t)
    partial = partial_rounds(t)
    first_partial, last_partial = FULL_ROUNDS // 2, FULL_ROUNDS // 2 + partial
    values = list(state)
    for round_index in range(FULL_ROUNDS + partial):
        values = [(x + constants[round_index * t + i]) % FR for i, x in enumerate(values)]
        if first_partial <= round_index < last_partial:
            values[0] = pow(values[0], 5, FR)
        else:
            values = [pow(x, 5, FR) for x in values]
        values = [sum(m * x for m, x in zip(row, values, strict=True)) % FR for row in matrix]
    return values


def partial_rounds(t: int) -> int:
    """circomlib's number of partial rounds for state width `t`; raises `ValueError` outside 2..17."""
    if not 2 <= t <= MAX_ARITY + 1:
        raise ValueError(f"circomlib defines Poseidon for t = 2..17, not {t}")
    return PARTIAL_ROUNDS[t - 2]


@cache
def round_constants(t: int) -> tuple[int, ...]:
    """t per round, round by round."""
    return _draw(t)[0]


@cache
def mds_matrix(t: int) -> Matrix:
    """t rows of t: Cauchy's matrix, entry (i, j) = 1 / (x[i] + y[j])."""
    return _draw(t)[1]


@cache
def _draw(t: int) -> tuple[tuple[int, ...], Matrix]:
    bits = grain_bits(t, FULL_ROUNDS, partial_rounds(t))
    constants: list[int] = []
    while len(constants) < (FULL_ROUNDS + partial_rounds(t)) * t:
        candidate = _integer(bits)
        if candidate < FR:
            constants.append(candidate)
    points = [_integer(bits) % FR for _ in range(2 * t)]
    matrix = tuple(tuple(pow(x + y, -1, FR) for y in points[t:]) for x in points[:t])
    return tuple(constants), matrix


def grain_bits(t: int, full_rounds: int, partial: int) -> Iterator[int]:
    """The self-shrinking Grain LFSR of the paper's appendix E: of each two bits the second counts if the first is 1."""
    fields = ((1, 2), (0, 4), (FIELD_BITS, 12), (t, 12), (full_rounds, 10), (partial, 10), ((1 << 30) - 1, 30))
    state = [int(bit) for value, width in fields for bit in f"{value:0{width}b}"]

    def clock() -> int:
        bit = state[62] ^ state[51] ^ state[38] ^ state[23] ^ state[13] ^ state[0]
        state.pop(0)
        state.append(bit)
        return bit

    for _ in range(160):
        clock()
    while True:
        keep, bit = clock(), clock()
        if keep:
            yield bit


def _integer(bits: Iterator[int]) -> int:
    value = 0
    for _ in range(FIELD_BITS):
        value = value << 1 | next(bits)
    return value
