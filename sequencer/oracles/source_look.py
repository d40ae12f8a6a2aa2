"""One look at all sources, and what is right and wrong with each: for people, before a node trusts them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rollup.types.series import Series
from sequencer.oracles.errors import BadReading, OracleError, PricesApart, SourceDown, SourceStale
from sequencer.oracles.listings import ListingRules, candidates, wanted
from sequencer.oracles.medians import MILLION, is_near
from sequencer.oracles.readings import UnderlyingReading
from sequencer.oracles.sources import AskedAhead, SourceRules, read_sources


@dataclass(frozen=True, slots=True)
class SourceLook:
    """What one source says, if anything, and why it does not count, if so. `off_ppm` is from the agreed price."""

    name: str
    reading: UnderlyingReading | None
    problem: OracleError | None
    off_ppm: int | None = None
    volatilities_apart: int = 0
    """How many of its volatilities lie too far from the agreed ones."""


@dataclass(frozen=True, slots=True)
class UnderlyingLook:
    """All sources of an underlying, what they agree on, or why they do not; `series` are those to be listed."""

    underlying: int
    sources: tuple[SourceLook, ...]
    series: tuple[Series, ...]
    agreed: UnderlyingReading | None
    problem: OracleError | None

    @property
    def unvalued(self) -> tuple[Series, ...]:
        """Series of which no volatility is agreed on: they would not be listed."""
        known = {} if self.agreed is None else self.agreed.volatilities_ppm
        return tuple(one for one in self.series if one.series_id not in known)


def look_at_sources(
    sources: Mapping[int, Sequence[AskedAhead]],
    rules: SourceRules,
    listings: Mapping[int, ListingRules],
    now_s: int,
) -> tuple[UnderlyingLook, ...]:
    """Asks every source once, all at the same time."""
    for several in sources.values():
        for source in several:
            source.begin(now_s)
    return tuple(
        look_at(number, several, rules, listings[number], now_s) for number, several in sorted(sources.items())
    )


def look_at(
    underlying: int, sources: Sequence[AskedAhead], rules: SourceRules, listing: ListingRules, now_s: int
) -> UnderlyingLook:
    """One underlying. Series are those around the agreed price; without one there are none."""
    try:
        index_e2 = read_sources(sources, rules, underlying, (), now_s).index_e2
        series = candidates(tuple(wanted(listing, underlying, index_e2, now_s)))
        agreed, problem = read_sources(sources, rules, underlying, series, now_s), None
    except OracleError as error:
        series, agreed, problem = (), None, error
    looks = tuple(_source(source, rules, underlying, series, agreed, now_s) for source in sources)
    return UnderlyingLook(underlying, looks, series, agreed, problem)


def _source(
    source: AskedAhead,
    rules: SourceRules,
    underlying: int,
    series: Sequence[Series],
    agreed: UnderlyingReading | None,
    now_s: int,
) -> SourceLook:
    try:
        reading = source.read(underlying, series, now_s)
    except (SourceDown, BadReading) as error:
        return SourceLook(source.name, None, error)
    problem: OracleError | None = None
    if now_s - reading.time_s > rules.age_s or reading.time_s - now_s > rules.ahead_s:
        problem = SourceStale(source.name, underlying, reading.time_s, now_s)
    if agreed is None:
        return SourceLook(source.name, reading, problem)
    most_ppm = rules.spreads.index_ppm
    if problem is None and not is_near(reading.index_e2, agreed.index_e2, most_ppm):
        low, high = sorted((reading.index_e2, agreed.index_e2))
        problem = PricesApart(f"the price of {source.name} and of the others", low, high, most_ppm)
    apart = sum(
        series_id in agreed.volatilities_ppm
        and not is_near(volatility_ppm, agreed.volatilities_ppm[series_id], rules.spreads.volatility_ppm)
        for series_id, volatility_ppm in reading.volatilities_ppm.items()
    )
    off_ppm = round((reading.index_e2 - agreed.index_e2) * MILLION / agreed.index_e2)
    return SourceLook(source.name, reading, problem, off_ppm, apart)
