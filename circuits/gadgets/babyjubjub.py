"""BabyJubjub in Edwards form, a x^2 + y^2 = 1 + d x^2 y^2 (EIP-2494): additions that are right for every two points.

a is a square and d is not, so the law is complete (Bernstein, Birkner, Joye, Lange and Peters, "Twisted Edwards
curves", AFRICACRYPT 2008): on the curve no denominator is 0, and neutral element, equal and opposite points are no
exceptions. For long sums `circuits.gadgets.montgomery` is cheaper and has exceptions. The twin is
`primitives.babyjubjub`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, Final

from circuits.frontend import Builder, CircuitDefinitionError, InputValues, Wire, circuit, private, subcircuit
from circuits.gadgets.bits import Bit, to_bits
from circuits.gadgets.example import Example
from circuits.gadgets.montgomery import EdwardsPoint
from primitives import babyjubjub as twin
from primitives.babyjubjub import A, D
from prover.bn254 import FR

RULE_CURVE: Final = "NotOnCurve"
COMPLETE: Final = "d is not a square, so the addition law is complete on the curve"


@subcircuit
def assert_on_curve(c: Builder, point: EdwardsPoint) -> None:
    """Asserts the curve's equation; points of small order and the neutral element pass. No precondition. Cost: 3."""
    with c.rule(RULE_CURVE):
        x_squared, y_squared = point.x * point.x, point.y * point.y
        c.assert_product(D * x_squared, y_squared, A * x_squared + y_squared - 1)


@subcircuit
def add(c: Builder, p: EdwardsPoint, q: EdwardsPoint) -> EdwardsPoint:
    """p + q, for any two points. Precondition: both on the curve. Cost: 6. Beyond: 0 / 0 may occur, and be anything."""
    beta, gamma = p.x * q.y, p.y * q.x
    delta = (p.y - A * p.x) * (q.x + q.y)  # y y' - a x x' + gamma - a beta
    scaled = D * (beta * gamma)
    x = _quotient(c, beta + gamma, 1 + scaled, "x")
    y = _quotient(c, delta - gamma + A * beta, 1 - scaled, "y")
    return EdwardsPoint(x, y)


@subcircuit
def double(c: Builder, p: EdwardsPoint) -> EdwardsPoint:
    """2p, by the curve's equation instead of d. Precondition: on the curve. Cost: 5. Beyond: as `add`."""
    product, x_squared, y_squared = p.x * p.y, p.x * p.x, p.y * p.y
    total = A * x_squared + y_squared  # 1 + d x^2 y^2
    return EdwardsPoint(_quotient(c, 2 * product, total, "x"), _quotient(c, y_squared - A * x_squared, 2 - total, "y"))


def negate(p: EdwardsPoint) -> EdwardsPoint:
    """-p. Free."""
    return EdwardsPoint(-p.x, p.y)


def neutral(c: Builder) -> EdwardsPoint:
    """(0, 1). Free."""
    return EdwardsPoint(c.constant(0), c.constant(1))


def select_or_neutral(c: Builder, bit: Bit, p: EdwardsPoint) -> EdwardsPoint:
    """p for 1, the neutral element for 0. Cost: 2."""
    return EdwardsPoint(c.product(bit.wire, p.x), c.product(bit.wire, p.y - 1) + 1)


@subcircuit
def multiply(c: Builder, bits: Sequence[Bit], p: EdwardsPoint) -> EdwardsPoint:
    """scalar * p, the scalar in bits, the lowest first. Precondition: on the curve.

    Cost: 13 a bit, but 2 for the highest. Raises `CircuitDefinitionError` without bits. Signatures have their own ways.
    """
    if not bits:
        raise CircuitDefinitionError("a scalar has one bit at least")
    total = select_or_neutral(c, bits[-1], p)
    for bit in reversed(bits[:-1]):
        total = add(c, double(c, total), select_or_neutral(c, bit, p))
    return total


def _quotient(c: Builder, dividend: Wire, divisor: Wire, name: str) -> Wire:
    """One row."""
    quotient = c.witness(c.advice(dividend) / divisor, name)
    c.assume_not_zero(divisor, COMPLETE)
    c.assert_product(quotient, divisor, dividend)
    return quotient


SCALAR_BITS: Final = 5


@circuit(p=private(2), q=private(2), scalar=private())
def edwards(c: Builder, p: Sequence[Wire], q: Sequence[Wire], scalar: Wire) -> dict[str, list[Wire]]:
    """A sum and a multiple."""
    points = [EdwardsPoint(x, y) for x, y in (p, q)]
    for point in points:
        assert_on_curve(c, point)
    total = add(c, points[0], negate(points[1]))
    multiple = multiply(c, to_bits(c, scalar, n=SCALAR_BITS), points[0])
    return {"difference": [total.x, total.y], "multiple": [multiple.x, multiple.y]}


def _honest(random: Random) -> dict[str, Any]:
    torsion = twin.multiply(twin.SUBGROUP_ORDER, twin.GENERATOR)
    some = twin.multiply(random.randrange(1 << 16), twin.GENERATOR)
    p = random.choice((some, twin.multiply(random.randrange(8), torsion), twin.IDENTITY))
    q = random.choice((p, twin.negate(p), twin.add(p, torsion), twin.BASE8))
    return {"p": list(p), "q": list(q), "scalar": random.choice((0, 1, 31, random.randrange(32)))}


def _refused(random: Random) -> Iterator[tuple[str, InputValues]]:
    for name in ("p", "q"):
        for place in range(2):
            inputs = _honest(random) | {name: list(twin.multiply(3, twin.GENERATOR))}
            inputs[name][place] = (inputs[name][place] + 1) % FR
            yield RULE_CURVE, inputs
    yield RULE_CURVE, _honest(random) | {"p": [0, 0]}
    yield "OutOfRange", _honest(random) | {"scalar": 1 << SCALAR_BITS}


EXAMPLES: Final = (Example("edwards", edwards, _honest, _refused),)
