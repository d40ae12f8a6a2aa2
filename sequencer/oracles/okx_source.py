"""OKX's public answers as a source: its index, and forwards and volatilities of all its options of one family."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from rollup.types.series import OptionKind, Series
from sequencer.oracles.errors import SourceDown
from sequencer.oracles.exact_json import decimal_of, excerpt
from sequencer.oracles.http_json import JsonFetcher
from sequencer.oracles.index_presets import EXCHANGES, at_market
from sequencer.oracles.index_source import IndexSource
from sequencer.oracles.latest_answer import LatestAnswer
from sequencer.oracles.option_marks import OptionBoard, OptionMark, reading_of
from sequencer.oracles.readings import ExpiryPrice, UnderlyingReading
from sequencer.oracles.said_values import time_at, value_at

CENTS: Final = 100
EXPIRY_HOUR: Final = 8


class OkxSource:
    """A `PriceSource` of one underlying, whose index and family of options have one name, as BTC-USD."""

    def __init__(self, name: str, underlying: int, family: str, fetcher: JsonFetcher, base: str | None = None) -> None:
        exchange = EXCHANGES["okx"]
        self.name, self._family, self._fetcher = name, family, fetcher
        self._url = f"{base or exchange.base}/api/v5/public/opt-summary?instFamily={family}"
        self._index = IndexSource(name, underlying, *at_market(exchange, family, base), fetcher)
        self._options = LatestAnswer(name, self._ask, fetcher.limit_s)

    def begin(self, now_s: int) -> None:
        """Asks, so that others can be asked at the same time."""
        self._index.begin(now_s)
        self._options.begin(now_s)

    def read(self, underlying: int, series: Sequence[Series], now_s: int) -> UnderlyingReading:
        """Index, and the forwards and volatilities of those series that OKX lists. Raises as `PriceSource`."""
        self._options.begin(now_s)
        index = self._index.read(underlying, series, now_s)
        rows = self._options.take(now_s)

        def mark_of(name: str) -> OptionMark | None:
            row = rows.get(name)
            try:
                return None if row is None else self._mark(row)
            except SourceDown:
                return None

        listed = [one for one in series if one.underlying == underlying and one.expiry_s > now_s]
        return reading_of(self.name, OptionBoard(index.time_s, index.index_e2, mark_of), listed, self._name_of)

    def at_expiry(self, underlying: int, expiry_s: int, now_s: int) -> ExpiryPrice | None:
        """The index's mean over the half hour before, as `IndexSource`."""
        return self._index.at_expiry(underlying, expiry_s, now_s)

    def _ask(self) -> dict[str, Mapping[str, Any]]:
        rows = value_at(self.name, self._fetcher.fetch(self.name, self._url).content, ("data",))
        if not isinstance(rows, list):
            raise SourceDown(self.name, f"data is {excerpt(rows, 60)}, and no list")
        return {str(row.get("instId")): row for row in rows if isinstance(row, dict)}

    def _mark(self, row: Mapping[str, Any]) -> OptionMark:
        time_s = time_at(self.name, dict(row), ("ts",), "ms")
        return OptionMark(time_s, decimal_of(row.get("markVol")), decimal_of(row.get("fwdPx")))

    def _name_of(self, series: Series) -> str:
        """BTC-USD-241227-100000-C; all expire at 08:00 UTC, and another time of day has no name there."""
        moment = datetime.fromtimestamp(series.expiry_s, UTC)
        if (moment.hour, moment.minute, moment.second) != (EXPIRY_HOUR, 0, 0):
            return ""
        strike = Decimal(series.strike_e2) / CENTS
        kind = "C" if series.kind is OptionKind.CALL else "P"
        return f"{self._family}-{moment:%y%m%d}-{strike.normalize():f}-{kind}"
