"""Where exchanges say their prices, as their public documentation has it; `{market}` is their name of a market."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from sequencer.oracles.index_source import Candles, Ticker
from sequencer.oracles.said_values import JsonPath

MARKET: Final = "{market}"


@dataclass(frozen=True, slots=True)
class Exchange:
    """Addresses below `base`, and a market as an example of how this exchange writes its name."""

    base: str
    example: str
    ticker: Ticker
    candles: Candles


EXCHANGES: Final[Mapping[str, Exchange]] = {
    "coinbase": Exchange(
        "https://api.exchange.coinbase.com",
        "BTC-USD",
        Ticker("/products/{market}/ticker", ("price",), ("time",), "iso"),
        Candles("/products/{market}/candles?granularity=60&start={start_iso}&end={end_iso}", (), (0,), (4,)),
    ),
    "kraken": Exchange(
        "https://api.kraken.com",
        "XXBTZUSD",
        Ticker("/0/public/Ticker?pair={market}", ("result", MARKET, "c", 0)),
        Candles("/0/public/OHLC?pair={market}&interval=1&since={start_s}", ("result", MARKET), (0,), (4,)),
    ),
    "bitstamp": Exchange(
        "https://www.bitstamp.net",
        "btcusd",
        Ticker("/api/v2/ticker/{market}/", ("last",), ("timestamp",)),
        Candles(
            "/api/v2/ohlc/{market}/?step=60&limit=60&start={start_s}&end={end_s}",
            ("data", "ohlc"),
            ("timestamp",),
            ("close",),
        ),
    ),
    "okx": Exchange(
        "https://www.okx.com",
        "BTC-USD",
        Ticker("/api/v5/market/index-tickers?instId={market}", ("data", 0, "idxPx"), ("data", 0, "ts"), "ms"),
        Candles(
            "/api/v5/market/history-index-candles?instId={market}&bar=1m&after={end_ms}&limit=60",
            ("data",),
            (0,),
            (4,),
            "ms",
        ),
    ),
}


def at_market(exchange: Exchange, market: str, base: str | None = None) -> tuple[Ticker, Candles]:
    """Where a market's prices stand, at another address than the exchange's own if `base` is one."""
    root, ticker, candles = base or exchange.base, exchange.ticker, exchange.candles
    return (
        replace(ticker, url=root + ticker.url.replace(MARKET, market), price=_path(ticker.price, market)),
        replace(candles, url=root + candles.url.replace(MARKET, market), rows=_path(candles.rows, market)),
    )


def _path(path: JsonPath, market: str) -> JsonPath:
    return tuple(market if step == MARKET else step for step in path)
