"""Whether long vectors hold points of their groups: exact for G1, by random combinations for the subgroup in G2.

The exact test costs 20 to 30 µs a point of G2, this one about 3. The twist has r * h points, where
h = 10069 * 5864401 * 1875725156269 * (a prime of 177 bits). A point outside the subgroup has a part of order at least
10069; with coefficients of 16 bits a random combination loses it with chance at most 7 / 2^16, and ten combinations
with at most 2^-131. The sums are tested exactly.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

import numpy as np

from prover import bn254
from prover.bn254 import FQ, TWIST_B
from prover.kernels.errors import NotInSubgroup, NotOnCurve
from prover.kernels.interface import Field, FieldArray, G1Array, G2Array, Kernels, ScalarArray

ROUNDS: Final = 10
COEFFICIENT_BYTES: Final = 2
EXACT_BELOW: Final = 256
"""For fewer points the exact test is as fast."""

_CHUNK: Final = 1 << 15


def check_g1(kernels: Kernels, points: G1Array) -> None:
    """Raises `NotReduced` or `NotOnCurve` naming the first bad point. Infinity passes."""
    kernels.check_g1(points)


def check_g2(kernels: Kernels, points: G2Array, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
    """Raises `NotReduced`, `NotOnCurve` or `NotInSubgroup` naming the first bad point. Infinity passes."""
    if len(points) < EXACT_BELOW:
        kernels.check_g2(points)
        return
    for start in range(0, len(points), _CHUNK):
        _check_on_twist(kernels, points[start : start + _CHUNK], start)
    sums = np.stack([kernels.msm_g2(points, _coefficients(len(points), random_bytes)) for _ in range(ROUNDS)])
    try:
        kernels.check_g2(sums)
    except NotInSubgroup:
        kernels.check_g2(points)  # to name the point
        raise


def _coefficients(n: int, random_bytes: Callable[[int], bytes]) -> ScalarArray:
    coefficients = np.zeros((n, 4), dtype=np.uint64)
    coefficients[:, 0] = np.frombuffer(random_bytes(COEFFICIENT_BYTES * n), dtype="<u2")
    return coefficients


def _check_on_twist(kernels: Kernels, points: G2Array, first: int) -> None:
    """y^2 = x^3 + 3 / (9 + u), by ten products of vectors."""
    kernels.check_reduced(Field.FQ, np.ascontiguousarray(points).reshape(-1, 4))
    x0, x1, y0, y1 = (np.ascontiguousarray(points[:, at : at + 4]) for at in (0, 4, 8, 12))

    def mul(a: FieldArray, b: FieldArray) -> FieldArray:
        return kernels.mul(Field.FQ, a, b)

    def add(a: FieldArray, b: FieldArray) -> FieldArray:
        return kernels.add(Field.FQ, a, b)

    def sub(a: FieldArray, b: FieldArray) -> FieldArray:
        return kernels.sub(Field.FQ, a, b)

    def square(a0: FieldArray, a1: FieldArray) -> tuple[FieldArray, FieldArray]:
        product = mul(a0, a1)
        return mul(add(a0, a1), sub(a0, a1)), add(product, product)

    left = square(y0, y1)
    square0, square1 = square(x0, x1)
    cube = (sub(mul(square0, x0), mul(square1, x1)), add(mul(square0, x1), mul(square1, x0)))
    b0, b1 = (np.tile(row, (len(points), 1)) for row in bn254.field_from_ints(TWIST_B, FQ))
    wrong = (left[0] != add(cube[0], b0)).any(axis=1) | (left[1] != add(cube[1], b1)).any(axis=1)
    bad = np.flatnonzero(wrong & points.any(axis=1))
    if bad.size:
        raise NotOnCurve("a point is not on the curve of G2", first + int(bad[0]))
