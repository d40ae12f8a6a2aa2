"""The lanes at sizes that the twin cannot reach: points with known logarithms turn sums of points into sums in Fr.

If P_i = p_i G, then sum s_i P_i = (sum s_i p_i) G, and one product by the twin settles the right answer. Two kernels
that are wrong in the same way would still have to be wrong in Fr.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from prover import bn254
from prover.bn254 import FR
from prover.kernels.errors import Cancelled, IndexOutOfRange, NotReduced
from prover.kernels.interface import Field, Kernels
from prover.reference.kernels import ReferenceKernels

GROUPS = (1, 2)
GENERATORS = {1: bn254.g1_from_ints(bn254.G1_GENERATOR), 2: bn254.g2_from_ints(bn254.G2_GENERATOR)}
EIGENVALUE = pow(5, (FR - 1) // 3, FR)
"""A cube root of unity: what the endomorphism that splits scalars multiplies by (or its square)."""


def multiples(kernels: Kernels, group: int, scalars: Sequence[int]) -> NDArray[np.uint64]:
    """scalars[i] * G through the window table, itself compared with the twin below."""
    method = kernels.fixed_base_g1 if group == 1 else kernels.fixed_base_g2
    return method(GENERATORS[group].reshape(-1), bn254.scalars_from_ints(list(scalars)))


def msm(kernels: Kernels, group: int, points: NDArray[np.uint64], scalars: Sequence[int]) -> NDArray[np.uint64]:
    method = kernels.msm_g1 if group == 1 else kernels.msm_g2
    return method(points, bn254.scalars_from_ints(list(scalars)))


def expect(group: int, logarithm: int) -> NDArray[np.uint64]:
    """logarithm * G by the readable twin."""
    reference = ReferenceKernels()
    method = reference.scale_g1 if group == 1 else reference.scale_g2
    width = 8 * group
    return method(GENERATORS[group].reshape(1, width), bn254.scalars_from_ints([logarithm % FR])).reshape(width)


def inner(a: Sequence[int], b: Sequence[int]) -> int:
    return sum(x * y for x, y in zip(a, b, strict=True)) % FR


def witness_like(rng: random.Random, n: int) -> list[int]:
    """Zeros, ones, bits, bytes, small negatives and full-width values, as witnesses are made of."""
    kinds = (
        lambda: 0,
        lambda: 1,
        lambda: rng.randrange(256),
        lambda: FR - 1 - rng.randrange(256),
        lambda: rng.getrandbits(64),
        lambda: rng.randrange(FR),
        lambda: rng.choice((FR // 2, FR // 2 + 1, FR - 1, 1 << 253, 0x8000800080008000)),
    )
    return [rng.choice(kinds)() for _ in range(n)]


@pytest.mark.parametrize("group", GROUPS)
def test_a7_msm_of_every_awkward_length(kernels: Kernels, group: int) -> None:
    rng = random.Random(7)
    for n in (1, 7, 8, 9, 31, 32, 33, 255, 257, 2047, 4097, 9000 // group):
        points, scalars = [rng.randrange(FR) for _ in range(n)], witness_like(rng, n)
        got = msm(kernels, group, multiples(kernels, group, points), scalars)
        np.testing.assert_array_equal(got, expect(group, inner(points, scalars)), err_msg=f"{n} points")


@pytest.mark.deep
@pytest.mark.parametrize("group", GROUPS)
def test_a7_msm_at_the_sizes_of_real_keys(kernels: Kernels, group: int) -> None:
    rng = random.Random(20)
    n = 1 << (20 if group == 1 else 18)
    points, scalars = [rng.randrange(FR) for _ in range(n)], [rng.randrange(FR) for _ in range(n)]
    scalars[: n // 3] = witness_like(rng, n // 3)
    got = msm(kernels, group, multiples(kernels, group, points), scalars)
    np.testing.assert_array_equal(got, expect(group, inner(points, scalars)))


@pytest.mark.parametrize("group", GROUPS)
def test_a7_msm_where_equal_and_opposite_points_meet(kernels: Kernels, group: int) -> None:
    """One bucket full of one point, of a point and its opposite, and sums that cancel on the way."""
    n = 3000
    cases = {
        "all equal": ([5] * n, [3] * n),
        "a point and its opposite": ([7, FR - 7] * (n // 2), [11] * n),
        "opposite scalars": ([7] * n, [13, FR - 13] * (n // 2)),
        "halves that cancel": ([9] * (n // 2) + [FR - 9] * (n // 2), [1] * n),
        "infinity between": ([0, 1, 2] * (n // 3), list(range(n))),
        "small multiples": ([i % 5 + 1 for i in range(n)], [i % 3 for i in range(n)]),
    }
    for name, (points, scalars) in cases.items():
        got = msm(kernels, group, multiples(kernels, group, points), scalars)
        np.testing.assert_array_equal(got, expect(group, inner(points, scalars)), err_msg=name)


@pytest.mark.parametrize("group", GROUPS)
def test_a7_msm_twin_sees_one_lost_point(kernels: Kernels, group: int) -> None:
    """Planted: the last point is left out, as a kernel with a wrong tail would."""
    points, scalars = list(range(2, 35)), list(range(3, 36))
    short = msm(kernels, group, multiples(kernels, group, points)[:-1], scalars[:-1])
    assert not np.array_equal(short, expect(group, inner(points, scalars)))


@pytest.mark.parametrize("group", GROUPS)
def test_scaling_by_scalars_that_the_endomorphism_folds_onto_themselves(kernels: Kernels, group: int) -> None:
    """a + b * eigenvalue with small a and b: halves of the split scalar meet in the accumulator."""
    for eigenvalue in (EIGENVALUE, EIGENVALUE * EIGENVALUE % FR):
        scalars = [(a + b * eigenvalue) % FR for a in range(-9, 10) for b in range(-9, 10)]
        generator = GENERATORS[group].reshape(1, 8 * group)
        scale = kernels.scale_g1 if group == 1 else kernels.scale_g2
        got = scale(np.repeat(generator, len(scalars), axis=0), bn254.scalars_from_ints(scalars))
        np.testing.assert_array_equal(got, multiples(kernels, group, scalars))


@pytest.mark.parametrize("group", GROUPS)
def test_scaling_and_the_window_table_equal_the_twin(kernels: Kernels, group: int) -> None:
    rng = random.Random(8)
    logarithms, scalars = [rng.randrange(FR) for _ in range(600)], witness_like(rng, 600)
    points = multiples(kernels, group, logarithms)
    scale = kernels.scale_g1 if group == 1 else kernels.scale_g2
    got = scale(points, bn254.scalars_from_ints(scalars))
    np.testing.assert_array_equal(
        got, multiples(kernels, group, [a * b % FR for a, b in zip(logarithms, scalars, strict=True)])
    )
    for i in (0, 1, 599):
        np.testing.assert_array_equal(points[i], expect(group, logarithms[i]))
    shared = scale(points, bn254.scalars_from_ints([scalars[-1]]))
    np.testing.assert_array_equal(shared, multiples(kernels, group, [a * scalars[-1] % FR for a in logarithms]))


@pytest.mark.parametrize("group", GROUPS)
def test_sparse_combinations_of_long_short_and_empty_rows(kernels: Kernels, group: int) -> None:
    rng = random.Random(9)
    lengths = [0, 1, 5000, 0, 0, 3, *(rng.randrange(60) for _ in range(40)), 0]
    row_start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.uint64)
    total, n = int(row_start[-1]), 500
    logarithms = [0, *(rng.randrange(FR) for _ in range(n - 1))]
    index = [rng.randrange(n) for _ in range(total)]
    scalars = [rng.choice((1, FR - 1, 2, 0, rng.randrange(FR))) for _ in range(total)]
    combine = kernels.sparse_combine_g1 if group == 1 else kernels.sparse_combine_g2
    arguments = (row_start, np.array(index, np.uint32), bn254.scalars_from_ints(scalars))
    got = combine(*arguments, multiples(kernels, group, logarithms))
    want = [
        inner(scalars[first:last], [logarithms[i] for i in index[first:last]])
        for first, last in zip(row_start[:-1].astype(int), row_start[1:].astype(int), strict=True)
    ]
    np.testing.assert_array_equal(got, multiples(kernels, group, want))
    with pytest.raises(IndexOutOfRange):
        combine(*arguments, multiples(kernels, group, logarithms[: max(index)]))


@pytest.mark.parametrize("group", GROUPS)
def test_group_ntt_is_the_ntt_of_the_logarithms(kernels: Kernels, group: int) -> None:
    rng = random.Random(10)
    for log2_n in (1, 3, 6, 10):
        logarithms = [rng.randrange(FR) for _ in range(1 << log2_n)]
        points = multiples(kernels, group, logarithms)
        values = kernels.to_montgomery(Field.FR, bn254.scalars_from_ints(logarithms))
        for inverse in (True, False):
            (kernels.group_ntt_g1 if group == 1 else kernels.group_ntt_g2)(points, inverse=inverse)
            kernels.ntt(values, inverse=inverse)
            canonical = bn254.ints_from_scalars(kernels.from_montgomery(Field.FR, values))
            np.testing.assert_array_equal(points, multiples(kernels, group, canonical))


def evaluate(coefficients: Sequence[int], x: int) -> int:
    result = 0
    for c in reversed(coefficients):
        result = (result * x + c) % FR
    return result


@pytest.mark.parametrize("log2_n", range(1, 15))
def test_a7_ntt_is_evaluation_at_the_roots_of_unity(kernels: Kernels, log2_n: int) -> None:
    rng = random.Random(log2_n)
    n, shift = 1 << log2_n, 12345
    coefficients = [rng.randrange(FR) for _ in range(n)]
    root = pow(5, (FR - 1) >> log2_n, FR)
    original = kernels.to_montgomery(Field.FR, bn254.scalars_from_ints(coefficients))
    for coset in (1, shift):
        values = original.copy()
        coset_array = None if coset == 1 else kernels.to_montgomery(Field.FR, bn254.scalars_from_ints([coset]))[0]
        kernels.ntt(values, coset=coset_array)
        got = bn254.ints_from_scalars(kernels.from_montgomery(Field.FR, values))
        for i in {0, 1, n // 2, n - 1, rng.randrange(n), rng.randrange(n)}:
            assert got[i] == evaluate(coefficients, coset * pow(root, i, FR) % FR)
        kernels.ntt(values, inverse=True, coset=coset_array)
        np.testing.assert_array_equal(values, original)


@pytest.mark.parametrize("log2_n", [17, *(pytest.param(size, marks=pytest.mark.deep) for size in (20, 22, 24))])
def test_a7_ntt_of_a_geometric_series_has_a_closed_form(kernels: Kernels, log2_n: int) -> None:
    """sum (q x)^i = ((q x)^n - 1) / (q x - 1), at sizes where evaluation would take hours."""
    rng = random.Random(log2_n)
    n, ratio, shift = 1 << log2_n, 987_654_321, 31_337
    root = pow(5, (FR - 1) >> log2_n, FR)
    one, q, coset = kernels.to_montgomery(Field.FR, bn254.scalars_from_ints([1, ratio, shift]))
    original = kernels.powers(Field.FR, one, q, n)
    values = original.copy()
    kernels.ntt(values, coset=coset)
    for i in (0, 1, n - 1, *(rng.randrange(n) for _ in range(50))):
        term = ratio * shift * pow(root, i, FR) % FR
        want = (pow(term, n, FR) - 1) * pow(term - 1, -1, FR) % FR
        got = kernels.from_montgomery(Field.FR, values[i : i + 1])
        assert bn254.ints_from_scalars(got) == [want]
    kernels.ntt(values, inverse=True, coset=coset)
    assert np.array_equal(values, original)


@pytest.mark.parametrize("log2_n", [*range(1, 12), 15])
def test_groth16_quotient_is_interpolation_and_evaluation(kernels: Kernels, log2_n: int) -> None:
    """The fused transforms against the plain ones, step by step."""
    rng = random.Random(log2_n)
    n = 1 << log2_n
    a, b = (
        kernels.to_montgomery(Field.FR, bn254.scalars_from_ints([rng.randrange(FR) for _ in range(n)])) for _ in "ab"
    )
    odd = kernels.to_montgomery(Field.FR, bn254.scalars_from_ints([pow(5, (FR - 1) >> (log2_n + 1), FR)]))[0]
    shifted = []
    for values in (a, b, kernels.mul(Field.FR, a, b)):
        moved = values.copy()
        kernels.ntt(moved, inverse=True)
        kernels.ntt(moved, coset=odd)
        shifted.append(moved)
    product = kernels.mul(Field.FR, shifted[0], shifted[1])
    want = kernels.from_montgomery(Field.FR, kernels.sub(Field.FR, product, shifted[2]))
    np.testing.assert_array_equal(kernels.groth16_quotient(a.copy(), b.copy()), want)


def test_threads_make_no_difference(kernels: Kernels) -> None:
    from prover.kernels import load_kernels

    rng = random.Random(12)
    points = multiples(kernels, 1, [rng.randrange(FR) for _ in range(5000)])
    scalars = bn254.scalars_from_ints(witness_like(rng, 5000))
    results = [load_kernels(kernels.name, threads).msm_g1(points, scalars) for threads in (1, 2, 3, 7)]
    for result in results[1:]:
        np.testing.assert_array_equal(result, results[0])


def test_a_scalar_that_is_not_reduced_is_named_and_a_call_can_be_cancelled(kernels: Kernels) -> None:
    points = multiples(kernels, 1, range(1, 20_001))
    scalars = bn254.scalars_from_ints(list(range(1, 20_001)))
    scalars[17_000] = [(FR >> (64 * i)) & (2**64 - 1) for i in range(4)]
    scalars[17_500] = 2**64 - 1
    with pytest.raises(NotReduced) as refused:
        kernels.msm_g1(points, scalars)
    assert refused.value.index == 17_000
    calls: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> bool:
        calls.append((done, total))
        return False

    scalars[17_000] = scalars[17_500] = scalars[0]
    with pytest.raises(Cancelled):
        kernels.msm_g1(points, scalars, progress=stop)
    assert calls
