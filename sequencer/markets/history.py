"""What data say of a market at a time, as the risk engine wants it: nothing that was only known later."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol, TypeVar

from rollup.risk.black76 import PricingError, implied_volatility
from rollup.risk.scenarios import ScanRange
from rollup.risk.table import Market, UnderlyingMarket, risk_table
from rollup.types.series import Series, SeriesRow
from sequencer.markets.deribit import ChainRow
from sequencer.markets.errors import NoQuoteKnown
from sequencer.markets.listing import Listing
from sequencer.markets.paths import YEAR_S
from sequencer.markets.records import IndexPrice, Quote

Value = TypeVar("Value")
CENTS: Final = 100
LOWEST_VOLATILITY: Final = 0.05
HIGHEST_VOLATILITY: Final = 5.0
INDEX_SCAN: Final = ScanRange(price=0.06, volatility_up=0.4, volatility_down=0.3)
"""For indices of shares."""

COIN_SCAN: Final = ScanRange(price=0.16, volatility_up=0.45, volatility_down=0.3)
"""For coins."""


class MarketHistory(Protocol):
    """A market at any time of its data."""

    def market(self, time_s: int) -> Market:
        """What is known at a time. Raises `NoQuoteKnown` before the first datum."""
        ...


@dataclass(frozen=True, slots=True)
class TimedTable:
    """Rows of a risk table from a time on, until the next."""

    time_s: int
    rows: tuple[SeriesRow, ...]


def tables_of(history: MarketHistory, series: Iterable[Series], times_s: Iterable[int]) -> tuple[TimedTable, ...]:
    """The table of these series at each time. A millisecond or so for ten series. Raises as `risk_table` does."""
    listed = tuple(series)
    return tuple(TimedTable(time_s, risk_table(listed, history.market(time_s), time_s)) for time_s in times_s)


class LastKnown(Generic[Value]):
    """Values that hold from a time on."""

    def __init__(self, name: str, timed: Iterable[tuple[int, Value]]) -> None:
        ordered = sorted(timed, key=lambda pair: pair[0])
        self._name = name
        self._times = [time_s for time_s, _ in ordered]
        self._values = [value for _, value in ordered]

    def at(self, time_s: int) -> Value:
        """The last one up to a time. Raises `NoQuoteKnown` before the first."""
        place = bisect_right(self._times, time_s)
        if place == 0:
            raise NoQuoteKnown(self._name, time_s)
        return self._values[place - 1]


@dataclass(slots=True)
class QuotedHistory:
    """One underlying: its index in time, and volatilities from the middle of the last two-sided quotes.

    An option without a quote yet, and one whose middle no volatility gives, has `fallback`. Minute bars of index,
    quotes and trades alike bear the time of the minute's start and tell of its end; for others, what is known late
    counts from `delay_s` after its time. Settlement prices are known from their expiry on.
    """

    listing: Listing
    underlying: str
    index: LastKnown[int]
    quotes: Mapping[int, LastKnown[Quote]]
    scan: ScanRange
    fallback: float = 0.35
    delay_s: int = 0
    settlements_e2: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        listing: Listing,
        underlying: str,
        index: Iterable[IndexPrice],
        quotes: Iterable[Quote],
        scan: ScanRange = INDEX_SCAN,
        settlements_e2: Mapping[int, int] | None = None,
    ) -> QuotedHistory:
        """From readers. Quotes of instruments that are not listed, or lack a side, are left out."""
        ids = {listing.instrument_of(series.series_id): series.series_id for series in listing.series()}
        by_series: dict[int, list[tuple[int, Quote]]] = {}
        for quote in quotes:
            if quote.instrument in ids and quote.bid_e2 is not None and quote.ask_e2 is not None:
                by_series.setdefault(ids[quote.instrument], []).append((quote.time_s, quote))
        known = {series_id: LastKnown(f"quotes of series {series_id}", timed) for series_id, timed in by_series.items()}
        prices = LastKnown(underlying, ((one.time_s, one.price_e2) for one in index))
        return cls(listing, underlying, prices, known, scan, settlements_e2=settlements_e2 or {})

    def market(self, time_s: int) -> Market:
        """Raises `NoQuoteKnown` before the index begins."""
        index_e2 = self.index.at(time_s - self.delay_s)
        number = 0
        volatilities: dict[int, float] = {}
        for series in self.listing.series():
            if self.listing.instrument_of(series.series_id).underlying == self.underlying:
                number = series.underlying
                volatilities[series.series_id] = self._volatility(series, index_e2, time_s)
        settled = {expiry_s: price for expiry_s, price in self.settlements_e2.items() if expiry_s <= time_s}
        return Market({number: UnderlyingMarket(index_e2 / CENTS, volatilities, self.scan, settlements_e2=settled)})

    def _volatility(self, series: Series, index_e2: int, time_s: int) -> float:
        years = (series.expiry_s - time_s) / YEAR_S
        try:
            quote = self.quotes[series.series_id].at(time_s - self.delay_s)
            middle_e2 = ((quote.bid_e2 or 0) + (quote.ask_e2 or 0)) / 2
            found = implied_volatility(series.kind, middle_e2, index_e2, series.strike_e2, max(0.0, years))
        except (KeyError, NoQuoteKnown, PricingError):
            return self.fallback
        return min(max(found, LOWEST_VOLATILITY), HIGHEST_VOLATILITY)


@dataclass(frozen=True, slots=True)
class ChainHistory:
    """One chain that stays as it is: forwards by expiry and volatilities, the nearest forward as the index.

    `settlements_e2` are by expiry, known from then on: a chain does not say them, so somebody has to.
    """

    number: int
    time_s: int
    index: float
    forwards: Mapping[int, float]
    volatilities: Mapping[int, float]
    scan: ScanRange = COIN_SCAN
    settlements_e2: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, listing: Listing, rows: Iterable[ChainRow], settlements_e2: Mapping[int, int]) -> ChainHistory:
        """Of the rows whose instruments are listed, all of one underlying. Raises `NoQuoteKnown` if there are none."""
        listed = {listing.instrument_of(series.series_id): series for series in listing.series()}
        points = sorted(
            (row.point for row in rows if row.point.instrument in listed), key=lambda point: point.instrument.expiry_s
        )
        if not points:
            raise NoQuoteKnown("any listed instrument", 0)
        return cls(
            listed[points[0].instrument].underlying,
            points[0].time_s,
            points[0].forward,
            {point.instrument.expiry_s: point.forward for point in points},
            {listed[point.instrument].series_id: point.volatility for point in points},
            settlements_e2=dict(settlements_e2),
        )

    def market(self, time_s: int) -> Market:
        """Raises `NoQuoteKnown` before the chain's time."""
        if time_s < self.time_s:
            raise NoQuoteKnown("the chain", time_s)
        settled = {expiry_s: price for expiry_s, price in self.settlements_e2.items() if expiry_s <= time_s}
        of = UnderlyingMarket(self.index, self.volatilities, self.scan, self.forwards, settled)
        return Market({self.number: of})
