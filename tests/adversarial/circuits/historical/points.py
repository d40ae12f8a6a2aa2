"""Conversions between the forms of a curve: a division by zero in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from circuits.frontend import Builder, Circuit, Wire, public
from circuits.gadgets.compare import RULE_ZERO, assert_not_zero
from circuits.gadgets.montgomery import (
    montgomery_of,
)
from primitives.babyjubjub import BASE8, multiply
from prover.bn254 import FR
from tests.adversarial.circuits.historical.bug import Attack, Bug, Tool

POINT: Final = {"point": public(2)}
A_POINT: Final = multiply(5, BASE8)
ORDER_TWO: Final = (0, FR - 1)
CORPUS: Final = tuple(
    {"point": point} for point in ((0, 1), ORDER_TWO, (1, 0), (FR - 1, 0), BASE8, (0, 0), montgomery_of(BASE8))
)
"""Of either form: the neutral element, the point of order 2, zeros, and a point like any other."""


def _inverse(value: int) -> int:
    return pow(value, -1, FR)


def _conversion(first: str, *, checked: bool) -> Circuit:
    """circomlib's Edwards2Montgomery and Montgomery2Edwards: two divisions."""

    def define(c: Builder, point: Sequence[Wire]) -> dict[str, Any]:
        p, q = point
        # Edwards (x, y) to u = (1 + y) / (1 - y), v = u / x; Montgomery (u, v) to x = u / v, y = (u - 1) / (u + 1)
        divisors = (1 - q, p) if first == "edwards" else (q, p + 1)
        if checked:
            for divisor in divisors:
                assert_not_zero(c, divisor)
        if first == "edwards":
            u = c.witness(c.advice(1 + q) / divisors[0], "u")
            c.assert_product(u, divisors[0], 1 + q)
            v = c.witness(c.advice(u) / divisors[1], "v")
            c.assert_product(v, divisors[1], u)
            return {"out": [u, v]}
        x = c.witness(c.advice(p) / divisors[0], "x")
        c.assert_product(x, divisors[0], p)
        y = c.witness(c.advice(p - 1) / divisors[1], "y")
        c.assert_product(y, divisors[1], p - 1)
        return {"out": [x, y]}

    return Circuit(f"from_{first}", define, POINT)


def _to_montgomery(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    x, y = inputs["point"]
    if x == 0 or y == 1:
        return None
    u = (1 + y) * _inverse(1 - y) % FR
    return {"out[0]": u, "out[1]": u * _inverse(x) % FR}


def _to_edwards(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    u, v = inputs["point"]
    if v == 0 or u == FR - 1:
        return None
    return {"out[0]": u * _inverse(v) % FR, "out[1]": (u - 1) * _inverse(u + 1) % FR}


EDWARDS_TO_MONTGOMERY = Bug(
    "circomlib-edwards2montgomery",
    ("B21", "B40"),
    "the point of order 2 has any second coordinate: 0 / 0",
    "circomlib V-CIRCOMLIB-VUL-002: underconstrained points in Edwards2Montgomery",
    _conversion("edwards", checked=False),
    _conversion("edwards", checked=True),
    _to_montgomery,
    Attack({"point": ORDER_TWO}, {"v": 777}),
    RULE_ZERO,
    ({"point": A_POINT}, {"point": BASE8}),
    (Tool.DIFFERENTIAL, Tool.UNIQUENESS),
    corpus=CORPUS,
)

MONTGOMERY_TO_EDWARDS = Bug(
    "circomlib-montgomery2edwards",
    ("B21", "B40"),
    "(0, 0) has any x: 0 / 0",
    "circomlib V-CIRCOMLIB-VUL-003: underconstrained points in Montgomery2Edwards",
    _conversion("montgomery", checked=False),
    _conversion("montgomery", checked=True),
    _to_edwards,
    Attack({"point": (0, 0)}, {"x": 777}),
    RULE_ZERO,
    ({"point": montgomery_of(A_POINT)}, {"point": montgomery_of(BASE8)}),
    (Tool.DIFFERENTIAL, Tool.UNIQUENESS),
    corpus=CORPUS,
)


BUGS: Final = (EDWARDS_TO_MONTGOMERY, MONTGOMERY_TO_EDWARDS)
