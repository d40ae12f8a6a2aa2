"""Price before time, and what others see of a book."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from primitives.eddsa import Signature
from rollup.types.orders import Order, SignedOrder
from sequencer.orderbook import BookLevel, BookSide, OrderBook, QueuePlace, RestingOrder


def resting(sequence: int, price_e2: int, size_e4: int = 10, *, is_buy: bool = True) -> RestingOrder:
    order = Order(2, 1, is_buy, price_e2, size_e4, 0, 1, 0, 1)
    return RestingOrder(SignedOrder(order, Signature((0, 1), 0)), sequence, size_e4)


def test_levels_and_places() -> None:
    book = OrderBook(1)
    orders = [resting(1, 100), resting(2, 101, 5), resting(3, 100, 7), resting(4, 103, is_buy=False)]
    for order in orders:
        book.add(order)
    view = book.view(depth=5)
    assert view.bids == (BookLevel(101, 5, 1), BookLevel(100, 17, 2))
    assert view.asks == (BookLevel(103, 10, 1),)
    assert book.view(depth=1).bids == view.bids[:1]
    assert book.place_of(orders[2]) == QueuePlace(2, 15)
    book.bids.take(orders[0], 4)
    assert book.place_of(orders[2]) == QueuePlace(2, 11)
    book.remove(orders[1])
    assert book.view(5).bids == (BookLevel(100, 13, 2),)
    assert (orders[1].is_open, orders[0].is_open, len(book.bids)) == (False, True, 2)


@given(
    st.booleans(),
    st.lists(st.tuples(st.integers(1, 6), st.integers(1, 9)), max_size=30),
    st.lists(st.integers(0, 29)),
    st.integers(0, 7),
)
def test_a_side_is_a_sorted_list(is_buy: bool, prices: list[tuple[int, int]], out: list[int], limit: int) -> None:
    side, plain = BookSide(is_buy=is_buy), []
    for sequence, (price_e2, size_e4) in enumerate(prices):
        plain.append(resting(sequence, price_e2, size_e4, is_buy=is_buy))
        side.add(plain[-1])
    for place in out:
        if place < len(plain):
            side.remove(plain.pop(place))
    sign = -1 if is_buy else 1
    plain.sort(key=lambda order: (sign * order.price_e2, order.sequence))
    assert list(side.orders()) == plain
    assert side.best() is (plain[0] if plain else None)
    reached = [order for order in plain if sign * order.price_e2 <= sign * limit]
    assert list(side.reached_by(limit)) == reached
    assert side.reaches(limit) == bool(reached)
    assert sum(level.size_e4 for level in side.levels()) == sum(order.remaining_e4 for order in plain)
