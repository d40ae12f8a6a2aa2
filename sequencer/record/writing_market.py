"""Fills, refusals, tables, prices and the queue on their way into the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rollup.types.series import SeriesRow
from rollup.types.transactions import ForcedCloseOut, QueueEntry
from sequencer.matching.requests import Report
from sequencer.messages import (
    AllowSession,
    CancelOrder,
    EndSession,
    Message,
    Operate,
    PlaceOrder,
    TakeQuote,
)
from sequencer.orderbook.views import BookLevel, BookView
from sequencer.record.encoding import squeezed, text_of
from sequencer.record.sheet import Sheet, Table

TRADES: Final = Table("trades", 16)
REFUSALS: Final = Table("refusals", 6)
TABLES: Final = Table("tables", 5, replaces=True)
SPOTS: Final = Table("spots", 3, replaces=True)
PRICES: Final = Table("settlement_prices", 4, replaces=True)
FIRST_PRICE: Final = "INSERT OR IGNORE INTO settlement_prices VALUES (?, ?, ?, ?)"
QUEUE: Final = Table("queue", 9, replaces=True)
BOOKS: Final = Table("books", 4, replaces=True)


def write_fills(sheet: Sheet, report: Report, sequence: int, message: int, first_trade: int, time_ms: int) -> None:
    """Trades and liquidations of one message. Microseconds for each."""
    what = (sequence, message, time_ms)
    sheet.add(
        TRADES,
        *(
            (
                None,
                number,
                *what,
                (taker := trade.taker.order).series_id,
                trade.price_e2,
                trade.size_e4,
                int(taker.is_buy),
                trade.maker.order.account,
                taker.account,
                *(None, None, 0, 0, 0),
            )
            for number, trade in enumerate(report.trades, first_trade)
        ),
        *(
            (
                None,
                None,
                *what,
                (order := one.liquidator.order).series_id,
                one.price_e2,
                one.size_e4,
                int(not order.is_buy),
                order.account,
                one.account,
                *(None, one.account, one.penalty_e6, one.subsidy_e6, 0),
            )
            for one in report.liquidations
        ),
    )


def write_refusal(sheet: Sheet, message: Message, rule: str, why: str, time_ms: int) -> None:
    """One of the last few hundred."""
    what, account = who_asked(message)
    sheet.add(REFUSALS, (None, time_ms, what, account, rule, why))


def who_asked(message: Message) -> tuple[str, int | None]:
    """What a message is, and whose, if it is somebody's."""
    match message:
        case PlaceOrder(request):
            return "order", request.signed.order.account
        case CancelOrder(account):
            return "cancel", account
        case Operate(signed):
            return signed.operation.kind.name.lower(), signed.operation.account
        case TakeQuote(legs):
            return "quote", legs[0].taker.order.account
        case AllowSession(account) | EndSession(account):
            return "session", account
    return type(message).__name__, None


def write_table(
    sheet: Sheet, time_s: int, rows: Sequence[SeriesRow], spots: Iterable[tuple[int, int]], time_ms: int
) -> None:
    """A risk table in force."""
    pairs = list(spots)
    body = [
        (
            (series := row.series).series_id,
            series.underlying,
            series.expiry_s,
            series.strike_e2,
            int(series.kind),
            int(row.is_settled),
            *row.values_e2,
        )
        for row in rows
    ]
    sheet.add(TABLES, (time_s, time_ms, len(body), text_of(pairs), squeezed(body)))
    write_spots(sheet, time_ms, dict(pairs))
    for (underlying, expiry_s), price_e2 in settlement_prices(rows).items():
        sheet.execute(FIRST_PRICE, (underlying, expiry_s, price_e2, time_ms))


def settlement_prices(rows: Sequence[SeriesRow]) -> dict[tuple[int, int], int]:
    """By underlying and expiry, what payoffs above nothing say of the price at which a series was settled."""
    return {
        (series.underlying, series.expiry_s): series.strike_e2 + series.kind.sign * row.mark_e2
        for row in rows
        if row.is_settled and row.mark_e2
        for series in [row.series]
    }


def write_spots(sheet: Sheet, time_ms: int, prices_e2: Mapping[int, int]) -> None:
    """Prices of underlyings."""
    sheet.add(SPOTS, *((underlying, time_ms, price_e2) for underlying, price_e2 in prices_e2.items()))


def write_settlement_price(sheet: Sheet, underlying: int, expiry_s: int, price_e2: int, time_ms: int) -> None:
    """Of an expiry."""
    sheet.add(PRICES, (underlying, expiry_s, price_e2, time_ms))


def write_queue(sheet: Sheet, first_index: int, entries: Sequence[QueueEntry], time_ms: int) -> None:
    """Entries of L1's queue, as the venue took them."""
    for place, entry in enumerate(entries, first_index):
        if isinstance(entry, ForcedCloseOut):
            asked: tuple[int | None, ...] = (0, entry.series_id, entry.position_slot)
        else:
            asked = (entry.amount_e6, None, None)
        sheet.add(QUEUE, (place, entry.kind.name.lower(), entry.account, *asked, time_ms, None, None))


def write_books(sheet: Sheet, views: Iterable[BookView], time_ms: int) -> None:
    """Books as they are now."""
    sheet.add(BOOKS, *((view.series_id, time_ms, _levels(view.bids), _levels(view.asks)) for view in views))


def _levels(levels: Iterable[BookLevel]) -> str:
    return text_of([(one.price_e2, one.size_e4, one.orders) for one in levels])
