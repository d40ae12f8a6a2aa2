"""Long vectors: the quick test of G2's subgroup finds what the exact one finds, parts of the smallest order too."""

from __future__ import annotations

import random

import numpy as np
import pytest
from numpy.typing import NDArray
from py_ecc.fields import optimized_bn128_FQ2 as FQ2
from py_ecc.optimized_bn128.optimized_curve import multiply, normalize

from prover import bn254
from prover.bn254 import FQ, FR, G2_GENERATOR, G2Affine
from prover.ceremony.hash_to_curve import G2_COFACTOR
from prover.groth16 import point_checks
from prover.groth16.point_checks import check_g1, check_g2
from prover.kernels.errors import NotInSubgroup, NotOnCurve, NotReduced
from prover.kernels.interface import Kernels
from tests.support.kernels import fastest, flip_bit, g2_array, random_scalars
from tests.support.points import G2_OUTSIDE_SUBGROUP

COFACTOR_PRIMES = (10069, 5864401, 1875725156269, 197620364512881247228717050342013327560683201906968909)
N = point_checks.EXACT_BELOW + 3


def points() -> NDArray[np.uint64]:
    """Points of G2, infinity among them."""
    scalars = bn254.scalars_from_ints(random_scalars(N, random.Random(5)))
    return fastest().fixed_base_g2(bn254.g2_from_ints(G2_GENERATOR), scalars)


def of_order(prime: int) -> G2Affine:
    """A point of the twist whose order is this prime of the cofactor."""
    x, y = G2_OUTSIDE_SUBGROUP
    found = multiply((FQ2(x), FQ2(y), FQ2.one()), FR * (G2_COFACTOR // prime))
    (x0, x1), (y0, y1) = (element.coeffs for element in normalize(found))
    return (int(x0), int(x1)), (int(y0), int(y1))


def test_the_primes_are_those_of_the_cofactor() -> None:
    product = 1
    for prime in COFACTOR_PRIMES:
        product *= prime
    assert product == G2_COFACTOR == 2 * FQ - FR


def test_points_of_the_group_pass(kernels: Kernels) -> None:
    good = points()
    assert not good.any(axis=1).all()
    check_g2(kernels, good)
    check_g2(kernels, good[:3])


@pytest.mark.parametrize("prime", COFACTOR_PRIMES[:3])
def test_parts_of_every_small_order_are_found(kernels: Kernels, prime: int) -> None:
    bad = points()
    bad[7] = g2_array([of_order(prime)])[0]
    with pytest.raises(NotInSubgroup) as caught:
        check_g2(kernels, bad)
    assert caught.value.index == 7


def test_parts_of_every_small_order_are_found_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """One combination by a multiple of 10069 loses such a part: hence ten random ones."""
    bad = points()
    bad[7] = g2_array([of_order(10069)])[0]
    check_g2(fastest(), bad, lambda n: (10069).to_bytes(2, "little") * (n // 2))
    monkeypatch.setattr(point_checks, "ROUNDS", 1)
    with pytest.raises(NotInSubgroup):
        check_g2(fastest(), bad, lambda n: b"\x01\x00" * (n // 2))


def test_points_off_the_curve_are_found(kernels: Kernels) -> None:
    for index in (0, N - 1):
        bad = points()
        bad[index] = flip_bit(bn254.g2_from_ints(G2_GENERATOR), 3)
        with pytest.raises(NotOnCurve) as caught:
            check_g2(kernels, bad)
        assert caught.value.index == index
    bad = points()
    bad[5, 3] |= np.uint64(1 << 63)
    with pytest.raises(NotReduced):
        check_g2(kernels, bad)
    with pytest.raises(NotReduced):
        check_g1(kernels, bad[5:6, :8].copy())
