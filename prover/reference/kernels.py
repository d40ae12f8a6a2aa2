"""`Kernels` in Python integers: the readable twin of `prover.kernels.native`, for sizes up to about 2^8.

Each method reads its arrays as integers, does the obvious thing, and writes the answer back as arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from primitives import eddsa, poseidon
from prover import bn254
from prover.bn254 import FQ, FR, MONTGOMERY_R, TWO_ADICITY
from prover.kernels import arrays
from prover.kernels.errors import (
    Cancelled,
    IndexOutOfRange,
    LengthError,
    NotInSubgroup,
    NotOnCurve,
    NotReduced,
    ZeroInverse,
)
from prover.kernels.interface import Field, FieldArray, G1Array, G2Array, Progress, ScalarArray
from prover.reference import blake2b, curve, polynomial
from prover.reference import tape as tapes
from prover.tape import Tape

T = TypeVar("T")

_MODULUS: Final = {Field.FR: FR, Field.FQ: FQ}
_R_INVERSE: Final = {FQ: pow(MONTGOMERY_R, -1, FQ), FR: pow(MONTGOMERY_R, -1, FR)}


class ReferenceKernels:
    """`prover.kernels.interface.Kernels`, slow and obviously right. It ignores threads."""

    @property
    def name(self) -> str:
        """`reference`."""
        return "reference"

    @property
    def threads(self) -> int:
        """Always one."""
        return 1

    # -- vectors over a field --------------------------------------------------------------------------------------
    def add(self, field: Field, a: FieldArray, b: FieldArray) -> FieldArray:
        """A + B, element by element."""
        return _zip(field, lambda x, y: x + y, a, b)

    def sub(self, field: Field, a: FieldArray, b: FieldArray) -> FieldArray:
        """A - B, element by element."""
        return _zip(field, lambda x, y: x - y, a, b)

    def mul(self, field: Field, a: FieldArray, b: FieldArray) -> FieldArray:
        """A * B, element by element."""
        return _zip(field, lambda x, y: x * y, a, b)

    def inverse(self, field: Field, a: FieldArray) -> FieldArray:
        """Each element inverted. Raises `ZeroInverse`."""
        modulus = _MODULUS[field]
        values = _elements("a", a, modulus)
        if 0 in values:
            raise ZeroInverse("zero has no inverse", values.index(0))
        return bn254.field_from_ints([pow(x, -1, modulus) for x in values], modulus)

    def to_montgomery(self, field: Field, canonical: FieldArray) -> FieldArray:
        """Times 2^256. Raises `NotReduced`."""
        return bn254.field_from_ints(_canonical("canonical", canonical, _MODULUS[field]), _MODULUS[field])

    def from_montgomery(self, field: Field, a: FieldArray) -> FieldArray:
        """Divided by 2^256."""
        return _pack(_elements("a", a, _MODULUS[field]))

    def check_reduced(self, field: Field, a: FieldArray) -> None:
        """Raises `NotReduced` naming the first element >= the modulus."""
        _canonical("a", a, _MODULUS[field])

    def powers(self, field: Field, start: FieldArray, ratio: FieldArray, n: int) -> FieldArray:
        """Start * ratio^i for i in 0..n."""
        modulus = _MODULUS[field]
        arrays.check_one("start", start, arrays.FIELD_LIMBS)
        arrays.check_one("ratio", ratio, arrays.FIELD_LIMBS)
        if n < 0:
            raise LengthError(f"{n} powers cannot be made")
        first, factor = _elements("start and ratio", np.stack([start, ratio]), modulus)
        return bn254.field_from_ints([first * pow(factor, i, modulus) % modulus for i in range(n)], modulus)

    # -- polynomials over Fr ---------------------------------------------------------------------------------------
    def ntt(self, values: FieldArray, *, inverse: bool = False, coset: FieldArray | None = None) -> None:
        """In place. Forward: coefficients -> values at coset * w^i."""
        numbers = _elements("values", values, FR)
        arrays.check_power_of_two("values", len(numbers))
        arrays.check_writeable("values", values)
        shift = 1
        if coset is not None:
            arrays.check_one("coset", coset, arrays.FIELD_LIMBS)
            shift = _elements("coset", coset.reshape(1, 4), FR)[0]
        transform = polynomial.intt if inverse else polynomial.ntt
        values[:] = bn254.field_from_ints(transform(numbers, shift))

    def groth16_quotient(self, a: FieldArray, b: FieldArray) -> ScalarArray:
        """In place: canonical A*B - C at the odd points, in `a`, which is returned."""
        arrays.check_rows("b", b, arrays.FIELD_LIMBS, arrays.check_rows("a", a, arrays.FIELD_LIMBS))
        arrays.check_power_of_two("a", len(a), 1, TWO_ADICITY - 1)
        arrays.check_writeable("a", a)
        arrays.check_writeable("b", b)
        a[:] = _pack(polynomial.groth16_quotient(_elements("a", a, FR), _elements("b", b, FR)))
        return a

    # -- sparse matrices over Fr -----------------------------------------------------------------------------------
    def sparse_multiply(
        self, row_start: NDArray[np.uint64], column: NDArray[np.uint32], coefficient: FieldArray, vector: FieldArray
    ) -> FieldArray:
        """Compressed rows times a vector. Raises `IndexOutOfRange`."""
        arrays.check_sparse(row_start, column, coefficient)
        numbers, factors = _elements("vector", vector, FR), _elements("coefficients", coefficient, FR)
        _check_indices(column, len(numbers))
        rows = [[factors[k] * numbers[column[k]] for k in span] for span in _spans(row_start)]
        return bn254.field_from_ints([sum(row) % FR for row in rows])

    def zkey_coefficients(
        self, records: NDArray[np.uint8], domain_size: int, witness: ScalarArray
    ) -> tuple[FieldArray, FieldArray]:
        """A*w and B*w on the domain. A record is matrix, row, wire (4 bytes each), coefficient * R^2 (32 bytes)."""
        count = arrays.check_zkey_records(records)
        arrays.check_power_of_two("the domain", domain_size)
        wires = _canonical("witness", witness, FR)
        data = records.tobytes()
        sums = ([0] * domain_size, [0] * domain_size)
        for k in range(count):
            record = data[arrays.ZKEY_COEFFICIENT_BYTES * k : arrays.ZKEY_COEFFICIENT_BYTES * (k + 1)]
            matrix, row, wire = (int.from_bytes(record[at : at + 4], "little") for at in (0, 4, 8))
            if matrix > 1 or row >= domain_size or wire >= len(wires):
                raise IndexOutOfRange(f"coefficient of matrix {matrix}, row {row}, wire {wire}", k)
            coefficient = int.from_bytes(record[12:], "little") * _R_INVERSE[FR] ** 2
            sums[matrix][row] += coefficient * wires[wire]
        a, b = (bn254.field_from_ints([value % FR for value in values]) for values in sums)
        return a, b

    def execute_tape(self, tape: Tape, witness: ScalarArray) -> None:
        """In place. Raises `MalformedTape`, `NotOne` or `NotReduced`, and has changed nothing then."""
        arrays.check_tape(tape, witness)
        tapes.check(tape)
        witness[:] = _pack(tapes.execute(tape, _canonical("witness", witness, FR)))

    # -- curve points ----------------------------------------------------------------------------------------------
    def msm_g1(self, points: G1Array, scalars: ScalarArray, *, progress: Progress | None = None) -> G1Array:
        """The sum of scalars[i] * points[i]."""
        terms = zip(_g1_points(points), _scalars(scalars, len(points)), strict=True)
        return bn254.g1_from_ints(curve.sum_g1(_watched(list(terms), progress)))

    def msm_g2(self, points: G2Array, scalars: ScalarArray, *, progress: Progress | None = None) -> G2Array:
        """The sum of scalars[i] * points[i] in G2."""
        terms = zip(_g2_points(points), _scalars(scalars, len(points)), strict=True)
        return bn254.g2_from_ints(curve.sum_g2(_watched(list(terms), progress)))

    def fixed_base_g1(self, base: G1Array, scalars: ScalarArray, *, progress: Progress | None = None) -> G1Array:
        """Multiples scalars[i] * base."""
        arrays.check_one("base", base, arrays.G1_LIMBS)
        return self.scale_g1(_repeat(base, len(scalars)), scalars, progress=progress)

    def fixed_base_g2(self, base: G2Array, scalars: ScalarArray, *, progress: Progress | None = None) -> G2Array:
        """Multiples scalars[i] * base in G2."""
        arrays.check_one("base", base, arrays.G2_LIMBS)
        return self.scale_g2(_repeat(base, len(scalars)), scalars, progress=progress)

    def scale_g1(self, points: G1Array, scalars: ScalarArray, *, progress: Progress | None = None) -> G1Array:
        """Each scalars[i] * points[i], or one scalar for all."""
        pairs = _pair(_g1_points(points), scalars)
        results = [curve.multiply_g1(point, scalar) for point, scalar in _watched(pairs, progress)]
        return _g1_array(results)

    def scale_g2(self, points: G2Array, scalars: ScalarArray, *, progress: Progress | None = None) -> G2Array:
        """Each scalars[i] * points[i] in G2, or one scalar for all."""
        pairs = _pair(_g2_points(points), scalars)
        results = [curve.multiply_g2(point, scalar) for point, scalar in _watched(pairs, progress)]
        return _g2_array(results)

    def sparse_combine_g1(
        self,
        row_start: NDArray[np.uint64],
        index: NDArray[np.uint32],
        scalars: ScalarArray,
        points: G1Array,
        *,
        progress: Progress | None = None,
    ) -> G1Array:
        """Row i: the sum of scalars[k] * points[index[k]]. Raises `IndexOutOfRange`."""
        arrays.check_sparse(row_start, index, scalars)
        bases, factors = _g1_points(points), _canonical("scalars", scalars, FR)
        _check_indices(index, len(bases))
        rows = _watched(_spans(row_start), progress)
        return _g1_array([curve.sum_g1((bases[index[k]], factors[k]) for k in span) for span in rows])

    def sparse_combine_g2(
        self,
        row_start: NDArray[np.uint64],
        index: NDArray[np.uint32],
        scalars: ScalarArray,
        points: G2Array,
        *,
        progress: Progress | None = None,
    ) -> G2Array:
        """Row i: the sum of scalars[k] * points[index[k]] in G2. Raises `IndexOutOfRange`."""
        arrays.check_sparse(row_start, index, scalars)
        bases, factors = _g2_points(points), _canonical("scalars", scalars, FR)
        _check_indices(index, len(bases))
        rows = _watched(_spans(row_start), progress)
        return _g2_array([curve.sum_g2((bases[index[k]], factors[k]) for k in span) for span in rows])

    def group_ntt_g1(self, points: G1Array, *, inverse: bool = False, progress: Progress | None = None) -> None:
        """In place: the transform of a vector of points."""
        arrays.check_writeable("points", points)
        bases = _g1_points(points)
        root = polynomial.root_of_unity(1 << arrays.check_power_of_two("points", len(bases)))
        transform = polynomial.interpolate_at_powers if inverse else polynomial.evaluate_at_powers
        points[:] = _g1_array(transform(bases, root, curve.add_g1, curve.multiply_g1))
        _report(progress, len(bases), len(bases))

    def group_ntt_g2(self, points: G2Array, *, inverse: bool = False, progress: Progress | None = None) -> None:
        """In place: the transform of a vector of points of G2."""
        arrays.check_writeable("points", points)
        bases = _g2_points(points)
        root = polynomial.root_of_unity(1 << arrays.check_power_of_two("points", len(bases)))
        transform = polynomial.interpolate_at_powers if inverse else polynomial.evaluate_at_powers
        points[:] = _g2_array(transform(bases, root, curve.add_g2, curve.multiply_g2))
        _report(progress, len(bases), len(bases))

    def check_g1(self, points: G1Array) -> None:
        """Raises `NotReduced` or `NotOnCurve`. Infinity passes."""
        for i, point in enumerate(_g1_points(points)):
            if not bn254.g1_is_on_curve(point):
                raise NotOnCurve("a point is not on its curve", i)

    def check_g2(self, points: G2Array) -> None:
        """Raises `NotReduced`, `NotOnCurve` or `NotInSubgroup`. Infinity passes."""
        for i, point in enumerate(_g2_points(points)):
            if not bn254.g2_is_on_curve(point):
                raise NotOnCurve("a point is not on its curve", i)
            if not bn254.g2_is_in_subgroup(point):
                raise NotInSubgroup("a point is outside the subgroup of order r", i)

    # -- pairing ---------------------------------------------------------------------------------------------------
    def pairing_product_is_one(self, g1: G1Array, g2: G2Array) -> bool:
        """Whether the product of e(g1[i], g2[i]) is 1; true for none. Bad points raise."""
        arrays.check_rows("g2", g2, arrays.G2_LIMBS, arrays.check_rows("g1", g1, arrays.G1_LIMBS))
        self.check_g1(g1)
        self.check_g2(g2)
        return curve.pairing_product_is_one(list(zip(_g1_points(g1), _g2_points(g2), strict=True)))

    def pairing(self, g1: G1Array, g2: G2Array) -> FieldArray:
        """e(g1, g2): 12 elements of Fq."""
        arrays.check_one("g1", g1, arrays.G1_LIMBS)
        arrays.check_one("g2", g2, arrays.G2_LIMBS)
        self.check_g1(g1.reshape(1, -1))
        self.check_g2(g2.reshape(1, -1))
        return bn254.field_from_ints(curve.pairing(bn254.g1_to_ints(g1), bn254.g2_to_ints(g2)), FQ)

    # -- hashes ------------------------------------------------------------------------------------------------------
    def blake2b_absorb(self, state: NDArray[np.uint64], blocks: NDArray[np.uint8], counter: int) -> None:
        """In place: the state of BLAKE2b after whole blocks, none of them the last."""
        n = arrays.check_blake2b(state, blocks, counter)
        words = [int(word) for word in state]
        for i in range(n):
            block = blocks[arrays.BLAKE2B_BLOCK_BYTES * i : arrays.BLAKE2B_BLOCK_BYTES * (i + 1)].tobytes()
            words = blake2b.compress(words, block, counter + arrays.BLAKE2B_BLOCK_BYTES * (i + 1), last=False)
        state[:] = words

    # -- hashes and signatures -------------------------------------------------------------------------------------
    def poseidon(self, inputs: ScalarArray) -> ScalarArray:
        """Shape (n, arity, 4) canonical -> (n, 4) canonical. Raises `NotReduced`."""
        n, arity = arrays.check_poseidon(inputs)
        values = _canonical("inputs", inputs.reshape(-1, arrays.FIELD_LIMBS), FR)
        return _pack([poseidon.poseidon(values[arity * i : arity * (i + 1)]) for i in range(n)])

    def poseidon_constants(self, t: int) -> tuple[ScalarArray, ScalarArray]:
        """Round constants and matrix, canonical, of width t = arity + 1."""
        arrays.check_poseidon_width(t)
        matrix = [entry for row in poseidon.mds_matrix(t) for entry in row]
        return _pack(poseidon.round_constants(t)), _pack(matrix)

    def eddsa_public_key(self, private_key: bytes) -> ScalarArray:
        """(8,): x and y canonical. Not in constant time."""
        arrays.check_bytes("private_key", private_key)
        return _pack(eddsa.public_key(private_key)).reshape(-1)

    def eddsa_sign(self, private_key: bytes, message: ScalarArray) -> ScalarArray:
        """(12,): R8.x, R8.y, S. Deterministic; not in constant time. Raises `NotReduced`."""
        arrays.check_bytes("private_key", private_key)
        arrays.check_one("message", message, arrays.FIELD_LIMBS)
        signature = eddsa.sign(private_key, _canonical("message", message.reshape(1, -1), FR)[0])
        return _pack([*signature.r, signature.s]).reshape(-1)

    def eddsa_verify(
        self, public_keys: ScalarArray, signatures: ScalarArray, messages: ScalarArray
    ) -> NDArray[np.bool_]:
        """(n,) of bool."""
        n = arrays.check_signatures(public_keys, signatures, messages)
        keys, signed, values = (
            bn254.ints_from_scalars(part.reshape(-1, arrays.FIELD_LIMBS))
            for part in (public_keys, signatures, messages)
        )
        valid = []
        for i in range(n):
            x, y, s = signed[3 * i : 3 * i + 3]
            valid.append(eddsa.verify((keys[2 * i], keys[2 * i + 1]), eddsa.Signature((x, y), s), values[i]))
        return np.array(valid, dtype=np.bool_)

    def eddsa_verify_batch(
        self, public_keys: ScalarArray, signatures: ScalarArray, messages: ScalarArray, *, seed: bytes
    ) -> bool:
        """Whether all are valid, one by one; the seed is not needed for that."""
        arrays.check_bytes("seed", seed)
        return bool(self.eddsa_verify(public_keys, signatures, messages).all())

    @property
    def eddsa_key_words(self) -> int:
        """Of a known key: nothing is made ready, it is the key itself."""
        return 2 * arrays.FIELD_LIMBS

    def eddsa_know_key(self, public_key: ScalarArray, out: NDArray[np.uint64]) -> bool:
        """Copies a key. `False` when it is none."""
        arrays.check_one("public_key", public_key, 2 * arrays.FIELD_LIMBS)
        arrays.check_one("out", out, self.eddsa_key_words)
        arrays.check_writeable("out", out)
        x, y = bn254.ints_from_scalars(public_key.reshape(2, arrays.FIELD_LIMBS))
        if not eddsa.is_public_key((x, y)):
            return False
        out[:] = public_key
        return True

    def eddsa_verify_known(
        self,
        known_keys: NDArray[np.uint64],
        key_of: NDArray[np.uint32],
        signatures: ScalarArray,
        messages: ScalarArray,
    ) -> NDArray[np.bool_]:
        """(n,) of bool. Raises `IndexOutOfRange`."""
        keys = arrays.check_rows("known_keys", known_keys, self.eddsa_key_words)
        arrays.check_indices("key_of", key_of, arrays.check_rows("signatures", signatures, 12))
        for i, row in enumerate(key_of):
            if row >= keys:
                raise IndexOutOfRange("key_of: an index points outside", i)
        return self.eddsa_verify(np.ascontiguousarray(known_keys[key_of]), signatures, messages)


# -- arrays to integers and back ---------------------------------------------------------------------------------------


def _canonical(name: str, array: FieldArray, modulus: int) -> list[int]:
    """Rows as integers below the modulus, without conversion. Raises `NotReduced`."""
    arrays.check_rows(name, array, arrays.FIELD_LIMBS)
    values = bn254.ints_from_scalars(array)
    for i, value in enumerate(values):
        if value >= modulus:
            raise NotReduced(f"{name}: an element is not below its modulus", i)
    return values


def _elements(name: str, array: FieldArray, modulus: int) -> list[int]:
    """Rows in Montgomery form as the integers they stand for."""
    return [value * _R_INVERSE[modulus] % modulus for value in _canonical(name, array, modulus)]


def _scalars(scalars: ScalarArray, n: int) -> list[int]:
    arrays.check_rows("scalars", scalars, arrays.FIELD_LIMBS, n)
    return _canonical("scalars", scalars, FR)


def _pack(values: Sequence[int]) -> FieldArray:
    rows = [bn254.limbs_from_int(value) for value in values]
    return np.array(rows, dtype=np.uint64).reshape(len(values), arrays.FIELD_LIMBS)


def _zip(field: Field, operation: Callable[[int, int], int], a: FieldArray, b: FieldArray) -> FieldArray:
    modulus = _MODULUS[field]
    arrays.check_rows("b", b, arrays.FIELD_LIMBS, arrays.check_rows("a", a, arrays.FIELD_LIMBS))
    pairs = zip(_elements("a", a, modulus), _elements("b", b, modulus), strict=True)
    return bn254.field_from_ints([operation(x, y) % modulus for x, y in pairs], modulus)


def _g1_points(points: G1Array) -> list[bn254.G1Point]:
    arrays.check_rows("points", points, arrays.G1_LIMBS)
    _check_coordinates(points)
    return [bn254.g1_to_ints(point) for point in points]


def _g2_points(points: G2Array) -> list[bn254.G2Point]:
    arrays.check_rows("points", points, arrays.G2_LIMBS)
    _check_coordinates(points)
    return [bn254.g2_to_ints(point) for point in points]


def _check_coordinates(points: NDArray[np.uint64]) -> None:
    per_point = points.shape[1] // arrays.FIELD_LIMBS
    for i, value in enumerate(bn254.ints_from_scalars(points.reshape(-1, arrays.FIELD_LIMBS))):
        if value >= FQ:
            raise NotReduced("a coordinate is not below q", i // per_point)


def _g1_array(points: Sequence[bn254.G1Point]) -> G1Array:
    return np.array([bn254.g1_from_ints(point) for point in points], dtype=np.uint64).reshape(len(points), 8)


def _g2_array(points: Sequence[bn254.G2Point]) -> G2Array:
    return np.array([bn254.g2_from_ints(point) for point in points], dtype=np.uint64).reshape(len(points), 16)


def _repeat(point: NDArray[np.uint64], n: int) -> NDArray[np.uint64]:
    return np.ascontiguousarray(np.broadcast_to(point, (n, point.shape[0])))


def _pair(points: Sequence[T], scalars: ScalarArray) -> list[tuple[T, int]]:
    factors = _canonical("scalars", scalars, FR)
    if len(factors) not in (1, len(points)):
        raise LengthError(f"{len(factors)} scalars for {len(points)} points: pass one for all, or one for each")
    return [(point, factors[i if len(factors) > 1 else 0]) for i, point in enumerate(points)]


def _spans(row_start: NDArray[np.uint64]) -> list[range]:
    edges = [int(edge) for edge in row_start]
    return [range(first, last) for first, last in pairwise(edges)]


def _check_indices(index: NDArray[np.uint32], n: int) -> None:
    bad = np.flatnonzero(index >= n)
    if bad.size:
        raise IndexOutOfRange(f"index {int(index[bad[0]])} among {n}", int(bad[0]))


# -- progress ----------------------------------------------------------------------------------------------------------


def _report(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None and progress(done, total) is False:
        raise Cancelled("cancelled by its progress callback")


def _watched(items: Sequence[Any], progress: Progress | None) -> Iterator[Any]:
    """The items one by one, each reported as done when the next is asked for."""
    for done, item in enumerate(items, start=1):
        yield item
        _report(progress, done, len(items))
