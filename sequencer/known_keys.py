"""Keys that sign often, made ready: a signature of one takes half the time.

A key comes in when it is seen a second time while it is remembered from the first, so that many that come round in turn
do not push each other out. The one that was used longest ago goes.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from primitives.babyjubjub import Point
from prover.kernels.interface import Kernels, ScalarArray

MOST_KNOWN: Final = 1_024
"""50 MB, of which the system gives what is used."""


class KnownKeys:
    """For one thread at a time. `table` is what `Kernels.eddsa_verify_known` takes."""

    def __init__(self, kernels: Kernels, most: int = MOST_KNOWN) -> None:
        self._kernels, self._most = kernels, most
        self.table: NDArray[np.uint64] = np.empty((most, kernels.eddsa_key_words), dtype=np.uint64)
        self._rows: dict[Point, int] = {}
        """The one that was used longest ago first."""

        self._seen: dict[Point, None] = {}
        """Once, the oldest first."""

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, key: Point) -> int | None:
        """Where a key is in the table, until the next `saw`; `None` when it is not known."""
        row = self._rows.pop(key, None)
        if row is not None:
            self._rows[key] = row
        return row

    def saw(self, key: Point, limbs: ScalarArray) -> None:
        """A key that is not known has signed. `limbs` (8,) are its coordinates. About 0.2 ms when it comes in."""
        if key in self._rows:
            return
        if key not in self._seen:
            self._seen[key] = None
            if len(self._seen) > self._most:
                del self._seen[next(iter(self._seen))]
            return
        del self._seen[key]
        is_full = len(self._rows) == self._most
        oldest = next(iter(self._rows)) if is_full else None
        row = len(self._rows) if oldest is None else self._rows[oldest]
        if self._kernels.eddsa_know_key(limbs, self.table[row]):
            if oldest is not None:
                del self._rows[oldest]
            self._rows[key] = row
