"""Everything that the API shows without asking the node: it follows from the durable events, one after the other."""

from __future__ import annotations

from primitives.babyjubjub import Point
from sequencer.api.port import (
    Applied,
    BatchCut,
    BatchMoved,
    Event,
    Finality,
    NodeInfo,
    TakenBack,
)
from sequencer.api.projection.batches import Batches
from sequencer.api.projection.changes import Changes
from sequencer.api.projection.fills import Fills
from sequencer.api.projection.market import Market
from sequencer.api.projection.orders import Orders
from sequencer.api.projection.records import OperationRecord, OrderRecord, OrderState, TradeKind, TradeRecord, order_key
from sequencer.matching.requests import Report
from sequencer.messages import (
    AllowSession,
    EndBatch,
    EndSession,
    Message,
    NewTable,
    Operate,
    PlaceOrder,
    ReceiveQueue,
    SetStress,
    TakeQuote,
)


class EventGap(Exception):
    """An event of the log is missing: what is shown would be wrong from here on."""

    def __init__(self, expected: int, given: int) -> None:
        super().__init__(f"entry {given} of the log came, {expected} was next: begin again from the log")
        self.expected, self.given = expected, given


class Projection:
    """Fed by the node while it replays its log, then by the server. Belongs to one thread at a time.

    Orders, fills and batches beyond the kept ones are forgotten, so memory is bounded.
    """

    def __init__(self, info: NodeInfo) -> None:
        self.market = Market(info.underlyings)
        self.orders = Orders()
        self.fills = Fills()
        self.batches = Batches()
        self._sessions: dict[int, dict[Point, int]] = {}
        self.is_under_stress = False
        self.sequence = 0
        self.time_s = 0
        self.time_ms = 0

    def feed(self, event: Event) -> Changes:
        """Takes the next event. O(fills and removals in it). Raises `EventGap`, and then nothing has changed."""
        if isinstance(event, Applied):
            if event.sequence != self.sequence + 1:
                raise EventGap(self.sequence + 1, event.sequence)
            self.sequence, self.time_ms = event.sequence, event.time_ms
        changes = Changes(self.sequence, self.time_ms)
        match event:
            case Applied():
                self._apply(changes, event.message, event.report)
            case BatchCut():
                changes.batches_cut.append(self.batches.cut(event))
                self._moved(changes, self.fills.batched(event.batch))
                self.time_s = max(self.time_s, event.batch.time_s)
            case BatchMoved():
                record = self.batches.move(event)
                changes.batches_moved += [] if record is None else [record]
            case TakenBack():
                changes.taken_back = self.fills.take_back(event.trades, event.liquidations, event.operations)
                for trade in changes.taken_back:
                    for key in (trade.maker, trade.taker):
                        if key is not None:
                            self.orders.take_back(changes, key, trade)
                self._moved(changes, changes.taken_back)
        for book in changes.books.values():
            book.numbered(changes.sequence)
        return changes

    def finality_of_order(self, record: OrderRecord) -> Finality:
        """As far as all of its fills have come, once it is over; what is open is accepted, and no more."""
        if record.state is OrderState.OPEN or not record.trades:
            return Finality.ACCEPTED
        return min(self.batches.finality(trade.batch) for trade in record.trades)

    def finality_of(self, record: TradeRecord | OperationRecord) -> Finality:
        """As far as its batch has come."""
        return self.batches.finality(record.batch)

    def session_expiry_s(self, account: int, key: Point) -> int | None:
        """Until when a session key speaks for an account; `None` if it was not allowed, or was ended."""
        return self._sessions.get(account, {}).get(key)

    def session_keys(self, account: int) -> tuple[Point, ...]:
        """All keys that were allowed and not ended."""
        return tuple(self._sessions.get(account, {}))

    def _apply(self, changes: Changes, message: Message, report: Report) -> None:
        match message:
            case PlaceOrder(request):
                placed = self.orders.place(changes, request)
                self._report(changes, report)
                self.orders.rest(changes, placed, report.resting_e4)
            case TakeQuote(legs):
                signed = [one for leg in legs for one in (leg.maker, leg.taker)]
                quoted = [self.orders.quoted(changes, one) for one in signed]
                self._report(changes, report, TradeKind.QUOTE)
                for record in quoted:
                    self.orders.rest(changes, record, 0)
            case _:
                self._note(changes, message)
                self._report(changes, report)

    def _note(self, changes: Changes, message: Message) -> None:
        match message:
            case Operate(signed):
                self.fills.add_operation(changes, signed)
            case ReceiveQueue(_, entries):
                changes.accounts.update(entry.account for entry in entries)
            case NewTable():
                self.market.renew(message)
                changes.has_new_table = True
            case SetStress(is_under_stress):
                self.is_under_stress = is_under_stress
            case EndBatch(time_s):
                self.time_s = max(self.time_s, time_s)
            case AllowSession(account, key, expiry_s):
                known = self._sessions.get(account, {})
                live = {other: end_s for other, end_s in known.items() if end_s >= self.time_s}
                self._sessions[account] = live | {key: expiry_s}
            case EndSession(account, key):
                self._sessions.get(account, {}).pop(key, None)

    def _report(self, changes: Changes, report: Report, kind: TradeKind = TradeKind.ORDER) -> None:
        for trade in report.trades:
            record = self.fills.add_trade(changes, len(changes.trades), trade, kind)
            self.orders.fill(changes, record.maker, record)
            self.orders.fill(changes, order_key(trade.taker), record)
        for liquidation in report.liquidations:
            record = self.fills.add_liquidation(changes, len(changes.trades), liquidation)
            self.orders.fill(changes, record.maker, record)
        for removal in report.removals:
            self.orders.remove(changes, removal)

    def _moved(self, changes: Changes, trades: list[TradeRecord]) -> None:
        for trade in trades:
            changes.accounts.update(trade.accounts)
            for key in (trade.maker, trade.taker):
                record = None if key is None else self.orders.find(key)
                if record is not None:
                    changes.orders[record.key] = record
