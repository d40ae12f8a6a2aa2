"""Ranges and packed words under the rules of the rollup."""

from __future__ import annotations

from collections.abc import Sequence

from circuits.frontend import Builder, Wire, subcircuit
from circuits.gadgets.bits import Bit, Ranged, decompose, logical_not
from circuits.gadgets.compare import is_zero
from rollup.errors import FieldOutOfRange


@subcircuit
def _below(c: Builder, wire: Wire, *, bits: int) -> list[Bit]:
    return decompose(c, wire, bits)


def below(c: Builder, wire: Wire, bits: int) -> Ranged:
    """Asserts 0 <= wire < 2^bits under the caller's rule. Cost: bits."""
    _below(c, wire, bits=bits)
    return Ranged(wire, bits)


def bits_below(c: Builder, wire: Wire, bits: int) -> list[Bit]:
    """As `below`, and gives the bits, the lowest first."""
    return _below(c, wire, bits=bits)


def field(c: Builder, wire: Wire, bits: int) -> Ranged:
    """A field of a message: `FieldOutOfRange` unless it is below 2^bits. Cost: bits."""
    with c.rule(FieldOutOfRange):
        return below(c, wire, bits)


def flag(c: Builder, wire: Wire) -> Bit:
    """A bit: `FieldOutOfRange` for another value. Cost: 1."""
    with c.rule(FieldOutOfRange):
        c.assert_product(wire, wire - 1, 0)
    return Bit(wire)


def is_used(c: Builder, wire: Wire) -> Wire:
    """1 unless the wire is 0: which places of a section hold something. Cost: 3."""
    return logical_not(c, is_zero(c, wire)).wire


def packed(c: Builder, parts: Sequence[Ranged]) -> Wire:
    """The sum of part * 2^(bits before it), the first lowest, as `rollup.packing.packed`. Free."""
    terms, shift = [], 0
    for part in parts:
        terms.append((1 << shift, part.wire))
        shift += part.bits
    return c.linear(terms)


def assert_canonical(c: Builder, used: Wire, word: Wire, *needed: Wire) -> None:
    """Asserts that the word of an unused place is 0, and that nothing needed is 0 in a used one.

    What L1 reads is then what the specification could have written. Cost: 1, and 4 for each that is needed. Rule:
    `FieldOutOfRange`.
    """
    with c.rule(FieldOutOfRange):
        c.assert_product(1 - used, word, 0)
        for wire in needed:
            c.assert_equal(is_used(c, wire), used)
