"""An exchange that says a price and no volatility: where in its answers it stands is data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Final

from rollup.types.series import Series
from sequencer.oracles.errors import OtherUnderlying, SourceDown
from sequencer.oracles.http_json import JsonFetcher
from sequencer.oracles.latest_answer import LatestAnswer
from sequencer.oracles.readings import ExpiryPrice, UnderlyingReading
from sequencer.oracles.said_values import JsonPath, TimeUnit, cents, number_at, time_at, value_at

MINUTE_S: Final = 60
AVERAGE_S: Final = 1_800
"""Half an hour before an expiry: what Deribit settles by, too."""

LEAST_MINUTES: Final = 27
"""Of the thirty: exchanges leave out minutes in which nobody traded."""

SETTLE_AFTER_S: Final = 10
"""An exchange's last minute is not over before its own clock says so."""

ASK_AGAIN_S: Final = 5


@dataclass(frozen=True, slots=True)
class Ticker:
    """Where the price stands. Without `time` the answer's own date counts, which is that of a cache's copy, too."""

    url: str
    price: JsonPath
    time: JsonPath | None = None
    time_unit: TimeUnit = "s"


@dataclass(frozen=True, slots=True)
class Candles:
    """Where prices of past minutes stand: a list at `rows`, in each row the minute's begin and its last price.

    In `url` these are filled in: {start_s}, {end_s}, {start_ms}, {end_ms}, {start_iso}, {end_iso}: from the minute
    before the half hour to the expiry.
    """

    url: str
    rows: JsonPath
    time: JsonPath
    close: JsonPath
    time_unit: TimeUnit = "s"


class IndexSource:
    """A `PriceSource` of one underlying, by the price of the last trade or an index. It says nothing of volatilities.

    Expiries are settled by the mean of the last prices of the half hour's minutes, if the exchange tells them.
    """

    def __init__(
        self, name: str, underlying: int, ticker: Ticker, candles: Candles | None, fetcher: JsonFetcher
    ) -> None:
        self.name, self._underlying = name, underlying
        self._ticker, self._candles, self._fetcher = ticker, candles, fetcher
        self._latest = LatestAnswer(name, self._ask, fetcher.limit_s)
        self._averages: dict[int, LatestAnswer[Decimal | str]] = {}

    def begin(self, now_s: int) -> None:
        """Asks, so that others can be asked at the same time."""
        self._latest.begin(now_s)

    def read(self, underlying: int, _series: Sequence[Series], now_s: int) -> UnderlyingReading:
        """The price, with the time that the exchange says. Raises `SourceDown`, `BadReading`."""
        if underlying != self._underlying:
            raise OtherUnderlying(self.name, underlying)
        return self._latest.take(now_s)

    def at_expiry(self, underlying: int, expiry_s: int, now_s: int) -> ExpiryPrice | None:
        """The mean over the half hour before; None until all its minutes are over, and where it tells none."""
        if underlying != self._underlying:
            raise OtherUnderlying(self.name, underlying)
        if self._candles is None or expiry_s % MINUTE_S or now_s < expiry_s + SETTLE_AFTER_S:
            return None
        if expiry_s not in self._averages:
            ask = partial(self._average, self._candles, expiry_s)
            self._averages[expiry_s] = LatestAnswer(self.name, ask, self._fetcher.limit_s, ASK_AGAIN_S)
        found = self._averages[expiry_s].take(now_s)
        if isinstance(found, str):
            raise SourceDown(self.name, found)
        return ExpiryPrice(expiry_s, cents(self.name, f"the price at {expiry_s}", found), is_average=True)

    def _ask(self) -> UnderlyingReading:
        ticker = self._ticker
        answer = self._fetcher.fetch(self.name, ticker.url)
        price = number_at(self.name, answer.content, ticker.price)
        if ticker.time is not None:
            time_s = time_at(self.name, answer.content, ticker.time, ticker.time_unit)
        elif answer.time_s is not None:
            time_s = answer.time_s
        else:
            raise SourceDown(self.name, "it says no time, neither of its price nor of its answer")
        return UnderlyingReading(time_s, cents(self.name, "the price", price))

    def _average(self, candles: Candles, expiry_s: int) -> Decimal | str:
        """The mean, or what is missing."""
        url = candles_url(candles.url, expiry_s - AVERAGE_S - MINUTE_S, expiry_s)
        rows = value_at(self.name, self._fetcher.fetch(self.name, url).content, candles.rows)
        if not isinstance(rows, list):
            raise SourceDown(self.name, "its minutes are no list")
        closes: dict[int, Decimal] = {}
        for row in rows:
            minute_s = time_at(self.name, row, candles.time, candles.time_unit)
            if expiry_s - AVERAGE_S <= minute_s < expiry_s:
                closes[minute_s] = number_at(self.name, row, candles.close)
        if len(closes) < LEAST_MINUTES or expiry_s - MINUTE_S not in closes:
            return f"it knows {len(closes)} of the {AVERAGE_S // MINUTE_S} minutes before {expiry_s} yet"
        return sum(closes.values(), Decimal(0)) / len(closes)


def candles_url(template: str, start_s: int, end_s: int) -> str:
    """The address with times filled in. Raises `LookupError`, `AttributeError`, `ValueError` for another name."""
    start, end = (datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for time_s in (start_s, end_s))
    return template.format(
        start_s=start_s, end_s=end_s, start_ms=start_s * 1_000, end_ms=end_s * 1_000, start_iso=start, end_iso=end
    )
