"""Deribit's options as files have them: a chain with marks and volatilities, instruments, tickers, events of books.

Prices of options on coins are in the coin; a dollar price is that times the price of the coin which the row names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from rollup.types.series import OptionKind
from sequencer.markets.errors import BadValue, MalformedRow
from sequencer.markets.files import read_rows
from sequencer.markets.names import instrument_of
from sequencer.markets.numbers import MILLISECONDS, decimal, not_negative, positive, price_e2, size_e4, whole
from sequencer.markets.records import BookAction, BookEvent, Instrument, Quote, SurfacePoint

YEAR_S: Final = 365 * 24 * 60 * 60
TIME_BITS_MS: Final = 44
PERCENT: Final = 100
YEARS_STEP: Final = Decimal("0.00001")
"""To this the chain's times to expiry are rounded."""


@dataclass(frozen=True, slots=True)
class ChainRow:
    """One option of a chain: its point of the surface, its quote, and how many contracts are open."""

    point: SurfacePoint
    quote: Quote
    open_interest_e4: int


@dataclass(frozen=True, slots=True)
class Ticker:
    """A ticker: the underlying's price at the expiry (`forward`) and now (`index`), the option's point and quote."""

    point: SurfacePoint
    quote: Quote
    index: float


@dataclass(frozen=True, slots=True)
class _RawChainRow:
    instrument: Instrument
    years: Decimal
    cells: dict[str, str]


def chain(path: Path) -> tuple[ChainRow, ...]:
    """All options of a chain, at the one time that agrees with every row's time to expiry.

    Raises `DataMissing`, `MalformedRow`, also if there is no such time.
    """
    columns = ("instrument_name", "T_years", "S0", "market_price_usd", "mark_iv", "bid_btc", "ask_btc", "open_interest")
    raw = list(read_rows(path, columns, _raw_chain_row))
    earliest = max((_time_of(row, row.years + YEARS_STEP / 2) for row in raw), default=0)
    latest = min((_time_of(row, row.years - YEARS_STEP / 2) for row in raw), default=0)
    if earliest > latest:
        raise MalformedRow(path, 1, "the times to expiry do not begin at one time")
    time_s = (earliest + latest) // 2
    return tuple(_chain_row(row, time_s) for row in raw)


def instruments(path: Path) -> Iterator[Instrument]:
    """The options among all instruments. Raises `DataMissing`, `MalformedRow`."""
    return read_rows(path, ("kind", "instrument_name", "expiration_timestamp", "strike", "option_type"), _instrument)


def tickers(path: Path) -> Iterator[Ticker]:
    """Tickers of options. Raises `DataMissing`, `MalformedRow`."""
    columns = (
        *("timestamp", "instrument_name", "underlying_price", "index_price", "mark_price", "mark_iv"),
        *("best_bid_price", "best_bid_amount", "best_ask_price", "best_ask_amount"),
    )
    return read_rows(path, columns, _ticker)


def book_events(path: Path) -> Iterator[BookEvent]:
    """Events of books, in the file's order. Raises `DataMissing`, `MalformedRow`."""
    columns = ("exchange_ts_ms", "instrument_name", "msg_type", "side", "action", "price", "amount")
    return read_rows(path, columns, _book_event)


def coin_price_e2(what: str, coins: str, dollars: Decimal) -> int:
    """A price in coins, in cents. Raises `BadValue`."""
    return price_e2(what, not_negative(what, coins) * dollars)


def _raw_chain_row(row: dict[str, str]) -> _RawChainRow:
    for name in ("S0", "mark_iv"):
        positive(name, row[name])
    for name in ("market_price_usd", "open_interest", *(side for side in ("bid_btc", "ask_btc") if row[side])):
        not_negative(name, row[name])
    return _RawChainRow(instrument_of(row["instrument_name"]), not_negative("T_years", row["T_years"]), row)


def _time_of(row: _RawChainRow, years: Decimal) -> int:
    return row.instrument.expiry_s - int(years * YEAR_S)


def _chain_row(raw: _RawChainRow, time_s: int) -> ChainRow:
    cells, coin = raw.cells, decimal("S0", raw.cells["S0"])
    mark_e2 = price_e2("market_price_usd", decimal("market_price_usd", cells["market_price_usd"]))
    volatility = positive("mark_iv", cells["mark_iv"]) / PERCENT
    point = SurfacePoint(time_s, raw.instrument, float(coin), volatility, mark_e2)
    bid_e2, ask_e2 = (
        coin_price_e2(side, cells[side], coin) if cells[side] else None for side in ("bid_btc", "ask_btc")
    )
    quote = Quote(time_s, raw.instrument, bid_e2 or None, 0, ask_e2 or None, 0)
    return ChainRow(point, quote, size_e4("open_interest", decimal("open_interest", cells["open_interest"])))


def _instrument(row: dict[str, str]) -> Instrument | None:
    if row["kind"] != "option":
        return None
    found = instrument_of(row["instrument_name"])
    said = (
        whole("expiration_timestamp", row["expiration_timestamp"], TIME_BITS_MS) // MILLISECONDS,
        price_e2("strike", not_negative("strike", row["strike"])),
        row["option_type"],
    )
    kind = "call" if found.kind is OptionKind.CALL else "put"
    if said != (found.expiry_s, found.strike_e2, kind):
        raise BadValue(f"{row['instrument_name']}, by its other columns,", said)
    return found


def _ticker(row: dict[str, str]) -> Ticker:
    instrument, time_s = instrument_of(row["instrument_name"]), _time_s(row["timestamp"])
    coin = not_negative("underlying_price", row["underlying_price"])
    volatility = float(not_negative("mark_iv", row["mark_iv"])) / PERCENT
    mark_e2 = coin_price_e2("mark_price", row["mark_price"], coin)
    point = SurfacePoint(time_s, instrument, positive("underlying_price", row["underlying_price"]), volatility, mark_e2)
    sides: list[int] = []
    for side in ("bid", "ask"):
        price, amount = f"best_{side}_price", f"best_{side}_amount"
        sides += coin_price_e2(price, row[price], coin), size_e4(amount, not_negative(amount, row[amount]))
    bid_e2, bid_size_e4, ask_e2, ask_size_e4 = sides
    quote = Quote(time_s, instrument, bid_e2 or None, bid_size_e4, ask_e2 or None, ask_size_e4)
    return Ticker(point, quote, positive("index_price", row["index_price"]))


def _book_event(row: dict[str, str]) -> BookEvent:
    if row["msg_type"] not in ("snapshot", "change"):
        raise BadValue("msg_type", row["msg_type"])
    if row["side"] not in ("bid", "ask"):
        raise BadValue("side", row["side"])
    if row["action"] not in (action.value for action in BookAction):
        raise BadValue("action", row["action"])
    return BookEvent(
        whole("exchange_ts_ms", row["exchange_ts_ms"], TIME_BITS_MS),
        instrument_of(row["instrument_name"]),
        is_snapshot=row["msg_type"] == "snapshot",
        is_bid=row["side"] == "bid",
        action=BookAction(row["action"]),
        price=float(not_negative("price", row["price"])),
        size_e4=size_e4("amount", not_negative("amount", row["amount"])),
    )


def _time_s(text: str) -> int:
    return whole("timestamp", text, TIME_BITS_MS) // MILLISECONDS
