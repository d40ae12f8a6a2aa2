"""Signed numbers: a sign that is free, a sum that loses its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from circuits.frontend import Builder, Circuit, Wire, private, public
from circuits.gadgets.bits import assert_range
from circuits.gadgets.fixed_point import assert_signed, is_negative, signed_sum
from prover.bn254 import FR
from tests.adversarial.circuits.historical.bug import Attack, Bug, Tool
from tests.adversarial.circuits.historical.parts import (
    assert_boolean,
    is_zero,
    num2bits,
)


def _centred(value: int) -> int:
    return value - FR if value > FR // 2 else value


def _sign(*, magnitude_checked: bool, zero_checked: bool) -> Any:
    """Gives 1 for a negative number of at most 8 bits and a sign."""

    def define(c: Builder, x: Wire) -> Wire:
        negative = c.witness(c.advice(x + (1 << 8)).less_than(1 << 8), "negative")
        assert_boolean(c, negative)
        magnitude = x - 2 * (negative * x)
        if magnitude_checked:
            assert_range(c, magnitude, 8)
        if zero_checked:
            with c.rule("NegativeZero"):
                c.assert_product(negative, is_zero(c, x), 0)
        return negative

    return Circuit("sign", define, {"x": public()})


def _is_negative(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    x = _centred(inputs["x"])
    return {"out": int(x < 0)} if abs(x) < 256 else None


HERODOTUS_NEGATIVE = Bug(
    "herodotus-negative",
    ("B22",),
    "the sign of a number is free, because its magnitude is never range-checked",
    "ZB Herodotus: missing range checks for negative values",
    _sign(magnitude_checked=False, zero_checked=True),
    _sign(magnitude_checked=True, zero_checked=True),
    _is_negative,
    Attack({"x": 5}, {"negative": 1}),
    "OutOfRange",
    ({"x": 5}, {"x": FR - 5}, {"x": 255}, {"x": FR - 255}),
    (Tool.LIES,),
)

NEGATIVE_ZERO = Bug(
    "negative-zero",
    ("B22",),
    "zero is positive or negative as the prover likes",
    "checklist B22: the sign bit cannot be chosen by the prover",
    _sign(magnitude_checked=True, zero_checked=False),
    _sign(magnitude_checked=True, zero_checked=True),
    _is_negative,
    Attack({"x": 0}, {"negative": 1}),
    "NegativeZero",
    ({"x": 0}, {"x": FR - 255}),
    (Tool.LIES,),
)


def _margin(c: Builder, values: Sequence[Wire]) -> Wire:
    """Whether the sum of four numbers in [-2^8, 2^8) is negative."""
    return is_negative(c, signed_sum(c, [assert_signed(c, value, 8) for value in values])).wire


def _margin_of_one(c: Builder, values: Sequence[Wire]) -> Wire:
    for number, value in enumerate(values):
        num2bits(c, value + (1 << 8), 9, f"value{number}_")
    return 1 - num2bits(c, c.sum(values) + (1 << 8), 9, "sum")[8]


def _sum_is_negative(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    values = [_centred(value) for value in inputs["values"]]
    return {"out": int(sum(values) < 0)} if all(-256 <= value < 256 for value in values) else None


PERPETUAL_OFFSET = Bug(
    "stark-perpetual-offset",
    ("B22", "B37"),
    "the offset that makes a sum positive is too small for the sum of extremes: a valid account cannot be proved",
    "STK validate_state_transition adds 2^224: the bound must cover the sum, not a term",
    Circuit("margin", _margin_of_one, {"values": private(4)}),
    Circuit("margin", _margin, {"values": private(4)}),
    _sum_is_negative,
    Attack({"values": (FR - 256,) * 4}),
    "",
    ({"values": (1, 2, FR - 5, 1)}, {"values": (0, 0, 0, 0)}),
    (Tool.DIFFERENTIAL,),
)


BUGS: Final = (HERODOTUS_NEGATIVE, NEGATIVE_ZERO, PERPETUAL_OFFSET)
