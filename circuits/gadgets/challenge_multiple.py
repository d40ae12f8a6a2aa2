"""h * 8 A for a challenge h, by one signed digit a bit: five constraints to double and add, one for the digit.

With W = 4 A, h * 8 A = 2 h * W, and since l kills A also (2 h + 23 l) W. As 23 l is 2^255 + 2 * `OFFSET` + 1, with
b = h + OFFSET < 2^254 in bits b_i::

    2 h + 23 l = 3 * 2^254 + sum of s_i 2^i,   s_i = 2 b_i - 1

The accumulator begins at 3 W, and each step doubles it and adds s_i W, that is (u of W, +-v of W): **one** row, y^2 =
v^2, says that y is one of the two, and one row in all says which, sum of y_i 2^i = v * (2 b + 1 - 2^254).
"""

from __future__ import annotations

from typing import Any, Final

from circuits.frontend import Advice, Builder, Wire, subcircuit
from circuits.gadgets.montgomery import (
    MontgomeryPoint,
    add,
    double,
    double_and_add,
)
from primitives.babyjubjub import SUBGROUP_ORDER
from prover.bn254 import FR

DIGITS: Final = 254
OFFSET: Final = (23 * SUBGROUP_ORDER - 1) // 2 - (1 << DIGITS)
"""b runs from here to here + r - 1, which is below 2^254."""

COMPARED_BITS: Final = 80
"""How many of the leading bits of b are compared with its bounds."""


def can_be_proved(h: int) -> bool:
    """Whether a challenge has a witness: all but one in 2^80 do."""
    low = DIGITS - COMPARED_BITS
    return OFFSET >> low < (h + OFFSET) >> low < (OFFSET + FR) >> low


@subcircuit
def challenge_multiple(c: Builder, h: Wire, w: MontgomeryPoint) -> MontgomeryPoint:
    """(h * 2) W, for h in [0, r) and W of order l. Cost: 1,694.

    The digits are those of h itself and of no alias h +- r: the top 80 bits of b are held strictly inside the bounds. A
    challenge within 2^174 of a bound, one in 2^80, has no witness; whoever makes witnesses refuses it by name.

    No addition meets its exception. Let the accumulator before a step be m W, with W of odd order l. Of m W + s W and
    m W the one is never the other; where they are opposite, and where m W = -s W, a slope has run 0 and rise 2 v != 0,
    so there is no witness. Remains m = s modulo l. Then m is not the 3 of the beginning, so m = 2 m' + s' for the step
    before, and m' is 0 or -s' modulo l: the accumulator was infinity, or in the case just excluded. So some hundred
    challenges have no witness, multiples of l among them; to find one is to invert the hash.
    """
    c.assume_not_zero(w.v, "W is not of order 2")
    v_squared = w.v * w.v
    bits = _bits_with_offset(c, h)
    ordinates = [c.witness(bit.select(w.v, -w.v), f"y{i}") for i, bit in reversed(list(enumerate(bits)))]
    for y in ordinates:
        c.assert_product(y, y, v_squared)
    weighted = c.linear((1 << i, y) for i, y in zip(reversed(range(DIGITS)), ordinates, strict=True))
    c.assert_product(w.v, 2 * (h + OFFSET) + 1 - (1 << DIGITS), weighted)
    _assert_canonical(c, ordinates, w.v)

    accumulated = add(c, double(c, w), w)
    for y in ordinates:
        accumulated = double_and_add(c, accumulated, MontgomeryPoint(w.u, y))
    return accumulated


def _bits_with_offset(c: Builder, h: Wire) -> list[Advice[Any]]:
    """The bits of h + OFFSET, lowest first: in halves, since advice is modulo r, which the sum may exceed."""
    half = DIGITS // 2
    challenge = c.advice(h)
    low = challenge.extract(0, half) + OFFSET % (1 << half)
    high = challenge.extract(half, half) + low.extract(half, 1) + (OFFSET >> half)
    return [*low.bits(half), *high.bits(half)]


def _assert_canonical(c: Builder, ordinates: list[Wire], v: Wire) -> None:
    """OFFSET <= b < OFFSET + r, by t = b >> 174: OFFSET >> 174 < t < (OFFSET + r) >> 174. Cost: 161."""
    low = DIGITS - COMPARED_BITS
    leading = c.linear((1 << COMPARED_BITS - 1 - i, y) for i, y in enumerate(ordinates[:COMPARED_BITS]))
    digits = c.witness(c.advice(leading) / v, "leading")  # the sum of s_i 2^i = 2 t + 1 - 2^80
    c.assert_product(digits, v, leading)
    half = pow(2, -1, FR)
    t = (digits + (1 << COMPARED_BITS) - 1) * half
    _assert_range(c, t - ((OFFSET >> low) + 1))
    _assert_range(c, ((OFFSET + FR) >> low) - 1 - t)


def _assert_range(c: Builder, wire: Wire) -> None:
    """0 <= wire < 2^80. Cost: 80, since the last bit is what the others leave."""
    bits = [c.witness(bit, f"bit{i}") for i, bit in enumerate(c.advice(wire).bits(COMPARED_BITS)) if i > 0]
    lowest = wire - c.linear((1 << i, bit) for i, bit in enumerate(bits, start=1))
    for bit in (lowest, *bits):
        c.assert_product(bit, bit - 1, 0)
