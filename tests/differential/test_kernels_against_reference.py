"""Every native backend equals the readable twin: at the edges of every length, and on points that break additions."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from prover import bn254
from prover.bn254 import FQ, FR
from prover.kernels.errors import (
    IndexOutOfRange,
    KernelError,
    LayoutError,
    LengthError,
    NotInSubgroup,
    NotOnCurve,
    NotReduced,
    ZeroInverse,
)
from prover.kernels.interface import Field, Kernels, Progress
from prover.reference.kernels import ReferenceKernels
from tests.support.kernels import (
    FASTEST,
    NATIVE_HERE,
    FaultyKernels,
    flip_bit,
    g1_array,
    g1_multiple,
    g2_array,
    g2_multiple,
    kernels_named,
    random_scalars,
)
from tests.support.points import G2_OUTSIDE_SUBGROUP

REFERENCE: Kernels = ReferenceKernels()
EDGE_LENGTHS = (0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 65)
every_backend = pytest.mark.parametrize("name", [*NATIVE_HERE, "reference"])
every_native = pytest.mark.parametrize("name", NATIVE_HERE or ["reference"])


def limbs(values: list[int]) -> NDArray[np.uint64]:
    """Raw 256-bit rows, reduced or not."""
    return np.array([bn254.limbs_from_int(value) for value in values], dtype=np.uint64).reshape(len(values), 4)


def field_values(modulus: int, rng: random.Random) -> list[int]:
    edges = [0, 1, 2, modulus - 1, modulus - 2, (modulus - 1) // 2, 2**64 - 1, 2**64, 2**128, 2**192 + 1, 2**253]
    return [*edges, *(rng.randrange(modulus) for _ in range(50))]


# -- field vectors -----------------------------------------------------------------------------------------------------


@every_native
@pytest.mark.parametrize("field", list(Field))
def test_vectors_over_both_fields(name: str, field: Field) -> None:
    kernels, modulus, rng = kernels_named(name), (FR, FQ)[field], random.Random(1)
    a = limbs(field_values(modulus, rng))
    b = limbs(field_values(modulus, rng)[::-1])
    for method in ("add", "sub", "mul"):
        for n in (0, 1, 7, 8, 9, len(a)):
            expected = getattr(REFERENCE, method)(field, a[:n], b[:n])
            np.testing.assert_array_equal(getattr(kernels, method)(field, a[:n], b[:n]), expected, method)
    np.testing.assert_array_equal(kernels.to_montgomery(field, a), REFERENCE.to_montgomery(field, a))
    np.testing.assert_array_equal(kernels.from_montgomery(field, a), REFERENCE.from_montgomery(field, a))
    np.testing.assert_array_equal(kernels.inverse(field, a[1:]), REFERENCE.inverse(field, a[1:]))
    for n in (0, 1, 2, 9):
        np.testing.assert_array_equal(kernels.powers(field, a[-1], a[-2], n), REFERENCE.powers(field, a[-1], a[-2], n))
    kernels.check_reduced(field, a)


@every_backend
@pytest.mark.parametrize("field", list(Field))
def test_a2_elements_at_or_above_the_modulus_are_refused(name: str, field: Field) -> None:
    kernels, modulus = kernels_named(name), (FR, FQ)[field]
    for bad in (modulus, modulus + 1, 2**254, 2**256 - 1):
        values = limbs([1, 2, bad, 3])
        for call in (kernels.check_reduced, kernels.to_montgomery):
            with pytest.raises(NotReduced) as caught:
                call(field, values)
            assert caught.value.index == 2
    with pytest.raises(ZeroInverse) as zero:
        kernels.inverse(field, limbs([1, 2, 0, 0]))
    assert zero.value.index == 2


# -- A7: transforms ----------------------------------------------------------------------------------------------------


def transform_differences(kernels: Kernels) -> list[str]:
    """Where transforms of 2^0..2^7 values differ from the twin's, in both directions and on a coset."""
    rng = random.Random(2)
    different = []
    coset = bn254.field_from_ints([12345])[0]
    for log2_n in range(8):
        for kind, values in (
            ("random", [rng.randrange(FR) for _ in range(1 << log2_n)]),
            ("zero", [0] * (1 << log2_n)),
            ("equal", [FR - 1] * (1 << log2_n)),
        ):
            for inverse in (False, True):
                for shift in (None, coset):
                    ours, theirs = limbs(values), limbs(values)
                    kernels.ntt(ours, inverse=inverse, coset=shift)
                    REFERENCE.ntt(theirs, inverse=inverse, coset=shift)
                    if not np.array_equal(ours, theirs):
                        different.append(f"2^{log2_n} {kind} inverse={inverse} coset={shift is not None}")
    return different


@every_native
def test_a7_transforms_equal_the_twin(name: str) -> None:
    assert transform_differences(kernels_named(name)) == []


def test_a7_transforms_twin() -> None:
    class LastValueWrong(FaultyKernels):
        def ntt(self, values: NDArray[np.uint64], **named: object) -> None:
            self._kernels.ntt(values, **named)  # type: ignore[arg-type]
            if len(values) == 32:
                values[-1, 0] ^= np.uint64(1)

    assert transform_differences(LastValueWrong(REFERENCE, lambda _m, _n, result: result))


@every_backend
def test_a7_transforms_refuse_other_lengths(name: str) -> None:
    kernels = kernels_named(name)
    for n in (0, 3, 5, 6, 7, 9, 15, 17):
        with pytest.raises(LengthError):
            kernels.ntt(limbs([1] * n))
        with pytest.raises(LengthError):
            kernels.groth16_quotient(limbs([1] * n), limbs([1] * n))
    with pytest.raises(LengthError):  # a domain of one point has no odd points of its own
        kernels.groth16_quotient(limbs([1]), limbs([1]))


@every_native
def test_transforms_undo_each_other_at_larger_sizes(name: str) -> None:
    kernels, rng = kernels_named(name), np.random.default_rng(3)
    for log2_n in (9, 10, 11, 12, 13, 14):
        values = rng.integers(0, 1 << 60, size=(1 << log2_n, 4), dtype=np.uint64)
        changed = values.copy()
        kernels.ntt(changed)
        assert not np.array_equal(changed, values)
        kernels.ntt(changed, inverse=True)
        np.testing.assert_array_equal(changed, values)


@every_native
def test_quotient_equals_the_twin(name: str) -> None:
    kernels, rng = kernels_named(name), random.Random(4)
    for log2_n in range(1, 8):
        a, b = ([rng.randrange(FR) for _ in range(1 << log2_n)] for _ in range(2))
        expected = REFERENCE.groth16_quotient(limbs(a), limbs(b))
        ours = limbs(a)
        result = kernels.groth16_quotient(ours, limbs(b))
        assert result is ours
        np.testing.assert_array_equal(result, expected)


@every_native
def test_backends_agree_on_a_large_quotient(name: str) -> None:
    rng = np.random.default_rng(5)
    a, b = rng.integers(0, 1 << 60, size=(2, 1 << 13, 4), dtype=np.uint64)
    expected = kernels_named(NATIVE_HERE[-1] if NATIVE_HERE else "reference").groth16_quotient(a.copy(), b.copy())
    np.testing.assert_array_equal(kernels_named(name).groth16_quotient(a.copy(), b.copy()), expected)


# -- A7: multi-scalar multiplication -----------------------------------------------------------------------------------

PointsCase = tuple[str, list[int], list[int]]


def msm_cases(lengths: tuple[int, ...] = EDGE_LENGTHS) -> list[PointsCase]:
    """(name, multiples of the generator, scalars). Multiples are small, so that the sum is known without a twin."""
    rng = random.Random(6)
    cases: list[PointsCase] = []
    for n in lengths:
        cases.append((f"{n} points", [rng.randrange(1, 40) for _ in range(n)], random_scalars(n, rng)))
    full = [rng.randrange(FR) for _ in range(33)]
    alternating = [1 if i % 2 == 0 else -1 for i in range(32)]
    cases += [
        ("all points equal", [7] * 33, full),
        ("all points equal, one scalar", [7] * 33, [full[0]] * 33),
        ("P and -P in one bucket", [5 * sign for sign in alternating], [full[1]] * 32),
        ("P and -P, scalars k and -k", [5 * sign for sign in alternating], [full[1], FR - full[1]] * 16),
        ("all points infinity", [0] * 17, full[:17]),
        ("infinity among points", [0 if i % 3 == 0 else i for i in range(33)], full),
        ("all scalars zero", list(range(1, 18)), [0] * 17),
        ("all scalars one", list(range(1, 18)), [1] * 17),
        ("all scalars r - 1", list(range(1, 18)), [FR - 1] * 17),
        ("scalars are powers of two", list(range(1, 255)), [1 << i for i in range(254) if 1 << i < FR]),
        ("scalars below powers of two", list(range(1, 254)), [(1 << i) - 1 for i in range(253)]),
        ("doubling inside a bucket", [1, 1, 2, 2, 4, 4, 8, 8], [3] * 8),
        ("the sum is infinity", [3, 4, -7], [1, 1, 1]),
    ]
    return cases


def scalar_array(scalars: list[int]) -> NDArray[np.uint64]:
    return bn254.scalars_from_ints(scalars)


def msm_failures(kernels: Kernels, cases: list[PointsCase]) -> list[str]:
    """The cases in which either group's sum is not the multiple of the generator that it must be."""
    failures = []
    for name, multiples, scalars in cases:
        total = sum(m * s for m, s in zip(multiples, scalars, strict=True)) % FR
        points = g1_array([g1_multiple(m) for m in multiples])
        if not np.array_equal(kernels.msm_g1(points, scalar_array(scalars)), g1_array([g1_multiple(total)])[0]):
            failures.append(f"G1: {name}")
        points_g2 = g2_array([g2_multiple(m) for m in multiples])
        if not np.array_equal(kernels.msm_g2(points_g2, scalar_array(scalars)), g2_array([g2_multiple(total)])[0]):
            failures.append(f"G2: {name}")
    return failures


@every_native
def test_a7_sums_are_right_at_every_edge(name: str) -> None:
    assert msm_failures(kernels_named(name), msm_cases()) == []


def test_a7_the_twin_sums_rightly_too() -> None:
    assert msm_failures(REFERENCE, msm_cases((0, 1, 2, 3))[:4]) == []


def _drop_last(kernels: Kernels) -> Kernels:
    class DropsLastPoint(FaultyKernels):
        def msm_g1(
            self, points: NDArray[np.uint64], scalars: NDArray[np.uint64], *, progress: Progress | None = None
        ) -> NDArray[np.uint64]:
            keep = len(points) - (len(points) % 2 if len(points) > 1 else 0)
            return self._kernels.msm_g1(points[:keep], scalars[:keep], progress=progress)

    return DropsLastPoint(kernels, lambda _method, _call, result: result)


def _infinity_is_generator(kernels: Kernels) -> Kernels:
    generator = g1_array([g1_multiple(1)])[0]

    def fault(method: str, _call: int, result: NDArray[np.uint64]) -> NDArray[np.uint64]:
        return generator if method == "msm_g1" and not result.any() else result

    return FaultyKernels(kernels, fault)


def _flipped(kernels: Kernels) -> Kernels:
    return FaultyKernels(kernels, lambda method, _call, result: flip_bit(result, 3) if method == "msm_g2" else result)


@pytest.mark.parametrize("planted", [_drop_last, _infinity_is_generator, _flipped])
def test_a7_sums_twin(planted: Callable[[Kernels], Kernels]) -> None:
    cases = [case for case in msm_cases((0, 1, 3)) if len(case[1]) <= 17]
    assert msm_failures(planted(kernels_named(FASTEST)), cases)


@every_native
def test_a7_long_sums(name: str) -> None:
    """Lengths around powers of two where windows and batches change size; P and -P all over."""
    kernels, rng = kernels_named(name), random.Random(8)
    base = g1_array([g1_multiple(m) for m in range(-20, 21)])
    for n in (255, 256, 257, 1023, 1025, 4095, 4097):
        multiples = [rng.randrange(-20, 21) for _ in range(n)]
        scalars = random_scalars(n, rng)
        points = np.ascontiguousarray(base[[m + 20 for m in multiples]])
        total = sum(m * s for m, s in zip(multiples, scalars, strict=True)) % FR
        expected = g1_array([g1_multiple(total)])[0]
        np.testing.assert_array_equal(kernels.msm_g1(points, scalar_array(scalars)), expected)


@every_backend
def test_sums_refuse_bad_scalars_and_shapes(name: str) -> None:
    kernels = kernels_named(name)
    points = g1_array([g1_multiple(m) for m in range(1, 6)])
    for bad in (FR, FR + 1, 2**256 - 1):
        with pytest.raises(NotReduced):
            kernels.msm_g1(points, limbs([1, 2, 3, bad, 4]))
    with pytest.raises(LengthError):
        kernels.msm_g1(points, limbs([1, 2, 3, 4]))
    with pytest.raises(LengthError):
        kernels.msm_g2(points, limbs([1, 2, 3, 4, 5]))
    with pytest.raises(LayoutError):
        kernels.msm_g1(points[::2], limbs([1, 2, 3]))
    with pytest.raises(LayoutError):
        kernels.msm_g1(points, limbs([1, 2, 3, 4, 5]).astype(np.int64))


@every_native
def test_unaligned_and_read_only_input(name: str) -> None:
    """Sections of mapped files begin at multiples of four bytes."""
    kernels = kernels_named(name)
    points, scalars = g1_array([g1_multiple(m) for m in range(1, 20)]), limbs(list(range(1, 20)))
    shifted = np.frombuffer(b"\0" * 4 + points.tobytes(), dtype=np.uint64, offset=4, count=points.size)
    shifted_scalars = np.frombuffer(b"\0" * 4 + scalars.tobytes(), dtype=np.uint64, offset=4, count=scalars.size)
    expected = g1_array([g1_multiple(sum(m * m for m in range(1, 20)))])[0]
    result = kernels.msm_g1(shifted.reshape(-1, 8), shifted_scalars.reshape(-1, 4))
    np.testing.assert_array_equal(result, expected)


# -- the other curve kernels -------------------------------------------------------------------------------------------


@every_native
def test_scaled_points(name: str) -> None:
    kernels, rng = kernels_named(name), random.Random(9)
    multiples = [0, 1, -1, *range(2, 8)]
    for scalars in ([rng.randrange(FR)], random_scalars(len(multiples), rng), [0], [FR - 1]):
        exact = scalar_array(scalars)
        for ours, theirs, points in (
            (kernels.scale_g1, REFERENCE.scale_g1, g1_array([g1_multiple(m) for m in multiples])),
            (kernels.scale_g2, REFERENCE.scale_g2, g2_array([g2_multiple(m) for m in multiples])),
        ):
            np.testing.assert_array_equal(ours(points, exact), theirs(points, exact))
    many = [*random_scalars(9, rng), 0, 1, FR - 1]
    for one, other, base in (
        (kernels.fixed_base_g1, REFERENCE.fixed_base_g1, g1_array([g1_multiple(3)])[0]),
        (kernels.fixed_base_g2, REFERENCE.fixed_base_g2, g2_array([g2_multiple(3)])[0]),
    ):
        np.testing.assert_array_equal(one(base, scalar_array(many)), other(base, scalar_array(many)))
        np.testing.assert_array_equal(one(np.zeros_like(base), scalar_array(many)), np.zeros((12, len(base))))


@every_native
def test_sparse_sums_and_products(name: str) -> None:
    kernels, rng = kernels_named(name), random.Random(10)
    row_start = np.array([0, 0, 3, 3, 4, 9], dtype=np.uint64)
    index = np.array([0, 1, 6, 2, 0, 1, 2, 3, 4], dtype=np.uint32)
    scalars = scalar_array(random_scalars(9, rng))
    g1_points, g2_points = (
        g1_array([g1_multiple(m) for m in (1, -1, 2, 2, 0, 5, 9)]),
        g2_array([g2_multiple(m) for m in range(7)]),
    )
    np.testing.assert_array_equal(
        kernels.sparse_combine_g1(row_start, index, scalars, g1_points),
        REFERENCE.sparse_combine_g1(row_start, index, scalars, g1_points),
    )
    np.testing.assert_array_equal(
        kernels.sparse_combine_g2(row_start, index, scalars, g2_points),
        REFERENCE.sparse_combine_g2(row_start, index, scalars, g2_points),
    )
    vector = scalar_array(random_scalars(7, rng))
    np.testing.assert_array_equal(
        kernels.sparse_multiply(row_start, index, scalars, vector),
        REFERENCE.sparse_multiply(row_start, index, scalars, vector),
    )


@every_backend
def test_sparse_indices_are_checked(name: str) -> None:
    kernels = kernels_named(name)
    row_start, index = np.array([0, 1, 2], dtype=np.uint64), np.array([0, 3], dtype=np.uint32)
    scalars = scalar_array([1, 2])
    with pytest.raises(IndexOutOfRange):
        kernels.sparse_combine_g1(row_start, index, scalars, g1_array([g1_multiple(1)] * 3))
    with pytest.raises(IndexOutOfRange):
        kernels.sparse_multiply(row_start, index, scalars, scalar_array([1, 1, 1]))
    for bad in ([1, 1, 2], [0, 1, 3], [0, 3, 2], []):
        with pytest.raises(LengthError):
            kernels.sparse_multiply(np.array(bad, dtype=np.uint64), index, scalars, scalar_array([1] * 4))


def zkey_record(matrix: int, row: int, wire: int, coefficient: int) -> bytes:
    head = b"".join(number.to_bytes(4, "little") for number in (matrix, row, wire))
    return head + (coefficient * pow(2, 512, FR) % FR).to_bytes(32, "little")


@every_native
def test_zkey_coefficients(name: str) -> None:
    rng = random.Random(11)
    entries = [(rng.randrange(2), rng.randrange(8), rng.randrange(5), rng.randrange(FR)) for _ in range(40)]
    records = np.frombuffer(b"".join(zkey_record(*entry) for entry in entries), dtype=np.uint8)
    witness = scalar_array([1, *random_scalars(4, rng)])
    ours = kernels_named(name).zkey_coefficients(records, 8, witness)
    for got, expected in zip(ours, REFERENCE.zkey_coefficients(records, 8, witness), strict=True):
        np.testing.assert_array_equal(got, expected)


@every_backend
def test_zkey_coefficients_are_checked(name: str) -> None:
    kernels, witness = kernels_named(name), scalar_array([1, 2, 3])
    for bad in ((2, 0, 0, 1), (0, 8, 0, 1), (1, 0, 3, 1), (0, 2**32 - 1, 2**32 - 1, 1)):
        records = np.frombuffer(zkey_record(0, 0, 0, 1) + zkey_record(*bad), dtype=np.uint8)
        with pytest.raises(IndexOutOfRange):
            kernels.zkey_coefficients(records, 8, witness)
    with pytest.raises(LengthError):
        kernels.zkey_coefficients(np.zeros(45, dtype=np.uint8), 8, witness)


@every_native
def test_transforms_of_points(name: str) -> None:
    kernels = kernels_named(name)
    for log2_n in (0, 1, 2, 3):
        multiples = [0, 1, 1, -1, 5, 6, 7, 8][: 1 << log2_n]
        for inverse in (False, True):
            ours, theirs = (g1_array([g1_multiple(m) for m in multiples]) for _ in range(2))
            kernels.group_ntt_g1(ours, inverse=inverse)
            REFERENCE.group_ntt_g1(theirs, inverse=inverse)
            np.testing.assert_array_equal(ours, theirs)
        ours_g2, theirs_g2 = (g2_array([g2_multiple(m) for m in multiples]) for _ in range(2))
        kernels.group_ntt_g2(ours_g2, inverse=True)
        REFERENCE.group_ntt_g2(theirs_g2, inverse=True)
        np.testing.assert_array_equal(ours_g2, theirs_g2)


@every_backend
def test_points_are_checked(name: str) -> None:
    kernels = kernels_named(name)
    good, good_g2 = g1_array([g1_multiple(3), None]), g2_array([g2_multiple(3), None])
    kernels.check_g1(good)
    kernels.check_g2(good_g2)
    kernels.check_g1(good[:0])
    off_curve = bn254.g1_from_ints((1, 3))
    too_large = good[0].copy()
    too_large[:4] = bn254.limbs_from_int(FQ)
    outside = bn254.g2_from_ints(G2_OUTSIDE_SUBGROUP)
    off_twist = outside.copy()
    off_twist[0] ^= np.uint64(1)
    for check, bad, error, fine in (
        (kernels.check_g1, off_curve, NotOnCurve, good),
        (kernels.check_g1, too_large, NotReduced, good),
        (kernels.check_g2, off_twist, NotOnCurve, good_g2),
        (kernels.check_g2, outside, NotInSubgroup, good_g2),
    ):
        with pytest.raises(error) as caught:
            check(np.concatenate([fine, bad.reshape(1, -1), fine]))
        assert caught.value.index == 2
        pairs = (bad.reshape(1, -1), g2_array([g2_multiple(1)])) if len(bad) == 8 else (good[:1], bad.reshape(1, -1))
        with pytest.raises(error):
            kernels.pairing_product_is_one(*pairs)


@every_native
def test_pairing_equals_py_ecc(name: str) -> None:
    kernels = kernels_named(name)
    for a, b in ((1, 1), (3, 5), (0, 1), (1, 0)):
        points = bn254.g1_from_ints(g1_multiple(a)), bn254.g2_from_ints(g2_multiple(b))
        np.testing.assert_array_equal(kernels.pairing(*points), REFERENCE.pairing(*points))


@every_backend
def test_pairing_products(name: str) -> None:
    kernels = kernels_named(name)
    for left, right, expected in (
        ([6, -1], [1, 6], True),
        ([2, 3, -1], [3, 4, 18], True),
        ([6, -1], [1, 7], False),
        ([0, 5], [5, 0], True),
        ([1], [1], False),
        ([], [], True),
    ):
        result = kernels.pairing_product_is_one(
            g1_array([g1_multiple(m) for m in left]), g2_array([g2_multiple(m) for m in right])
        )
        assert result is expected


@every_backend
def test_progress_can_cancel_and_exceptions_come_through(name: str) -> None:
    kernels = kernels_named(name)
    n = 64 if name == "reference" else 1 << 14
    points, scalars = g1_array([g1_multiple(1)] * n), scalar_array([5] * n)
    seen: list[tuple[int, int]] = []
    kernels.msm_g1(points, scalars, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1][0] == seen[-1][1]
    with pytest.raises(KernelError):
        kernels.msm_g1(points, scalars, progress=lambda _done, _total: False)

    def broken(_done: int, _total: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        kernels.msm_g1(points, scalars, progress=broken)
