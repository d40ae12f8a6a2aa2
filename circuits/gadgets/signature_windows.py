"""S * Base8 by windows of four bits, where S is not a wire: that it exists is all that a signature says of it.

The sum of d_i 16^i over 63 digits d_i in {-15, -13 … 15} runs through all odd integers below 2^252, so every residue
modulo l is one. Window i is the point d_i * 16^i * H with 2 H = Base8, and a prover gives it by its coordinates: u is
one of eight constants, which is an equation of degree eight and costs three rows, and v is one of its two roots on the
curve.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from circuits.frontend import Builder, Wire, subcircuit
from circuits.gadgets.montgomery import CURVE_A, MontgomeryPoint, add, assert_distinct, montgomery_of
from prover.bn254 import FR
from prover.reference.babyjubjub import BASE8, SUBGROUP_ORDER, Point, multiply
from prover.reference.babyjubjub import add as add_edwards

WINDOW_BITS: Final = 4
WINDOWS: Final = 63
HALF_OF_BASE8: Final = multiply((SUBGROUP_ORDER + 1) // 2, BASE8)
MAGNITUDES: Final = tuple(range(1, 1 << WINDOW_BITS, 2))


def window_digits(s: int) -> list[int]:
    """The digits d_i of S, the lowest first: the sum of d_i 16^i is 2 S modulo l."""
    everything = (1 << WINDOW_BITS * WINDOWS) - 1
    shifted = (2 * s + everything) * pow(2, -1, SUBGROUP_ORDER) % SUBGROUP_ORDER
    return [2 * (shifted >> WINDOW_BITS * i & 15) - 15 for i in range(WINDOWS)]


def window_points(s: int) -> list[Point]:
    """The windows' points (u, v) for S."""
    points = []
    for i, digit in enumerate(window_digits(s)):
        u, v = window_table(i)[abs(digit) // 2]
        points.append((u, v if digit > 0 else FR - v))
    return points


@cache
def window_table(window: int) -> tuple[Point, ...]:
    """1, 3, … 15 times 16^window * H, in Montgomery coordinates."""
    unit = _unit(window)
    twice = add_edwards(unit, unit)
    points = [unit]
    while len(points) < len(MAGNITUDES):
        points.append(add_edwards(points[-1], twice))
    return tuple(montgomery_of(point) for point in points)


@cache
def _unit(window: int) -> Point:
    return HALF_OF_BASE8 if window == 0 else multiply(1 << WINDOW_BITS, _unit(window - 1))


@subcircuit
def assert_in_window(c: Builder, point: MontgomeryPoint, window: int) -> None:
    """That a point is d * 16^window * H for an odd d in -15..15. No precondition. Cost: 5."""
    abscissae = [u for u, _ in window_table(window)]
    square = point.u * point.u
    fourth = square * square
    cube_and_more = c.product(point.u, square + CURVE_A * point.u + 1)  # u^3 + A u^2 + u, the right side of the curve
    cube = cube_and_more - CURVE_A * square - point.u
    powers = (c.constant(1), point.u, square, cube, fourth)
    first, second = (c.linear(zip(_polynomial(roots), powers, strict=True)) for roots in (abscissae[:4], abscissae[4:]))
    c.assert_product(first, second, 0)
    c.assert_product(point.v, point.v, cube_and_more)


@subcircuit
def sum_of_windows(c: Builder, points: Sequence[MontgomeryPoint]) -> MontgomeryPoint:
    """The sum of the windows' points, each asserted to be in its window: S * Base8 for some S. Cost: 502.

    No addition meets its exception: the sum of the first i windows is a * H with |a| < 16^i, the next is b * H with
    16^i <= |b| <= 15 * 16^i, and |a| + |b| < 16^(i + 1) < l for all but the last, where a row asserts it.
    """
    for window, point in enumerate(points):
        assert_in_window(c, point, window)
    total = points[0]
    for point in points[1:-1]:
        total = add(c, total, point)
    assert_distinct(c, total, points[-1])
    return add(c, total, points[-1])


def _polynomial(roots: Sequence[int]) -> list[int]:
    """The monic polynomial with these roots, the constant coefficient first."""
    coefficients = [1]
    for root in roots:
        shifted = [0, *coefficients]
        scaled = [coefficient * -root % FR for coefficient in coefficients] + [0]
        coefficients = [(x + y) % FR for x, y in zip(shifted, scaled, strict=True)]
    return coefficients


def windows_of_wires(wires: Sequence[Sequence[Wire]]) -> list[MontgomeryPoint]:
    """Pairs of wires as points."""
    return [MontgomeryPoint(u, v) for u, v in wires]
