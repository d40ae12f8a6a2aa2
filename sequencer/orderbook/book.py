"""The book of one series."""

from __future__ import annotations

from itertools import islice

from sequencer.orderbook.resting import RestingOrder
from sequencer.orderbook.side import BookSide
from sequencer.orderbook.views import BookLevel, BookView, QueuePlace


class OrderBook:
    """Bids and asks. It fills nobody by itself: the engine says who meets whom."""

    def __init__(self, series_id: int) -> None:
        self.series_id = series_id
        self.bids = BookSide(is_buy=True)
        self.asks = BookSide(is_buy=False)

    def side(self, *, is_buy: bool) -> BookSide:
        """Those who buy, or those who sell."""
        return self.bids if is_buy else self.asks

    def add(self, order: RestingOrder) -> None:
        """Puts an order behind all others of its price."""
        self.side(is_buy=order.is_buy).add(order)

    def remove(self, order: RestingOrder) -> None:
        """Takes an order out. Raises `KeyError` for one that is not here."""
        self.side(is_buy=order.is_buy).remove(order)

    def view(self, depth: int) -> BookView:
        """The best `depth` prices of each side. O(depth)."""
        bids, asks = (
            tuple(BookLevel(level.price_e2, level.size_e4, len(level.orders)) for level in islice(side.levels(), depth))
            for side in (self.bids, self.asks)
        )
        return BookView(self.series_id, bids, asks)

    def place_of(self, order: RestingOrder) -> QueuePlace:
        """Who is before an order of this book. O(orders before it)."""
        count = size_e4 = 0
        for other in self.side(is_buy=order.is_buy).orders():
            if other is order:
                break
            count, size_e4 = count + 1, size_e4 + other.remaining_e4
        return QueuePlace(count, size_e4)
