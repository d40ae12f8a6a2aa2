"""Signed integers of fixed point: units are in the names of wires, never in the arithmetic.

A `Signed` is a wire in (-2^bits, 2^bits), negative ones as r - x. Sums and products carry their bound along, and what
could reach r / 2, where signs would wrap, is refused while the circuit is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from circuits.frontend import Builder, Circuit, CircuitDefinitionError, InputValues, Wire, private
from circuits.gadgets.bits import RULE_RANGE, Bit, Ranged, assert_range, decompose, logical_not, to_bits
from circuits.gadgets.compare import RULE_ZERO, assert_less, assert_not_zero
from circuits.gadgets.example import Example
from circuits.gadgets.select import select
from prover.bn254 import FR

RULE_NEGATIVE: Final = "Negative"

MOST_BITS: Final = 252
"""2^252 is below r / 2: for magnitudes below it signs are unambiguous, and x + 2^252 has no alias."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A wire that is an integer in (-2^bits, 2^bits)."""

    wire: Wire
    bits: int

    def __post_init__(self) -> None:
        if not 0 <= self.bits <= MOST_BITS:
            raise CircuitDefinitionError(f"a signed integer of {self.bits} bits: at most {MOST_BITS} keep their sign")


def assert_signed(c: Builder, wire: Wire, n: int) -> Signed:
    """Asserts that a wire is in [-2^n, 2^n), by its offset 2^n. No precondition. Cost: n + 1."""
    return assert_signed_with_sign(c, wire, n)[0]


def assert_signed_with_sign(c: Builder, wire: Wire, n: int) -> tuple[Signed, Bit]:
    """As `assert_signed`, and 1 for a wire below 0: the sign is one of the range's bits. Cost: n + 1."""
    _check(n + 1)
    bits = to_bits(c, wire + (1 << n), n=n + 1)
    return Signed(wire, n + 1), logical_not(c, bits[n])


def assert_not_negative(c: Builder, value: Signed) -> Ranged:
    """Asserts that an integer is at least 0. Precondition: the type's. Cost: n."""
    with c.rule(RULE_NEGATIVE):
        decompose(c, value.wire, max(value.bits, 1))
    return Ranged(value.wire, value.bits)


def with_offset(value: Signed) -> Ranged:
    """x + 2^n, for keys and transcripts. Free."""
    return Ranged(value.wire + (1 << value.bits), value.bits + 1)


def signed(value: Ranged) -> Signed:
    """A range is signed. Free."""
    return Signed(value.wire, value.bits)


def signed_sum(c: Builder, terms: list[Signed]) -> Signed:
    """The sum. Free. Raises `CircuitDefinitionError` where it could lose its sign."""
    largest = sum(1 << term.bits for term in terms)
    return Signed(c.sum(term.wire for term in terms), (largest - 1).bit_length() if terms else 0)


def negated(value: Signed) -> Signed:
    """-x. Free."""
    return Signed(-value.wire, value.bits)


def signed_product(c: Builder, a: Signed, b: Signed) -> Signed:
    """a * b. Cost: 1. Raises `CircuitDefinitionError` where it could lose its sign."""
    _check(a.bits + b.bits)
    return Signed(c.product(a.wire, b.wire), a.bits + b.bits)


def is_negative(c: Builder, value: Signed) -> Bit:
    """1 below 0. Precondition: the type's. Cost: n + 1. The prover has no choice: x + 2^n is below 2^(n + 1) < r."""
    return logical_not(c, to_bits(c, value.wire + (1 << value.bits), n=value.bits + 1)[value.bits])


def absolute(c: Builder, value: Signed) -> Ranged:
    """|x|. Precondition: the type's. Cost: n + 2."""
    negative = is_negative(c, value)
    return Ranged(value.wire - 2 * c.product(negative.wire, value.wire), value.bits)


def positive_part(c: Builder, value: Signed) -> Ranged:
    """max(0, x). Precondition: the type's. Cost: n + 2."""
    negative = is_negative(c, value)
    return Ranged(value.wire - c.product(negative.wire, value.wire), value.bits)


def minimum(c: Builder, a: Signed, b: Signed) -> Signed:
    """The smaller. Precondition: the types'. Cost: n + 3 for the wider side's n bits."""
    below = is_negative(c, signed_sum(c, [a, negated(b)]))
    return Signed(select(c, below, a.wire, b.wire), max(a.bits, b.bits))


def maximum(c: Builder, a: Signed, b: Signed) -> Signed:
    """The larger. Precondition: the types'. Cost: n + 3 for the wider side's n bits."""
    return negated(minimum(c, negated(a), negated(b)))


@dataclass(frozen=True, slots=True)
class Quotient:
    """a = quotient * b + remainder, 0 <= remainder < b."""

    quotient: Ranged
    remainder: Ranged


def divide_floor(c: Builder, a: Ranged, b: Ranged) -> Quotient:
    """a / b rounded down, and the remainder; asserts that b is not 0.

    Precondition: the types'. Cost: 2 + a.bits + 2 * b.bits. Quotient, remainder and divisor are held to so few bits
    that quotient * b + remainder stays below r: raises `CircuitDefinitionError` where a.bits + b.bits + 1 >= 254.
    Without those bounds the quotient (a - remainder - 1) / b in the field would pass.
    """
    _check(a.bits + b.bits + 1)
    assert_not_zero(c, b.wire)
    quotient_advice, remainder_advice = c.advice(a.wire).divide_integers(b.wire)
    quotient = assert_range(c, c.witness(quotient_advice, "quotient"), max(a.bits, 1))
    remainder = assert_range(c, c.witness(remainder_advice, "remainder"), max(b.bits, 1))
    assert_less(c, remainder, b)
    c.assert_product(quotient.wire, b.wire, a.wire - remainder.wire)
    return Quotient(quotient, remainder)


def rescale_floor(c: Builder, a: Ranged, divisor: int) -> Ranged:
    """a / divisor rounded down.

    Precondition: the type's. Cost: the bits of the largest quotient, and those of the largest remainder, twice unless
    the divisor is a power of two. Raises `CircuitDefinitionError` for a divisor below 2, and near r.
    """
    return _rescaled(c, a.wire, (1 << a.bits) - 1, divisor)


def rescale_ceil(c: Builder, a: Ranged, divisor: int) -> Ranged:
    """a / divisor rounded up: against whoever pays. As `rescale_floor`."""
    return _rescaled(c, a.wire + (divisor - 1), (1 << a.bits) + divisor - 2, divisor)


def _rescaled(c: Builder, wire: Wire, largest: int, divisor: int) -> Ranged:
    """floor(wire / divisor): remainder and divisor - 1 - remainder in a range give remainder < divisor."""
    if divisor < 2:
        raise CircuitDefinitionError(f"rescaling by {divisor}: 2 and more make sense")
    remainder_bits = (divisor - 1).bit_length()
    quotient_bits = max(largest // divisor, 1).bit_length()
    _check(quotient_bits + divisor.bit_length() + 1)
    quotient_advice, _ = c.advice(wire).divide_integers(divisor)
    quotient = assert_range(c, c.witness(quotient_advice, "quotient"), quotient_bits)
    remainder = wire - quotient.wire * divisor
    assert_range(c, remainder, remainder_bits)
    if divisor & (divisor - 1):
        assert_range(c, divisor - 1 - remainder, remainder_bits)
    return quotient


def _check(bits: int) -> None:
    if bits > MOST_BITS:
        raise CircuitDefinitionError(f"{bits} bits: signs and quotients are unambiguous up to {MOST_BITS}")


_BITS: Final = 16
_PAIR: Final = {"a": private(), "b": private()}


def _define_signed(c: Builder, a: Wire, b: Wire) -> dict[str, Wire]:
    x, y = assert_signed(c, a, _BITS), assert_signed(c, b, _BITS)
    return {
        "product": signed_product(c, x, y).wire,
        "negative": is_negative(c, x).wire,
        "absolute": absolute(c, x).wire,
        "positive": positive_part(c, y).wire,
        "smaller": minimum(c, x, y).wire,
        "larger": maximum(c, x, y).wire,
    }


def _define_signs(c: Builder, a: Wire, b: Wire) -> dict[str, Wire]:
    x, negative = assert_signed_with_sign(c, a, _BITS)
    y = assert_signed(c, b, _BITS)
    difference = assert_not_negative(c, signed_sum(c, [x, negated(y)]))
    return {"negative": negative.wire, "offset": with_offset(x).wire, "difference": difference.wire}


def _define_division(c: Builder, a: Wire, b: Wire) -> dict[str, Wire]:
    x, y = assert_range(c, a, _BITS), assert_range(c, b, _BITS)
    result = divide_floor(c, x, y)
    return {
        "quotient": result.quotient.wire,
        "remainder": result.remainder.wire,
        "down": rescale_floor(c, x, 100).wire,
        "up": rescale_ceil(c, x, 100).wire,
    }


def _signed_value(random: Random) -> int:
    return random.choice((0, 1, -1, (1 << _BITS) - 1, -(1 << _BITS), random.randrange(-1000, 1000))) % FR


def _signed_inputs(random: Random) -> InputValues:
    return {"a": _signed_value(random), "b": _signed_value(random)}


def _signed_refused(random: Random) -> Iterator[tuple[str, InputValues]]:
    for a in (1 << _BITS, FR - (1 << _BITS) - 1, random.randrange(FR // 4, FR // 2)):
        yield RULE_RANGE, {"a": a, "b": _signed_value(random)}


def _ordered_inputs(random: Random) -> InputValues:
    low, high = sorted(_centred(_signed_value(random)) for _ in range(2))
    return {"a": high % FR, "b": low % FR}


def _ordered_refused(random: Random) -> Iterator[tuple[str, InputValues]]:
    low = random.randrange(-(1 << _BITS), (1 << _BITS) - 1)
    yield RULE_NEGATIVE, {"a": low % FR, "b": (low + 1) % FR}
    yield RULE_RANGE, {"a": 1 << _BITS, "b": 0}


def _centred(value: int) -> int:
    return value - FR if 2 * value > FR else value


def _division_inputs(random: Random) -> InputValues:
    a = random.choice((0, 1, 99, 100, 101, (1 << _BITS) - 1, random.randrange(1 << _BITS)))
    return {"a": a, "b": random.choice((1, (1 << _BITS) - 1, max(a, 1), random.randrange(1, 300)))}


def _division_refused(random: Random) -> Iterator[tuple[str, InputValues]]:
    yield RULE_ZERO, {"a": random.randrange(1 << _BITS), "b": 0}
    yield RULE_RANGE, {"a": 1 << _BITS, "b": 1}


EXAMPLES: Final = (
    Example("signed", Circuit("signed", _define_signed, _PAIR), _signed_inputs, _signed_refused),
    Example("signs", Circuit("signs", _define_signs, _PAIR), _ordered_inputs, _ordered_refused),
    Example("division", Circuit("division", _define_division, _PAIR), _division_inputs, _division_refused),
)
