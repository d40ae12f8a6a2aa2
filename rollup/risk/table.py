"""The bridge from a market in floats to the risk table in integers: marks, scenario values, Greeks.

A price becomes an integer once, here. The mark goes to the nearest cent, ties to even. A scenario value goes *away from
the mark*: down if the scenario lowers the price, up if it raises it.

One table serves both sides, so no rounding is against everybody. This one is against whoever loses in the scenario: an
option held is never worth more in a scenario that lowers it than the model says, and one sold never less in a scenario
that raises it. What remains: the side that gains in a scenario may gain up to a cent per contract more than the model
says. So where options offset each other, a portfolio's V[s] (`rollup.risk.report`) lies less than one cent per
contract, held and sold alike, from that of the model, and V[0] within half a cent. And rows of neighbouring strikes may
be out of order by a cent in a scenario that raises one and lowers the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from rollup.errors import RollupError
from rollup.risk.black76 import NO_GREEKS, Greeks, PricingError, greeks, implied_volatility, price
from rollup.risk.scenarios import DAYS_PER_YEAR, ScanRange, scenario_values
from rollup.types.series import Series, SeriesRow
from rollup.units import PRICE_BITS

LARGEST_VALUE_E2: Final = (1 << PRICE_BITS) - 1
CENTS: Final = 100
SECONDS_PER_YEAR: Final = DAYS_PER_YEAR * 24 * 60 * 60

VolatilitySurface = Callable[[Series], float]
"""The volatility of a series, per square root of a year of 365 days."""


class MarketIncomplete(RollupError):
    """The market does not say what a series needs to be valued."""

    def __init__(self, series: Series, lacks: str) -> None:
        super().__init__(f"series {series.series_id} of underlying {series.underlying}: the market lacks its {lacks}")
        self.series, self.lacks = series, lacks


class SettledEarly(RollupError):
    """The market has a settlement price for an expiry that is not reached yet."""

    def __init__(self, series: Series, now_s: int) -> None:
        super().__init__(f"series {series.series_id} is settled at {now_s}, but expires at {series.expiry_s}")
        self.series, self.now_s = series, now_s


@dataclass(frozen=True, slots=True)
class UnderlyingMarket:
    """What the oracles say of one underlying. Money in USD.

    `forwards` are by expiry in unix seconds, and `index` serves the expiries that have none. `volatility` is a surface,
    or by series id; nothing asks it about a series that has expired. `settlements_e2` are by expiry. Raises
    `PricingError` for an index or a forward that is not finite and positive.
    """

    index: float
    volatility: VolatilitySurface | Mapping[int, float]
    scan: ScanRange
    forwards: Mapping[int, float] = field(default_factory=dict)
    settlements_e2: Mapping[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = [("index", self.index), *((f"forward of {expiry_s}", at) for expiry_s, at in self.forwards.items())]
        for name, value in named:
            if not math.isfinite(value) or value <= 0:
                raise PricingError(f"{name} is {value}: it must be finite and positive")


@dataclass(frozen=True, slots=True)
class Market:
    """What the oracles say of every underlying, by its number."""

    underlyings: Mapping[int, UnderlyingMarket]


@dataclass(frozen=True, slots=True)
class SeriesReport:
    """A series for people to look at: nothing here enters the state transition.

    `implied_volatility` is that of the mark in cents, None where no volatility gives it: of an expired series, or of a
    mark that rounding took to its bounds. Greeks are per contract in USD, as `Greeks` says.
    """

    series: Series
    mark_e2: int
    implied_volatility: float | None
    delta: float
    gamma: float
    vega: float
    theta: float


@dataclass(frozen=True, slots=True)
class _Valued:
    """What the model needs of a series that is not settled, money in cents as the strike is."""

    forward: float
    years: float
    volatility: float
    scan: ScanRange


def risk_table(series: Iterable[Series], market: Market, now_s: int) -> tuple[SeriesRow, ...]:
    """The row of each series at unix time `now_s`, in the order given; rounded as the module's text says.

    A settled series has its payoff in every column. One that has expired and is not settled is worth its intrinsic
    value, which the scenarios still move. Values beyond 2^40 - 1 cents are cut to that, the most that a row holds.

    Raises `MarketIncomplete`, `SettledEarly`, and `PricingError` for a volatility that is negative or not finite.
    """
    return tuple(_row(each, market, now_s) for each in series)


def series_report(series: Series, market: Market, now_s: int) -> SeriesReport:
    """Mark, implied volatility and Greeks of one series. Raises as `risk_table` does."""
    valued = _valued(series, market, now_s)
    if isinstance(valued, SeriesRow):
        return _report(series, valued.mark_e2, None, NO_GREEKS)
    kind, strike = series.kind, float(series.strike_e2)
    mark_e2 = round(_cut(price(kind, valued.forward, strike, valued.years, valued.volatility)))
    try:
        implied = implied_volatility(kind, mark_e2, valued.forward, strike, valued.years)
    except PricingError:
        implied = None
    usd = (valued.forward / CENTS, strike / CENTS)
    return _report(series, mark_e2, implied, greeks(kind, *usd, valued.years, valued.volatility))


def round_from_mark(value: float, mark: float) -> int:
    """A value, in cents, to whole cents away from the mark: down if below it, up if above, to the nearest if equal."""
    if value < mark:
        return math.floor(value)
    return math.ceil(value) if value > mark else round(value)


def _row(series: Series, market: Market, now_s: int) -> SeriesRow:
    valued = _valued(series, market, now_s)
    if isinstance(valued, SeriesRow):
        return valued
    option = (series.kind, valued.forward, float(series.strike_e2), valued.years, valued.volatility)
    mark = price(*option)
    values = (round_from_mark(_cut(value), mark) for value in scenario_values(*option, valued.scan))
    return SeriesRow(series, is_settled=False, values_e2=(round(_cut(mark)), *values))


def _valued(series: Series, market: Market, now_s: int) -> _Valued | SeriesRow:
    """The row of a series that is settled, and what the model needs of any other."""
    underlying = market.underlyings.get(series.underlying)
    if underlying is None:
        raise MarketIncomplete(series, "underlying")
    settlement_price_e2 = underlying.settlements_e2.get(series.expiry_s)
    if settlement_price_e2 is not None:
        if now_s < series.expiry_s:
            raise SettledEarly(series, now_s)
        return SeriesRow.settled(series, settlement_price_e2)
    forward = CENTS * underlying.forwards.get(series.expiry_s, underlying.index)
    if now_s >= series.expiry_s:
        return _Valued(forward, 0.0, 0.0, underlying.scan)
    years = (series.expiry_s - now_s) / SECONDS_PER_YEAR
    return _Valued(forward, years, _volatility(series, underlying), underlying.scan)


def _volatility(series: Series, underlying: UnderlyingMarket) -> float:
    if not isinstance(underlying.volatility, Mapping):
        return underlying.volatility(series)
    if series.series_id not in underlying.volatility:
        raise MarketIncomplete(series, "volatility")
    return underlying.volatility[series.series_id]


def _report(series: Series, mark_e2: int, implied: float | None, of: Greeks) -> SeriesReport:
    return SeriesReport(series, mark_e2, implied, delta=of.delta, gamma=of.gamma, vega=of.vega, theta=of.theta)


def _cut(value: float) -> float:
    """Prices are never negative. Cut before they are rounded, so that the infinite has a row too."""
    return min(value, float(LARGEST_VALUE_E2))
