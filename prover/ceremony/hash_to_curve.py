"""Field elements and points drawn from a random stream, and the hash to G2 built on them, as ffjavascript defines them.

A field element is four 64-bit draws (lowest limb first), cut to 254 bits and drawn again until below the modulus; the
number drawn is taken as the *Montgomery form* of the element. A point is an x and a bit that chooses between the two y,
drawn again until x lies on the curve; in G2 the cofactor is then cleared. Nobody knows a discrete logarithm of the
result, which is what a proof of knowledge needs.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from py_ecc.fields import optimized_bn128_FQ2 as FQ2
from py_ecc.optimized_bn128.optimized_curve import is_inf, multiply, normalize

from prover import bn254
from prover.bn254 import CURVE_B, FQ, TWIST_B, Fq2Element, G1Affine, G2Affine
from prover.ceremony.chacha import ChaCha

G2_COFACTOR: Final = 0x30644E72E131A029B85045B68181585E06CEECDA572A2489345F2299C0F9FA8D
"""The number of points of the twist is this times r."""

_FIELD_BITS: Final = 254
_HALF: Final = pow(2, -1, FQ)


def field_element(rng: ChaCha, modulus: int) -> int:
    """A uniform element of Fq or Fr, as its canonical integer."""
    while True:
        drawn = sum(rng.next_u64() << 64 * i for i in range(4)) & ((1 << _FIELD_BITS) - 1)
        if drawn < modulus:
            return bn254.from_montgomery_int(drawn, modulus)


def g1_point(rng: ChaCha) -> G1Affine:
    """A uniform point of G1 other than infinity."""
    while True:
        x = field_element(rng, FQ)
        greatest = rng.next_bool()
        y = _sqrt((x * x * x + CURVE_B) % FQ)
        if y is not None:
            return x, (y if _is_negative(y) == greatest else FQ - y)


def g2_point(rng: ChaCha) -> G2Affine:
    """A uniform point of the subgroup of order r. About 30 ms, spent on the cofactor."""
    while True:
        x = (field_element(rng, FQ), field_element(rng, FQ))
        greatest = rng.next_bool()
        y = _sqrt_fq2(_add(_multiply(_multiply(x, x), x), TWIST_B))
        if y is None:
            continue
        if _is_negative(y[1] or y[0]) != greatest:
            y = (-y[0] % FQ, -y[1] % FQ)
        point = _clear_cofactor((x, y))
        if point is not None:
            return point


@lru_cache(maxsize=64)
def hash_to_g2(digest: bytes) -> G2Affine:
    """The point of G2 that belongs to a digest (its first 32 bytes count)."""
    return g2_point(ChaCha.from_digest(digest))


def _clear_cofactor(point: G2Affine) -> G2Affine | None:
    x, y = point
    cleared = multiply((FQ2(x), FQ2(y), FQ2.one()), G2_COFACTOR)
    if is_inf(cleared):
        return None
    (x0, x1), (y0, y1) = (element.coeffs for element in normalize(cleared))
    return (int(x0), int(x1)), (int(y0), int(y1))


def _is_negative(value: int) -> bool:
    return value > (FQ - 1) // 2


def _sqrt(value: int) -> int | None:
    """A root in Fq (q = 3 mod 4), or `None`."""
    root = pow(value, (FQ + 1) // 4, FQ)
    return root if root * root % FQ == value else None


def _sqrt_fq2(value: Fq2Element) -> Fq2Element | None:
    """A root in Fq2 by the norm (u^2 = -1), or `None`. Either root will do: the caller chooses the sign."""
    a, b = value
    norm_root = _sqrt((a * a + b * b) % FQ)
    if norm_root is None:
        return None
    for half in ((a + norm_root) * _HALF % FQ, (a - norm_root) * _HALF % FQ):
        real = _sqrt(half)
        if real is None:
            continue
        if real == 0:  # then b = 0 and the root is purely imaginary
            imaginary = _sqrt(-a % FQ)
            root = None if imaginary is None else (0, imaginary)
        else:
            root = (real, b * pow(2 * real, -1, FQ) % FQ)
        if root is not None and _multiply(root, root) == value:
            return root
    return None


def _add(a: Fq2Element, b: Fq2Element) -> Fq2Element:
    return (a[0] + b[0]) % FQ, (a[1] + b[1]) % FQ


def _multiply(a: Fq2Element, b: Fq2Element) -> Fq2Element:
    return (a[0] * b[0] - a[1] * b[1]) % FQ, (a[0] * b[1] + a[1] * b[0]) % FQ
