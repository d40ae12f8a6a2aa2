"""S * Base8 by windows of 24 digits, where S is not a wire: that it exists is all that a signature says of it.

The sum of d_i 24^i over 54 digits d_i in {-23, -21 … 23} and a last one in {-11 … 11} runs through all odd integers
below 12 * 24^54 > l, so every residue modulo l is one. Window i is the point d_i * 24^i * H with 2 H = Base8, and a
prover gives it by its coordinates: u is one of twelve constants, an equation of degree twelve which costs two rows
more than u^2 and u^3 + A u^2 + u, and v is one of its two roots on the curve. Eight rows for 4.58 bits, the addition
included; windows of a power of two would do no better.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from circuits.frontend import Builder, CircuitDefinitionError, Wire, subcircuit
from circuits.gadgets.montgomery import CURVE_A, MontgomeryPoint, add, assert_distinct, montgomery_of
from circuits.gadgets.window_polynomials import sextic_with_roots, twelfth_with_roots
from primitives.babyjubjub import BASE8, SUBGROUP_ORDER, Point, multiply
from primitives.babyjubjub import add as add_edwards
from prover.bn254 import FR

RADIX: Final = 24
WINDOWS: Final = 55
LAST: Final = WINDOWS - 1
HALF_OF_BASE8: Final = multiply((SUBGROUP_ORDER + 1) // 2, BASE8)


def window_size(window: int) -> int:
    """How many digits a window has, which are odd and symmetric about 0."""
    return RADIX // 2 if window == LAST else RADIX


def window_digits(s: int) -> list[int]:
    """The digits d_i of S, the lowest first: the sum of d_i 24^i is 2 S modulo l."""
    largest = window_size(LAST) * RADIX**LAST - 1  # the sum of all the largest digits
    shifted = (2 * s + largest) * pow(2, -1, SUBGROUP_ORDER) % SUBGROUP_ORDER
    digits = []
    for window in range(WINDOWS):
        shifted, place = divmod(shifted, window_size(window))
        digits.append(2 * place + 1 - window_size(window))
    return digits


def window_points(s: int) -> list[Point]:
    """The windows' points (u, v) for S."""
    points = []
    for window, digit in enumerate(window_digits(s)):
        u, v = window_table(window)[abs(digit) // 2]
        points.append((u, v if digit > 0 else FR - v))
    return points


@cache
def window_table(window: int) -> tuple[Point, ...]:
    """1, 3, 5 … times 24^window * H, in Montgomery coordinates."""
    unit = _unit(window)
    twice = add_edwards(unit, unit)
    points = [unit]
    while len(points) < window_size(window) // 2:
        points.append(add_edwards(points[-1], twice))
    return tuple(montgomery_of(point) for point in points)


@cache
def _unit(window: int) -> Point:
    return HALF_OF_BASE8 if window == 0 else multiply(RADIX, _unit(window - 1))


@subcircuit
def assert_in_window(c: Builder, point: MontgomeryPoint, window: int) -> None:
    """That a point is d * 24^window * H for a digit d of the window. No precondition. Cost: 5, for the last one 4."""
    square = c.product(point.u, point.u)
    cubic = c.product(point.u, square + CURVE_A * point.u + 1)
    assert_root(c, point.u, square, cubic, tuple(u for u, _ in window_table(window)))
    c.assert_product(point.v, point.v, cubic)


def assert_root(c: Builder, u: Wire, square: Wire, cubic: Wire, roots: Sequence[int]) -> None:
    """That u is one of six or twelve constants.

    Precondition: `square` is u^2 and `cubic` u^3 + A u^2 + u. Cost: 1 for six, 2 for twelve.
    """
    powers = (u, square, cubic)
    if len(roots) <= RADIX // 4:
        sextic = sextic_with_roots(roots)
        remainder = _combination(c, sextic.remainder[1:], powers, sextic.remainder[0])
        c.assert_product(cubic, cubic + _combination(c, sextic.product, powers), -remainder)
        return
    twelfth = twelfth_with_roots(roots)
    z = c.product(cubic, cubic + _combination(c, twelfth.inner, powers))
    left, right = (z + _combination(c, factors, powers) for factors in (twelfth.left, twelfth.right))
    c.assert_product(left, right, -_combination(c, twelfth.remainder[1:], (*powers, z), twelfth.remainder[0]))


@subcircuit
def sum_of_windows(c: Builder, points: Sequence[MontgomeryPoint]) -> MontgomeryPoint:
    """The sum of the windows' points, each asserted to be in its window: S * Base8 for some S. Cost: 437.

    No addition meets its exception: the sum of the first i windows is a * H with |a| < 24^i, the next is b * H with
    24^i <= |b| <= 23 * 24^i, and |a| + |b| < 24^(i + 1) < l for all but the last, where a row asserts it. The price is
    that two values of S have no witness, 0 and one more: to find their signature is to invert the hash.
    """
    if len(points) != WINDOWS:
        raise CircuitDefinitionError(f"a signature has {WINDOWS} windows, not {len(points)}")
    for window, point in enumerate(points):
        assert_in_window(c, point, window)
    total = points[0]
    for point in points[1:LAST]:
        total = add(c, total, point)
    assert_distinct(c, total, points[LAST])
    return add(c, total, points[LAST])


def _combination(c: Builder, factors: Sequence[int], wires: Sequence[Wire], constant: int = 0) -> Wire:
    """As many wires as there are factors."""
    return c.linear(zip(factors, wires, strict=False), constant)
