"""Orders as they come, fill and go, and the books that follow from them."""

from __future__ import annotations

from collections import deque
from typing import Final

from rollup.types.orders import SignedOrder
from rollup.units import ORDER_SLOTS
from sequencer.api.projection.books import BookRecord
from sequencer.api.projection.changes import Changes
from sequencer.api.projection.records import OrderKey, OrderRecord, OrderState, TradeRecord, order_key
from sequencer.matching.requests import Ending, OrderRequest, Removal

KEPT: Final = 100_000
"""Orders that are no longer open: about 1 kB each."""

_STATES: Final = {
    Ending.CANCELLED: OrderState.CANCELLED,
    Ending.REPLACED: OrderState.REPLACED,
    Ending.EXPIRED: OrderState.EXPIRED,
    Ending.IMMEDIATE: OrderState.IMMEDIATE,
    Ending.SELF_TRADE: OrderState.SELF_TRADE,
    Ending.REFUSED: OrderState.REFUSED,
}


class Orders:
    """All open ones, and the newest of those that are not."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._records: dict[OrderKey, OrderRecord] = {}
        self._open: dict[int, dict[int, OrderRecord]] = {}
        self._closed: deque[OrderKey] = deque()
        self._books: dict[int, BookRecord] = {}

    def find(self, key: OrderKey) -> OrderRecord | None:
        """One of those that are kept."""
        return self._records.get(key)

    def open_of(self, account: int) -> list[OrderRecord]:
        """What an account has in the books, by slot."""
        found = self._open.get(account, {})
        return [found[slot] for slot in range(ORDER_SLOTS) if slot in found]

    def book(self, series_id: int) -> BookRecord:
        """The book of a series."""
        found = self._books.get(series_id)
        if found is None:
            found = self._books[series_id] = BookRecord(series_id)
        return found

    def place(self, changes: Changes, request: OrderRequest) -> OrderRecord:
        """A new order; its fills and what it left in the book come after."""
        record = self._new(changes, request.signed)
        record.time_in_force = request.time_in_force
        record.post_only, record.reduce_only = request.post_only, request.reduce_only
        return record

    def quoted(self, changes: Changes, signed: SignedOrder) -> OrderRecord:
        """A leg of a quote: it fills at once, and what is left of it is nobody's to fill."""
        return self._new(changes, signed)

    def fill(self, changes: Changes, key: OrderKey, trade: TradeRecord) -> None:
        """Takes a fill off an order, and out of the book if it is there."""
        record = self._records.get(key)
        if record is None:
            return
        is_resting = self._is_resting(record)
        record.filled_e4 += trade.size_e4
        record.paid_e6 += trade.size_e4 * trade.price_e2
        record.trades += (trade,)
        self._note(changes, record)
        if is_resting:
            record.remaining_e4 -= trade.size_e4
            self._level(changes, record, -trade.size_e4, 0 if record.remaining_e4 else -1)
            if not record.remaining_e4:
                self._close(record, OrderState.FILLED)

    def rest(self, changes: Changes, record: OrderRecord, resting_e4: int) -> None:
        """What was not filled at once waits in the book; an order of which nothing waits is over."""
        if record.state is not OrderState.OPEN:
            return
        if not resting_e4:
            self._close(record, OrderState.FILLED)
            return
        record.remaining_e4 = resting_e4
        self._open.setdefault(record.key.account, {})[record.key.slot] = record
        self._level(changes, record, resting_e4, 1)

    def remove(self, changes: Changes, removal: Removal) -> None:
        """An order left, for a reason."""
        record = self._records.get(order_key(removal.signed))
        if record is None or record.state is not OrderState.OPEN:
            return
        if self._is_resting(record):
            self._level(changes, record, -record.remaining_e4, -1)
        record.remaining_e4 = removal.remaining_e4
        record.why = None if removal.error is None else type(removal.error).__name__
        self._note(changes, record)
        self._close(record, _STATES[removal.ending])

    def take_back(self, changes: Changes, key: OrderKey, trade: TradeRecord) -> None:
        """A fill that will not be."""
        record = self._records.get(key)
        if record is None or trade not in record.trades:
            return
        record.trades = tuple(one for one in record.trades if one is not trade)
        record.filled_e4 -= trade.size_e4
        record.paid_e6 -= trade.size_e4 * trade.price_e2
        if record.state is not OrderState.OPEN:
            record.state = OrderState.TAKEN_BACK
        self._note(changes, record)

    def _new(self, changes: Changes, signed: SignedOrder) -> OrderRecord:
        record = OrderRecord(order_key(signed), signed, changes.sequence, changes.time_ms)
        self._records[record.key] = record
        self._note(changes, record)
        return record

    def _note(self, changes: Changes, record: OrderRecord) -> None:
        record.changed_ms = changes.time_ms
        changes.orders[record.key] = record
        changes.accounts.add(record.key.account)

    def _is_resting(self, record: OrderRecord) -> bool:
        return self._open.get(record.key.account, {}).get(record.key.slot) is record

    def _level(self, changes: Changes, record: OrderRecord, size_e4: int, orders: int) -> None:
        order = record.signed.order
        changes.touch(
            self.book(order.series_id),
            is_buy=order.is_buy,
            price_e2=order.limit_price_e2,
            size_e4=size_e4,
            orders=orders,
        )

    def _close(self, record: OrderRecord, state: OrderState) -> None:
        if self._is_resting(record):
            del self._open[record.key.account][record.key.slot]
        record.state = state
        self._closed.append(record.key)
        while len(self._closed) > self._kept:
            self._records.pop(self._closed.popleft(), None)
