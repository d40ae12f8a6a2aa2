"""Books as levels: how much waits at which price, with the number of the last change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from sortedcontainers import SortedDict


@dataclass(slots=True)
class Level:
    """All orders at one price."""

    size_e4: int = 0
    orders: int = 0


class Side:
    """Prices from the best to the worst. Changes cost O(log prices)."""

    def __init__(self, *, is_buy: bool) -> None:
        self._sign = -1 if is_buy else 1
        self._levels: SortedDict[int, Level] = SortedDict()

    def change(self, price_e2: int, size_e4: int, orders: int) -> int:
        """Adds to a level, which is gone when nothing is left of it; returns its new size."""
        rank = self._sign * price_e2
        level: Level | None = self._levels.get(rank)
        if level is None:
            level = self._levels[rank] = Level()
        level.size_e4 += size_e4
        level.orders += orders
        if not level.orders:
            del self._levels[rank]
        left_e4: int = level.size_e4
        return left_e4

    def best(self, depth: int) -> Iterator[tuple[int, int, int]]:
        """Price, size and number of orders of the best levels."""
        return ((self._sign * rank, level.size_e4, level.orders) for rank, level in islice(self._levels.items(), depth))


@dataclass(slots=True)
class BookRecord:
    """One series. `change_id` is the log's entry that last changed it, `previous_id` the one before."""

    series_id: int
    bids: Side = field(default_factory=lambda: Side(is_buy=True))
    asks: Side = field(default_factory=lambda: Side(is_buy=False))
    change_id: int = 0
    previous_id: int = 0

    def side(self, *, is_buy: bool) -> Side:
        """Those who buy, or those who sell."""
        return self.bids if is_buy else self.asks

    def numbered(self, sequence: int) -> None:
        """Ends a change."""
        self.previous_id, self.change_id = self.change_id, sequence
