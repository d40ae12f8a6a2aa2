"""Additions of points that are incomplete, where nobody keeps the points apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from circuits.frontend import Builder, Circuit, Wire, private, public
from circuits.gadgets.compare import RULE_ZERO, assert_not_zero
from circuits.gadgets.montgomery import (
    CURVE_A,
    MontgomeryPoint,
    add,
    assert_distinct,
    assert_on_curve,
    double,
    montgomery_of,
)
from primitives.babyjubjub import BASE8, Point, multiply, negate
from primitives.babyjubjub import add as add_edwards
from prover.bn254 import FR
from tests.adversarial.circuits.historical.bug import Attack, Bug, Tool
from tests.adversarial.circuits.historical.parts import is_equal, mux

A_POINT: Final = multiply(5, BASE8)


def _inverse(value: int) -> int:
    return pow(value, -1, FR)


def _addition(*, checked: bool) -> Circuit:
    def define(c: Builder, p: Sequence[Wire], q: Sequence[Wire]) -> dict[str, Any]:
        left, right = MontgomeryPoint(p[0], p[1]), MontgomeryPoint(q[0], q[1])
        if checked:
            with c.rule("SamePoint"):
                assert_distinct(c, left, right)
        total = add(c, left, right)
        return {"sum": [total.u, total.v]}

    return Circuit("addition", define, {"p": public(2), "q": private(2)})


def _sum_of_distinct(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    (u1, v1), (u2, v2) = inputs["p"], inputs["q"]
    if u1 == u2:
        return None
    slope = (v2 - v1) * _inverse(u2 - u1) % FR
    u = (slope * slope - CURVE_A - u1 - u2) % FR
    return {"sum[0]": u, "sum[1]": (slope * (u1 - u) - v1) % FR}


def _points(p: Point, q: Point) -> dict[str, Point]:
    return {"p": montgomery_of(p), "q": montgomery_of(q)}


_PAIRS: Final = (
    _points(A_POINT, A_POINT),
    _points(BASE8, (FR - BASE8[0], BASE8[1])),
    _points(BASE8, add_edwards(BASE8, BASE8)),
)
"""A point with itself, with its negative, and with its double."""

MONTGOMERY_ADD = Bug(
    "circomlib-montgomery-add",
    ("B21", "B40"),
    "a point added to itself gives any point of a line's choice: the slope is 0 / 0",
    "circomlib V-CIRCOMLIB-VUL-004: underconstrained points in MontgomeryAdd",
    _addition(checked=False),
    _addition(checked=True),
    _sum_of_distinct,
    Attack(_points(A_POINT, A_POINT), {"add[0]/slope": 99}),
    "SamePoint",
    (_points(BASE8, A_POINT),),
    (Tool.DIFFERENTIAL,),
    corpus=_PAIRS,
)


def _square_root(value: int) -> int | None:
    """Tonelli and Shanks; `None` for what is no square."""
    if pow(value, (FR - 1) // 2, FR) != 1:
        return None
    odd, twos = FR - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    generator = pow(5, odd, FR)  # 5 is no square
    root, rest = pow(value, (odd + 1) // 2, FR), pow(value, odd, FR)
    while rest != 1:
        order, power = 0, rest
        while power != 1:
            order, power = order + 1, power * power % FR
        factor = pow(generator, 1 << twos - order - 1, FR)
        root, generator = root * factor % FR, factor * factor % FR
        rest, twos = rest * generator % FR, order
    return root


def _doubling(*, checked: bool) -> Circuit:
    """circomlib's MontgomeryDouble, which does not ask whether its input is on the curve."""

    def define(c: Builder, p: Sequence[Wire]) -> dict[str, Any]:
        u1, v1 = p
        if checked:
            assert_not_zero(c, v1)
        rise = 3 * (u1 * u1) + 2 * CURVE_A * u1 + 1
        slope = c.witness(c.advice(rise) / (2 * v1), "slope")
        c.assert_product(slope, 2 * v1, rise)
        u = slope * slope - CURVE_A - 2 * u1
        return {"double": [u, slope * (u1 - u) - v1]}

    return Circuit("doubling", define, {"p": public(2)})


def _double(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    u1, v1 = inputs["p"]
    if v1 == 0:
        return None
    slope = (3 * u1 * u1 + 2 * CURVE_A * u1 + 1) * _inverse(2 * v1) % FR
    u = (slope * slope - CURVE_A - 2 * u1) % FR
    return {"double[0]": u, "double[1]": (slope * (u1 - u) - v1) % FR}


_EXCEPTION: Final = ((_square_root((CURVE_A * CURVE_A - 3) % FR) or 0) - CURVE_A) * pow(3, -1, FR) % FR
"""A root of 3 u^2 + 2 A u + 1: with v = 0 both sides of the slope's row vanish."""

MONTGOMERY_DOUBLE = Bug(
    "circomlib-montgomery-double",
    ("B21", "B40"),
    "off the curve there is a point whose tangent has the slope 0 / 0",
    "circomlib V-CIRCOMLIB-VUL-005: underconstrained points in MontgomeryDouble",
    _doubling(checked=False),
    _doubling(checked=True),
    _double,
    Attack({"p": (_EXCEPTION, 0)}, {"slope": 4}),
    RULE_ZERO,
    ({"p": montgomery_of(BASE8)}, {"p": montgomery_of(A_POINT)}),
    (Tool.UNIQUENESS,),
)


def _aggregate(*, equal_handled: bool) -> Circuit:
    """The sum of two public keys, which may be equal."""

    def define(c: Builder, p: Sequence[Wire], q: Sequence[Wire]) -> dict[str, Any]:
        left, right = MontgomeryPoint(p[0], p[1]), MontgomeryPoint(q[0], q[1])
        for point in (left, right):
            assert_not_zero(c, point.v)
            with c.rule("NotOnTheCurve"):
                assert_on_curve(c, point)
        if not equal_handled:
            total = add(c, left, right)
            return {"sum": [total.u, total.v]}
        same = is_equal(c, left.u, right.u)
        with c.rule("OppositePoints"):
            c.assert_product(same, left.v - right.v, 0)
        other = MontgomeryPoint(
            mux(c, same, c.constant(_OTHER[0]), right.u), mux(c, same, c.constant(_OTHER[1]), right.v)
        )
        unequal, doubled = add(c, left, other), double(c, left)
        return {"sum": [mux(c, same, doubled.u, unequal.u), mux(c, same, doubled.v, unequal.v)]}

    return Circuit("aggregate", define, {"p": public(2), "q": public(2)})


_OTHER: Final = montgomery_of(multiply(123456789, BASE8))
"""What is added, and thrown away, where both points are the same; no test adds it to itself."""


def _aggregated(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    both = (inputs["p"], inputs["q"])
    if any(v == 0 or (u**3 + CURVE_A * u**2 + u - v * v) % FR for u, v in both):
        return None
    points = [_edwards_of(point) for point in both]
    if points[0] == negate(points[1]):
        return None
    u, v = montgomery_of(add_edwards(*points))
    return {"sum[0]": u, "sum[1]": v}


def _edwards_of(point: Point) -> Point:
    u, v = point
    return u * pow(v, FR - 2, FR) % FR, (u - 1) * pow(u + 1, FR - 2, FR) % FR


POINT_DOUBLING = Bug(
    "telepathy-point-doubling",
    ("B40",),
    "the sum of equal public keys is any point of a line's choice: the addition is for unequal points",
    "ZB telepathy (Trail of Bits): incorrect handling of point doubling can allow signature forgery",
    _aggregate(equal_handled=False),
    _aggregate(equal_handled=True),
    _aggregated,
    Attack(_points(A_POINT, A_POINT), {"add[2]/slope": 31337}),
    "",
    (_points(BASE8, A_POINT),),
    (Tool.DIFFERENTIAL,),
    refused=Attack(_points(A_POINT, A_POINT)),
    corpus=_PAIRS,
)

BUGS: Final = (MONTGOMERY_ADD, MONTGOMERY_DOUBLE, POINT_DOUBLING)
