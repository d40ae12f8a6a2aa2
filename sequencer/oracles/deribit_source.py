"""Deribit's public answers as a source: index, forwards and volatilities of all its options, delivery prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from rollup.types.series import Series
from sequencer.markets.names import STANDARD_TIME, name_of
from sequencer.markets.records import Instrument
from sequencer.oracles.errors import OtherUnderlying, SourceDown
from sequencer.oracles.exact_json import Exact, decimal_of, excerpt
from sequencer.oracles.http_json import Answer, JsonFetcher
from sequencer.oracles.index_source import ASK_AGAIN_S
from sequencer.oracles.latest_answer import LatestAnswer
from sequencer.oracles.option_marks import OptionBoard, OptionMark, reading_of
from sequencer.oracles.readings import ExpiryPrice, UnderlyingReading
from sequencer.oracles.said_values import cents, number_at, time_at, value_at

BASE: Final = "https://www.deribit.com/api/v2"
PERCENT: Final = 100
PER_MS: Final = 1_000
DELIVERIES: Final = 10


@dataclass(frozen=True, slots=True)
class DeribitMarket:
    """Deribit's names: `currency` of its options, `index` of what they settle by, `prefix` of instruments' names."""

    currency: str = "BTC"
    index: str = "btc_usd"
    prefix: str = "BTC"
    base: str = BASE


class DeribitSource:
    """A `PriceSource` of one underlying: index and all options in two requests a look, delivery prices in one more."""

    def __init__(self, name: str, underlying: int, market: DeribitMarket, fetcher: JsonFetcher) -> None:
        self.name, self._underlying, self._market, self._fetcher = name, underlying, market, fetcher
        self._latest = LatestAnswer(name, self._ask, 2 * fetcher.limit_s)
        self._delivered = LatestAnswer(name, self._deliveries, fetcher.limit_s, ASK_AGAIN_S)

    def begin(self, now_s: int) -> None:
        """Asks, so that others can be asked at the same time."""
        self._latest.begin(now_s)

    def read(self, underlying: int, series: Sequence[Series], now_s: int) -> UnderlyingReading:
        """Index, and the forwards and volatilities of those series that Deribit lists. Raises as `PriceSource`."""
        if underlying != self._underlying:
            raise OtherUnderlying(self.name, underlying)
        board = self._latest.take(now_s)
        listed = [one for one in series if one.underlying == underlying and one.expiry_s > now_s]
        return reading_of(self.name, board, listed, self._name_of)

    def at_expiry(self, underlying: int, expiry_s: int, now_s: int) -> ExpiryPrice | None:
        """Deribit's delivery price, its index's mean over half an hour; it knows such of 08:00 UTC alone."""
        if underlying != self._underlying:
            raise OtherUnderlying(self.name, underlying)
        moment = datetime.fromtimestamp(expiry_s, UTC)
        is_delivery = (moment.hour, moment.minute, moment.second) == STANDARD_TIME
        if not is_delivery or now_s < expiry_s:
            return None
        price = self._delivered.take(now_s).get(moment.date().isoformat())
        if price is None:
            return None
        return ExpiryPrice(expiry_s, cents(self.name, f"the price of {moment:%Y-%m-%d}", price), is_average=True)

    def _ask(self) -> OptionBoard:
        market = self._market
        said = self._result(f"get_index_price?index_name={market.index}")
        index_e2 = cents(self.name, "the price", number_at(self.name, said.content, ("result", "index_price")))
        time_s = self._time_of(said)
        rows = self._result(f"get_book_summary_by_currency?currency={market.currency}&kind=option")
        by_name = self._by_name(value_at(self.name, rows.content, ("result",)))

        def mark_of(name: str) -> OptionMark | None:
            row = by_name.get(name)
            try:
                return None if row is None else self._mark(row)
            except SourceDown:
                return None

        return OptionBoard(time_s, index_e2, mark_of)

    def _mark(self, row: Mapping[str, Any]) -> OptionMark:
        percent, forward = decimal_of(row.get("mark_iv")), decimal_of(row.get("underlying_price"))
        created_s = time_at(self.name, dict(row), ("creation_timestamp",), "ms")
        return OptionMark(created_s, None if percent is None else percent / PERCENT, forward)

    def _deliveries(self) -> dict[str, Decimal]:
        """Prices in USD by day."""
        said = self._result(f"get_delivery_prices?index_name={self._market.index}&offset=0&count={DELIVERIES}")
        rows = value_at(self.name, said.content, ("result", "data"))
        if not isinstance(rows, list):
            raise SourceDown(self.name, "result.data is no list")
        return {
            str(value_at(self.name, row, ("date",))): number_at(self.name, row, ("delivery_price",)) for row in rows
        }

    def _result(self, method: str) -> Answer:
        """Raises `SourceDown` also for prices of Deribit's test net, which nobody pays."""
        answer = self._fetcher.fetch(self.name, f"{self._market.base}/public/{method}")
        if isinstance(answer.content, dict) and answer.content.get("testnet") is True:
            raise SourceDown(self.name, "it is Deribit's test net, whose prices are worth nothing")
        return answer

    def _time_of(self, said: Answer) -> int:
        content = said.content
        if isinstance(content, dict) and "usOut" in content:
            return time_at(self.name, content, ("usOut",), "us")
        if said.time_s is None:
            raise SourceDown(self.name, "it says no time, neither of its price nor of its answer")
        return said.time_s

    def _by_name(self, rows: Exact) -> dict[str, Mapping[str, Any]]:
        if not isinstance(rows, list):
            raise SourceDown(self.name, f"result is {excerpt(rows, 60)}, and no list")
        return {str(row.get("instrument_name")): row for row in rows if isinstance(row, dict)}

    def _name_of(self, series: Series) -> str:
        return name_of(Instrument(self._market.prefix, series.expiry_s, series.strike_e2, series.kind))
