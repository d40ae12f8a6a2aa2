"""Minute bars of SPX and SPXW options and of their index, in the time of New York and of Chicago.

Weekly options (SPXW) end at the close, 16:00 in New York, and are settled by the index of that minute; monthly ones
(SPX) at the opening of their day. A trade bar becomes one trade of its closing price and whole volume.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from rollup.types.series import OptionKind
from sequencer.markets.errors import BadValue, NoQuoteKnown
from sequencer.markets.files import read_rows
from sequencer.markets.numbers import decimal, not_negative, price_e2, size_e4
from sequencer.markets.records import IndexPrice, Instrument, MarketTrade, Quote

NEW_YORK: Final = ZoneInfo("America/New_York")
CHICAGO: Final = ZoneInfo("America/Chicago")
UNDERLYING: Final = "SPX"
MINUTE_S: Final = 60
_KINDS: Final = {"call": OptionKind.CALL, "put": OptionKind.PUT}
_HOURS: Final = {"SPXW": (16, 0), "SPX": (9, 30)}
_NAMES: Final = ("time_ny", "root", "expiry", "strike", "type")


def trades(folder: Path) -> Iterator[MarketTrade]:
    """All trade bars, in the file's order, which is that of time. Raises `DataMissing`, `MalformedRow`."""
    return read_rows(folder / "spx_option_trade_bars.csv", (*_NAMES, "close", "volume"), _trade)


def quotes(folder: Path) -> Iterator[Quote]:
    """The last quotes of each minute. Raises as `trades`."""
    columns = (*_NAMES, "bid_c", "bid_size", "ask_c", "ask_size")
    return read_rows(folder / "spx_option_quote_bars.csv", columns, _quote)


def index(folder: Path) -> Iterator[IndexPrice]:
    """The index at the end of each minute; `time_s` is the minute's start. Raises as `trades`."""
    return read_rows(folder / "spx_index_minute.csv", ("time_chicago", "close"), _index)


def settlement_e2(folder: Path, expiry_s: int) -> int:
    """The index at an expiry at the close: that of the minute which begins then. Raises `NoQuoteKnown` without it."""
    for one in index(folder):
        if one.time_s == expiry_s:
            return one.price_e2
    raise NoQuoteKnown(UNDERLYING, expiry_s)


def _trade(row: dict[str, str]) -> MarketTrade:
    size = size_e4("volume", not_negative("volume", row["volume"]))
    if size == 0:
        raise BadValue("volume", row["volume"])
    return MarketTrade(_time(row["time_ny"], NEW_YORK), _instrument(row), _price("close", row["close"]), size)


def _quote(row: dict[str, str]) -> Quote:
    bid_e2 = _price("bid_c", row["bid_c"]) if row["bid_c"] else None
    ask_e2 = _price("ask_c", row["ask_c"]) if row["ask_c"] else None
    bid_size_e4 = size_e4("bid_size", not_negative("bid_size", row["bid_size"])) if bid_e2 else 0
    ask_size_e4 = size_e4("ask_size", not_negative("ask_size", row["ask_size"])) if ask_e2 else 0
    return Quote(_time(row["time_ny"], NEW_YORK), _instrument(row), bid_e2 or None, bid_size_e4, ask_e2, ask_size_e4)


def _index(row: dict[str, str]) -> IndexPrice:
    return IndexPrice(_time(row["time_chicago"], CHICAGO), UNDERLYING, _price("close", row["close"]))


def _instrument(row: dict[str, str]) -> Instrument:
    if row["type"] not in _KINDS:
        raise BadValue("type", row["type"])
    if row["root"] not in _HOURS:
        raise BadValue("root", row["root"])
    strike_e2 = price_e2("strike", not_negative("strike", row["strike"]))
    return Instrument(UNDERLYING, _expiry(row["root"], row["expiry"]), strike_e2, _KINDS[row["type"]])


def _price(what: str, text: str) -> int:
    return price_e2(what, decimal(what, text))


@cache
def _expiry(root: str, text: str) -> int:
    try:
        day = datetime.strptime(text, "%Y%m%d").replace(tzinfo=NEW_YORK)
    except ValueError:
        raise BadValue("expiry", text) from None
    hour, minute = _HOURS[root]
    return int(day.replace(hour=hour, minute=minute).timestamp())


@cache
def _time(text: str, zone: ZoneInfo) -> int:
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())
    except ValueError:
        raise BadValue("time", text) from None
