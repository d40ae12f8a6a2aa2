"""The market of a walk: series that are listed, priced at random, expire and are settled."""

from __future__ import annotations

import random
from typing import Final

from rollup.presets import Preset
from rollup.types.series import OptionKind, Series, SeriesRow
from rollup.units import SCENARIOS
from sequencer.messages import NewTable
from sequencer.venue import Venue
from tests.support.rollup import NOW

STEP_S: Final = 60


class WalkMarket:
    """Rows by series id, at most so many."""

    def __init__(self, rng: random.Random, preset: Preset, most_series: int) -> None:
        self.rng, self.preset, self.most_series = rng, preset, most_series
        self.rows: dict[int, SeriesRow] = {}
        self.next_series = 1

    def series_id(self) -> int:
        return self.rng.choice(sorted(self.rows)) if self.rng.random() < 0.98 else 900

    def price_e2(self, series_id: int) -> int:
        mark = self.rows[series_id].mark_e2 if series_id in self.rows else 1_000
        return max(0, mark + self.rng.randint(-60, 60))

    def move(self, venue: Venue) -> NewTable:
        """New prices; what expired is settled, what nobody holds is forgotten, new series are listed."""
        rng, time_s = self.rng, max(venue.time_s, NOW) + self.rng.choice((1, 5, STEP_S))
        held = {one.series_id for _, account in venue.state.accounts() for one in account.positions}
        if venue.pending.is_empty:
            self.rows = {i: row for i, row in self.rows.items() if not row.is_settled or i in held}
        places = 1 << 2 * self.preset.series_depth
        for series_id, row in list(self.rows.items()):
            if row.is_settled:
                continue
            is_over = time_s >= row.series.expiry_s
            if is_over and rng.random() < 0.8:
                self.rows[series_id] = self.settled(row)
            elif rng.random() < 0.3:
                self.rows[series_id] = self.valued(row.series)
        while len(self.rows) < self.most_series:
            while any((self.next_series - i) % places == 0 for i in [*self.rows, places - 1]):
                self.next_series += 1
            kind = rng.choice((OptionKind.CALL, OptionKind.PUT))
            series = Series(self.next_series, 1, time_s + rng.randint(1, 40) * STEP_S, rng.randint(2_000, 4_000), kind)
            self.rows[self.next_series] = self.valued(series)
            self.next_series += 1
        return NewTable(time_s, tuple(self.rows.values()), ((1, rng.randint(1_000, 5_000)),))

    def settled(self, row: SeriesRow) -> SeriesRow:
        return SeriesRow.settled(row.series, self.rng.randrange(0, 8_000))

    def valued(self, series: Series) -> SeriesRow:
        mark = self.rng.randrange(50, 2_000 if self.rng.random() < 0.9 else 15_000)
        scenarios = (self.rng.randrange(mark // 3, 2 * mark + 100) for _ in range(SCENARIOS))
        return SeriesRow(series, is_settled=False, values_e2=(mark, *scenarios))
