"""Orders, cancels, operations and quotes: from a message to the engine, and from its report to the next batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rollup.types.orders import Transfer
from sequencer.matching.engine import MatchingEngine
from sequencer.matching.requests import Removal, Report
from sequencer.messages import CancelOrder, Operate, PlaceOrder, TakeQuote
from sequencer.venue.errors import VenueNotOpen
from sequencer.venue.guard import SlotGuard
from sequencer.venue.outcomes import Outcome
from sequencer.venue.pieces import Piece, pieces_of
from sequencer.venue.records import Records
from sequencer.venue.turn import House


class TradingDesk:
    """What traders say, message by message; `number` is the message's."""

    def __init__(self, house: House, records: Records) -> None:
        self._house, self._records = house, records
        self._removals: list[Removal] = []

    def take_removals(self) -> tuple[Removal, ...]:
        """Orders that were found not to hold by messages that were then refused."""
        taken, self._removals = tuple(self._removals), []
        return taken

    def _open(self) -> MatchingEngine:
        if self._house.engine is None:
            raise VenueNotOpen("a risk table" if self._house.era is None else "the venue's own accounts")
        return self._house.engine

    def place_order(self, message: PlaceOrder, number: int) -> Outcome:
        """A trader's order. Raises as the engine does, and `VenueNotOpen`, `AlreadyKnown`."""
        engine, order = self._open(), message.request.signed.order
        self._records.require_new(order)
        submit = engine.submit_verified if self._house.crypto.trusts else engine.submit
        standing = engine.floor.standings.get(order.account)
        guard = None
        if standing is None or standing.epoch != engine.floor.epoch or order.series_id not in standing.slots:
            guard = SlotGuard(engine.floor, (order.account,))
        try:
            report = submit(message.request)
        except Exception:
            self._refused(engine, guard)
            raise
        self._records.placed(message.request, number, report)
        return self._done(report, number)

    def cancel_order(self, message: CancelOrder, number: int) -> Outcome:
        """An order leaves its book. Raises as the engine does, and `VenueNotOpen`."""
        engine = self._open()
        if message.account in engine.floor.standings:
            # Looked at before the order goes: else position slots would depend on who looked at the account earlier.
            engine.floor.standing(message.account)
        return self._done(engine.cancel(message.account, message.slot, message.nonce), number)

    def operate(self, message: Operate, number: int) -> Outcome:
        """Cash moves, or an order slot is closed. Raises as the engine does, and `VenueNotOpen`, `AlreadyKnown`."""
        engine, operation = self._open(), message.signed.operation
        self._records.require_new(operation)
        accounts = (operation.account, operation.to) if isinstance(operation, Transfer) else (operation.account,)
        report = self._asked(engine, accounts, lambda: self._transferable(engine, message))
        self._records.operated(operation)
        self._house.pending.add(Piece(number, operations=(message.signed,)))
        return self._done(report, number)

    def _transferable(self, engine: MatchingEngine, message: Operate) -> Report:
        operation = message.signed.operation
        if isinstance(operation, Transfer) and operation.to != operation.account:
            parties = [engine.floor.standing(operation.account), engine.floor.standing(operation.to)]
            engine.floor.check_fits(parties, set(), 0)
        return engine.operate(message.signed)

    def take_quote(self, message: TakeQuote, number: int) -> Outcome:
        """All legs, or none. Raises as the engine does, and `VenueNotOpen`, `AlreadyKnown`."""
        engine = self._open()
        orders = [signed.order for leg in message.legs for signed in (leg.maker, leg.taker)]
        for order in orders:
            self._records.require_new(order)
        accounts = {order.account for order in orders}
        report = self._asked(engine, accounts, lambda: engine.settle_quote(message.legs))
        self._records.quoted(report.trades, number)
        return self._done(report, number, makers_rest=False)

    def _asked(self, engine: MatchingEngine, accounts: Iterable[int], ask: Callable[[], Report]) -> Report:
        """What the engine says; if it refuses, all is as before, but for orders that it found not to hold."""
        guard = SlotGuard(engine.floor, accounts)
        try:
            return ask()
        except Exception:
            self._refused(engine, guard)
            raise

    def _refused(self, engine: MatchingEngine, guard: SlotGuard | None) -> None:
        if guard is not None:
            guard.restore()
        found = engine.take_removals().removals
        self._records.removed(found)
        self._removals += found

    def _done(self, report: Report, number: int, *, makers_rest: bool = True) -> Outcome:
        house, first = self._house, 0
        if report.trades or report.liquidations:
            first = self._records.traded(report, number, house.time_s, makers_rest=makers_rest)
            for piece in pieces_of(report, number, first):
                house.pending.add(piece)
        if report.removals:
            self._records.removed(report.removals)
        return Outcome(number, self.with_removals(report), first)

    def with_removals(self, report: Report) -> Report:
        """The report, with orders found not to hold by messages that were refused since the last outcome."""
        if not self._removals:
            return report
        removals = self.take_removals() + report.removals
        return Report(report.trades, report.liquidations, removals, report.resting_e4, report.is_atomic)
