"""The market of a bad day, and the oracle's part without signatures: sources, their middle, and when a table is due."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from rollup.risk.table import Market, UnderlyingMarket, risk_table
from rollup.types.series import Series, SeriesRow
from sequencer.markets.history import COIN_SCAN
from sequencer.markets.paths import Diffusion, PricePath, scripted
from sequencer.markets.surface import VolatilitySurface
from sequencer.messages import NewTable, SetStress
from sequencer.oracles.errors import OracleError
from sequencer.oracles.medians import MILLION
from sequencer.oracles.readings import UnderlyingReading
from sequencer.oracles.refresh import RefreshPolicy
from sequencer.oracles.sources import ModelSource, SourceRules, read_sources
from sequencer.oracles.stress_watch import StressWatch
from sequencer.stress.population import UNDERLYING
from sequencer.stress.scenarios import Scenario, is_inside

CENTS: Final = 100
FIRST_PRICE: Final = 92_000.0
SOURCES: Final = 3


@dataclass(frozen=True, slots=True)
class MarketDay:
    """Price and surface at every second of a scenario."""

    path: PricePath
    surfaces: tuple[VolatilitySurface, ...]

    @classmethod
    def of(cls, scenario: Scenario, start_s: int, rng: Random) -> MarketDay:
        """The scenario's factors upon a diffusion without jumps of its own."""
        calm = Diffusion(volatility=0.4, jumps_per_day=0.0).path(start_s, scenario.seconds, FIRST_PRICE, rng)
        factors, base = scripted(start_s, scenario.volatility), VolatilitySurface()
        surfaces = tuple(base.shifted(factors.price(start_s + second)) for second in range(scenario.seconds + 1))
        return cls(calm.times(scripted(start_s, scenario.price)), surfaces)

    def surface_at(self, time_s: float) -> VolatilitySurface:
        """The surface of a second."""
        return self.surfaces[min(max(int(time_s) - self.path.start_s, 0), len(self.surfaces) - 1)]


class OracleDesk:
    """Looks at its sources every second."""

    def __init__(self, day: MarketDay, series: tuple[Series, ...], scenario: Scenario, rng: Random) -> None:
        self._day, self._series, self._scenario = day, series, scenario
        self._sources = [
            ModelSource(f"source {place}", UNDERLYING, day.path, day.surface_at, rng) for place in range(SOURCES)
        ]
        self._rules, self._policy, self._watch = SourceRules(), RefreshPolicy(), StressWatch()
        self._last_time_s: int | None = None
        self._last_spots: dict[int, int] = {}
        self.silent_seconds = 0

    def first(self, now_s: int) -> NewTable:
        """The table with which the day begins. Raises `OracleError` for a day that begins in silence."""
        return self._made(self._read(now_s), now_s)

    def look(self, now_s: int) -> tuple[NewTable | None, SetStress | None]:
        """A table if one is due, and stress that begins or ends; nothing while sources are silent."""
        try:
            reading = self._read(now_s)
        except OracleError:
            self.silent_seconds += 1
            return None, None
        stress = self._watch.observe(now_s, {UNDERLYING: reading})
        if not self._policy.is_due(self._last_time_s, self._last_spots, now_s, {UNDERLYING: reading.index_e2}):
            return None, stress
        return self._made(reading, now_s), stress

    def _read(self, now_s: int) -> UnderlyingReading:
        is_silent = is_inside(now_s - self._day.path.start_s, self._scenario.outage)
        return read_sources([] if is_silent else self._sources, self._rules, UNDERLYING, self._series, now_s)

    def _made(self, reading: UnderlyingReading, now_s: int) -> NewTable:
        self._last_time_s, self._last_spots = now_s, {UNDERLYING: reading.index_e2}
        return NewTable(now_s, self.rows(reading, now_s), tuple(self._last_spots.items()))

    def rows(self, reading: UnderlyingReading, now_s: int) -> tuple[SeriesRow, ...]:
        """The table that follows from a reading."""
        volatilities = {series_id: ppm / MILLION for series_id, ppm in reading.volatilities_ppm.items()}
        market = UnderlyingMarket(reading.index_e2 / CENTS, volatilities, COIN_SCAN)
        return risk_table(self._series, Market({UNDERLYING: market}), now_s)
