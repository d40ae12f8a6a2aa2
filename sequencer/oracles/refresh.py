"""When a new table is due: before the last is old, and as soon as prices have moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sequencer.oracles.medians import is_near


@dataclass(frozen=True, slots=True)
class RefreshPolicy:
    """Every `every_s`, and when any underlying has moved by `move_ppm` since the last table; 2,500 are 0.25 %."""

    every_s: int = 30
    move_ppm: int = 2_500

    def is_due(
        self, last_time_s: int | None, last_spots: Mapping[int, int], now_s: int, spots: Mapping[int, int]
    ) -> bool:
        """Of prices in `_e2` by underlying. Without a table before, and with an underlying that it lacks: now."""
        if last_time_s is None or now_s - last_time_s >= self.every_s:
            return True
        return any(
            number not in last_spots or not is_near(last_spots[number], price_e2, self.move_ppm)
            for number, price_e2 in spots.items()
        )
