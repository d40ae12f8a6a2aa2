"""From rows to columns: a relation lists the wires of each constraint, a set-up needs the constraints of each wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from prover.r1cs import SparseMatrix


@dataclass(frozen=True, slots=True, eq=False)
class SparseColumns:
    """Column i is entries `start[i]` to `start[i + 1]`: shapes (columns + 1,) uint64, (nnz,) uint32, (nnz, 4) uint64.

    The fields are the arguments of `Kernels.sparse_combine_g1`.
    """

    start: NDArray[np.uint64]
    row: NDArray[np.uint32]
    coefficient: NDArray[np.uint64]

    @property
    def n_entries(self) -> int:
        """The number of entries."""
        return int(self.row.size)

    def columns(self, first: int, last: int) -> Self:
        """Columns first..last-1."""
        begin, end = int(self.start[first]), int(self.start[last])
        start = self.start[first : last + 1] - self.start[first]
        return type(self)(start, self.row[begin:end], self.coefficient[begin:end])


def transpose(matrix: SparseMatrix, n_columns: int) -> SparseColumns:
    """The same entries by columns; inside a column rows increase. Costs about 0.2 µs an entry."""
    return _by_column(matrix.column, matrix.row_of_entry().astype(np.uint32), matrix.coefficient, n_columns)


def stack(blocks: list[tuple[SparseMatrix, int]], n_columns: int) -> SparseColumns:
    """Matrices below each other, then by columns. Each comes with the number of its first row."""
    column = np.concatenate([matrix.column for matrix, _ in blocks])
    row = np.concatenate([matrix.row_of_entry() + first for matrix, first in blocks]).astype(np.uint32)
    return _by_column(column, row, np.concatenate([matrix.coefficient for matrix, _ in blocks]), n_columns)


def _by_column(
    column: NDArray[np.uint32], row: NDArray[np.uint32], coefficient: NDArray[np.uint64], n_columns: int
) -> SparseColumns:
    order = np.argsort(column, kind="stable")
    start = np.zeros(n_columns + 1, dtype=np.uint64)
    np.cumsum(np.bincount(column, minlength=n_columns), out=start[1:])
    return SparseColumns(start, row[order], np.ascontiguousarray(coefficient[order]))
