"""The names of all series that were ever listed, for whoever asks by name or by number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rollup.types.series import Series
from sequencer.markets.names import name_of
from sequencer.markets.records import Instrument


class InstrumentNames:
    """Series by name and names by series, for all that was ever listed. `underlyings` are names by number."""

    def __init__(self, underlyings: Mapping[int, str]) -> None:
        self._underlyings = underlyings
        self._by_name: dict[str, Series] = {}
        self._names: dict[int, str] = {}

    def add(self, series: Iterable[Series]) -> None:
        """Lists series; one that is known already costs a look. An underlying without a name is called U and a number.

        Two series that differ in nothing but their ids would share a name: the later one has its id behind it.
        """
        for one in series:
            if one.series_id in self._names:
                continue
            underlying = self._underlyings.get(one.underlying, f"U{one.underlying}")
            name = name_of(Instrument(underlying, one.expiry_s, one.strike_e2, one.kind))
            if name in self._by_name:
                name = f"{name}-{one.series_id}"
            self._names[one.series_id] = name
            self._by_name[name] = one

    def series(self, name: str) -> Series | None:
        """The series of a name, `None` if none was listed under it."""
        return self._by_name.get(name)

    def name(self, series_id: int) -> str:
        """The name of a series. One that was never listed is called by its id."""
        return self._names.get(series_id, f"SERIES-{series_id}")
