"""CSV files of tardis.dev of Deribit's options: `trades` and `options_chain`, plain or gzipped, times in microseconds.

Trades name prices in coins and no price of the coin: `coin_prices` says what it was, from a chain of the same day or
from wherever the caller has it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final

from rollup.types.series import OptionKind
from sequencer.markets.deribit import PERCENT, Ticker, coin_price_e2
from sequencer.markets.errors import BadValue, NoQuoteKnown
from sequencer.markets.files import read_rows
from sequencer.markets.names import instrument_of
from sequencer.markets.numbers import MICROSECONDS, not_negative, positive, price_e2, size_e4, whole
from sequencer.markets.records import Aggressor, Instrument, MarketTrade, Quote, SurfacePoint

CoinPrice = Callable[[str, int], Decimal]
"""The price of a coin, by name, at unix seconds, in USD."""

TIME_BITS_US: Final = 54
_KINDS: Final = {"call": OptionKind.CALL, "put": OptionKind.PUT}
_SIDES: Final = {"buy": Aggressor.BUYER, "sell": Aggressor.SELLER, "unknown": Aggressor.UNKNOWN}


def trades(path: Path, coin_price: CoinPrice) -> Iterator[MarketTrade]:
    """The options' trades of a file, in its order. Raises `DataMissing`, `MalformedRow`."""

    def convert(row: dict[str, str]) -> MarketTrade | None:
        return _trade(row, coin_price)

    return read_rows(path, ("symbol", "timestamp", "side", "price", "amount"), convert)


def options_chain(path: Path) -> Iterator[Ticker]:
    """Tickers of a file, in its order; those without a mark are left out. Raises `DataMissing`, `MalformedRow`."""
    columns = (
        *("symbol", "timestamp", "type", "strike_price", "expiration", "mark_price", "mark_iv", "underlying_price"),
        *("bid_price", "bid_amount", "ask_price", "ask_amount"),
    )
    return read_rows(path, columns, _ticker)


def coin_prices(tickers: Iterable[Ticker]) -> CoinPrice:
    """The last price of an underlying that tickers named up to a time."""
    known: dict[str, list[tuple[int, Decimal]]] = {}
    for ticker in tickers:
        point = ticker.point
        known.setdefault(point.instrument.underlying, []).append((point.time_s, Decimal(repr(ticker.index))))
    for prices in known.values():
        prices.sort()

    def price(name: str, time_s: int) -> Decimal:
        prices = known.get(name, [])
        place = bisect_right(prices, time_s, key=lambda pair: pair[0])
        if place == 0:
            raise NoQuoteKnown(name, time_s)
        return prices[place - 1][1]

    return price


def _trade(row: dict[str, str], coin_price: CoinPrice) -> MarketTrade | None:
    if not row["symbol"].endswith(("-C", "-P")):
        return None
    instrument, time_s = instrument_of(row["symbol"]), _time_s("timestamp", row)
    if row["side"] not in _SIDES:
        raise BadValue("side", row["side"])
    amount_e4 = size_e4("amount", not_negative("amount", row["amount"]))
    if amount_e4 == 0:
        raise BadValue("amount", row["amount"])
    price_in_cents = coin_price_e2("price", row["price"], coin_price(instrument.underlying, time_s))
    return MarketTrade(time_s, instrument, price_in_cents, amount_e4, _SIDES[row["side"]])


def _ticker(row: dict[str, str]) -> Ticker | None:
    if not row["mark_price"] or not row["mark_iv"] or not row["underlying_price"]:
        return None
    instrument, time_s = instrument_of(row["symbol"]), _time_s("timestamp", row)
    _check_columns(instrument, row)
    coin = not_negative("underlying_price", row["underlying_price"])
    volatility = float(not_negative("mark_iv", row["mark_iv"])) / PERCENT
    mark_e2 = coin_price_e2("mark_price", row["mark_price"], coin)
    point = SurfacePoint(time_s, instrument, positive("underlying_price", row["underlying_price"]), volatility, mark_e2)
    bid_e2, bid_size_e4 = _side(row, "bid", coin)
    ask_e2, ask_size_e4 = _side(row, "ask", coin)
    return Ticker(point, Quote(time_s, instrument, bid_e2, bid_size_e4, ask_e2, ask_size_e4), float(coin))


def _side(row: dict[str, str], side: str, coin: Decimal) -> tuple[int | None, int]:
    price, amount = row[f"{side}_price"], row[f"{side}_amount"]
    if not price or not amount:
        return None, 0
    return coin_price_e2(f"{side}_price", price, coin) or None, size_e4(side, not_negative(f"{side}_amount", amount))


def _check_columns(instrument: Instrument, row: dict[str, str]) -> None:
    said = (
        _time_s("expiration", row),
        price_e2("strike_price", not_negative("strike_price", row["strike_price"])),
        _KINDS.get(row["type"]),
    )
    if said != (instrument.expiry_s, instrument.strike_e2, instrument.kind):
        raise BadValue(f"{row['symbol']}, by its other columns,", said)


def _time_s(name: str, row: dict[str, str]) -> int:
    return whole(name, row[name], TIME_BITS_US) // MICROSECONDS
