"""BabyJubjub in plain integers: the readable twin of `native/src/babyjubjub/curve.h`.

The twisted Edwards curve a x^2 + y^2 = 1 + d x^2 y^2 over Fr (EIP-2494), a group of order 8 l with l prime. a is a
square and d is not, so the one addition law has no exceptions. Points are affine tuples, the identity is (0, 1).
"""

from __future__ import annotations

from typing import Final, TypeAlias

from primitives.field import FR

Point: TypeAlias = tuple[int, int]

A: Final = 168700
D: Final = 168696

SUBGROUP_ORDER: Final = 2736030358979909402780800718157159386076813972158567259200215660948447373041
"""l, a prime of 251 bits."""

COFACTOR: Final = 8
IDENTITY: Final[Point] = (0, 1)

GENERATOR: Final[Point] = (
    995203441582195749578291179787384436505546430278305826713579947235728471134,
    5472060717959818805561601436314318772137091100104008585924551046643952123905,
)
"""Of the whole group."""

BASE8: Final[Point] = (
    5299619240641551281634865583518297030282874472190772894086521144482721001553,
    16950150798460657717958625567821834550301663161624707787222815936182638968203,
)
"""8 * GENERATOR, of order l."""


def is_on_curve(point: Point) -> bool:
    """Whether both coordinates are in [0, r) and satisfy the equation."""
    x, y = point
    return 0 <= x < FR and 0 <= y < FR and (A * x * x + y * y - 1 - D * x * x * y * y) % FR == 0


def add(p: Point, q: Point) -> Point:
    """The Edwards law; complete. Points must be on the curve."""
    (x1, y1), (x2, y2) = p, q
    product = D * x1 * x2 * y1 * y2 % FR
    x = (x1 * y2 + y1 * x2) * pow(1 + product, -1, FR) % FR
    y = (y1 * y2 - A * x1 * x2) * pow(1 - product, -1, FR) % FR
    return x, y


def negate(p: Point) -> Point:
    """-p."""
    return -p[0] % FR, p[1]


def multiply(scalar: int, point: Point) -> Point:
    """scalar * point by double and add, scalar >= 0; about 15 ms for 254 bits. Not for secrets: the time tells them."""
    result = IDENTITY
    for bit in bin(scalar)[2:]:
        result = add(result, result)
        if bit == "1":
            result = add(result, point)
    return result


def is_in_subgroup(point: Point) -> bool:
    """Whether l * point is the identity, by the definition; the identity passes."""
    return is_on_curve(point) and multiply(SUBGROUP_ORDER, point) == IDENTITY
