"""The risk table in force, and what people look at beside it: index, implied volatility, Greeks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rollup.risk.black76 import Greeks, PricingError, greeks, implied_volatility
from rollup.risk.parity import Marked, forwards_e2
from rollup.risk.table import CENTS, SECONDS_PER_YEAR
from rollup.types.series import OptionKind, SeriesRow
from sequencer.api.instruments import InstrumentNames
from sequencer.messages import NewTable


@dataclass(frozen=True, slots=True)
class Valuation:
    """Of one series: its row, the index, and for people alone implied volatility and Greeks, where there are any."""

    row: SeriesRow
    index_e2: int | None
    implied_volatility: float | None
    greeks: Greeks | None


class Market:
    """The newest table and prices of underlyings. `names` knows every series that was ever in a table."""

    def __init__(self, underlyings: Mapping[int, str]) -> None:
        self.underlyings = underlyings
        self.names = InstrumentNames(underlyings)
        self.rows: dict[int, SeriesRow] = {}
        self.spots: dict[int, int] = {}
        self.time_s = 0
        self._valued: dict[int, Valuation] = {}
        self._forwards_e2: dict[tuple[int, int], int] = {}

    def renew(self, table: NewTable) -> None:
        """A later table."""
        self.rows = {row.series.series_id: row for row in table.rows}
        self.spots |= dict(table.spots)
        self.time_s = table.time_s
        self.names.add(row.series for row in table.rows)
        self._valued.clear()
        self._forwards_e2 = forwards_e2(
            Marked(one.underlying, one.expiry_s, one.strike_e2, one.kind is OptionKind.CALL, row.mark_e2)
            for row in table.rows
            if not row.is_settled
            for one in (row.series,)
        )

    def valuation(self, series_id: int) -> Valuation | None:
        """Worked out once for each table, by Black's model; `None` without a row.

        The forward is what calls and puts of one strike say; where there are none, the index stands in.
        """
        found = self._valued.get(series_id)
        row = self.rows.get(series_id)
        if found is None and row is not None:
            found = self._valued[series_id] = self._value(row)
        return found

    def index_number(self, name: str) -> int | None:
        """The underlying that an index name like btc_usd means."""
        for number, underlying in self.underlyings.items():
            if f"{underlying.lower()}_usd" == name:
                return number
        return None

    def _value(self, row: SeriesRow) -> Valuation:
        series = row.series
        index_e2 = self.spots.get(series.underlying)
        if index_e2 is None or row.is_settled or series.expiry_s <= self.time_s:
            return Valuation(row, index_e2, None, None)
        forward_e2 = self._forwards_e2.get((series.underlying, series.expiry_s), index_e2)
        years = (series.expiry_s - self.time_s) / SECONDS_PER_YEAR
        try:
            volatility = implied_volatility(series.kind, row.mark_e2, forward_e2, series.strike_e2, years)
            found = greeks(series.kind, forward_e2 / CENTS, series.strike_e2 / CENTS, years, volatility)
        except PricingError:
            return Valuation(row, index_e2, None, None)
        return Valuation(row, index_e2, volatility, found)
