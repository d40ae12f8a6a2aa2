"""The number-theoretic transform as a textbook writes it, over Fr and over any module on which Fr acts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from prover.bn254 import FR, TWO_ADICITY

T = TypeVar("T")

MULTIPLICATIVE_GENERATOR: Final = 5
"""Generates the multiplicative group of Fr; snarkjs, gnark and arkworks take their roots of unity from it."""


def root_of_unity(n: int) -> int:
    """The primitive n-th root 5^((r - 1) / n), for n a power of two up to 2^28. Raises `ValueError` for another n."""
    if n <= 0 or n & (n - 1) or n > 1 << TWO_ADICITY:
        raise ValueError(f"{n} is not a power of two up to 2^{TWO_ADICITY}")
    return pow(MULTIPLICATIVE_GENERATOR, (FR - 1) // n, FR)


def evaluate_at_powers(
    coefficients: Sequence[T], root: int, add: Callable[[T, T], T], scale: Callable[[T, int], T]
) -> list[T]:
    """The values of a polynomial at root^0, root^1, ..., by splitting it into even and odd parts (Cooley-Tukey).

    `T` is any module over Fr: field elements, or points of a group of order r. Scales n log2(n) / 2 times.
    """
    n = len(coefficients)
    if n == 1:
        return list(coefficients)
    even = evaluate_at_powers(coefficients[0::2], root * root % FR, add, scale)
    odd = evaluate_at_powers(coefficients[1::2], root * root % FR, add, scale)
    values = []
    for i in range(n):
        values.append(add(even[i % (n // 2)], scale(odd[i % (n // 2)], pow(root, i, FR))))
    return values


def interpolate_at_powers(
    values: Sequence[T], root: int, add: Callable[[T, T], T], scale: Callable[[T, int], T]
) -> list[T]:
    """The coefficients of the polynomial with these values at root^0, root^1, ...: the inverse transform."""
    n_inverse = pow(len(values), -1, FR)
    inverse_root = pow(root, -1, FR)
    return [scale(value, n_inverse) for value in evaluate_at_powers(values, inverse_root, add, scale)]


def ntt(coefficients: Sequence[int], coset: int = 1) -> list[int]:
    """Values at coset * w^i of a polynomial over Fr, in natural order."""
    shifted = [c * pow(coset, i, FR) % FR for i, c in enumerate(coefficients)]
    return evaluate_at_powers(shifted, root_of_unity(len(shifted)), _add, _scale)


def intt(values: Sequence[int], coset: int = 1) -> list[int]:
    """The coefficients of the polynomial with these values at coset * w^i."""
    shifted = interpolate_at_powers(values, root_of_unity(len(values)), _add, _scale)
    return [c * pow(coset, -i, FR) % FR for i, c in enumerate(shifted)]


def groth16_quotient(a: Sequence[int], b: Sequence[int]) -> list[int]:
    """A * B - C at the odd points g * w^i, from the values of A and B on the domain, where C = A * B.

    g is the square root of w that is a root of unity of twice the order. snarkjs's h_query absorbs the division by the
    vanishing polynomial, which is the constant -2 at every odd point.
    """
    g = root_of_unity(2 * len(a))
    c = [x * y % FR for x, y in zip(a, b, strict=True)]
    odd_a, odd_b, odd_c = (ntt(intt(values), coset=g) for values in (a, b, c))
    return [(x * y - z) % FR for x, y, z in zip(odd_a, odd_b, odd_c, strict=True)]


def _add(a: int, b: int) -> int:
    return (a + b) % FR


def _scale(a: int, scalar: int) -> int:
    return a * scalar % FR
