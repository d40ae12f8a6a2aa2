"""The risk table as the state transition sees it: rows by series id, under a root that L1 has from the oracles.

A row's place in the tree is the lowest bits of its series id, so that no series has two rows at one time; the bits
above count how often the place was used before. The last place stays empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from rollup.crypto import READABLE, Crypto
from rollup.errors import RollupError, check_range
from rollup.packing import packed
from rollup.tree import Path, QuadTree
from rollup.types.rows import description_fields
from rollup.types.series import SeriesRow

ROW_TAG: Final = 2
ROW_TAG_SHIFT: Final = 160


class PlaceTaken(RollupError):
    """Two series whose ids end in the same place of the table."""

    def __init__(self, first: int, second: int, places: int) -> None:
        super().__init__(
            f"series {first} and {second} share a place in a table of {places}: settle the older one first"
        )
        self.first, self.second, self.places = first, second, places


def row_inputs(row: SeriesRow) -> tuple[tuple[int, ...], int]:
    """The scenario values, shape (16,), and the packed description: leaf = H(H(values), description)."""
    return row.values_e2[1:], packed(description_fields(row)) + (ROW_TAG << ROW_TAG_SHIFT)


class RiskTable:
    """Rows that do not change; a new set of prices is a new table."""

    def __init__(self, rows: Iterable[SeriesRow], depth: int, crypto: Crypto = READABLE) -> None:
        self._rows: dict[int, SeriesRow] = {}
        self._tree = QuadTree(depth, crypto)
        places: dict[int, SeriesRow] = {}
        for row in rows:
            place = self._place(row.series.series_id)
            check_range("place in the risk table", place, 0, maximum=(1 << 2 * depth) - 2)
            if place in places:
                raise PlaceTaken(places[place].series.series_id, row.series.series_id, 1 << 2 * depth)
            places[place] = self._rows[row.series.series_id] = row
        inputs = [row_inputs(row) for row in places.values()]
        values = crypto.hash_many([values for values, _ in inputs])
        pairs = [(digest, description) for digest, (_, description) in zip(values, inputs, strict=True)]
        self._tree.update(dict(zip(places, crypto.hash_many(pairs), strict=True)))

    @property
    def depth(self) -> int:
        """Levels of the tree."""
        return self._tree.depth

    @property
    def root(self) -> int:
        """What L1 knows of all rows."""
        return self._tree.root

    def row(self, series_id: int) -> SeriesRow | None:
        """The row of a series."""
        return self._rows.get(series_id)

    def rows(self) -> Iterator[SeriesRow]:
        """All, by id."""
        return (self._rows[series_id] for series_id in sorted(self._rows))

    def path(self, series_id: int) -> Path:
        """The way from the row of a series to the root."""
        return self._tree.path(self._place(series_id))

    def crown(self, levels: int) -> tuple[int, ...]:
        """All nodes so many levels below the root."""
        return self._tree.crown(levels)

    def _place(self, series_id: int) -> int:
        return series_id & (1 << 2 * self.depth) - 1
