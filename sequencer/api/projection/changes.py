"""What one event changed, for those who subscribed to it."""

from __future__ import annotations

from msgspec import Struct, field

from sequencer.api.projection.batches import BatchRecord
from sequencer.api.projection.books import BookRecord
from sequencer.api.projection.records import OperationRecord, OrderKey, OrderRecord, TradeRecord


class Changes(Struct, eq=False):
    """`levels` are new sizes by series, side (True to buy) and price; 0 is a level that is gone."""

    sequence: int
    time_ms: int
    books: dict[int, BookRecord] = field(default_factory=dict)
    levels: dict[int, dict[tuple[bool, int], int]] = field(default_factory=dict)
    trades: list[TradeRecord] = field(default_factory=list)
    taken_back: list[TradeRecord] = field(default_factory=list)
    orders: dict[OrderKey, OrderRecord] = field(default_factory=dict)
    operations: list[OperationRecord] = field(default_factory=list)
    accounts: set[int] = field(default_factory=set)
    batches_cut: list[BatchRecord] = field(default_factory=list)
    batches_moved: list[BatchRecord] = field(default_factory=list)
    has_new_table: bool = False

    def touch(self, book: BookRecord, *, is_buy: bool, price_e2: int, size_e4: int, orders: int) -> None:
        """Changes a level, and notes it."""
        left_e4 = book.side(is_buy=is_buy).change(price_e2, size_e4, orders)
        self.books[book.series_id] = book
        self.levels.setdefault(book.series_id, {})[is_buy, price_e2] = left_e4
