"""What keeps memory and time in bounds, and that the bench measures something."""

from __future__ import annotations

from sequencer.matching import bench
from sequencer.matching.expiries import FEW
from tests.support.matching import Desk
from tests.support.rollup import CONTRACT, MARK


def test_replaced_orders_do_not_pile_up() -> None:
    desk = Desk()
    for i in range(3 * FEW):
        desk.send(2, "buy", MARK - 100 - i % 50, CONTRACT)
    assert len(desk.engine._expiries) <= FEW
    assert sum(len(book.bids) for book in desk.engine.floor.books.values()) == 1


def test_bench_fills_orders() -> None:
    found = bench.measure(500)
    assert found.orders == 500
    assert found.trades > 50
    assert found.orders_per_second > 0
