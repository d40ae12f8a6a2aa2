"""Polynomials with 6 or 12 given roots, as few products of two linear combinations: membership in a window's table.

A point is known to be on the curve, so that Y = u^3 + A u^2 + u is at hand beside u and u^2. A product of two sums of
those has degree six, and a product of two sums of that one and those has degree twelve. Which monic polynomial comes
out is up to the coefficients, found here one after the other from the leading end, as in Knuth's "preconditioning" of
polynomials (The Art of Computer Programming, volume 2, section 4.6.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from circuits.frontend import CircuitDefinitionError
from circuits.gadgets.montgomery import CURVE_A
from prover.bn254 import FR

Polynomial: TypeAlias = tuple[int, ...]
"""Coefficients, the constant one first."""

U: Final[Polynomial] = (0, 1)
SQUARE: Final[Polynomial] = (0, 0, 1)
CUBIC: Final[Polynomial] = (0, 1, CURVE_A, 1)
"""Y: the right side of the curve's equation."""


@dataclass(frozen=True, slots=True)
class Sextic:
    """Y (Y + product[1] u^2 + product[0] u) + remainder[3] Y + remainder[2] u^2 + remainder[1] u + remainder[0]."""

    product: tuple[int, int]
    remainder: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Twelfth:
    """(z + left . (u, u^2)) (z + right . (u, u^2, Y)) + remainder . (1, u, u^2, Y, z), z = Y (Y + inner . (u, u^2))."""

    inner: tuple[int, int]
    left: tuple[int, int]
    right: tuple[int, int, int]
    remainder: tuple[int, int, int, int, int]


def sextic_with_roots(roots: Sequence[int]) -> Sextic:
    """The monic polynomial with six roots. Raises `CircuitDefinitionError` for another number."""
    rest = _with_roots(roots, 6)
    rest = _subtract(rest, 1, _product(CUBIC, CUBIC))
    second = rest[5]
    rest = _subtract(rest, second, _product(SQUARE, CUBIC))
    first = rest[4]
    rest = _subtract(rest, first, _product(U, CUBIC))
    cubic = rest[3]
    rest = _subtract(rest, cubic, CUBIC)
    return Sextic((first, second), (rest[0], rest[1], rest[2], cubic))


def twelfth_with_roots(roots: Sequence[int]) -> Twelfth:
    """The monic polynomial with twelve roots. Raises `CircuitDefinitionError` for another number, or if the one
    division of the method is by zero, which random roots do not meet.
    """
    wanted = _with_roots(roots, 12)
    half = pow(2, -1, FR)
    of_fifth = wanted[11] * half % FR  # z = u^6 + of_fifth u^5 + of_fourth u^4 + …, and z^2 gives the two leading terms
    of_fourth = (wanted[10] - of_fifth * of_fifth) * half % FR
    second = (of_fifth - 2 * CURVE_A) % FR
    first = (of_fourth - CURVE_A * CURVE_A - 2 - CURVE_A * second) % FR
    z = _product(CUBIC, _sum(_sum(CUBIC, second, SQUARE), first, U))

    rest = _subtract(wanted, 1, _product(z, z))
    both = []  # left + right, as coefficients of Y, u^2 and u
    for degree, basis in ((9, CUBIC), (8, SQUARE), (7, U)):
        both.append(rest[degree])
        rest = _subtract(rest, rest[degree], _product(basis, z))
    of_z = rest[6]
    rest = _subtract(rest, of_z, z)
    if both[0] == 0:
        raise CircuitDefinitionError("these roots do not allow the decomposition: their sums are too regular")
    inverse = pow(both[0], -1, FR)
    left_square = rest[5] * inverse % FR
    right_square = (both[1] - left_square) % FR
    left_u = (rest[4] - left_square * (CURVE_A * both[0] + right_square)) * inverse % FR
    right_u = (both[2] - left_u) % FR
    left = (0, left_u, left_square)
    right = _sum((0, right_u, right_square), both[0], CUBIC)
    rest = _subtract(rest, 1, _product(left, right))
    cubic = rest[3]
    rest = _subtract(rest, cubic, CUBIC)
    return Twelfth(
        (first, second),
        (left_u, left_square),
        (right_u, right_square, both[0]),
        (rest[0], rest[1], rest[2], cubic, of_z),
    )


def _with_roots(roots: Sequence[int], count: int) -> Polynomial:
    if len(set(roots)) != count:
        raise CircuitDefinitionError(f"{count} different roots are needed, these are {len(set(roots))}")
    result: Polynomial = (1,)
    for root in roots:
        result = _product(result, (-root, 1))
    return result


def _product(p: Polynomial, q: Polynomial) -> Polynomial:
    result = [0] * (len(p) + len(q) - 1)
    for i, a in enumerate(p):
        for j, b in enumerate(q):
            result[i + j] = (result[i + j] + a * b) % FR
    return tuple(result)


def _sum(p: Polynomial, factor: int, q: Polynomial) -> Polynomial:
    """p + factor * q."""
    length = max(len(p), len(q))
    return tuple((_at(p, i) + factor * _at(q, i)) % FR for i in range(length))


def _subtract(p: Polynomial, factor: int, q: Polynomial) -> Polynomial:
    return _sum(p, -factor, q)


def _at(p: Polynomial, degree: int) -> int:
    return p[degree] if degree < len(p) else 0
