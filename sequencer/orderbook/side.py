"""One side of a book: prices from the best to the worst, and at each price whoever came first is first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from sortedcontainers import SortedList

from sequencer.orderbook.resting import RestingOrder


@dataclass(slots=True)
class PriceLevel:
    """The orders at one price, by sequence number, and their sum."""

    price_e2: int
    size_e4: int = 0
    orders: OrderedDict[int, RestingOrder] = field(default_factory=OrderedDict)


class BookSide:
    """All who buy, or all who sell. `add` and `remove` cost O(log prices), `best` and `take` O(1)."""

    def __init__(self, *, is_buy: bool) -> None:
        self.is_buy = is_buy
        self._sign = -1 if is_buy else 1
        self._ranks: SortedList[int] = SortedList()  # the price, negative for who buys: the best is the first
        self._levels: dict[int, PriceLevel] = {}

    def __len__(self) -> int:
        """How many orders there are."""
        return sum(len(level.orders) for level in self._levels.values())

    def best(self) -> RestingOrder | None:
        """Who is next."""
        if not self._ranks:
            return None
        orders = self._levels[self._ranks[0]].orders
        return orders[next(iter(orders))]

    def reaches(self, price_e2: int) -> bool:
        """Whether an order of the other side with this limit meets somebody here."""
        return bool(self._ranks) and self._ranks[0] <= self._sign * price_e2

    def add(self, order: RestingOrder) -> None:
        """Puts an order behind all others of its price."""
        rank = self._sign * order.price_e2
        level = self._levels.get(rank)
        if level is None:
            level = self._levels[rank] = PriceLevel(order.price_e2)
            self._ranks.add(rank)
        level.orders[order.sequence] = order
        level.size_e4 += order.remaining_e4
        order.is_open = True

    def remove(self, order: RestingOrder) -> None:
        """Takes an order out. Raises `KeyError` for one that is not here."""
        rank = self._sign * order.price_e2
        level = self._levels[rank]
        del level.orders[order.sequence]
        level.size_e4 -= order.remaining_e4
        order.is_open = False
        if not level.orders:
            del self._levels[rank]
            self._ranks.remove(rank)

    def take(self, order: RestingOrder, amount_e4: int) -> None:
        """Fills an order that is here, in part or whole; one without a rest leaves."""
        if amount_e4 == order.remaining_e4:
            self.remove(order)
        else:
            self._levels[self._sign * order.price_e2].size_e4 -= amount_e4
        order.remaining_e4 -= amount_e4
        order.filled_e4 += amount_e4

    def levels(self) -> Iterator[PriceLevel]:
        """Prices from the best to the worst."""
        return (self._levels[rank] for rank in self._ranks)

    def orders(self) -> Iterator[RestingOrder]:
        """All, in the order in which they would be filled."""
        return (order for level in self.levels() for order in level.orders.values())

    def reached_by(self, price_e2: int) -> Iterator[RestingOrder]:
        """Those that an order of the other side with this limit may meet, in the order in which it would."""
        limit = self._sign * price_e2
        return (order for rank in self._ranks.irange(maximum=limit) for order in self._levels[rank].orders.values())
