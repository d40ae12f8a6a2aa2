"""Equality and order of integers.

Order means nothing in a field: both sides are `Ranged`, so a range check on each is already paid for. A difference
then lies in (-2^n, 2^n), and one bit more than n says on which side of 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from circuits.frontend import Builder, Circuit, CircuitDefinitionError, InputValues, Wire, private, subcircuit
from circuits.gadgets.bits import (
    FIELD_BITS,
    RULE_RANGE,
    Bit,
    Ranged,
    assert_bits_at_most,
    assert_range,
    decompose,
    logical_not,
    to_bits,
)
from circuits.gadgets.example import Example
from prover.bn254 import FR

RULE_LESS: Final = "NotLess"
RULE_LESS_OR_EQUAL: Final = "NotLessOrEqual"
RULE_ZERO: Final = "IsZero"


@subcircuit
def is_zero(c: Builder, wire: Wire) -> Bit:
    """1 if a wire is 0, else 0. No precondition. Cost: 3.

    The first two rows determine `zero`; the third makes the inverse of 0 be 0, where any would do, so that a witness
    has no wire to choose.
    """
    zero = c.witness(c.advice(wire).is_zero(), "zero")
    inverse = c.witness(c.advice(wire).inverse(), "inverse")
    c.assert_product(wire, inverse, 1 - zero)
    c.assert_product(wire, zero, 0)
    c.assert_product(inverse, zero, 0)
    return Bit(zero)


def is_equal(c: Builder, a: Wire, b: Wire) -> Bit:
    """1 if both are the same element. No precondition. Cost: 3."""
    return is_zero(c, a - b)


def assert_not_zero(c: Builder, wire: Wire) -> None:
    """Asserts that a wire is not 0. No precondition. Cost: 1."""
    with c.rule(RULE_ZERO):
        c.assert_product(wire, c.witness(c.advice(wire).inverse(), "inverse"), 1)


def is_less(c: Builder, a: Ranged, b: Ranged) -> Bit:
    """1 if a < b as integers. Precondition: the types'. Cost: n + 1 for the wider side's n bits."""
    return logical_not(c, is_less_or_equal(c, b, a))


def is_less_or_equal(c: Builder, a: Ranged, b: Ranged) -> Bit:
    """1 if a <= b as integers. Precondition: the types'. Cost: n + 1 for the wider side's n bits."""
    n = _common_bits(a, b)
    return to_bits(c, b.wire - a.wire + (1 << n), n=n + 1)[n]


def assert_less(c: Builder, a: Ranged, b: Ranged) -> None:
    """Asserts a < b as integers. Precondition: the types'. Cost: n for the wider side's n bits."""
    with c.rule(RULE_LESS):
        _assert_below(c, b.wire - a.wire - 1, n=_common_bits(a, b))


def assert_less_or_equal(c: Builder, a: Ranged, b: Ranged) -> None:
    """Asserts a <= b as integers. Precondition: the types'. Cost: n for the wider side's n bits."""
    with c.rule(RULE_LESS_OR_EQUAL):
        _assert_below(c, b.wire - a.wire, n=_common_bits(a, b))


def assert_at_most(c: Builder, wire: Wire, maximum: int) -> Ranged:
    """Asserts that a wire is at most a constant, which gives its range.

    No precondition. Cost: two a bit of the constant, less one, and less the 1s at its end. Raises
    `CircuitDefinitionError` for 0 and from 2^253 on.
    """
    n = maximum.bit_length()
    assert_bits_at_most(c, to_bits(c, wire, n=n), maximum=maximum)
    return Ranged(wire, n)


@subcircuit
def _assert_below(c: Builder, wire: Wire, *, n: int) -> None:
    """Below 2^n, under the caller's rule."""
    decompose(c, wire, n)


def _common_bits(a: Ranged, b: Ranged) -> int:
    n = max(a.bits, b.bits, 1)
    if n + 1 >= FIELD_BITS:
        raise CircuitDefinitionError(f"integers of {n} bits cannot be compared: their difference needs {n + 1}")
    return n


def _comparison_example(n: int) -> Example:
    def define(c: Builder, a: Wire, b: Wire) -> dict[str, Wire]:
        x, y = assert_range(c, a, n), assert_range(c, b, n)
        return {"less": is_less(c, x, y).wire, "at_most": is_less_or_equal(c, x, y).wire}

    def honest(random: Random) -> InputValues:
        a = random.choice((0, (1 << n) - 1, random.randrange(1 << n)))
        return {"a": a, "b": random.choice((0, (1 << n) - 1, a, random.randrange(1 << n)))}

    def refused(random: Random) -> Iterator[tuple[str, InputValues]]:
        small = random.randrange(1 << n)
        yield RULE_RANGE, {"a": FR - 1, "b": small}
        yield RULE_RANGE, {"a": small, "b": 1 << n}

    inputs = {"a": private(), "b": private()}
    return Example(f"compare_{n}", Circuit(f"compare_{n}", define, inputs), honest, refused)


def _assertion_example(n: int) -> Example:
    def define(c: Builder, a: Wire, b: Wire, d: Wire) -> None:
        x, y, z = (assert_range(c, wire, n) for wire in (a, b, d))
        assert_less(c, x, y)
        assert_less_or_equal(c, y, z)

    def honest(random: Random) -> InputValues:
        low, middle, high = sorted(random.sample(range(1 << n), 3))
        return {"a": low, "b": middle, "d": random.choice((middle, high))}

    def refused(random: Random) -> Iterator[tuple[str, InputValues]]:
        low, middle, high = sorted(random.sample(range(1 << n), 3))
        yield RULE_LESS, {"a": middle, "b": middle, "d": high}
        yield RULE_LESS_OR_EQUAL, {"a": low, "b": middle, "d": middle - 1}

    inputs = {"a": private(), "b": private(), "d": private()}
    return Example(f"assert_order_{n}", Circuit(f"assert_order_{n}", define, inputs), honest, refused)


def _zero_example() -> Example:
    def define(c: Builder, a: Wire, b: Wire) -> Wire:
        assert_not_zero(c, b)
        return is_equal(c, a, b).wire

    def honest(random: Random) -> InputValues:
        b = random.randrange(1, FR)
        return {"a": random.choice((0, b, random.randrange(FR))), "b": b}

    def refused(_: Random) -> Iterator[tuple[str, InputValues]]:
        yield RULE_ZERO, {"a": 0, "b": 0}

    return Example("equality", Circuit("equality", define, {"a": private(), "b": private()}), honest, refused)


def _constant_example() -> Example:
    maximum = 1_000_005

    def define(c: Builder, x: Wire) -> None:
        assert_at_most(c, x, maximum)

    def honest(random: Random) -> InputValues:
        return {"x": random.choice((0, maximum, random.randrange(maximum)))}

    def refused(_: Random) -> Iterator[tuple[str, InputValues]]:
        yield RULE_RANGE, {"x": maximum + 1}
        yield RULE_RANGE, {"x": 1 << maximum.bit_length()}

    return Example("at_most_constant", Circuit("at_most_constant", define, {"x": private()}), honest, refused)


EXAMPLES: Final = (
    _comparison_example(8),
    _comparison_example(64),
    _assertion_example(40),
    _zero_example(),
    _constant_example(),
)
