"""The relation: a rank-1 constraint system over the scalar field of BN254.

A witness w is a vector with one element per wire, and satisfies row i when (A_i . w) * (B_i . w) = C_i . w mod r. Wires
are ordered as circom orders them::

    0 the constant 1 | public outputs | public inputs | private inputs | everything else
      `------------- n_public -------------'

The matrices are in compressed-row form over numpy arrays, so that a relation of a million rows is a few arrays and not
a million objects. This module knows no file and no circuit: `prover.formats.r1cs` reads and writes it, and whoever
builds a relation hands over arrays.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from prover.bn254 import FR, MONTGOMERY_R, first_not_below, ints_from_scalars, limbs_from_int, scalars_from_ints
from prover.errors import InvalidRelation, UnsatisfiedConstraint, WitnessMismatch

MAX_WIRES: Final = (1 << 32) - 1
"""The formats count wires in 32 bits."""


class SparseArithmetic(Protocol):
    """The one thing of `prover.kernels.interface.Kernels` that checking a relation needs."""

    def sparse_multiply(
        self,
        row_start: NDArray[np.uint64],
        column: NDArray[np.uint32],
        coefficient: NDArray[np.uint64],
        vector: NDArray[np.uint64],
    ) -> NDArray[np.uint64]:
        """Compressed rows times a vector, each product x * y / 2^256 mod r."""


@dataclass(frozen=True, slots=True, eq=False)
class SparseMatrix:
    """Compressed rows: row i is entries `row_start[i]` to `row_start[i + 1]`. Coefficients are canonical integers < r.

    Shapes: `row_start` (rows + 1,) uint64, `column` (nnz,) uint32, `coefficient` (nnz, 4) uint64. A column may appear
    at most once in a row. Raises `InvalidRelation`; the check costs about 20 ns per entry.
    """

    row_start: NDArray[np.uint64]
    column: NDArray[np.uint32]
    coefficient: NDArray[np.uint64]

    def __post_init__(self) -> None:
        _require(self.row_start, "row_start", np.uint64, (self.row_start.size,))
        _require(self.column, "column", np.uint32, (self.column.size,))
        _require(self.coefficient, "coefficient", np.uint64, (self.column.size, 4))
        if self.row_start.size == 0 or self.row_start[0] != 0 or self.row_start[-1] != self.column.size:
            raise InvalidRelation(f"row_start must begin with 0 and end with the number of entries, {self.column.size}")
        if np.any(self.row_start[1:] < self.row_start[:-1]):
            raise InvalidRelation("row_start must not decrease")
        bad = first_not_below(self.coefficient, FR)
        if bad is not None:
            raise InvalidRelation(f"coefficient {bad} is not below r: it is refused, never reduced")
        repeated = self._first_repeated_column()
        if repeated is not None:
            raise InvalidRelation(f"row {repeated} names a column twice: add the coefficients up first")

    @property
    def n_rows(self) -> int:
        """The number of rows, empty ones included."""
        return int(self.row_start.size) - 1

    @property
    def n_entries(self) -> int:
        """The number of entries (nnz); entries that are zero count."""
        return int(self.column.size)

    def row(self, index: int) -> list[tuple[int, int]]:
        """Row `index` as (column, coefficient) in plain integers."""
        start, end = int(self.row_start[index]), int(self.row_start[index + 1])
        return list(zip(self.column[start:end].tolist(), ints_from_scalars(self.coefficient[start:end]), strict=True))

    def row_of_entry(self) -> NDArray[np.int64]:
        """The row that each entry is in, shape (nnz,)."""
        return np.repeat(
            np.arange(self.n_rows, dtype=np.int64), (self.row_start[1:] - self.row_start[:-1]).astype(np.int64)
        )

    def rows_are_sorted(self) -> bool:
        """Whether columns increase strictly inside every row."""
        if self.n_entries < 2:
            return True
        increases = self.column[1:] > self.column[:-1]
        starts = self.row_start[1:-1].astype(np.int64)
        increases[starts[(starts > 0) & (starts < self.n_entries)] - 1] = True
        return bool(increases.all())

    def with_sorted_rows(self) -> SparseMatrix:
        """The same matrix with columns increasing inside every row; itself when they do already."""
        if self.rows_are_sorted():
            return self
        order = np.lexsort((self.column, self.row_of_entry()))
        return SparseMatrix(self.row_start, self.column[order], np.ascontiguousarray(self.coefficient[order]))

    def dot(self, index: int, witness: list[int]) -> int:
        """Row `index` times a witness of plain integers, mod r."""
        return sum(coefficient * witness[column] for column, coefficient in self.row(index)) % FR

    def _first_repeated_column(self) -> int | None:
        if self.rows_are_sorted():
            return None
        rows = self.row_of_entry()
        order = np.lexsort((self.column, rows))
        row, column = rows[order], self.column[order]
        repeated = np.flatnonzero((row[1:] == row[:-1]) & (column[1:] == column[:-1]))
        return int(row[repeated[0]]) if repeated.size else None


@dataclass(frozen=True, slots=True, eq=False)
class R1CS:
    """A rank-1 constraint system. Raises `InvalidRelation` when the arrays do not fit together.

    `wire_labels`, shape (n_wires,) uint64, says which signal of the source each wire is, out of `n_labels`; it is for
    people and debuggers, and no part of the relation. Left empty, wire i gets label i.
    """

    n_wires: int
    n_public_outputs: int
    n_public_inputs: int
    n_private_inputs: int
    a: SparseMatrix
    b: SparseMatrix
    c: SparseMatrix
    wire_labels: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    n_labels: int = 0
    prime: int = FR

    def __post_init__(self) -> None:
        if self.prime != FR:
            raise InvalidRelation("the relation is over another prime; this prover works over BN254's scalar field")
        counts = (self.n_public_outputs, self.n_public_inputs, self.n_private_inputs)
        if min(counts) < 0 or not 1 + sum(counts) <= self.n_wires <= MAX_WIRES:
            raise InvalidRelation(f"{self.n_wires} wires cannot hold the constant 1 and {counts} outputs and inputs")
        if not self.a.n_rows == self.b.n_rows == self.c.n_rows:
            raise InvalidRelation(f"A, B, C have {self.a.n_rows}, {self.b.n_rows}, {self.c.n_rows} rows: not the same")
        for name, matrix in self.matrices():
            if matrix.n_entries and int(matrix.column.max()) >= self.n_wires:
                raise InvalidRelation(f"matrix {name} names wire {int(matrix.column.max())} of {self.n_wires}")
        if self.wire_labels.size == 0:
            object.__setattr__(self, "wire_labels", np.arange(self.n_wires, dtype=np.uint64))
            object.__setattr__(self, "n_labels", max(self.n_labels, self.n_wires))
        _require(self.wire_labels, "wire_labels", np.uint64, (self.n_wires,))
        if int(self.wire_labels.max()) >= self.n_labels:
            raise InvalidRelation(f"a wire has label {int(self.wire_labels.max())} of {self.n_labels}")

    @property
    def n_constraints(self) -> int:
        """The number of rows."""
        return self.a.n_rows

    @property
    def n_public(self) -> int:
        """Outputs and public inputs: the public values of a proof, the constant 1 not counted."""
        return self.n_public_outputs + self.n_public_inputs

    @property
    def domain_size(self) -> int:
        """The size of Groth16's evaluation domain, by snarkjs's rule; see `domain_size_for`."""
        return domain_size_for(self.n_constraints, self.n_public)

    def matrices(self) -> tuple[tuple[str, SparseMatrix], ...]:
        """("A", A), ("B", B), ("C", C)."""
        return ("A", self.a), ("B", self.b), ("C", self.c)

    def first_unsatisfied(self, witness: NDArray[np.uint64], kernels: SparseArithmetic | None = None) -> int | None:
        """The first row that `witness`, shape (n_wires, 4) canonical, breaks, or `None`. Exact.

        Without `kernels` it is the readable twin in Python integers, about 1 µs an entry. Raises `WitnessMismatch` when
        the length is wrong, wire 0 is not 1, or a value is not below r.
        """
        check_witness(witness, self.n_wires)
        if kernels is None:
            values = ints_from_scalars(witness)
            for row in range(self.n_constraints):
                if self.a.dot(row, values) * self.b.dot(row, values) % FR != self.c.dot(row, values):
                    return row
            return None
        broken = self.unsatisfied_rows(witness, kernels)
        return int(broken[0]) if broken.size else None

    def unsatisfied_rows(self, witness: NDArray[np.uint64], kernels: SparseArithmetic) -> NDArray[np.int64]:
        """All rows that `witness` breaks, in order. Raises as `first_unsatisfied` does. Three sparse products."""
        check_witness(witness, self.n_wires)
        # A Montgomery product x * y / R of a canonical and a Montgomery number is canonical, and multiplying two
        # vectors element by element is multiplying by a diagonal matrix: `sparse_multiply` is all that is needed.
        vector = _times(kernels, np.ascontiguousarray(witness, dtype=np.uint64), _TO_MONTGOMERY)
        a, b, c = (
            kernels.sparse_multiply(matrix.row_start, matrix.column, matrix.coefficient, vector)
            for _, matrix in self.matrices()
        )
        product = _times(kernels, a, _times(kernels, b, _TO_MONTGOMERY))
        return np.flatnonzero((product != c).any(axis=1))

    def is_satisfied(self, witness: NDArray[np.uint64], kernels: SparseArithmetic | None = None) -> bool:
        """Whether every row holds. Raises as `first_unsatisfied` does."""
        return self.first_unsatisfied(witness, kernels) is None

    def require_satisfied(self, witness: NDArray[np.uint64], kernels: SparseArithmetic | None = None) -> None:
        """Raises `UnsatisfiedConstraint` naming the first row that fails."""
        row = self.first_unsatisfied(witness, kernels)
        if row is not None:
            raise UnsatisfiedConstraint(row)

    def digest(self) -> bytes:
        """SHA-256 of the relation's canonical encoding: counts, then A, B, C with rows sorted. Labels do not enter."""
        hasher = hashlib.sha256(b"zkclear.R1CS\0" + self.prime.to_bytes(32, "big"))
        counts = (self.n_wires, self.n_public_outputs, self.n_public_inputs, self.n_private_inputs, self.n_constraints)
        for count in counts:
            hasher.update(count.to_bytes(8, "big"))
        for _, matrix in self.matrices():
            ordered = matrix.with_sorted_rows()
            hasher.update(ordered.n_entries.to_bytes(8, "big"))
            hasher.update(_little_endian(ordered.row_start, "<u8"))
            hasher.update(_little_endian(ordered.column, "<u4"))
            hasher.update(_little_endian(ordered.coefficient, "<u8"))
        return hasher.digest()


_TO_MONTGOMERY: Final = limbs_from_int(MONTGOMERY_R * MONTGOMERY_R % FR).reshape(1, 4)


def _times(kernels: SparseArithmetic, a: NDArray[np.uint64], b: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """a[i] * b[i] / R mod r, shape (n, 4); b may have a single row, shared by all."""
    n = len(a)
    row_start = np.arange(n + 1, dtype=np.uint64)
    column = np.arange(n, dtype=np.uint32) if len(b) != 1 else np.zeros(n, dtype=np.uint32)
    return kernels.sparse_multiply(row_start, column, a, b)


def domain_size_for(n_constraints: int, n_public: int) -> int:
    """The smallest power of two above n_constraints + n_public, and at least 2, as snarkjs's `zkey new` takes it.

    One row per constraint, one for the constant 1 and one for each public input (which makes each of them count even
    when no constraint uses it).
    """
    return max(2, 1 << (n_constraints + n_public).bit_length())


def check_witness(witness: NDArray[np.uint64], n_wires: int) -> None:
    """Raises `WitnessMismatch` unless `witness` has shape (n_wires, 4), begins with 1, and is below r throughout."""
    if witness.shape != (n_wires, 4) or witness.dtype != np.uint64:
        raise WitnessMismatch(
            f"the witness is {witness.dtype} of shape {witness.shape}, the relation needs uint64 of ({n_wires}, 4): "
            "it was made for another circuit"
        )
    if witness[0].tolist() != [1, 0, 0, 0]:
        raise WitnessMismatch("the witness does not begin with the constant 1")
    bad = first_not_below(witness, FR)
    if bad is not None:
        raise WitnessMismatch(f"wire {bad} of the witness is not below r: it is refused, never reduced")


def sparse_from_rows(rows: list[list[tuple[int, int]]]) -> SparseMatrix:
    """A matrix from (column, coefficient) pairs in plain integers: for small relations and tests."""
    row_start = np.zeros(len(rows) + 1, dtype=np.uint64)
    row_start[1:] = np.cumsum([len(row) for row in rows], dtype=np.uint64)
    entries = [entry for row in rows for entry in row]
    column = np.array([column for column, _ in entries], dtype=np.uint32)
    return SparseMatrix(row_start, column, scalars_from_ints([coefficient for _, coefficient in entries]))


def _require(array: NDArray[Any], name: str, dtype: type[np.generic], shape: tuple[int, ...]) -> None:
    if array.dtype != dtype or array.shape != shape or not array.flags.c_contiguous:
        raise InvalidRelation(
            f"{name} must be contiguous {dtype.__name__} of shape {shape}: {array.dtype} {array.shape}"
        )


def _little_endian(array: NDArray[Any], dtype: str) -> memoryview:
    return np.ascontiguousarray(array, dtype=dtype).reshape(-1).view(np.uint8).data
