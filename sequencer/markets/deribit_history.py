"""Deribit's public trade history: what `public/get_last_trades_by_instrument` and its relatives answer, kept in files.

A file holds one answer, or several, one a line. Answers have `result.trades`, or are the `result` alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from rollup.errors import RollupError
from sequencer.l1.nesting import refuse_deep_nesting
from sequencer.markets.deribit import PERCENT, TIME_BITS_MS
from sequencer.markets.errors import BadValue, DataMissing, MalformedRow
from sequencer.markets.files import open_text
from sequencer.markets.names import instrument_of
from sequencer.markets.numbers import MILLISECONDS, not_negative, price_e2, size_e4, whole
from sequencer.markets.records import Aggressor, MarketTrade

_SIDES: Final = {"buy": Aggressor.BUYER, "sell": Aggressor.SELLER}
COINS: Final = "USDC"
"""Options on `BTC_USDC` and the like are quoted in dollars; all others in their coin."""


@dataclass(frozen=True, slots=True)
class ToldTrade:
    """A trade, what its underlying was worth then in USD, and the volatility, None where Deribit named none."""

    trade: MarketTrade
    index: float
    volatility: float | None


def trades(paths: Iterable[Path]) -> list[MarketTrade]:
    """The options' trades of all files, each trade once, by time and then by trade id. Raises as `told_trades`."""
    return [one.trade for one in told_trades(paths)]


def told_trades(paths: Iterable[Path]) -> list[ToldTrade]:
    """As `trades`, with what else was said of the market at each.

    Raises `DataMissing`, `MalformedRow`; the line is that of the answer, and the problem says which trade of it.
    """
    found: dict[str, tuple[int, int, ToldTrade]] = {}
    for path in paths:
        for line, answer in _answers(path):
            for place, (trade_id, time_ms, trade) in enumerate(_trades(path, line, answer)):
                if trade is not None:
                    found.setdefault(trade_id, (time_ms, place, trade))
    keyed = sorted(found.items(), key=lambda item: (item[1][0], len(item[0]), item[0]))
    return [trade for _, (_, _, trade) in keyed]


def _answers(path: Path) -> Iterator[tuple[int, Any]]:
    with open_text(path) as file:
        try:
            text = file.read()
        except (UnicodeDecodeError, EOFError, OSError) as error:
            raise DataMissing(path, str(error)) from error
    try:
        yield 1, _parsed(text)
    except ValueError:
        yield from _lines(path, text)


def _lines(path: Path, text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                yield number, _parsed(line)
            except ValueError as error:
                raise MalformedRow(path, number, f"no JSON ({error})") from error


def _parsed(text: str) -> Any:
    """Numbers stay the text that they are, so that nothing is lost. Raises `ValueError`."""
    refuse_deep_nesting()
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _trades(path: Path, line: int, answer: Any) -> Iterator[tuple[str, int, ToldTrade | None]]:
    result = answer.get("result", answer) if isinstance(answer, dict) else None
    listed = result.get("trades") if isinstance(result, dict) else None
    if not isinstance(listed, list):
        raise MalformedRow(path, line, "no list `trades`, nor `result.trades`")
    for place, fields in enumerate(listed):
        try:
            yield _trade(fields)
        except (BadValue, RollupError) as error:
            raise MalformedRow(path, line, f"trade {place}: {error}") from error


def _trade(fields: Any) -> tuple[str, int, ToldTrade | None]:
    """Futures and perpetuals are no options, and left out."""
    if not isinstance(fields, dict):
        raise BadValue("a trade", fields)
    name, trade_id = _text(fields, "instrument_name"), _text(fields, "trade_id")
    time_ms = whole("timestamp", _text(fields, "timestamp"), TIME_BITS_MS)
    if not name.endswith(("-C", "-P")):
        return trade_id, time_ms, None
    instrument = instrument_of(name)
    coin = not_negative("index_price", _text(fields, "index_price"))
    if coin == 0:
        raise BadValue("index_price", fields["index_price"])
    price_e2("index_price", coin)  # the last one settles: it must fit like any price
    money = Decimal(1) if instrument.underlying.endswith(COINS) else coin
    side = _SIDES.get(_text(fields, "direction"))
    if side is None:
        raise BadValue("direction", fields["direction"])
    amount_e4 = size_e4("amount", not_negative("amount", _text(fields, "amount")))
    if amount_e4 == 0:
        raise BadValue("amount", fields["amount"])
    price = price_e2("price", not_negative("price", _text(fields, "price")) * money)
    trade = MarketTrade(time_ms // MILLISECONDS, instrument, price, amount_e4, side)
    told = fields.get("iv")
    volatility = None if told is None else float(not_negative("iv", _text(fields, "iv"))) / PERCENT
    return trade_id, time_ms, ToldTrade(trade, float(coin), volatility or None)


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise BadValue(name, value)
    return value
