"""Trades, accounts, tables and prices out of the record."""

from __future__ import annotations

from typing import Any, Final

from sequencer.record.encoding import unpacked_values, value_of, words_of_bytes
from sequencer.record.errors import NoSuchRow
from sequencer.record.market_types import (
    AccountRow,
    BookRow,
    LevelRow,
    RefusalRow,
    SettlementPriceRow,
    SettlementRow,
    SpotRow,
    TableInfo,
    TableRow,
    TradeRow,
)
from sequencer.record.record_file import RecordFile
from sequencer.record.valuing import Values, table_rows, values_of

TRADE: Final = (
    """SELECT id, number, sequence, message, time_ms, series_id, price_e2, size_e4, taker_buys, maker, taker, batch,
    liquidated, penalty_e6, subsidy_e6, is_dropped FROM trades""",
)
ACCOUNT: Final = (
    """SELECT account, batch, time_ms, account_key, cash_e6, positions, nonces, is_liquidated, is_subsidised
    FROM accounts""",
)
HISTORY: Final = (
    """SELECT account, history.batch, history.time_ms, account_key, history.cash_e6, history.positions, history.nonces,
    history.is_liquidated, history.is_subsidised, scenarios FROM history JOIN accounts USING (account)""",
)
SETTLEMENT: Final = ("SELECT batch, account, series_id, size_e4, payoff_e2, cash_e6, id FROM settlements",)


class MarketReading(RecordFile):
    """Pages begin below a key, the newest first, unless it says otherwise."""

    def trades(
        self,
        before: int | None = None,
        limit: int = 100,
        *,
        series_id: int | None = None,
        account: int | None = None,
        batch: int | None = None,
        only_liquidations: bool = False,
    ) -> tuple[TradeRow, ...]:
        """Below id `before`; `account` on either side."""
        conditions: list[tuple[str, Any]] = [
            ("id < ?", before),
            ("series_id = ?", series_id),
            ("batch = ?", batch),
            ("liquidated IS NOT NULL AND 1 = ?", 1 if only_liquidations else None),
        ]
        if account is None:
            return self._made(_trade, self._page(TRADE, conditions, "id DESC", limit))
        # A page of each side: whoever makes the market is in most trades, and its ids alone would be too many.
        found = {
            row[0]: row
            for side in ("maker = ?", "taker = ?")
            for row in self._page(TRADE, [(side, account), *conditions], "id DESC", limit)
        }
        newest = sorted(found, reverse=True)[: None if limit < 0 else limit]
        return tuple(_trade(found[number]) for number in newest)

    def refusals(self, before: int | None = None, limit: int = 100) -> tuple[RefusalRow, ...]:
        """Below id `before`."""
        what = ("SELECT id, time_ms, what, account, rule, reason FROM refusals",)
        return tuple(RefusalRow(*row) for row in self._page(what, [("id < ?", before)], "id DESC", limit))

    # -- accounts ----------------------------------------------------------------------------------------------------

    def accounts(self, after: int | None = None, limit: int = 100) -> tuple[AccountRow, ...]:
        """Above number `after`, the smallest first, valued by the newest table."""
        values = self.table_values()
        page = self._page(ACCOUNT, [("account > ?", after)], "account", limit)
        return self._made(lambda row: _account(row, values), page)

    def account(self, number: int) -> AccountRow:
        """Valued by the newest table. Raises `NoSuchRow`."""
        rows = self._page(ACCOUNT, [("account = ?", number)], "account", 1)
        if not rows:
            raise NoSuchRow(self.path, "account", number, self._last("accounts"))
        values = self.table_values()
        return self._made(lambda row: _account(row, values), rows)[0]

    def account_history(self, number: int, before: int | None = None, limit: int = 100) -> tuple[AccountRow, ...]:
        """After each batch below `before` that touched it, valued as that batch did."""
        conditions = [("account = ?", number), ("history.batch < ?", before)]
        page = self._page(HISTORY, conditions, "history.batch DESC", limit)
        return self._made(lambda row: _account(row[:9], row[9]), page)

    # -- tables and prices -------------------------------------------------------------------------------------------

    def tables(self, before: int | None = None, limit: int = 100) -> tuple[TableInfo, ...]:
        """Signed before `before`, in seconds."""
        what = ("SELECT time_s, time_ms, series, spots FROM tables",)
        return tuple(
            TableInfo(time_s, time_ms, series, tuple((underlying, price) for underlying, price in value_of(spots)))
            for time_s, time_ms, series, spots in self._page(what, [("time_s < ?", before)], "time_s DESC", limit)
        )

    def table(self, time_s: int | None = None) -> tuple[TableRow, ...]:
        """The newest, or that of a time, by series: with volatilities and Greeks. Empty before the first.

        Some 0.1 ms a row. Raises `NoSuchRow` for a time without a table.
        """
        rows = self._page(("SELECT time_s, spots, body FROM tables",), [("time_s = ?", time_s)], "time_s DESC", 1)
        if not rows and time_s is not None:
            raise NoSuchRow(self.path, "table of time", time_s, self._last("tables"))
        return () if not rows else table_rows(rows[0][0], dict(value_of(rows[0][1])), self._unsqueezed(rows[0][2]))

    def table_values(self, time_s: int | None = None) -> Values:
        """By series, the mark and the scenarios of the newest table or that of a time; empty where there is none."""
        rows = self._page(("SELECT body FROM tables",), [("time_s = ?", time_s)], "time_s DESC", 1)
        return {row[0]: row[6:] for row in self._unsqueezed(rows[0][0])} if rows else {}

    def spots(self, underlying: int, since_ms: int = 0, limit: int = 10_000) -> tuple[SpotRow, ...]:
        """From `since_ms` on, the oldest first."""
        what = ("SELECT time_ms, underlying, price_e2 FROM spots",)
        conditions = [("underlying = ?", underlying), ("time_ms >= ?", since_ms)]
        return tuple(SpotRow(*row) for row in self._page(what, conditions, "time_ms", limit))

    def underlyings(self) -> tuple[int, ...]:
        """Of which there are prices."""
        return tuple(int(row[0]) for row in self._rows("SELECT DISTINCT underlying FROM spots ORDER BY underlying"))

    def settlement_prices(self) -> tuple[SettlementPriceRow, ...]:
        """By expiry, the newest first."""
        what = ("SELECT underlying, expiry_s, price_e2, time_ms FROM settlement_prices",)
        return tuple(SettlementPriceRow(*row) for row in self._page(what, [], "expiry_s DESC, underlying", -1))

    def settlements(
        self, before: int | None = None, limit: int = 100, *, batch: int | None = None
    ) -> tuple[SettlementRow, ...]:
        """Below id `before`."""
        conditions = [("id < ?", before), ("batch = ?", batch)]
        return tuple(SettlementRow(*row) for row in self._page(SETTLEMENT, conditions, "id DESC", limit))

    # -- books -------------------------------------------------------------------------------------------------------

    def books(self) -> tuple[BookRow, ...]:
        """As they were looked at last, by series."""
        return self._made(_book, self._rows("SELECT series_id, time_ms, bids, asks FROM books ORDER BY series_id"))

    def book(self, series_id: int) -> BookRow:
        """Raises `NoSuchRow`."""
        rows = self._rows("SELECT series_id, time_ms, bids, asks FROM books WHERE series_id = ?", (series_id,))
        if not rows:
            raise NoSuchRow(self.path, "book of series", series_id, self._last("books"))
        return self._made(_book, rows)[0]


def _trade(row: tuple[Any, ...]) -> TradeRow:
    values = list(row)
    values[8], values[15] = bool(row[8]), bool(row[15])
    return TradeRow(*values)


def _account(row: tuple[Any, ...], values: Values | bytes | str) -> AccountRow:
    """`values` are those of a table, or V itself."""
    account, batch, time_ms, key, cash_e6, positions, nonces, is_liquidated, is_subsidised = row
    held = tuple((series_id, size_e4) for series_id, size_e4 in value_of(positions))
    return AccountRow(
        account=account,
        batch=batch,
        time_ms=time_ms,
        key=(words_of_bytes(key)[0], words_of_bytes(key)[1]),
        cash_e6=cash_e6,
        positions=held,
        nonces=tuple(value_of(nonces)),
        values_e6=unpacked_values(values) if isinstance(values, bytes | str) else values_of(cash_e6, held, values),
        is_liquidated=bool(is_liquidated),
        is_subsidised=bool(is_subsidised),
    )


def _book(row: tuple[Any, ...]) -> BookRow:
    bids, asks = (tuple(LevelRow(*level) for level in value_of(side)) for side in row[2:])
    return BookRow(row[0], row[1], bids, asks)
