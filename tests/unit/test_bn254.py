"""The plain-integer BN254 against py_ecc, and its encodings there and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from py_ecc.optimized_bn128 import optimized_curve as bn128

from prover import bn254
from prover.bn254 import BN_PARAMETER, FQ, FR, MONTGOMERY_R
from tests.support.points import G2_OUTSIDE_SUBGROUP
from tests.support.trapdoor import g1, g2

EDGES = [0, 1, 2, FR - 1, FR - 2, 1 << 64, (1 << 64) - 1, (1 << 253) - 1]


def test_constants_are_the_familys_and_py_eccs() -> None:
    x = BN_PARAMETER
    assert FQ == 36 * x**4 + 36 * x**3 + 24 * x**2 + 6 * x + 1 == bn128.field_modulus
    assert FR == 36 * x**4 + 36 * x**3 + 18 * x**2 + 6 * x + 1 == bn128.curve_order
    assert tuple(int(c) for c in bn128.b2.coeffs) == bn254.TWIST_B
    assert g2(1) == bn254.G2_GENERATOR
    assert (FR - 1) % (1 << bn254.TWO_ADICITY) == 0
    assert (FR - 1) >> bn254.TWO_ADICITY & 1


@given(st.integers(0, FR - 1))
def test_montgomery_there_and_back(value: int) -> None:
    assert bn254.from_montgomery_int(bn254.to_montgomery_int(value, FR), FR) == value
    assert bn254.to_montgomery_int(value, FR) == value * MONTGOMERY_R % FR
    assert bn254.int_from_limbs(bn254.limbs_from_int(value)) == value


def test_scalars_there_and_back() -> None:
    assert bn254.ints_from_scalars(bn254.scalars_from_ints(EDGES)) == EDGES
    assert bn254.ints_from_field(bn254.field_from_ints(EDGES)) == EDGES
    assert bn254.scalars_from_ints([]).shape == (0, 4)


def test_a2_integers_beyond_the_modulus_are_refused() -> None:
    for value in (FR, FR + 1, MONTGOMERY_R - 1, MONTGOMERY_R, -1):
        with pytest.raises(ValueError, match=r"\[0,"):
            bn254.scalars_from_ints([value])
        with pytest.raises(ValueError, match=r"\[0,"):
            bn254.to_montgomery_int(value, FR)
    with pytest.raises(ValueError, match=r"\[0,"):
        bn254.g1_from_ints((FQ + 1, 2))


def test_a2_integers_beyond_the_modulus_are_refused_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bn254, "_require_reduced", lambda value, modulus: None)
    with pytest.raises(pytest.fail.Exception):
        test_a2_integers_beyond_the_modulus_are_refused()


@pytest.mark.parametrize("modulus", [FQ, FR])
def test_first_not_below_equals_a_comparison_of_integers(modulus: int) -> None:
    rng = np.random.default_rng(5)
    near = [modulus + delta for delta in (-2, -1, 0, 1, 2)]
    mixed = [sum(int(limb) << 64 * i for i, limb in enumerate(rng.permutation(4) % 3 + 2**62)) for _ in range(20)]
    limbs = [
        [(modulus >> 64 * i & (2**64 - 1)) + int(d) for i, d in enumerate(row)] for row in rng.integers(-1, 2, (200, 4))
    ]
    values = near + mixed + [sum((limb % 2**64) << 64 * i for i, limb in enumerate(row)) for row in limbs]
    values = [value % MONTGOMERY_R for value in values]
    for value in values:
        array = np.stack([bn254.limbs_from_int(0), bn254.limbs_from_int(value)])
        assert bn254.first_not_below(array, modulus) == (None if value < modulus else 1)
    array = np.stack([bn254.limbs_from_int(value) for value in values])
    assert bn254.first_not_below(array, modulus) == next(i for i, value in enumerate(values) if value >= modulus)


def test_points_there_and_back() -> None:
    for scalar in (1, 2, 3, FR - 1):
        affine = g1(scalar)
        assert affine is not None
        assert bn254.g1_to_ints(bn254.g1_from_ints(affine)) == affine
        assert bn254.g1_is_on_curve(affine)
        assert not bn254.g1_is_on_curve((affine[0], affine[1] + FQ))
        assert not bn254.g1_is_on_curve((affine[0], affine[1] ^ 1))
        assert bn254.g2_to_ints(bn254.g2_from_ints(g2(scalar))) == g2(scalar)
    assert bn254.g1_to_ints(bn254.g1_from_ints(None)) is None
    assert bn254.g2_to_ints(bn254.g2_from_ints(None)) is None


def test_membership_of_g2() -> None:
    assert bn254.g2_is_in_subgroup(None)
    assert all(bn254.g2_is_in_subgroup(g2(scalar)) for scalar in (1, 2, 77))
    (x0, x1), y = bn254.G2_GENERATOR
    assert not bn254.g2_is_on_curve(((x0 + 1, x1), y))
    assert not bn254.g2_is_on_curve(((x0 + FQ, x1), y))
    assert bn254.g2_is_on_curve(G2_OUTSIDE_SUBGROUP)
    assert not bn254.g2_is_in_subgroup(G2_OUTSIDE_SUBGROUP)
