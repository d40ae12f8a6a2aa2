"""A3, A4, A5: points that are not where they must be, and scalars that are too large, are refused by every kernel.

The same questions put to the EVM's precompiles are in tests/adversarial/test_solidity_precompiles.py.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from prover import bn254
from prover.bn254 import FQ, FR, G1_GENERATOR, G2_GENERATOR
from prover.kernels.errors import ElementError, KernelError, NotInSubgroup, NotOnCurve, NotReduced
from prover.kernels.interface import Field, Kernels
from tests.support.kernels import FASTEST, NATIVE_HERE, g1_array, g1_multiple, g2_array, g2_multiple, kernels_named
from tests.support.points import G2_OUTSIDE_SUBGROUP

every_native = pytest.mark.parametrize("name", NATIVE_HERE or ["reference"])

Check = Callable[[NDArray[np.uint64]], None]


def raw(values: list[int]) -> NDArray[np.uint64]:
    """Montgomery limbs as they are, reduced or not."""
    return np.concatenate([bn254.limbs_from_int(value) for value in values])


def error_of(check: Check, points: NDArray[np.uint64]) -> type[KernelError] | None:
    try:
        check(points)
    except KernelError as error:
        return type(error)
    return None


def bad_g1_points() -> dict[str, tuple[NDArray[np.uint64], type[ElementError]]]:
    good = bn254.g1_from_ints(G1_GENERATOR)
    x, y = good[:4], good[4:]
    above = raw([bn254.int_from_limbs(x) + FQ])
    return {
        "off the curve": (bn254.g1_from_ints((1, 3)), NotOnCurve),
        "x alone zero": (np.concatenate([np.zeros(4, np.uint64), y]), NotOnCurve),
        "y alone zero": (np.concatenate([x, np.zeros(4, np.uint64)]), NotOnCurve),
        "coordinates swapped": (np.concatenate([y, x]), NotOnCurve),
        "x + q": (np.concatenate([above, y]), NotReduced),
        "y = q": (np.concatenate([x, raw([FQ])]), NotReduced),
        "all ones": (np.full(8, (1 << 64) - 1, np.uint64), NotReduced),
    }


@every_native
def test_a3_points_off_g1_are_refused(name: str) -> None:
    kernels = kernels_named(name)
    good = [None, G1_GENERATOR, (1, FQ - 2), *(g1_multiple(k) for k in range(2, 40))]
    kernels.check_g1(g1_array(good))
    for reason, (point, expected) in bad_g1_points().items():
        rows = g1_array(good)
        rows[17] = point
        with pytest.raises(expected) as refused:
            kernels.check_g1(rows)
        assert refused.value.index == 17, reason
        g2 = g2_array([G2_GENERATOR])
        with pytest.raises(expected):
            kernels.pairing_product_is_one(point.reshape(1, 8), g2)


@every_native
def test_a3_the_first_bad_point_is_named_whatever_the_threads(name: str) -> None:
    rows = np.tile(bn254.g1_from_ints(G1_GENERATOR), (20_000, 1))
    rows[[4_100, 9_000, 19_999], 0] ^= np.uint64(1)
    for threads in (1, 2, 5):
        with pytest.raises(NotOnCurve) as refused:
            kernels_named(name, threads).check_g1(rows)
        assert refused.value.index == 4_100


def test_a3_twin() -> None:
    """A check that forgets the curve, or the range, lets one of the bad points through."""

    def only_reduced(points: NDArray[np.uint64]) -> None:
        kernels_named(FASTEST).check_reduced(Field.FQ, points.reshape(-1, 4))

    def reduces_first(points: NDArray[np.uint64]) -> None:
        values = bn254.ints_from_scalars(points.reshape(-1, 4))
        kernels_named(FASTEST).check_g1(raw([value % FQ for value in values]).reshape(1, 8))

    def finds(check: Check) -> list[str]:
        return [
            name for name, (point, error) in bad_g1_points().items() if error_of(check, point.reshape(1, 8)) != error
        ]

    assert finds(kernels_named(FASTEST).check_g1) == []
    assert "off the curve" in finds(only_reduced)
    assert "x + q" in finds(reduces_first)


# -- A4: the subgroup ------------------------------------------------------------------------------------------------


def points_outside_g2() -> list[bn254.G2Affine]:
    """On the twist: of full order, of the cofactor's order alone, of a small order, and a good point shifted by one."""
    cofactor = 2 * FQ - FR
    of_cofactor_order = bn254._g2_multiply(G2_OUTSIDE_SUBGROUP, FR)
    small = bn254._g2_multiply(of_cofactor_order, cofactor // 10069)
    shifted = bn254._g2_add(of_cofactor_order, G2_GENERATOR)
    found = [G2_OUTSIDE_SUBGROUP, of_cofactor_order, small, shifted]
    return [point for point in found if point is not None]


@every_native
def test_a4_points_outside_the_subgroup_are_refused(name: str) -> None:
    kernels = kernels_named(name)
    good = [None, G2_GENERATOR, *(g2_multiple(k) for k in range(2, 12)), g2_multiple(FR - 1)]
    cleared = bn254._g2_multiply(G2_OUTSIDE_SUBGROUP, 2 * FQ - FR)
    kernels.check_g2(g2_array([*good, cleared]))
    outside = points_outside_g2()
    assert len(outside) == 4
    for point in outside:
        assert bn254.g2_is_on_curve(point)
        rows = g2_array([*good, point])
        with pytest.raises(NotInSubgroup) as refused:
            kernels.check_g2(rows)
        assert refused.value.index == len(good)
        with pytest.raises(NotInSubgroup):
            kernels.pairing_product_is_one(g1_array([G1_GENERATOR]), g2_array([point]))
        with pytest.raises(NotInSubgroup):
            kernels.pairing(g1_array([G1_GENERATOR])[0], g2_array([point])[0])


@every_native
def test_a4_g2_coordinates_and_curve(name: str) -> None:
    kernels = kernels_named(name)
    row = g2_array([G2_GENERATOR])
    for limb in range(16):
        planted = row.copy()
        planted[0, limb] ^= np.uint64(2)
        assert error_of(kernels.check_g2, planted) in (NotOnCurve, NotReduced)
    for element in range(4):
        planted = row.copy()
        value = bn254.int_from_limbs(planted[0, 4 * element : 4 * element + 4])
        planted[0, 4 * element : 4 * element + 4] = bn254.limbs_from_int(value + FQ)
        assert error_of(kernels.check_g2, planted) is NotReduced


def test_a4_twin() -> None:
    """A check of the curve's equation alone accepts every point that the real check refuses."""
    outside = points_outside_g2()
    assert all(bn254.g2_is_on_curve(point) for point in outside)
    assert [error_of(kernels_named(FASTEST).check_g2, g2_array([point])) for point in outside] == [NotInSubgroup] * 4


# -- A5: scalars -----------------------------------------------------------------------------------------------------


def accepts_alias(kernels: Kernels, refuse: Callable[[NDArray[np.uint64]], None]) -> bool:
    """Whether k + r is taken for k. `refuse` is the range check that stands in front."""
    points = g1_array([g1_multiple(3)])
    alias = raw([7 + FR]).reshape(1, 4)
    try:
        refuse(alias)
        kernels.scale_g1(points, raw([(7 + FR) % FR]).reshape(1, 4))
    except NotReduced:
        return False
    return True


@every_native
def test_a5_scalars_above_the_order_are_refused_not_wrapped(name: str) -> None:
    kernels, rng = kernels_named(name), random.Random(3)
    g1, g2 = g1_array([g1_multiple(3)] * 3), g2_array([g2_multiple(3)] * 3)
    for excess in (FR, FR + 1, FR + rng.randrange(FR), 2 * FR, (1 << 256) - 1):
        scalars = raw([1, excess, 2]).reshape(3, 4)
        for call, points in (
            (kernels.msm_g1, g1),
            (kernels.msm_g2, g2),
            (kernels.scale_g1, g1),
            (kernels.scale_g2, g2),
        ):
            with pytest.raises(NotReduced) as refused:
                call(points, scalars)
            assert refused.value.index == 1
        for fixed, point in ((kernels.fixed_base_g1, g1[0]), (kernels.fixed_base_g2, g2[0])):
            with pytest.raises(NotReduced):
                fixed(point, scalars)
    assert not accepts_alias(kernels, lambda rows: kernels.check_reduced(Field.FR, rows))


def test_a5_twin() -> None:
    """Without the range check in front, k + r is taken for k."""
    assert accepts_alias(kernels_named(FASTEST), lambda _: None)
