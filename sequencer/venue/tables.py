"""Whether a new risk table may follow the one in force."""

from __future__ import annotations

from collections.abc import Iterable

from rollup.risk_table import RiskTable
from rollup.types.series import SeriesRow
from sequencer.venue.errors import SeriesChanged, SettledEarly, TableLacksSeries


def check_table(table: RiskTable, time_s: int, last: RiskTable | None, held: Iterable[int]) -> None:
    """Every series that is held must have a row, and no row may say something new of what is settled for good.

    Raises `SettledEarly`, `SeriesChanged`, `TableLacksSeries`.
    """
    for row in table.rows():
        series = row.series
        if row.is_settled and time_s < series.expiry_s:
            raise SettledEarly(series.series_id, series.expiry_s, time_s)
        before = None if last is None else last.row(series.series_id)
        if before is not None:
            _check_row(row, before)
    for series_id in held:
        if table.row(series_id) is None:
            raise TableLacksSeries(series_id)


def _check_row(row: SeriesRow, before: SeriesRow) -> None:
    series_id = row.series.series_id
    if row.series != before.series:
        raise SeriesChanged(series_id, "description")
    if before.is_settled and row != before:
        raise SeriesChanged(series_id, "settlement")
    if row.is_settled and len(set(row.values_e2)) > 1:
        raise SeriesChanged(series_id, "payoff from column to column")
