"""A1: Fq and Fr of every native backend equal Python's integers, bit for bit."""

from __future__ import annotations

import operator
import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from prover.bn254 import FQ, FR, MONTGOMERY_R, g1_from_ints
from prover.kernels.errors import NotReduced, ZeroInverse
from prover.kernels.interface import Field, Kernels
from tests.support.kernels import FASTEST, NATIVE_HERE, FaultyKernels, flip_bit, g1_multiple, kernels_named

MODULUS = {Field.FR: FR, Field.FQ: FQ}
every_native = pytest.mark.parametrize("name", NATIVE_HERE or ["reference"])
every_field = pytest.mark.parametrize("field", list(Field))

OPERATIONS: tuple[tuple[str, Callable[[int, int], int]], ...] = (
    ("add", operator.add),
    ("sub", operator.sub),
    ("mul", operator.mul),
)


def edges(modulus: int) -> list[int]:
    """Where carries, borrows and the last subtraction turn: next to powers of two, full limbs and the modulus."""
    powers = (value for k in range(256) for value in ((1 << k) - 1, 1 << k, (1 << k) + 1))
    near = (modulus - 1, modulus - 2, modulus // 2, modulus // 2 + 1, MONTGOMERY_R % modulus, -MONTGOMERY_R % modulus)
    full = (sum(((1 << 64) - 1) << (64 * i) for i in range(4) if mask >> i & 1) for mask in range(8))
    top = modulus >> 192
    nearly = ((top << 192) - 1, (top - 1 << 192) | (1 << 192) - 1)
    return sorted({value for value in (*powers, *near, *full, *nearly) if value < modulus})


def pack(values: list[int]) -> NDArray[np.uint64]:
    """Rows of four limbs, whatever the values are."""
    data = b"".join(value.to_bytes(32, "little") for value in values)
    return np.frombuffer(data, dtype="<u8").astype(np.uint64).reshape(len(values), 4)


def unpack(rows: NDArray[np.uint64]) -> list[int]:
    data = rows.astype("<u8").tobytes()
    return [int.from_bytes(data[at : at + 32], "little") for at in range(0, len(data), 32)]


def cases(modulus: int, n: int, rng: random.Random) -> tuple[list[int], list[int]]:
    """n pairs of Montgomery representatives, half of the numbers at an edge."""
    special = edges(modulus)

    def draw() -> int:
        return rng.choice(special) if rng.random() < 0.5 else rng.randrange(modulus)

    return [draw() for _ in range(n)], [draw() for _ in range(n)]


def disagreements(kernels: Any, field: Field, a: list[int], b: list[int]) -> Iterator[str]:
    """Operations whose result is not that of the integers. Montgomery form: a product is a * b / R."""
    modulus = MODULUS[field]
    r_inverse = pow(MONTGOMERY_R, -1, modulus)
    rows_a, rows_b = pack(a), pack(b)
    for name, operation in OPERATIONS:
        factor = r_inverse if name == "mul" else 1
        expected = [operation(x, y) * factor % modulus for x, y in zip(a, b, strict=True)]
        if unpack(getattr(kernels, name)(field, rows_a, rows_b)) != expected:
            yield name
    if unpack(kernels.to_montgomery(field, rows_a)) != [x * MONTGOMERY_R % modulus for x in a]:
        yield "to_montgomery"
    if unpack(kernels.from_montgomery(field, rows_a)) != [x * r_inverse % modulus for x in a]:
        yield "from_montgomery"


def inverse_disagrees(kernels: Any, field: Field, a: list[int]) -> bool:
    modulus, values = MODULUS[field], [x for x in a if x]
    expected = [pow(x, -1, modulus) * MONTGOMERY_R**2 % modulus for x in values]
    return unpack(kernels.inverse(field, pack(values))) != expected


@every_native
@every_field
def test_a1_edges_and_random_values_equal_integers(name: str, field: Field) -> None:
    kernels, modulus = kernels_named(name), MODULUS[field]
    special = edges(modulus)
    assert list(disagreements(kernels, field, special, special[::-1])) == []
    assert list(disagreements(kernels, field, special, special)) == []
    assert not inverse_disagrees(kernels, field, special)
    assert list(disagreements(kernels, field, *cases(modulus, 60_000, random.Random(name)))) == []


@every_native
@every_field
def test_a1_every_edge_with_every_edge(name: str, field: Field) -> None:
    few = edges(MODULUS[field])[::9] + edges(MODULUS[field])[-8:]
    a, b = [x for x in few for _ in few], few * len(few)
    assert list(disagreements(kernels_named(name), field, a, b)) == []


@every_native
@every_field
def test_a1_what_is_not_reduced_and_what_has_no_inverse(name: str, field: Field) -> None:
    kernels, modulus = kernels_named(name), MODULUS[field]
    for value in (modulus, modulus + 1, (1 << 256) - 1, 1 << 255, modulus + (1 << 64)):
        for method in (kernels.to_montgomery, kernels.check_reduced):
            with pytest.raises(NotReduced) as refused:
                method(field, pack([0, 1, value, 2]))
            assert refused.value.index == 2
    with pytest.raises(ZeroInverse) as zero:
        kernels.inverse(field, pack([1, 2, 0, 0]))
    assert zero.value.index == 2


def _one_limb_unreduced(method: str, _: int, result: Any) -> Any:
    """The same element of the field, one modulus too large: right modulo q, wrong as bits."""
    if method == "sub":
        values = unpack(result)
        values[0] += FQ
        return pack(values)
    return result


@pytest.mark.parametrize(
    "fault",
    [lambda method, _, result: flip_bit(result, 255 * 64 + 3) if method == "mul" else result, _one_limb_unreduced],
    ids=["flipped bit", "not reduced"],
)
def test_a1_twin(fault: Callable[[str, int, Any], Any]) -> None:
    kernels: Kernels = kernels_named(FASTEST)
    a, b = cases(FQ, 300, random.Random(5))
    assert list(disagreements(FaultyKernels(kernels, fault), Field.FQ, a, b)) != []
    assert list(disagreements(kernels, Field.FQ, a, b)) == []


def _affine_sum(p: tuple[int, int] | None, q: tuple[int, int] | None) -> tuple[int, int] | None:
    """Chord and tangent on y^2 = x^3 + 3."""
    if p is None or q is None:
        return p or q
    (x1, y1), (x2, y2) = p, q
    if x1 == x2 and (y1 + y2) % FQ == 0:
        return None
    slope = 3 * x1 * x1 * pow(2 * y1, -1, FQ) if p == q else (y2 - y1) * pow(x2 - x1, -1, FQ)
    x3 = (slope * slope - x1 - x2) % FQ
    return x3, (slope * (x1 - x3) - y1) % FQ


@pytest.mark.deep
@every_native
def test_ten_million_operations_equal_the_twin(name: str) -> None:
    """9.9 million in Fr and Fq, and a hundred thousand additions in G1, of equal and opposite points too."""
    kernels, rng, batch = kernels_named(name), random.Random(name), 110_000
    for turn in range(18):
        field = Field(turn % 2)
        assert list(disagreements(kernels, field, *cases(MODULUS[field], batch, rng))) == []
    points = [g1_multiple(k) for k in (0, 1, 2, FR - 1, FR - 2, *range(3, 300))]
    pairs = np.array(
        [[rng.randrange(len(points)), rng.randrange(len(points))] for _ in range(100_000)], dtype=np.uint32
    )
    ones = pack([1] * (2 * len(pairs)))
    row_start = np.arange(0, 2 * len(pairs) + 1, 2, dtype=np.uint64)
    table = np.array([g1_from_ints(point) for point in points], dtype=np.uint64)
    sums = kernels.sparse_combine_g1(row_start, pairs.reshape(-1), ones, table)
    known: dict[tuple[int, int], NDArray[np.uint64]] = {}
    for (i, j), found in zip(pairs.tolist(), sums, strict=True):
        if (i, j) not in known:
            known[i, j] = g1_from_ints(_affine_sum(points[i], points[j]))
        assert np.array_equal(found, known[i, j])
