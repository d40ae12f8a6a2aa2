"""G1, G2 and the pairing of BN254 by py_ecc, on the affine integer points of `prover.bn254`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from py_ecc import optimized_bn128

from prover.bn254 import FR, G1Point, G2Point

py_ecc: Any = optimized_bn128  # it names its types, but exports none of them


def add_g1(p: G1Point, q: G1Point) -> G1Point:
    """p + q."""
    return _affine_g1(py_ecc.add(_projective_g1(p), _projective_g1(q)))


def add_g2(p: G2Point, q: G2Point) -> G2Point:
    """p + q."""
    return _affine_g2(py_ecc.add(_projective_g2(p), _projective_g2(q)))


def multiply_g1(point: G1Point, scalar: int) -> G1Point:
    """scalar * point; any scalar, negative ones included."""
    return _affine_g1(py_ecc.multiply(_projective_g1(point), scalar % FR))


def multiply_g2(point: G2Point, scalar: int) -> G2Point:
    """scalar * point, for a point of the subgroup of order r."""
    return _affine_g2(py_ecc.multiply(_projective_g2(point), scalar % FR))


def negate_g1(point: G1Point) -> G1Point:
    """-point."""
    return _affine_g1(py_ecc.neg(_projective_g1(point)))


def sum_g1(terms: Iterable[tuple[G1Point, int]]) -> G1Point:
    """The sum of scalar * point."""
    total: Any = py_ecc.Z1
    for point, scalar in terms:
        total = py_ecc.add(total, py_ecc.multiply(_projective_g1(point), scalar))
    return _affine_g1(total)


def sum_g2(terms: Iterable[tuple[G2Point, int]]) -> G2Point:
    """The sum of scalar * point."""
    total: Any = py_ecc.Z2
    for point, scalar in terms:
        total = py_ecc.add(total, py_ecc.multiply(_projective_g2(point), scalar))
    return _affine_g2(total)


def pairing(p: G1Point, q: G2Point) -> list[int]:
    """e(p, q) as twelve integers: a and b of each c_i = a + b * u, for c_0..c_5 over w^i.

    py_ecc writes Fq12 as polynomials in w alone, modulo w^12 - 18 w^6 + 82; there u = w^6 - 9.
    """
    coefficients = [int(c) for c in py_ecc.pairing(_projective_g2(q), _projective_g1(p)).coeffs]
    modulus = py_ecc.field_modulus
    return [
        part for i in range(6) for part in ((coefficients[i] + 9 * coefficients[i + 6]) % modulus, coefficients[i + 6])
    ]


def pairing_product_is_one(pairs: Sequence[tuple[G1Point, G2Point]]) -> bool:
    """Whether the product of e(p, q) is 1; true for none. One final exponentiation for all."""
    product = py_ecc.FQ12.one()
    for p, q in pairs:
        product *= py_ecc.pairing(_projective_g2(q), _projective_g1(p), final_exponentiate=False)
    return bool(py_ecc.final_exponentiate(product) == py_ecc.FQ12.one())


def _projective_g1(point: G1Point) -> Any:
    if point is None:
        return py_ecc.Z1
    return py_ecc.FQ(point[0]), py_ecc.FQ(point[1]), py_ecc.FQ.one()


def _projective_g2(point: G2Point) -> Any:
    if point is None:
        return py_ecc.Z2
    return py_ecc.FQ2(point[0]), py_ecc.FQ2(point[1]), py_ecc.FQ2.one()


def _affine_g1(point: Any) -> G1Point:
    if py_ecc.is_inf(point):
        return None
    x, y = py_ecc.normalize(point)
    return int(x), int(y)


def _affine_g2(point: Any) -> G2Point:
    if py_ecc.is_inf(point):
        return None
    x, y = py_ecc.normalize(point)
    (x0, x1), (y0, y1) = x.coeffs, y.coeffs
    return (int(x0), int(x1)), (int(y0), int(y1))
