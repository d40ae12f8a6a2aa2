"""Parts as the buggy circuits of the past had them: right only for inputs in a range that nobody checks."""

from __future__ import annotations

from collections.abc import Sequence

from circuits.frontend import Builder, Wire, subcircuit
from circuits.gadgets import bits, compare


def num2bits(c: Builder, x: Wire, n: int, name: str = "bit") -> list[Wire]:
    """circomlib's Num2Bits: n bits whose sum is x in the field. For n >= 254 there are two such lists for some x."""
    digits = [c.witness(bit, f"{name}{i}") for i, bit in enumerate(c.advice(x).bits(n))]
    with c.rule(bits.RULE_BOOLEAN):
        for bit in digits:
            c.assert_product(bit, bit - 1, 0)
    with c.rule(bits.RULE_RANGE):
        c.assert_equal(from_bits(c, digits), x)
    return digits


def from_bits(c: Builder, digits: Sequence[Wire]) -> Wire:
    """The sum of bit i times 2^i."""
    return c.linear((1 << i, bit) for i, bit in enumerate(digits))


@subcircuit
def less_than(c: Builder, a: Wire, b: Wire, *, n: int) -> Wire:
    """circomlib's LessThan: right for a and b in n bits, which it does not check."""
    return 1 - num2bits(c, a + (1 << n) - b, n + 1)[n]


def is_zero(c: Builder, x: Wire) -> Wire:
    """1 for 0, else 0; nobody planted anything here."""
    return compare.is_zero(c, x).wire


def is_equal(c: Builder, a: Wire, b: Wire) -> Wire:
    """1 if a = b, else 0."""
    return is_zero(c, a - b)


def assert_boolean(c: Builder, *wires: Wire) -> None:
    """Each is 0 or 1."""
    for wire in wires:
        bits.assert_boolean(c, wire)


def mux(c: Builder, bit: Wire, if_one: Wire, if_zero: Wire) -> Wire:
    """One of two, for a bit."""
    return if_zero + bit * (if_one - if_zero)
