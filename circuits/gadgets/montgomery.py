"""BabyJubjub in Montgomery form: v^2 = u^3 + 168698 u^2 + u, where additions are cheapest.

The birational map from the Edwards curve of EIP-2494 is u = (1 + y) / (1 - y), v = u / x; it sends the neutral element
to infinity, which these affine formulas do not have. **They are incomplete**: where a slope is 0 / 0 the prover could
choose it. Each function says what its caller has to know for that not to happen; `assert_distinct` is for where nobody
knows.

Doubling and adding in one step follows Eisenträger, Lauter and Montgomery, "Fast elliptic curve arithmetic and improved
Weil pairing evaluation" (CT-RSA 2003): 2P + T as (P + T) + P, without the y-coordinate in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from circuits.frontend import Advice, Builder, Wire, subcircuit
from primitives.babyjubjub import A as EDWARDS_A
from primitives.babyjubjub import D as EDWARDS_D
from primitives.babyjubjub import Point
from prover.bn254 import FR

CURVE_A: Final = 2 * (EDWARDS_A + EDWARDS_D) * pow(EDWARDS_A - EDWARDS_D, -1, FR) % FR
"""168698. The other coefficient, 4 / (a - d), is 1."""


@dataclass(frozen=True, slots=True)
class MontgomeryPoint:
    """An affine point; never infinity."""

    u: Wire
    v: Wire


@dataclass(frozen=True, slots=True)
class EdwardsPoint:
    """A point in the coordinates of EIP-2494; the neutral element is (0, 1)."""

    x: Wire
    y: Wire


def montgomery_of(point: Point) -> Point:
    """(u, v) of an Edwards point in integers. Precondition: x is not 0. Raises `ValueError` for the neutral element."""
    x, y = point
    u = (1 + y) * pow(1 - y, -1, FR) % FR
    return u, u * pow(x, -1, FR) % FR


def determined(c: Builder, a: Wire, b: Wire, minus: Wire, advice: Advice[Any], name: str) -> Wire:
    """A wire w with a * b = w + minus; one row, which determines it."""
    wire = c.witness(advice, name)
    c.assert_product(a, b, wire + minus)
    return wire


def slope(c: Builder, rise: Wire, run: Wire, name: str) -> Wire:
    """rise / run; one row. Precondition: run is not 0. Beyond: unsatisfiable, or any value if rise is 0 too."""
    wire = c.witness(c.advice(rise) / run, name)
    c.assume_not_zero(run, "the caller of an incomplete addition keeps the points apart")
    c.assert_product(wire, run, rise)
    return wire


@subcircuit
def add(c: Builder, p: MontgomeryPoint, q: MontgomeryPoint) -> MontgomeryPoint:
    """p + q. Precondition: both on the curve, p != q, p != -q. Cost: 3. Beyond: -q has no witness, q too many."""
    gradient = slope(c, q.v - p.v, q.u - p.u, "slope")
    known = p.u + q.u + CURVE_A
    u = determined(c, gradient, gradient, known, c.advice(gradient) * gradient - known, "u")
    v = determined(c, gradient, p.u - u, p.v, c.advice(gradient) * (p.u - u) - p.v, "v")
    return MontgomeryPoint(u, v)


@subcircuit
def double(c: Builder, p: MontgomeryPoint) -> MontgomeryPoint:
    """2p. Precondition: on the curve. Cost: 4. Beyond: the point of order 2 has no witness, for the rise is not 0."""
    square = p.u * p.u
    gradient = slope(c, 3 * square + 2 * CURVE_A * p.u + 1, 2 * p.v, "slope")
    known = 2 * p.u + CURVE_A
    u = determined(c, gradient, gradient, known, c.advice(gradient) * gradient - known, "u")
    v = determined(c, gradient, p.u - u, p.v, c.advice(gradient) * (p.u - u) - p.v, "v")
    return MontgomeryPoint(u, v)


@subcircuit
def double_and_add(c: Builder, p: MontgomeryPoint, t: MontgomeryPoint) -> MontgomeryPoint:
    """2p + t as (p + t) + p.

    Precondition: both on the curve, not of order 2; p != t and p != -t. Cost: 5. Beyond: as in `add` for p + t; 2p = -t
    has no witness.
    """
    first = slope(c, p.v - t.v, p.u - t.u, "slope")
    known = p.u + t.u + CURVE_A
    between = determined(c, first, first, known, c.advice(first) * first - known, "between")
    both = slope(c, 2 * p.v, p.u - between, "slopes")  # the sum of both slopes
    second = both - first
    known = p.u + between + CURVE_A
    u = determined(c, second, second, known, c.advice(second) * second - known, "u")
    v = determined(c, second, p.u - u, p.v, c.advice(second) * (p.u - u) - p.v, "v")
    return MontgomeryPoint(u, v)


def assert_not_zero(c: Builder, wire: Wire) -> None:
    """wire != 0. Cost: 1. Raises its caller's rule."""
    c.assert_product(wire, c.witness(c.advice(wire).inverse(), "inverse"), 1)


def assert_distinct(c: Builder, p: MontgomeryPoint, q: MontgomeryPoint) -> None:
    """p != q and p != -q, so that `add` is safe. Cost: 1."""
    assert_not_zero(c, p.u - q.u)


@subcircuit
def assert_on_curve(c: Builder, p: MontgomeryPoint) -> None:
    """v^2 = u^3 + A u^2 + u. Cost: 3."""
    square = p.u * p.u
    c.assert_product(p.v, p.v, c.product(p.u, square + CURVE_A * p.u + 1))


@subcircuit
def assert_same_point(c: Builder, montgomery: MontgomeryPoint, edwards: EdwardsPoint) -> None:
    """That both are one point. Cost: 2.

    Precondition: `montgomery` is on the curve and not the point of order 2, (0, 0). Then v != 0, and u != -1, since
    A - 2 is not a square; so x and y are determined. Beyond: for (0, 0) x would be free.
    """
    c.assume_not_zero(montgomery.v, "the point is not of order 2")
    c.assume_not_zero(montgomery.u + 1, "A - 2 is not a square")
    c.assert_product(edwards.x, montgomery.v, montgomery.u)
    c.assert_product(edwards.y, montgomery.u + 1, montgomery.u - 1)
