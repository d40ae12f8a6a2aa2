"""Whether points hide the same ratio: the pairing check from which every verification of a ceremony is built.

A long list is checked at once by a random linear combination with 128-bit coefficients: if one point is wrong, the
check passes with chance 2^-128.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import numpy as np

from prover import bn254
from prover.bn254 import FQ, G1Point, G2Point
from prover.ceremony.secret import RandomBytes
from prover.groth16.phases import PhaseProgress, report
from prover.kernels.interface import G1Array, G2Array, Kernels, ScalarArray

_CHUNK = 1 << 20
_COEFFICIENT_BYTES = 16


def same_ratio(kernels: Kernels, g1_a: G1Point, g1_b: G1Point, g2_a: G2Point, g2_b: G2Point) -> bool:
    """Whether b / a is the same in G1 and in G2: e(g1_a, g2_b) = e(g1_b, g2_a). `False` for a point at infinity.

    Raises `NotOnCurve` and its like for points that are none.
    """
    if g1_a is None or g1_b is None or g2_a is None or g2_b is None:
        return False
    minus_b = (g1_b[0], -g1_b[1] % FQ)
    g1 = np.stack([bn254.g1_from_ints(g1_a), bn254.g1_from_ints(minus_b)])
    g2 = np.stack([bn254.g2_from_ints(g2_b), bn254.g2_from_ints(g2_a)])
    return kernels.pairing_product_is_one(g1, g2)


def random_coefficients(n: int, random_bytes: RandomBytes = os.urandom) -> ScalarArray:
    """n coefficients of 128 bits, shape (n, 4)."""
    coefficients = np.zeros((n, 4), dtype=np.uint64)
    coefficients[:, :2] = np.frombuffer(random_bytes(_COEFFICIENT_BYTES * n), dtype="<u8").reshape(n, 2)
    return coefficients


def combine_g1(
    kernels: Kernels, vectors: Sequence[G1Array], phase: str, progress: PhaseProgress | None = None
) -> list[G1Point]:
    """One random combination of each vector, all with the same coefficients. Vectors are equally long, shape (n, 8).

    With `(points[:-1], points[1:])` the two sums have the ratio of neighbours, if all neighbours have the same.
    """
    parts: list[list[G1Array]] = [[] for _ in vectors]
    for start, stop in _chunks(len(vectors[0]), phase, progress):
        coefficients = random_coefficients(stop - start)
        for sums, vector in zip(parts, vectors, strict=True):
            sums.append(kernels.msm_g1(vector[start:stop], coefficients))
    return [add_up_g1(kernels, np.stack(sums)) if sums else None for sums in parts]


def combine_g2(
    kernels: Kernels, vectors: Sequence[G2Array], phase: str, progress: PhaseProgress | None = None
) -> list[G2Point]:
    """`combine_g1` in G2, shape (n, 16)."""
    parts: list[list[G2Array]] = [[] for _ in vectors]
    for start, stop in _chunks(len(vectors[0]), phase, progress):
        coefficients = random_coefficients(stop - start)
        for sums, vector in zip(parts, vectors, strict=True):
            sums.append(kernels.msm_g2(vector[start:stop], coefficients))
    return [add_up_g2(kernels, np.stack(sums)) if sums else None for sums in parts]


def add_up_g1(kernels: Kernels, points: G1Array) -> G1Point:
    """The plain sum, shape (n, 8)."""
    return bn254.g1_to_ints(kernels.msm_g1(points, _ones(len(points))))


def add_up_g2(kernels: Kernels, points: G2Array) -> G2Point:
    """The plain sum, shape (n, 16)."""
    return bn254.g2_to_ints(kernels.msm_g2(points, _ones(len(points))))


def _ones(n: int) -> ScalarArray:
    ones = np.zeros((n, 4), dtype=np.uint64)
    ones[:, 0] = 1
    return ones


def _chunks(n: int, phase: str, progress: PhaseProgress | None) -> Iterator[tuple[int, int]]:
    report(progress, phase, 0, n)
    for start in range(0, n, _CHUNK):
        stop = min(start + _CHUNK, n)
        yield start, stop
        report(progress, phase, stop, n)
