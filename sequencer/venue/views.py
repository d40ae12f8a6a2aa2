"""What others may see of a venue: copies that never change, made on the thread that applies its messages."""

from __future__ import annotations

from dataclasses import dataclass

from primitives.babyjubjub import Point
from rollup.errors import UnknownAccount, UnknownSeries
from rollup.margin import values_of
from rollup.risk.report import MarginReport
from rollup.types.orders import SignedOrder
from rollup.types.series import SeriesRow
from sequencer.matching.coverage import worst_columns
from sequencer.matching.floor import Floor
from sequencer.matching.standing import Standing
from sequencer.orderbook.views import BookLevel, BookView
from sequencer.venue.records import OrderRecord, TradeRecord
from sequencer.venue.venue import Venue


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account with all that was matched so far. `positions` are pairs of series id and size_e4, by id.

    `nonces` are the largest used ones, by order slot; `values_e6` is V, shape (COLUMNS,). `free_e6` is what could be
    withdrawn with all open orders at work, below 0 for who lacks margin.
    """

    account: int
    key: Point
    cash_e6: int
    positions: tuple[tuple[int, int], ...]
    nonces: tuple[int, ...]
    values_e6: tuple[int, ...]
    free_e6: int
    is_liquidated: bool = False

    @property
    def margin(self) -> MarginReport:
        """Equity and requirements."""
        return MarginReport(self.values_e6)


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order in a book."""

    signed: SignedOrder
    message: int
    filled_e4: int
    remaining_e4: int
    reduce_only: bool


@dataclass(frozen=True, slots=True)
class Ticker:
    """The mark and scenarios of a series, the best prices, and the last fill."""

    row: SeriesRow
    best_bid: BookLevel | None
    best_ask: BookLevel | None
    last_trade: TradeRecord | None


class VenueReader:
    """Looks at a venue without changing it. Each call costs what it copies."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    def account(self, account_id: int) -> AccountView:
        """Raises `UnknownAccount`."""
        venue, standing = self._venue, self._standing(account_id)
        if standing is None:
            raise UnknownAccount("view", account=account_id)
        row_of = (lambda _: None) if venue.table is None else venue.table.row
        values = values_of(standing.cash_e6, standing.positions(), row_of)
        engine = venue.engine
        free_e6 = standing.cash_e6 if engine is None else min(worst_columns(standing, engine.floor.terms))
        return AccountView(
            account_id,
            standing.key,
            standing.cash_e6,
            tuple(sorted((one.series_id, one.size_e4) for one in standing.positions())),
            tuple(standing.nonces),
            values,
            free_e6,
            standing.is_liquidated,
        )

    def open_orders(self, account_id: int) -> tuple[OpenOrder, ...]:
        """By order slot."""
        engine = self._venue.engine
        found = []
        for order in [] if engine is None else engine.open_orders(account_id):
            record = self._venue.records.order(account_id, order.slot)
            message = 0 if record is None else record.message
            found.append(OpenOrder(order.signed, message, order.filled_e4, order.remaining_e4, order.reduce_only))
        return tuple(found)

    def order(self, account_id: int, slot: int) -> OrderRecord | None:
        """What became of the last order of a slot."""
        found = self._venue.records.order(account_id, slot)
        if found is None:
            return None
        return OrderRecord(found.order, found.message, found.filled_e4, found.remaining_e4, found.ending)

    def series(self) -> tuple[SeriesRow, ...]:
        """All rows of the table in force, by id."""
        table = self._venue.table
        return () if table is None else tuple(table.rows())

    def book(self, series_id: int, depth: int) -> BookView:
        """The best prices of a series; none for one that has no orders."""
        floor = self._floor
        book = None if floor is None else floor.books.get(series_id)
        return BookView(series_id, (), ()) if book is None else book.view(depth)

    def ticker(self, series_id: int) -> Ticker:
        """Raises `UnknownSeries`."""
        table, book = self._venue.table, self.book(series_id, 1)
        row = None if table is None else table.row(series_id)
        if row is None:
            raise UnknownSeries("view", series_id=series_id)
        last = self._venue.records.last_trade.get(series_id)
        return Ticker(row, next(iter(book.bids), None), next(iter(book.asks), None), last)

    def recent_trades(self, series_id: int | None = None, most: int = 100) -> tuple[TradeRecord, ...]:
        """The latest fills first, of one series or of all."""
        found = [one for one in reversed(self._venue.records.recent) if series_id in (None, one.series_id)]
        return tuple(found[:most])

    @property
    def _floor(self) -> Floor | None:
        return None if self._venue.engine is None else self._venue.engine.floor

    def _standing(self, account_id: int) -> Standing | None:
        """The account as it stands; what no message touched since the batch began comes from the state."""
        floor = self._floor
        known = None if floor is None else floor.standings.get(account_id)
        if known is not None and floor is not None and known.epoch == floor.epoch:
            return known
        if not 0 <= account_id < self._venue.genesis.preset.max_accounts:
            return None
        account = self._venue.state.account(account_id)
        if account is None:
            return None
        standing = Standing(account_id)
        if known is not None:
            standing.nonces, standing.open = list(known.nonces), known.open
        standing.load(account, -1)
        return standing
