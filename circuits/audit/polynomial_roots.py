"""Roots of polynomials of small degree modulo a prime (Cantor and Zassenhaus, for linear factors)."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeAlias

Polynomial: TypeAlias = list[int]
"""Coefficients in [0, prime), the constant one first, the last one not 0; [] is zero."""


def polynomial_roots(coefficients: Sequence[int], prime: int, random: Random) -> list[int]:
    """The different roots in the prime field, in order; none for a constant, zero among them.

    `prime` is odd. About 254 products of polynomials modulo the given one, so meant for degrees below twenty.
    """
    polynomial = _trimmed([value % prime for value in coefficients])
    if len(polynomial) < 2:
        return []
    power = _power([0, 1], prime, polynomial, prime)
    pending, roots = [_greatest_common_divisor(polynomial, _difference(power, [0, 1], prime), prime)], []
    while pending:
        factor = pending.pop()  # a product of different linear factors
        if len(factor) == 2:
            roots.append(-factor[0] % prime)
        elif len(factor) > 2:
            pending += _split(factor, prime, random)
    return sorted(roots)


def interpolated(points: Sequence[tuple[int, int]], prime: int) -> Polynomial:
    """The polynomial of least degree through points with different abscissae (Newton's divided differences)."""
    abscissae = [x for x, _ in points]
    differences = [y % prime for _, y in points]
    for order in range(1, len(points)):
        for i in range(len(points) - 1, order - 1, -1):
            run = abscissae[i] - abscissae[i - order]
            differences[i] = (differences[i] - differences[i - 1]) * pow(run, -1, prime) % prime
    result: Polynomial = []
    for x, difference in zip(reversed(abscissae), reversed(differences), strict=True):
        shifted = [0, *result]
        result = [(value - x * below) % prime for value, below in zip(shifted, [*result, 0], strict=True)]
        result[0] = (result[0] + difference) % prime
    return _trimmed(result)


def _split(factor: Polynomial, prime: int, random: Random) -> list[Polynomial]:
    """Two proper factors: what has a root whose distance from a random number is a square, and the rest."""
    while True:
        power = _power([random.randrange(prime), 1], (prime - 1) // 2, factor, prime)
        part = _greatest_common_divisor(factor, _difference(power, [1], prime), prime)
        if 1 < len(part) < len(factor):
            return [part, _quotient_and_remainder(factor, part, prime)[0]]


def _greatest_common_divisor(p: Polynomial, q: Polynomial, prime: int) -> Polynomial:
    while q:
        p, q = q, _quotient_and_remainder(p, q, prime)[1]
    inverse = pow(p[-1], -1, prime)
    return [value * inverse % prime for value in p]


def _power(base: Polynomial, exponent: int, modulus: Polynomial, prime: int) -> Polynomial:
    result: Polynomial = [1]
    for bit in bin(exponent)[2:]:
        result = _quotient_and_remainder(_product(result, result, prime), modulus, prime)[1]
        if bit == "1":
            result = _quotient_and_remainder(_product(result, base, prime), modulus, prime)[1]
    return result


def _product(p: Polynomial, q: Polynomial, prime: int) -> Polynomial:
    if not p or not q:
        return []
    result = [0] * (len(p) + len(q) - 1)
    for i, a in enumerate(p):
        for j, b in enumerate(q):
            result[i + j] = (result[i + j] + a * b) % prime
    return _trimmed(result)


def _difference(p: Polynomial, q: Polynomial, prime: int) -> Polynomial:
    length = max(len(p), len(q))
    padded = ([*values, *[0] * (length - len(values))] for values in (p, q))
    return _trimmed([(a - b) % prime for a, b in zip(*padded, strict=True)])


def _quotient_and_remainder(p: Polynomial, q: Polynomial, prime: int) -> tuple[Polynomial, Polynomial]:
    rest, inverse = list(p), pow(q[-1], -1, prime)
    quotient = [0] * max(len(p) - len(q) + 1, 0)
    for at in reversed(range(len(quotient))):
        quotient[at] = rest[at + len(q) - 1] * inverse % prime
        for i, value in enumerate(q):
            rest[at + i] = (rest[at + i] - quotient[at] * value) % prime
    return _trimmed(quotient), _trimmed(rest[: len(q) - 1])


def _trimmed(values: list[int]) -> Polynomial:
    while values and values[-1] == 0:
        values.pop()
    return values
