"""Which series are in the table: new ones where there is a place, old ones until they are settled and nobody's."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rollup.risk_table import PlaceTaken
from rollup.types.series import OptionKind, Series
from rollup.units import PRICE_BITS, SERIES_ID_BITS
from sequencer.oracles.errors import NoRoom, StillNeeded

if TYPE_CHECKING:
    from sequencer.oracles.proposals import Settlements


@dataclass(frozen=True, slots=True)
class NewSeries:
    """A series before it has an id."""

    underlying: int
    expiry_s: int
    strike_e2: int
    kind: OptionKind


class SeriesBook:
    """Listed series. A series' place in the table is the lowest `2 * depth` bits of its id; the last stays empty."""

    def __init__(self, depth: int, series: Iterable[Series] = ()) -> None:
        self._places = 1 << 2 * depth
        self._series: dict[int, Series] = {}
        self._taken: dict[int, int] = {}
        self._next_id = 1
        for one in series:
            self.adopt(one)

    @property
    def series(self) -> tuple[Series, ...]:
        """All that are listed, by id."""
        return tuple(self._series[series_id] for series_id in sorted(self._series))

    def adopt(self, series: Series) -> None:
        """Lists a series that has an id. Raises `PlaceTaken`, `NoRoom`."""
        place = series.series_id % self._places
        if place == self._places - 1:
            raise NoRoom(self._places - 1)
        other = self._taken.get(place)
        if other is not None:
            raise PlaceTaken(other, series.series_id, self._places)
        self._series[series.series_id] = series
        self._taken[place] = series.series_id
        self._next_id = max(self._next_id, series.series_id + 1)

    def list_new(self, new: NewSeries) -> Series:
        """Gives a series the next id that no series ever had and whose place is free; one listed already keeps its.

        Raises `NoRoom`, `FieldOutOfRange`.
        """
        for known in self._series.values():
            if (known.underlying, known.expiry_s, known.strike_e2, known.kind) == (
                new.underlying,
                new.expiry_s,
                new.strike_e2,
                new.kind,
            ):
                return known
        for series_id in range(self._next_id, self._next_id + self._places):
            place = series_id % self._places
            if place not in self._taken and place != self._places - 1 and series_id < 1 << SERIES_ID_BITS:
                made = Series(series_id, new.underlying, new.expiry_s, new.strike_e2, new.kind)
                self.adopt(made)
                return made
        raise NoRoom(self._places - 1)

    def retire(self, series_id: int, settlements: Settlements, held: Collection[int]) -> None:
        """Takes a series off the table. Raises `StillNeeded` while it is not settled, or somebody holds it."""
        series = self._series.get(series_id)
        if series is None:
            return
        if (series.underlying, series.expiry_s) not in settlements:
            raise StillNeeded(series_id, "it is not settled")
        if series_id in held:
            raise StillNeeded(series_id, "somebody holds it")
        del self._series[series_id]
        del self._taken[series_id % self._places]

    def retire_all(self, settlements: Settlements, held: Collection[int]) -> tuple[int, ...]:
        """Takes off all that are settled and nobody's; their ids."""
        gone = tuple(
            one.series_id
            for one in self.series
            if (one.underlying, one.expiry_s) in settlements and one.series_id not in held
        )
        for series_id in gone:
            self.retire(series_id, settlements, held)
        return gone


def strikes_around(price_e2: int, step_e2: int, count: int) -> tuple[int, ...]:
    """So many strikes in steps, the middle one nearest to a price; none below one step, and none that is too wide."""
    middle = max(1, (price_e2 + step_e2 // 2) // step_e2)
    first = max(1, middle - count // 2)
    strikes = (step_e2 * (first + place) for place in range(count))
    return tuple(strike_e2 for strike_e2 in strikes if strike_e2 < 1 << PRICE_BITS)
