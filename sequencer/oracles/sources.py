"""Where prices come from. A source is asked for one underlying and the series that are listed on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final, Protocol

from rollup.types.series import Series
from sequencer.markets.errors import MarketDataError
from sequencer.markets.history import MarketHistory
from sequencer.markets.paths import YEAR_S, Path
from sequencer.markets.surface import VolatilitySurface
from sequencer.oracles.errors import (
    BadReading,
    OracleError,
    OtherUnderlying,
    PricesApart,
    SourceDown,
    SourceStale,
    TooFewSources,
)
from sequencer.oracles.medians import MILLION, Spreads, agreed, consensus, quorums_of
from sequencer.oracles.readings import ExpiryPrice, UnderlyingReading

CENTS: Final = 100


class PriceSource(Protocol):
    """A market, or whoever sells its prices."""

    @property
    def name(self) -> str:
        """For people."""
        ...

    def read(self, underlying: int, series: Sequence[Series], now_s: int) -> UnderlyingReading:
        """The latest that it knows, with the time of it. Raises `SourceDown`, `BadReading`."""
        ...

    def at_expiry(self, underlying: int, expiry_s: int, now_s: int) -> ExpiryPrice | None:
        """The price that settles an expiry, None while it does not know one. Raises `SourceDown`, `BadReading`."""
        ...


class AskedAhead(PriceSource, Protocol):
    """A source that can be asked before its answer is needed."""

    def begin(self, now_s: int) -> None:
        """Returns at once."""
        ...


@dataclass(frozen=True, slots=True)
class SourceRules:
    """When an oracle takes what its sources say: not older than `age_s`, not more than `ahead_s` in the future.

    At least `least` must agree on a price, and `least_volatilities` on each volatility and forward.
    """

    least: int = 2
    age_s: int = 30
    ahead_s: int = 2
    spreads: Spreads = field(default_factory=Spreads)
    least_volatilities: int = 2


def read_sources(
    sources: Sequence[PriceSource], rules: SourceRules, underlying: int, series: Sequence[Series], now_s: int
) -> UnderlyingReading:
    """What most of the fresh sources agree on.

    Raises `TooFewSources`, which holds what was wrong with each of the others, and `PricesApart`.
    """
    fresh: list[UnderlyingReading] = []
    problems: dict[str, OracleError] = {}
    for source in sources:
        try:
            reading = source.read(underlying, series, now_s)
        except OtherUnderlying:
            continue
        except (SourceDown, BadReading) as error:
            problems[source.name] = error
            continue
        if now_s - reading.time_s > rules.age_s or reading.time_s - now_s > rules.ahead_s:
            problems[source.name] = SourceStale(source.name, underlying, reading.time_s, now_s)
            continue
        fresh.append(reading)
    # Who stands alone against many is left out; where as many stand against each other, nobody is right.
    quorums = quorums_of(fresh, rules.least, rules.least_volatilities)
    if len(fresh) < quorums.index:
        raise TooFewSources(underlying, len(fresh), quorums.index, problems)
    return agreed(fresh, f"underlying {underlying}", rules.spreads, quorums)


def read_expiry(sources: Sequence[PriceSource], rules: SourceRules, underlying: int, expiry_s: int, now_s: int) -> int:
    """The middle of the sources' prices of exactly an expiry, in `_e2`: averages if any source has one, else points.

    Raises `TooFewSources` and `PricesApart`.
    """
    found: list[ExpiryPrice] = []
    problems: dict[str, OracleError] = {}
    for source in sources:
        try:
            price = source.at_expiry(underlying, expiry_s, now_s)
        except OtherUnderlying:
            continue
        except (SourceDown, BadReading) as error:
            problems[source.name] = error
            continue
        if price is None:
            problems[source.name] = SourceDown(source.name, f"it does not know the price of {expiry_s} yet")
        elif price.time_s != expiry_s:
            problems[source.name] = SourceStale(source.name, underlying, price.time_s, expiry_s)
        else:
            found.append(price)
    averages = [price for price in found if price.is_average]
    chosen = averages if len(averages) >= rules.least else found
    needed = max(rules.least, len(chosen) // 2 + 1)
    if len(chosen) < needed:
        raise TooFewSources(underlying, len(chosen), needed, problems)
    prices = [price.price_e2 for price in chosen]
    found_e2 = consensus(prices, rules.spreads.index_ppm, needed)
    if found_e2 is None:
        what = f"the price of underlying {underlying} at {expiry_s}"
        raise PricesApart(what, min(prices), max(prices), rules.spreads.index_ppm)
    return found_e2


@dataclass(frozen=True, slots=True)
class HistorySource:
    """Prices that data know: what they knew at a time. `settlements_e2` are by (underlying, expiry_s)."""

    name: str
    history: MarketHistory
    settlements_e2: Mapping[tuple[int, int], int]

    def read(self, underlying: int, series: Sequence[Series], now_s: int) -> UnderlyingReading:
        """As the data were at `now_s`."""
        try:
            market = self.history.market(now_s).underlyings.get(underlying)
        except MarketDataError as error:
            raise SourceDown(self.name, str(error)) from error
        if market is None:
            raise SourceDown(self.name, f"it knows no underlying {underlying}")
        listed = [one for one in series if one.underlying == underlying and one.expiry_s > now_s]
        volatilities: dict[int, int] = {}
        for one in listed:
            if not isinstance(market.volatility, Mapping):
                volatilities[one.series_id] = _ppm(market.volatility(one))
            elif one.series_id in market.volatility:
                volatilities[one.series_id] = _ppm(market.volatility[one.series_id])
        expiries = {one.expiry_s for one in listed}
        forwards = {at_s: _cents(forward) for at_s, forward in market.forwards.items() if at_s in expiries}
        return UnderlyingReading(now_s, _cents(market.index), forwards, volatilities)

    def at_expiry(self, underlying: int, expiry_s: int, now_s: int) -> ExpiryPrice | None:
        """From its expiry on."""
        price_e2 = self.settlements_e2.get((underlying, expiry_s))
        return None if price_e2 is None or now_s < expiry_s else ExpiryPrice(expiry_s, price_e2)


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A market made up: one path and a surface, seen with an error of its own in each price; seeded.

    `error_ppm` is the deviation of its index. Expiries are settled by the mean of the path over `average_s` before.
    """

    name: str
    underlying: int
    path: Path
    surface_at: Callable[[float], VolatilitySurface]
    rng: Random
    error_ppm: int = 100
    average_s: int = 1_800

    def read(self, underlying: int, series: Sequence[Series], now_s: int) -> UnderlyingReading:
        """The path at `now_s`, and the surface around it."""
        self._check(underlying)
        price = self.path.price(now_s) * math.exp(self.rng.gauss(0.0, 1.0) * self.error_ppm / MILLION)
        surface = self.surface_at(now_s)
        volatilities = {
            one.series_id: _ppm(surface.volatility(price * CENTS, one.strike_e2, (one.expiry_s - now_s) / YEAR_S))
            for one in series
            if one.underlying == underlying and one.expiry_s > now_s
        }
        return UnderlyingReading(now_s, _cents(price), {}, volatilities)

    def at_expiry(self, underlying: int, expiry_s: int, now_s: int) -> ExpiryPrice | None:
        """The mean over the last seconds before the expiry, from then on."""
        self._check(underlying)
        if now_s < expiry_s:
            return None
        first = max(self.path.start_s, expiry_s - self.average_s + 1)
        prices = [self.path.price(second) for second in range(min(first, expiry_s), expiry_s + 1)]
        return ExpiryPrice(expiry_s, _cents(math.fsum(prices) / len(prices)), is_average=True)

    def _check(self, underlying: int) -> None:
        if underlying != self.underlying:
            raise SourceDown(self.name, f"it knows no underlying {underlying}")


def _cents(dollars: float) -> int:
    return round(dollars * CENTS)


def _ppm(volatility: float) -> int:
    """At least one part per million: a volatility of 0 means nothing to the model."""
    return max(1, round(volatility * MILLION))
