"""A reporter that goes on by itself: asks all sources at once, lists what comes into range, remembers past runs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from rollup.types.series import Series, SeriesRow
from sequencer.oracles.errors import NoRoom, OracleError, SettlementUnknown
from sequencer.oracles.listings import ListingRules, candidates, wanted
from sequencer.oracles.node import OracleNode
from sequencer.oracles.reporter import OracleReporter, Step
from sequencer.oracles.series_book import NewSeries
from sequencer.oracles.sources import AskedAhead, SourceRules, read_sources

LIST_EVERY_S: Final = 15


@dataclass(frozen=True, slots=True)
class Memory:
    """What the run knows from before: rows of the table in force, and settlement prices (in `_e2`) that L1 has, or will
    have of what was handed over for it.

    Both may raise `OracleError`: then the next look asks again.
    """

    rows: Callable[[], Sequence[SeriesRow]]
    settled_on_l1: Callable[[int, int], int | None]


class RollingReporter:
    """Like `OracleReporter`, for the thread that looks; no table without a series."""

    def __init__(
        self,
        reporter: OracleReporter,
        oracles: Sequence[OracleNode],
        sources: Sequence[AskedAhead],
        rules: SourceRules,
        listings: Mapping[int, ListingRules],
        memory: Memory,
    ) -> None:
        self._reporter, self._oracles, self._sources = reporter, tuple(oracles), tuple(sources)
        self._rules, self._listings, self._memory = rules, dict(listings), memory
        self._log = structlog.get_logger("oracles")
        self._remembers_rows = False
        self._expired: dict[tuple[int, int], bool] = {}
        self._listed_s: int | None = None
        self._trouble: dict[int, OracleError] = {}
        self._full: dict[int, tuple[Series, ...]] = {}

    @property
    def series(self) -> tuple[Series, ...]:
        """All that are listed."""
        return self._reporter.book.series

    def step(self, now_s: int, held: Collection[int] | None = None) -> Step:
        """One look, as `OracleReporter.step`. Raises `OracleError`, also where no series is listed yet."""
        for source in self._sources:
            source.begin(now_s)
        self._remember(now_s)
        if not self.series or self._listed_s is None or now_s - self._listed_s >= LIST_EVERY_S:
            self._list_all(now_s)
        if not self.series:
            raise next(iter(self._trouble.values()), OracleError("no source says a volatility of any series yet"))
        return self._reporter.step(now_s, held)

    def _remember(self, now_s: int) -> None:
        """Series keep the ids that they had, and what is settled on L1 is settled for all."""
        if not self._remembers_rows:
            rows = self._memory.rows()
            for row in rows:
                self._reporter.book.adopt(row.series)
                if row.series.expiry_s <= now_s:
                    place = (row.series.underlying, row.series.expiry_s)
                    self._expired[place] = self._expired.get(place, False) or row.is_settled
            self._remembers_rows = True
        for (underlying, expiry_s), is_settled in list(self._expired.items()):
            price_e2 = self._memory.settled_on_l1(underlying, expiry_s)
            if price_e2 is None and is_settled:
                raise SettlementUnknown(underlying, expiry_s)
            if price_e2 is not None:
                for book in (self._reporter.settled, *(oracle.settled for oracle in self._oracles)):
                    book.take_from_l1(underlying, expiry_s, price_e2)
            del self._expired[underlying, expiry_s]

    def _list_all(self, now_s: int) -> None:
        for underlying, rules in self._listings.items():
            try:
                self._list(underlying, rules, now_s)
                self._trouble.pop(underlying, None)
            except OracleError as error:
                if str(self._trouble.get(underlying)) != str(error):
                    self._log.warning("nothing new is listed", underlying=underlying, why=str(error))
                self._trouble[underlying] = error
        self._listed_s = now_s

    def _list(self, underlying: int, rules: ListingRules, now_s: int) -> None:
        """Lists what is in range and what enough sources value: a series that nobody values would stop the table."""
        index_e2 = read_sources(self._sources, self._rules, underlying, (), now_s).index_e2
        listed = {NewSeries(one.underlying, one.expiry_s, one.strike_e2, one.kind) for one in self.series}
        new = [one for one in wanted(rules, underlying, index_e2, now_s) if one not in listed]
        if not new:
            return
        asked = candidates(new)
        valued = read_sources(self._sources, self._rules, underlying, asked, now_s).volatilities_ppm
        for one, series in zip(new, asked, strict=True):
            if series.series_id not in valued:
                continue
            try:
                made = self._reporter.book.list_new(one)
            except NoRoom:
                if self._full.get(underlying) != self.series:
                    self._log.warning("no place for more series", underlying=underlying, listed=len(self.series))
                self._full[underlying] = self.series
                return
            self._log.info("series listed", series=made.series_id, strike_e2=one.strike_e2, expiry_s=one.expiry_s)
