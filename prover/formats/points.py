"""Checks of the curve points in a file, naming the section they are in.

The few points that a header or a contribution holds are checked in plain integers while reading. The long vectors of a
key are checked by kernels, on request: the subgroup check of G2 alone costs about ten microseconds a point.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prover.bn254 import (
    FQ,
    G1Point,
    G2Point,
    first_not_below,
    g1_is_on_curve,
    g1_to_ints,
    g2_is_in_subgroup,
    g2_is_on_curve,
    g2_to_ints,
)
from prover.errors import InvalidPoint, ValueOutOfRange
from prover.formats.binfile import Section
from prover.kernels.errors import ElementError
from prover.kernels.interface import Kernels


def check_reduced(section: Section, what: str, points: NDArray[np.uint64]) -> None:
    """Raises `ValueOutOfRange` when a coordinate of points (n, 8) or (n, 16) is not below q."""
    per_point = points.shape[-1] // 4
    bad = first_not_below(points.reshape(-1, 4), FQ)
    if bad is not None:
        raise ValueOutOfRange(section.file, section.name, f"{what} {bad // per_point} has a coordinate not below q")


def g1_point(section: Section, what: str, limbs: NDArray[np.uint64]) -> G1Point:
    """The integers of `limbs`, shape (8,). Raises `ValueOutOfRange` or `InvalidPoint`; infinity passes."""
    check_reduced(section, what, limbs.reshape(1, 8))
    point = g1_to_ints(limbs)
    if not g1_is_on_curve(point):
        raise InvalidPoint(section.file, section.name, f"{what} is not on the curve of G1")
    return point


def g2_point(section: Section, what: str, limbs: NDArray[np.uint64], *, subgroup: bool) -> G2Point:
    """The integers of `limbs`, shape (16,), on the curve; with `subgroup`, for about 10 ms, in the subgroup as well."""
    check_reduced(section, what, limbs.reshape(1, 16))
    point = g2_to_ints(limbs)
    if not g2_is_on_curve(point):
        raise InvalidPoint(section.file, section.name, f"{what} is not on the curve of G2")
    if subgroup and not g2_is_in_subgroup(point):
        raise InvalidPoint(section.file, section.name, f"{what} is outside G2's subgroup of order r")
    return point


def check_vector(section: Section, points: NDArray[np.uint64], kernels: Kernels) -> None:
    """Check every point of (n, 8) or (n, 16) by kernels. Raises `ValueOutOfRange` or `InvalidPoint`."""
    check_reduced(section, "point", points)
    check = kernels.check_g1 if points.shape[1] == 8 else kernels.check_g2
    try:
        check(points)
    except ElementError as error:
        raise InvalidPoint(section.file, section.name, str(error)) from error
