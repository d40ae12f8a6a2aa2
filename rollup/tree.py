"""A sparse tree of field elements: four children a node, hashed by Poseidon, of fixed depth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rollup.crypto import Crypto, hash_one
from rollup.errors import check_range

ARITY: Final = 4


@dataclass(frozen=True, slots=True)
class Path:
    """From a leaf to the root, lowest level first: the four children of each node on the way. Shape (depth, 4)."""

    index: int
    levels: tuple[tuple[int, int, int, int], ...]


class QuadTree:
    """Leaves by index; an absent one is 0. Memory grows with the leaves that are set, not with the depth's 4^depth."""

    def __init__(self, depth: int, crypto: Crypto) -> None:
        self.depth: Final = depth
        self._crypto = crypto
        self._nodes: list[dict[int, int]] = [{} for _ in range(depth + 1)]
        self._empty = [0]
        for _ in range(depth):
            self._empty.append(hash_one(crypto, self._empty[-1:] * ARITY))

    @property
    def root(self) -> int:
        """The hash of everything."""
        return self._node(self.depth, 0)

    def leaf(self, index: int) -> int:
        """The leaf at an index, 0 if it was never set."""
        self._check(index)
        return self._node(0, index)

    def path(self, index: int) -> Path:
        """The way from a leaf up to the root."""
        self._check(index)
        return Path(index, tuple(self._children(level, index >> 2 * level + 2) for level in range(self.depth)))

    def crown(self, levels: int) -> tuple[int, ...]:
        """All nodes so many levels below the root, shape (4^levels,)."""
        level = self.depth - levels
        return tuple(self._node(level, index) for index in range(1 << 2 * levels))

    def update(self, leaves: Mapping[int, int]) -> None:
        """Sets leaves and hashes what is above them, each node once: a level at a time."""
        for index, leaf in leaves.items():
            self._check(index)
            self._nodes[0][index] = leaf
        touched = sorted(leaves)
        for level in range(self.depth):
            touched = sorted({index >> 2 for index in touched})
            hashes = self._crypto.hash_many([self._children(level, parent) for parent in touched])
            self._nodes[level + 1].update(zip(touched, hashes, strict=True))

    def _children(self, level: int, parent: int) -> tuple[int, int, int, int]:
        nodes, empty, first = self._nodes[level], self._empty[level], parent << 2
        return (
            nodes.get(first, empty),
            nodes.get(first + 1, empty),
            nodes.get(first + 2, empty),
            nodes.get(first + 3, empty),
        )

    def _node(self, level: int, index: int) -> int:
        return self._nodes[level].get(index, self._empty[level])

    def _check(self, index: int) -> None:
        check_range("leaf index", index, 2 * self.depth)
