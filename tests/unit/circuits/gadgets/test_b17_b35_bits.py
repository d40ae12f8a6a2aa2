"""Bits and ranges against Python: aliases (B17), parts of a packed wire (B35), and every boundary."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest

from circuits.frontend import Builder, Wire
from circuits.gadgets import bits
from circuits.gadgets.bits import Bit, Ranged
from prover.bn254 import FR
from tests.support.gadgets import Gadget


def bits_of(name: str, n: int) -> Gadget:
    def define(c: Builder, x: Wire) -> dict[str, list[Wire]]:
        found = bits.to_bits_canonical(c, x) if n == bits.FIELD_BITS else bits.to_bits(c, x, n=n)
        return {"bits": [bit.wire for bit in found]}

    return Gadget(name, define, x=0)


@pytest.mark.parametrize("n", [1, 2, 8, 64, 253, 254])
def test_bits_agree_with_python(n: int) -> None:
    gadget, last = bits_of("bits", n), min(FR, 1 << n) - 1
    for x in (0, 1, last, last - 1, *(Random(n).randrange(last + 1) for _ in range(3))):
        gadget.gives({"x": x}, {f"bits[{i}]": x >> i & 1 for i in range(n)})


@pytest.mark.parametrize("n", [1, 2, 8, 64, 253])
def test_what_has_more_bits_is_refused(n: int) -> None:
    gadget = bits_of("bits", n)
    for x in (1 << n, FR - 1, FR - 2):
        gadget.refuses({"x": x}, bits.RULE_RANGE)


ALIASED = (0, 1, (1 << 254) - FR - 1)
"""The first two and the last x for which x + r has 254 bits too."""


def aliases_pass(gadget: Gadget, name: str) -> list[bool]:
    """Whether the bits of x + r are accepted for x."""
    return [
        gadget.accepts_lies({"x": x}, {name.format(i): x + FR >> i & 1 for i in range(1, bits.FIELD_BITS)})
        for x in ALIASED
    ]


def test_b17_the_bits_of_x_plus_r_are_not_those_of_x() -> None:
    assert aliases_pass(bits_of("canonical", bits.FIELD_BITS), "to_bits_canonical[0]/bit{}") == [False] * 3


def test_b17_the_bits_of_x_plus_r_are_not_those_of_x_twin() -> None:
    def without_comparison(c: Builder, x: Wire) -> None:
        bits.decompose(c, x, bits.FIELD_BITS)

    assert aliases_pass(Gadget("aliased", without_comparison, x=0), "bit{}") == [True] * 3


@pytest.mark.parametrize("maximum", range(16))
def test_a_comparison_with_a_constant_agrees_with_python(maximum: int) -> None:
    def define(c: Builder, x: Wire) -> None:
        bits.assert_bits_at_most(c, bits.to_bits(c, x, n=4), maximum=maximum)

    gadget = Gadget("at_most", define, x=0)
    for x in range(16):
        if x <= maximum:
            gadget.gives({"x": x}, {})
        else:
            gadget.refuses({"x": x}, bits.RULE_RANGE)
    assert gadget.is_unique()


def test_b19_a_bit_is_0_or_1() -> None:
    def define(c: Builder, x: Wire) -> None:
        bits.assert_boolean(c, x)

    gadget = Gadget("boolean", define, x=0)
    for x in (0, 1):
        gadget.gives({"x": x}, {})
    for x in (2, FR - 1, (FR + 1) // 2):
        gadget.refuses({"x": x}, bits.RULE_BOOLEAN)


def test_logic_agrees_with_python() -> None:
    def define(c: Builder, x: Sequence[Wire]) -> dict[str, Wire]:
        a, b, d = (bits.assert_boolean(c, wire) for wire in x)
        return {
            "and": bits.logical_and(c, a, b).wire,
            "or": bits.logical_or(c, a, b).wire,
            "xor": bits.logical_xor(c, a, b).wire,
            "not": bits.logical_not(c, a).wire,
            "all": bits.all_of(c, [a, b, d, bits.constant_bit(c, True)]).wire,
            "none": bits.all_of(c, [a, bits.constant_bit(c, False)]).wire,
            "integer": bits.from_bits(c, [a, b, d]).wire,
        }

    gadget = Gadget("logic", define, x=3)
    for number in range(8):
        a, b, d = (number >> i & 1 for i in range(3))
        expected = {"and": a & b, "or": a | b, "xor": a ^ b, "not": 1 - a, "all": a & b & d, "none": 0}
        gadget.gives({"x": [a, b, d]}, {**expected, "integer": number})


WIDTHS = (8, 100, 100, 45, 1, 253, 64, 64, 64, 64)


def test_packing_puts_as_many_as_fit_into_a_wire() -> None:
    assert bits.packed_groups(WIDTHS) == [range(4), range(4, 5), range(5, 6), range(6, 9), range(9, 10)]
    assert bits.packed_groups([253]) == [range(1)]
    assert bits.packed_groups([]) == []


def packed(name: str, widths: Sequence[int], *, checked: bool) -> Gadget:
    def define(c: Builder, x: Sequence[Wire]) -> dict[str, list[Wire]]:
        parts = [
            bits.assert_range(c, wire, width) if checked else Ranged(wire, width)
            for wire, width in zip(x, widths, strict=True)
        ]
        return {"packed": [part.wire for part in bits.pack(c, parts)]}

    return Gadget(name, define, x=len(widths))


def test_packed_parts_can_be_read_back() -> None:
    gadget = packed("pack", WIDTHS, checked=True)
    for choice in range(3):
        values = [(0, (1 << width) - 1, Random(width).randrange(1 << width))[choice] for width in WIDTHS]
        expected = []
        for group in bits.packed_groups(WIDTHS):
            text = "".join(format(values[i], f"0{WIDTHS[i]}b") for i in group)
            expected.append(int(text, 2))
        gadget.gives({"x": values}, {f"packed[{i}]": value for i, value in enumerate(expected)})


def test_b35_a_part_that_does_not_fit_is_refused() -> None:
    gadget = packed("bytes", (8, 8), checked=True)
    for values in ([0, 256], [256, 0], [0, FR - 1]):
        gadget.refuses({"x": values}, bits.RULE_RANGE)


def test_b35_a_part_that_does_not_fit_is_refused_twin() -> None:
    """Parts whose range was claimed, not checked: 256 in the lower byte is a 1 in the upper one."""
    gadget = packed("bytes", (8, 8), checked=False)
    for values in ([0, 256], [1, 0]):
        gadget.gives({"x": values}, {"packed[0]": 256})


def test_sums_of_bits_have_the_range_that_they_say() -> None:
    def define(c: Builder, x: Wire) -> dict[str, Wire]:
        ranged = bits.from_bits(c, [Bit(bit.wire) for bit in bits.to_bits(c, x, n=9)])
        return {"sum": ranged.wire, "bits": c.constant(ranged.bits)}

    Gadget("sum", define, x=0).gives({"x": 511}, {"sum": 511, "bits": 9})
