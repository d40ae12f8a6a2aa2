"""Order and equality against Python: ranges on both sides (B18), inverses that are not free (B21)."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from circuits.frontend import Builder, Wire
from circuits.gadgets import compare
from circuits.gadgets.bits import RULE_RANGE, Ranged, assert_range
from prover.bn254 import FR
from tests.support.gadgets import Gadget

Range = Callable[[Builder, Wire, int], Ranged]


def order(n: int, m: int, ranged: Range = assert_range) -> Gadget:
    def define(c: Builder, a: Wire, b: Wire) -> dict[str, Wire]:
        x, y = ranged(c, a, n), ranged(c, b, m)
        return {"less": compare.is_less(c, x, y).wire, "at_most": compare.is_less_or_equal(c, x, y).wire}

    return Gadget("order", define, a=0, b=0)


def truth(a: int, b: int) -> dict[str, int]:
    return {"less": int(a < b), "at_most": int(a <= b)}


def test_order_agrees_with_python_on_all_small_integers() -> None:
    gadget = order(3, 2)
    for a in range(8):
        for b in range(4):
            gadget.gives({"a": a, "b": b}, truth(a, b))


@pytest.mark.parametrize(("n", "m"), [(1, 1), (8, 64), (64, 64), (252, 1), (252, 252)])
def test_order_agrees_with_python_at_the_bounds(n: int, m: int) -> None:
    gadget, random = order(n, m), Random(n + m)
    for a in (0, 1, (1 << n) - 1, random.randrange(1 << n)):
        for b in {0, 1, (1 << m) - 1, min(a, (1 << m) - 1), min(a + 1, (1 << m) - 1)}:
            gadget.gives({"a": a, "b": b}, truth(a, b))


OUTSIDE = ((FR - 1, 8), (3, FR - 1), (16, 8), (8, 16), (FR - 16, 0))


def test_b18_both_sides_are_held_to_their_range() -> None:
    gadget = order(4, 4)
    for a, b in OUTSIDE:
        gadget.refuses({"a": a, "b": b}, RULE_RANGE)


def test_b18_both_sides_are_held_to_their_range_twin() -> None:
    """With a range that is claimed and not checked, -1 is below 8, and r - 1 < 8 is false."""
    order(4, 4, ranged=lambda c, wire, n: Ranged(wire, n)).gives({"a": FR - 1, "b": 8}, {"less": 1, "at_most": 1})


def test_b18_the_verdict_is_not_the_provers() -> None:
    gadget = order(4, 4)
    assert gadget.is_unique()
    for call in range(2):
        name = f"to_bits(n=5)[{call + 2}]/bit4"
        for a, b in ((3, 9), (9, 3), (7, 7)):
            honest = {0: int(a >= b), 1: int(a <= b)}[call]
            assert gadget.accepts_lies({"a": a, "b": b}, {name: honest})
            for lie in {0, 1, 2, FR - 1} - {honest}:
                assert not gadget.accepts_lies({"a": a, "b": b}, {name: lie})


@pytest.mark.parametrize("n", [1, 8, 64, 252])
@pytest.mark.parametrize("strict", [True, False])
def test_b18_assertions_hold_up_to_the_boundary(n: int, strict: bool) -> None:
    def define(c: Builder, a: Wire, b: Wire) -> None:
        x, y = assert_range(c, a, n), assert_range(c, b, n)
        (compare.assert_less if strict else compare.assert_less_or_equal)(c, x, y)

    gadget, largest = Gadget("assertion", define, a=0, b=0), (1 << n) - 1
    rule = compare.RULE_LESS if strict else compare.RULE_LESS_OR_EQUAL
    assert gadget.is_unique()
    for b in (1, largest, Random(n).randrange(1, 1 << n)):
        last = b - 1 if strict else b
        for a in (0, last):
            gadget.gives({"a": a, "b": b}, {})
        if last < largest:
            gadget.refuses({"a": last + 1, "b": b}, rule)
    gadget.refuses({"a": largest, "b": 0}, rule)


@pytest.mark.parametrize("maximum", [1, 2, 7, 8, 100, (1 << 64) - 1, (1 << 64) + 5, (1 << 253) - 2])
def test_at_most_a_constant_holds_up_to_the_boundary(maximum: int) -> None:
    def define(c: Builder, x: Wire) -> dict[str, Wire]:
        return {"bits": c.constant(compare.assert_at_most(c, x, maximum).bits)}

    gadget = Gadget("at_most", define, x=0)
    for x in (0, 1, maximum):
        gadget.gives({"x": x}, {"bits": maximum.bit_length()})
    for x in (maximum + 1, FR - 1):
        gadget.refuses({"x": x}, RULE_RANGE)


def zero(*, complete: bool = True) -> Gadget:
    def whole(c: Builder, x: Wire) -> Wire:
        return compare.is_zero(c, x).wire

    def without_third_row(c: Builder, x: Wire) -> Wire:
        flag = c.witness(c.advice(x).is_zero(), "is_zero[0]/zero")
        inverse = c.witness(c.advice(x).inverse(), "is_zero[0]/inverse")
        c.assert_product(x, inverse, 1 - flag)
        c.assert_product(x, flag, 0)
        return flag

    return Gadget("zero", whole if complete else without_third_row, x=0)


LIES = (
    (0, {"is_zero[0]/inverse": 5}),
    (0, {"is_zero[0]/zero": 0}),
    (0, {"is_zero[0]/zero": 0, "is_zero[0]/inverse": 1}),
    (7, {"is_zero[0]/zero": 1}),
    (7, {"is_zero[0]/zero": 1, "is_zero[0]/inverse": 0}),
    (7, {"is_zero[0]/inverse": 0}),
)


def test_b21_whether_a_wire_is_zero_is_determined() -> None:
    gadget = zero()
    for x in (0, 1, FR - 1, Random(1).randrange(2, FR)):
        gadget.gives({"x": x}, {"out": int(x == 0)})
    assert gadget.is_unique()
    assert not any(gadget.accepts_lies({"x": x}, lies) for x, lies in LIES)


def test_b21_whether_a_wire_is_zero_is_determined_twin() -> None:
    """circomlib's two rows leave the inverse of 0 to the prover."""
    gadget = zero(complete=False)
    assert not gadget.is_unique()
    assert [gadget.accepts_lies({"x": x}, lies) for x, lies in LIES] == [True] + [False] * 5


def test_equality_agrees_with_python() -> None:
    def define(c: Builder, a: Wire, b: Wire) -> Wire:
        compare.assert_not_zero(c, b)
        return compare.is_equal(c, a, b).wire

    gadget = Gadget("equality", define, a=0, b=0)
    for a, b in ((1, 1), (0, 1), (FR - 1, FR - 1), (FR - 1, 1)):
        gadget.gives({"a": a, "b": b}, {"out": int(a == b)})
    gadget.refuses({"a": 0, "b": 0}, compare.RULE_ZERO)
