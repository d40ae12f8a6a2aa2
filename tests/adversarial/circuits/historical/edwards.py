"""EdDSA as circomlib writes it, on Edwards points, with every check that a bug of the past left out as an argument."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from circuits.frontend import Builder, Wire, subcircuit
from circuits.gadgets.bits import to_bits_canonical
from circuits.gadgets.poseidon import poseidon
from primitives import babyjubjub as bj
from tests.adversarial.circuits.historical.parts import is_equal, mux, num2bits

SCALAR_BITS = 253


@dataclass(frozen=True, slots=True)
class Checks:
    """What a verifier looks at; `challenge` names what the challenge hash binds."""

    on_curve: bool = True
    large_order: bool = True
    challenge: tuple[str, ...] = ("r", "key", "message")


@dataclass(frozen=True, slots=True)
class Edwards:
    """A point."""

    x: Wire
    y: Wire


@subcircuit
def add_points(c: Builder, p: Edwards, q: Edwards) -> Edwards:
    """The complete law, for points on the curve."""
    beta, gamma = p.x * q.y, p.y * q.x
    delta = (p.y - bj.A * p.x) * (q.x + q.y)
    tau = beta * gamma
    x = c.witness(c.advice(beta + gamma) / (1 + bj.D * tau), "x")
    c.assert_product(x, 1 + bj.D * tau, beta + gamma)
    numerator = delta + bj.A * beta - gamma
    y = c.witness(c.advice(numerator) / (1 - bj.D * tau), "y")
    c.assert_product(y, 1 - bj.D * tau, numerator)
    return Edwards(x, y)


@subcircuit
def base_multiple(c: Builder, s: Wire) -> Edwards:
    """s * Base8 for s below 2^253, which is more than the order l."""
    total, power = Edwards(c.constant(0), c.constant(1)), bj.BASE8
    for bit in num2bits(c, s, SCALAR_BITS, "s"):
        total = add_points(c, total, Edwards(bit * power[0], 1 + bit * (power[1] - 1)))
        power = bj.add(power, power)
    return total


@subcircuit
def multiple(c: Builder, h: Wire, point: Edwards) -> Edwards:
    """h * point, bit by bit from the highest."""
    total = Edwards(c.constant(0), c.constant(1))
    for bit in reversed(to_bits_canonical(c, h)):
        total = add_points(c, total, total)
        total = add_points(c, total, Edwards(bit.wire * point.x, mux(c, bit.wire, point.y, c.constant(1))))
    return total


def difference(c: Builder, key: Edwards, r: Edwards, s: Wire, message: Wire, checks: Checks) -> tuple[Wire, Wire]:
    """S * Base8 - R - h * 8 A, coordinate by coordinate: zeros for a valid signature. S is never compared with l."""
    for point in (key, r) if checks.on_curve else ():
        x2, y2 = point.x * point.x, point.y * point.y
        with c.rule("NotOnTheCurve"):
            c.assert_product(x2, bj.D * y2, bj.A * x2 + y2 - 1)
    eight = key
    for _ in range(3):
        eight = add_points(c, eight, eight)
    if checks.large_order:
        neutral = is_equal(c, eight.x, c.constant(0)) * is_equal(c, eight.y, c.constant(1))
        with c.rule("SmallOrder"):
            c.assert_zero(neutral)
    bound: dict[str, Sequence[Wire]] = {"r": (r.x, r.y), "key": (key.x, key.y), "message": (message,)}
    h = poseidon(c, [wire for name in checks.challenge for wire in bound[name]])
    right = add_points(c, r, multiple(c, h, eight))
    left = base_multiple(c, s)
    return left.x - right.x, left.y - right.y
