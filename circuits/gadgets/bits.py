"""Bits, ranges and logic.

A wire is any element of Fr. `Bit` and `Ranged` are wires of which a row already says more; only gadgets that wrote that
row make them, so that a bound can neither be forgotten nor paid for twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from circuits.frontend import Builder, Circuit, CircuitDefinitionError, InputValues, Wire, private, subcircuit
from circuits.gadgets.example import Example
from prover.bn254 import FR

FIELD_BITS: Final = FR.bit_length()
"""254: numbers of so many bits have aliases, x and x + r."""

RULE_BOOLEAN: Final = "NotBoolean"
RULE_RANGE: Final = "OutOfRange"


@dataclass(frozen=True, slots=True)
class Bit:
    """A wire that is 0 or 1."""

    wire: Wire


@dataclass(frozen=True, slots=True)
class Ranged:
    """A wire that is an integer in [0, 2^bits)."""

    wire: Wire
    bits: int

    def __post_init__(self) -> None:
        if not 0 <= self.bits < FIELD_BITS:
            raise CircuitDefinitionError(f"a range of {self.bits} bits: 0 to {FIELD_BITS - 1} keep below r")


def assert_boolean(c: Builder, wire: Wire) -> Bit:
    """Asserts that a wire is 0 or 1. No precondition. Cost: 1."""
    with c.rule(RULE_BOOLEAN):
        c.assert_product(wire, wire - 1, 0)
    return Bit(wire)


def constant_bit(c: Builder, value: bool) -> Bit:
    """0 or 1. Free."""
    return Bit(c.constant(int(value)))


@subcircuit
def to_bits(c: Builder, wire: Wire, *, n: int) -> list[Bit]:
    """The bits of a wire, the lowest first; asserts that it is below 2^n.

    No precondition. Cost: n; the lowest bit is what the others leave. Raises `CircuitDefinitionError` for n >= 254,
    where x and x + r would both have bits: use `to_bits_canonical`.
    """
    if not 1 <= n < FIELD_BITS:
        raise CircuitDefinitionError(f"{n} bits: 1 to {FIELD_BITS - 1}, or `to_bits_canonical` for all 254")
    with c.rule(RULE_RANGE):
        return decompose(c, wire, n)


@subcircuit
def to_bits_canonical(c: Builder, wire: Wire) -> list[Bit]:
    """All 254 bits of a wire as an integer in [0, r). No precondition. Cost: 507, half of it for being below r."""
    with c.rule(RULE_RANGE):
        bits = decompose(c, wire, FIELD_BITS)
        assert_bits_at_most(c, bits, maximum=FR - 1)
        return bits


@subcircuit
def assert_bits_at_most(c: Builder, bits: Sequence[Bit], *, maximum: int) -> None:
    """Asserts that bits, the lowest first, are an integer at most `maximum`, itself of that many bits.

    Cost: `at_most_cost(len(bits), maximum)`: one a bit, less one for the first 1, less the 1s at the end. Raises
    `CircuitDefinitionError` for a maximum of more bits.
    """
    with c.rule(RULE_RANGE):
        keep_at_most(c, bits, maximum)


def keep_at_most(c: Builder, bits: Sequence[Bit], maximum: int) -> None:
    """`assert_bits_at_most` under the caller's rule.

    From the top, `equal` says that all bits so far are those of the maximum. Where the maximum has a 1, it stays so if
    the bit is 1; where it has a 0, `equal` and a 1 would be above it. Below its last 0 nothing is above it.
    """
    if maximum < 0 or maximum >> len(bits):
        raise CircuitDefinitionError(f"the maximum {maximum} does not have {len(bits)} bits")
    equal = c.constant(1)
    for i in reversed(range(_ones_at_the_end(maximum), len(bits))):
        if maximum >> i & 1:
            equal = c.product(equal, bits[i].wire)
        else:
            c.assert_product(equal, bits[i].wire, 0)


def at_most_cost(n: int, maximum: int) -> int:
    """Constraints of `assert_bits_at_most` for n bits."""
    ones = _ones_at_the_end(maximum)
    return n - ones - (1 if maximum >> ones else 0)


def from_bits(c: Builder, bits: Sequence[Bit]) -> Ranged:
    """The integer of bits, the lowest first. Free. Raises `CircuitDefinitionError` from 254 bits on."""
    return Ranged(c.linear((1 << i, bit.wire) for i, bit in enumerate(bits)), len(bits))


def assert_range(c: Builder, wire: Wire, n: int) -> Ranged:
    """Asserts that a wire is below 2^n. No precondition. Cost: n."""
    to_bits(c, wire, n=n)
    return Ranged(wire, n)


def pack(c: Builder, parts: Sequence[Ranged]) -> list[Ranged]:
    """The parts side by side, in as few wires as the order allows; no other parts of these widths give them. Free."""
    return [_side_by_side(c, [parts[i] for i in group]) for group in packed_groups([part.bits for part in parts])]


def packed_groups(widths: Sequence[int]) -> list[range]:
    """Which neighbours `pack` puts into one wire: as many as keep below 2^253."""
    groups: list[range] = []
    first = total = 0
    for i, width in enumerate(widths):
        if total + width >= FIELD_BITS:
            groups.append(range(first, i))
            first, total = i, 0
        total += width
    return [*groups, range(first, len(widths))] if widths else []


def _side_by_side(c: Builder, parts: Sequence[Ranged]) -> Ranged:
    """The last part lowest."""
    terms, shift = [], 0
    for part in reversed(parts):
        terms.append((1 << shift, part.wire))
        shift += part.bits
    return Ranged(c.linear(terms), shift)


def logical_not(c: Builder, a: Bit) -> Bit:
    """1 - a. Free."""
    return Bit(c.constant(1) - a.wire)


def logical_and(c: Builder, a: Bit, b: Bit) -> Bit:
    """1 if both are. Cost: 1."""
    return Bit(c.product(a.wire, b.wire))


def logical_or(c: Builder, a: Bit, b: Bit) -> Bit:
    """1 if one is. Cost: 1."""
    return Bit(a.wire + b.wire - c.product(a.wire, b.wire))


def logical_xor(c: Builder, a: Bit, b: Bit) -> Bit:
    """1 if exactly one is. Cost: 1."""
    return Bit(a.wire + b.wire - 2 * c.product(a.wire, b.wire))


def all_of(c: Builder, bits: Sequence[Bit]) -> Bit:
    """1 if all are. Cost: one a bit, less one."""
    product = bits[0].wire
    for bit in bits[1:]:
        product = c.product(product, bit.wire)
    return Bit(product)


def decompose(c: Builder, wire: Wire, n: int) -> list[Bit]:
    """n bits whose sum is the wire modulo r, under the caller's rule. Cost: n. For n = 254 that leaves an alias."""
    upper = [c.witness(bit, f"bit{i}") for i, bit in enumerate(c.advice(wire).bits(n - 1, shift=1), start=1)]
    lowest = wire - c.linear((1 << i, bit) for i, bit in enumerate(upper, start=1))
    for bit in (lowest, *upper):
        c.assert_product(bit, bit - 1, 0)
    return [Bit(lowest), *map(Bit, upper)]


def _ones_at_the_end(number: int) -> int:
    return (~number & number + 1).bit_length() - 1


def _range_example(n: int) -> Example:
    def define(c: Builder, x: Wire) -> dict[str, list[Wire]]:
        return {"bits": [bit.wire for bit in to_bits(c, x, n=n)]}

    def honest(random: Random) -> InputValues:
        return {"x": random.choice((0, 1, (1 << n) - 1, random.randrange(1 << n)))}

    def refused(random: Random) -> Iterator[tuple[str, InputValues]]:
        for x in (1 << n, FR - 1, (1 << n) + random.randrange(1 << n)):
            yield RULE_RANGE, {"x": x}

    return Example(f"to_bits_{n}", Circuit(f"to_bits_{n}", define, {"x": private()}), honest, refused)


def _canonical_example() -> Example:
    def define(c: Builder, x: Wire) -> dict[str, list[Wire]]:
        return {"bits": [bit.wire for bit in to_bits_canonical(c, x)]}

    def honest(random: Random) -> InputValues:
        return {"x": random.choice((0, 1, FR - 1, FR - 2, 1 << 253, random.randrange(FR)))}

    return Example("to_bits_canonical", Circuit("to_bits_canonical", define, {"x": private()}), honest)


def _logic_example() -> Example:
    def define(c: Builder, bits: Sequence[Wire]) -> Wire:
        x, y, z = (assert_boolean(c, bit) for bit in bits)
        results = [
            logical_and(c, x, y),
            logical_or(c, y, z),
            logical_xor(c, x, z),
            all_of(c, [logical_not(c, x), logical_not(c, y), logical_not(c, z)]),
        ]
        return from_bits(c, results).wire

    def honest(random: Random) -> InputValues:
        return {"bits": [random.randrange(2) for _ in range(3)]}

    def refused(random: Random) -> Iterator[tuple[str, InputValues]]:
        for place in range(3):
            bits = [random.randrange(2) for _ in range(3)]
            bits[place] = random.choice((2, FR - 1))
            yield RULE_BOOLEAN, {"bits": bits}

    return Example("logic", Circuit("logic", define, {"bits": private(3)}), honest, refused)


EXAMPLES: Final = (_range_example(8), _range_example(64), _canonical_example(), _logic_example())
