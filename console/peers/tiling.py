"""One relation several times side by side, to get a large one quickly.

The constant 1 and the public wires come first, as the formats want it: the public wires of the first copy, those of the
second, …, and then everything else of the first, of the second, …
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prover.r1cs import R1CS, SparseMatrix


def tile_relation(relation: R1CS, copies: int) -> R1CS:
    """The relation that holds when each of `copies` witnesses satisfies `relation`. Wires share nothing but the 1."""
    maps = _wire_maps(relation.n_wires, relation.n_public, copies)
    a, b, c = (_tile_matrix(matrix, maps) for _, matrix in relation.matrices())
    return R1CS(
        n_wires=1 + copies * (relation.n_wires - 1),
        n_public_outputs=copies * relation.n_public,
        n_public_inputs=0,
        n_private_inputs=copies * relation.n_private_inputs,
        a=a,
        b=b,
        c=c,
    )


def tile_witness(witness: NDArray[np.uint64], n_public: int, copies: int) -> NDArray[np.uint64]:
    """The witness of the tiled relation when every copy has this one, shape (n_wires, 4) canonical."""
    tiled = np.empty((1 + copies * (len(witness) - 1), 4), dtype=np.uint64)
    for wires in _wire_maps(len(witness), n_public, copies):
        tiled[wires] = witness
    return tiled


def _wire_maps(n_wires: int, n_public: int, copies: int) -> list[NDArray[np.uint32]]:
    """For each copy, where its wires go; shape (n_wires,)."""
    n_private = n_wires - n_public - 1
    maps = []
    for copy in range(copies):
        public = 1 + copy * n_public + np.arange(n_public)
        private = 1 + copies * n_public + copy * n_private + np.arange(n_private)
        maps.append(np.concatenate([[0], public, private]).astype(np.uint32))
    return maps


def _tile_matrix(matrix: SparseMatrix, maps: list[NDArray[np.uint32]]) -> SparseMatrix:
    starts = [matrix.row_start[:-1] + np.uint64(copy * matrix.n_entries) for copy in range(len(maps))]
    end = np.array([len(maps) * matrix.n_entries], dtype=np.uint64)
    return SparseMatrix(
        np.concatenate([*starts, end]),
        np.concatenate([wires[matrix.column] for wires in maps]),
        np.tile(matrix.coefficient, (len(maps), 1)),
    )
