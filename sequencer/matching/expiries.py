"""Which orders are good no more at a time that is given from outside."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import Final

from sequencer.orderbook.resting import RestingOrder

FEW: Final = 1024


class Expiries:
    """Orders by their last second. Those that were filled or removed before stay until they are the larger part.

    So memory is of the order of what is open, and `add` costs O(log n) on average.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, RestingOrder]] = []
        self._sweep_at = FEW

    def __len__(self) -> int:
        """How many are kept, open or not."""
        return len(self._heap)

    def add(self, order: RestingOrder) -> None:
        """Keeps an order that came to rest."""
        if len(self._heap) >= self._sweep_at:
            self._heap = [entry for entry in self._heap if entry[2].is_open]
            heapq.heapify(self._heap)
            self._sweep_at = max(FEW, 2 * len(self._heap))
        heapq.heappush(self._heap, (order.signed.order.expiry_s, order.sequence, order))

    def before(self, time_s: int) -> Iterator[RestingOrder]:
        """Takes out and gives all open orders whose last second is before a time, the earliest first."""
        while self._heap and self._heap[0][0] < time_s:
            order = heapq.heappop(self._heap)[2]
            if order.is_open:
                yield order
