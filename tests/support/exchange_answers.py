"""Answers of exchanges as their public documentation has them, about a market that a test sets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from rollup.types.series import OptionKind, Series
from sequencer.markets.names import name_of
from sequencer.markets.records import Instrument

NOW = 1_764_897_000
"""5 December 2025, 01:10 UTC: a Friday."""

EXPIRY_S = 1_764_921_600
"""08:00 UTC of that day."""

PRICE_E2 = 9_200_050
MINUTES = 30


def series_of(*expiries_s: int, strikes: int = 3) -> tuple[Series, ...]:
    """Calls and puts around 92,000."""
    made = [
        (expiry_s, 9_200_000 + 200_000 * (place - strikes // 2), kind)
        for expiry_s in expiries_s
        for place in range(strikes)
        for kind in OptionKind
    ]
    return tuple(Series(number, 1, *one) for number, one in enumerate(made, 1))


@dataclass
class Exchange:
    """What all exchanges of one server say. `prices` are by exchange where one says another."""

    now_s: int = NOW
    price: str = "92000.50"
    prices: dict[str, str] = field(default_factory=dict)
    forward: str = "92310.1234"
    volatility: str = "0.5525"
    volatilities: dict[str, str] = field(default_factory=dict)
    series: tuple[Series, ...] = series_of(EXPIRY_S, EXPIRY_S + 7 * 86_400)
    minutes: int = MINUTES
    expiry_s: int = EXPIRY_S
    deliveries: dict[str, str] = field(default_factory=dict)
    testnet: bool = False

    def answer(self, url: str) -> str | None:
        """The body for a path with its query; None for one that nobody has."""
        parts = urlsplit(url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        steps = [step for step in parts.path.split("/") if step]
        for prefix, make in (
            (["products"], self._coinbase),
            (["0", "public"], self._kraken),
            (["api", "v2", "public"], self._deribit),
            (["api", "v2"], self._bitstamp),
            (["api", "v5"], self._okx),
        ):
            if steps[: len(prefix)] == prefix:
                return make(steps, query)
        return None

    def said(self, exchange: str) -> str:
        return self.prices.get(exchange, self.price)

    def _coinbase(self, steps: list[str], _query: dict[str, str]) -> str:
        price = self.said("coinbase")
        if steps[-1] == "candles":
            rows = ", ".join(f"[{at_s}, 1, 2, 3, {price}, 0.5]" for at_s in reversed(list(self._minutes())))
            return f"[{rows}]"
        time = datetime.fromtimestamp(self.now_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.833897Z")
        return json.dumps({"trade_id": 86_326_522, "price": price, "size": "0.00698254", "time": time})

    def _kraken(self, steps: list[str], query: dict[str, str]) -> str:
        price, pair = self.said("kraken"), query["pair"]
        if steps[-1] == "OHLC":
            rows = [[at_s, "1", "2", "3", price, "2.5", "3.39243896", 23] for at_s in self._minutes()]
            return json.dumps({"error": [], "result": {pair: rows, "last": self.now_s}})
        row = {"a": [price, "1", "1.000"], "b": [price, "1", "1.000"], "c": [price, "0.00067643"]}
        return json.dumps({"error": [], "result": {pair: row}})

    def _bitstamp(self, steps: list[str], _query: dict[str, str]) -> str:
        price = self.said("bitstamp")
        if "ohlc" in steps:
            rows = [{"close": price, "open": "1", "timestamp": str(at_s)} for at_s in self._minutes()]
            return json.dumps({"data": {"ohlc": rows, "pair": "BTC/USD"}})
        return json.dumps({"timestamp": str(self.now_s), "last": price, "bid": price, "ask": price, "open": "1"})

    def _okx(self, steps: list[str], query: dict[str, str]) -> str:
        data: list[Any] = [{"instId": query.get("instId"), "idxPx": self.said("okx"), "ts": str(self.now_s * 1_000)}]
        if steps[-1] == "history-index-candles":
            rows = reversed(list(self._minutes()))
            data = [[str(at_s * 1_000), "1", "2", "3", self.said("okx"), "1"] for at_s in rows]
        elif steps[-1] == "opt-summary":
            data = [self._okx_option(one) for one in self.series]
        return json.dumps({"code": "0", "msg": "", "data": data})

    def _okx_option(self, one: Series) -> dict[str, str]:
        day = datetime.fromtimestamp(one.expiry_s, UTC).strftime("%y%m%d")
        name = f"BTC-USD-{day}-{one.strike_e2 // 100}-{'C' if one.kind is OptionKind.CALL else 'P'}"
        volatility = self.volatilities.get("okx", self.volatility)
        return {"instId": name, "markVol": volatility, "fwdPx": self.forward, "ts": str(self.now_s * 1_000)}

    def _deribit(self, steps: list[str], _query: dict[str, str]) -> str:
        if steps[-1] == "get_index_price":
            result = f'{{"index_price": {self.said("deribit")}, "estimated_delivery_price": 1}}'
        elif steps[-1] == "get_delivery_prices":
            rows = ", ".join(
                f'{{"date": "{day}", "delivery_price": {price}}}' for day, price in self.deliveries.items()
            )
            result = f'{{"data": [{rows}], "records_total": 1}}'
        else:
            result = "[" + ", ".join(self._deribit_option(one) for one in self.series) + "]"
        out_us, testnet = self.now_s * 1_000_000 + 5, json.dumps(self.testnet)
        return f'{{"jsonrpc": "2.0", "result": {result}, "usOut": {out_us}, "testnet": {testnet}}}'

    def _deribit_option(self, one: Series) -> str:
        name = name_of(Instrument("BTC", one.expiry_s, one.strike_e2, one.kind))
        percent = float(self.volatilities.get("deribit", self.volatility)) * 100
        return (
            f'{{"instrument_name": "{name}", "mark_iv": {percent:.4f}, "underlying_price": {self.forward}, '
            f'"underlying_index": "SYN.BTC", "mark_price": 0.0123, "bid_price": null, "volume": 0.0, '
            f'"creation_timestamp": {self.now_s * 1_000}}}'
        )

    def _minutes(self) -> Iterator[int]:
        """The last ones before the expiry, and one after it, that does not count."""
        yield from range(self.expiry_s - 60 * self.minutes, self.expiry_s + 60, 60)
