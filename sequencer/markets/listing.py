"""From a market's names to the rollup's numbers, one for one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rollup.types.series import Series
from sequencer.markets.errors import NotListed
from sequencer.markets.records import Instrument


class Listing:
    """Series by instrument. Ids are given out in the order of `add`, from `first_id`."""

    def __init__(self, underlyings: Mapping[str, int], first_id: int = 1) -> None:
        self._underlyings = dict(underlyings)
        self._series: dict[Instrument, Series] = {}
        self._instruments: dict[int, Instrument] = {}
        self._next_id = first_id

    def add(self, instrument: Instrument) -> Series:
        """Its series, new or as before. Raises `NotListed` for an underlying without a number, `FieldOutOfRange`."""
        known = self._series.get(instrument)
        if known is not None:
            return known
        if instrument.underlying not in self._underlyings:
            raise NotListed(instrument.underlying)
        series = instrument.series(self._next_id, self._underlyings[instrument.underlying])
        self._series[instrument] = series
        self._instruments[series.series_id] = instrument
        self._next_id += 1
        return series

    def add_all(self, instruments: Iterable[Instrument]) -> tuple[Series, ...]:
        """All, each once, in their order."""
        return tuple(dict.fromkeys(self.add(instrument) for instrument in instruments))

    def series_of(self, instrument: Instrument) -> Series:
        """Raises `NotListed`."""
        found = self._series.get(instrument)
        if found is None:
            raise NotListed(f"{instrument.underlying}, {instrument.kind.name.lower()} {instrument.strike_e2} cents")
        return found

    def instrument_of(self, series_id: int) -> Instrument:
        """Raises `NotListed`."""
        found = self._instruments.get(series_id)
        if found is None:
            raise NotListed(f"series {series_id}")
        return found

    def series(self) -> Iterator[Series]:
        """All, by id."""
        return iter(self._series.values())

    def __len__(self) -> int:
        return len(self._series)
