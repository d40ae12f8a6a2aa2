"""What became of orders, and what was traded last: for answers, and to know a message that came before."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rollup.types.orders import Operation, Order
from rollup.types.transactions import Liquidation, Trade
from sequencer.matching.requests import Ending, OrderRequest, Removal, Report
from sequencer.venue.errors import AlreadyKnown

RECENT_TRADES: Final = 1_000


@dataclass(slots=True)
class OrderRecord:
    """The last order of an order slot. `ending` is `None` while it is open, and when it was filled whole."""

    order: Order
    message: int
    filled_e4: int = 0
    remaining_e4: int = 0
    ending: Ending | None = None

    @property
    def is_open(self) -> bool:
        """Whether it rests in a book."""
        return self.ending is None and self.remaining_e4 > 0


@dataclass(frozen=True, slots=True)
class TradeRecord:
    """A fill as everybody may see it. `liquidated` is an account for a liquidation, whose number is 0."""

    number: int
    message: int
    time_s: int
    series_id: int
    price_e2: int
    size_e4: int
    taker_buys: bool
    liquidated: int | None = None


class Records:
    """By account and order slot, what was sent last; trades by number."""

    def __init__(self) -> None:
        self.trades = 0
        self.recent: deque[TradeRecord] = deque(maxlen=RECENT_TRADES)
        self.last_trade: dict[int, TradeRecord] = {}
        self._last: dict[tuple[int, int], OrderRecord | Operation] = {}

    def require_new(self, sent: Order | Operation) -> None:
        """Raises `AlreadyKnown` for what was the last to be taken in its slot."""
        known = self._last.get((sent.account, sent.slot))
        if known is None:
            return
        last = known.order if isinstance(known, OrderRecord) else known
        if last.nonce == sent.nonce and last == sent:
            raise AlreadyKnown(sent.account, sent.slot, sent.nonce)

    def order(self, account: int, slot: int) -> OrderRecord | None:
        """The last order of a slot, if nothing else came after it."""
        found = self._last.get((account, slot))
        return found if isinstance(found, OrderRecord) else None

    def placed(self, request: OrderRequest, message: int, report: Report) -> None:
        """An order was taken."""
        order = request.signed.order
        filled_e4 = sum([trade.size_e4 for trade in report.trades]) if report.trades else 0
        self._last[order.account, order.slot] = OrderRecord(order, message, filled_e4, report.resting_e4)

    def quoted(self, trades: Iterable[Trade], message: int) -> None:
        """The legs of a quote were filled."""
        for trade in trades:
            for signed in (trade.maker, trade.taker):
                order = signed.order
                self._last[order.account, order.slot] = OrderRecord(order, message, trade.size_e4)

    def operated(self, operation: Operation) -> None:
        """An operation took an order slot."""
        self._last[operation.account, operation.slot] = operation

    def removed(self, removals: Iterable[Removal]) -> None:
        """Orders left the books."""
        for removal in removals:
            order = removal.signed.order
            record = self._record(order)
            if record is not None:
                record.remaining_e4, record.ending = removal.remaining_e4, removal.ending

    def traded(self, report: Report, message: int, time_s: int, *, makers_rest: bool = True) -> int:
        """Counts trades; the number of the first. Makers' orders are filled, if they are not a quote's."""
        first = self.trades + 1
        for trade in report.trades:
            self.trades += 1
            taker = trade.taker.order
            self._note(
                TradeRecord(self.trades, message, time_s, taker.series_id, trade.price_e2, trade.size_e4, taker.is_buy)
            )
            if makers_rest:
                self._filled(trade.maker.order, trade.size_e4)
        for liquidation in report.liquidations:
            self._liquidated(liquidation, message, time_s)
        return first

    def _liquidated(self, liquidation: Liquidation, message: int, time_s: int) -> None:
        order, price_e2, size_e4 = liquidation.liquidator.order, liquidation.price_e2, liquidation.size_e4
        self._note(
            TradeRecord(0, message, time_s, order.series_id, price_e2, size_e4, not order.is_buy, liquidation.account)
        )
        self._filled(order, size_e4)

    def _note(self, record: TradeRecord) -> None:
        self.recent.append(record)
        self.last_trade[record.series_id] = record

    def _filled(self, order: Order, size_e4: int) -> None:
        record = self._record(order)
        if record is not None:
            record.filled_e4 += size_e4
            record.remaining_e4 -= size_e4

    def _record(self, order: Order) -> OrderRecord | None:
        record = self._last.get((order.account, order.slot))
        if isinstance(record, OrderRecord) and record.order.nonce == order.nonce:
            return record
        return None
