"""Points that are almost right."""

from __future__ import annotations

from typing import Final

from prover.bn254 import FQ, TWIST_B, Fq2Element, G2Affine


def _multiply(a: Fq2Element, b: Fq2Element) -> Fq2Element:
    return (a[0] * b[0] - a[1] * b[1]) % FQ, (a[0] * b[1] + a[1] * b[0]) % FQ


def _root(value: Fq2Element) -> Fq2Element | None:
    """A square root in Fq2 by the norm (q = 3 mod 4)."""
    norm_root = pow(value[0] ** 2 + value[1] ** 2, (FQ + 1) // 4, FQ)
    for sign in (1, -1):
        half = (value[0] + sign * norm_root) * pow(2, -1, FQ) % FQ
        real = pow(half, (FQ + 1) // 4, FQ)
        if real and real * real % FQ == half:
            root = real, value[1] * pow(2 * real, -1, FQ) % FQ
            if _multiply(root, root) == value:
                return root
    return None


def _first_point_of_the_twist() -> G2Affine:
    """The point with the smallest x = (k, 1). Of its group only one in 2^254 has order r."""
    k = 0
    while True:
        x = (k, 1)
        cube = _multiply(_multiply(x, x), x)
        y = _root(((cube[0] + TWIST_B[0]) % FQ, (cube[1] + TWIST_B[1]) % FQ))
        if y is not None:
            return x, y
        k += 1


G2_OUTSIDE_SUBGROUP: Final = _first_point_of_the_twist()
"""On the twist, of another order than r."""
