"""What an account's positions ask for, by the rules of its health, in integers only.

With V[s] = cash + sum of size * value[s] over the columns of the risk table, column 0 the mark:

* initial: V[s] >= 0 for all s;
* maintenance: V[0] + 3 V[s] >= 0 for all s.

As amounts that the equity V[0] is held against, with L = V[0] - min V[s], the worst loss::

    V[s] >= 0 for all s            if and only if  V[0] >= L
    V[0] + 3 V[s] >= 0 for all s   if and only if  4 V[0] >= 3 L, that is V[0] >= ceil(3 L / 4)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rollup.errors import RollupError, check_range
from rollup.parameters import MAINTENANCE_WEIGHT
from rollup.types.series import SeriesRow
from rollup.units import CASH_BITS, COLUMNS, POSITION_BITS


class SeriesNotInTable(RollupError):
    """A position in a series that the risk table does not value."""

    def __init__(self, series_id: int) -> None:
        super().__init__(f"series {series_id} is not in the risk table")
        self.series_id = series_id


class SeriesRepeated(RollupError):
    """Two rows of the risk table for one series."""

    def __init__(self, series_id: int) -> None:
        super().__init__(f"series {series_id} is in the risk table more than once")
        self.series_id = series_id


@dataclass(frozen=True, slots=True)
class MarginReport:
    """The health of an account, in 0.000001 USDC. `values_e6` is V, of shape (COLUMNS,); the rest follows from it."""

    values_e6: tuple[int, ...]

    @property
    def equity_e6(self) -> int:
        """V[0]: cash and positions at the mark."""
        return self.values_e6[0]

    @property
    def worst_column(self) -> int:
        """The column with the smallest V, the first of equals: a scenario from 1 to 16, or 0 if none loses."""
        return self.values_e6.index(min(self.values_e6))

    @property
    def initial_requirement_e6(self) -> int:
        """The worst loss from the mark, never below 0."""
        return self.equity_e6 - min(self.values_e6)

    @property
    def maintenance_requirement_e6(self) -> int:
        """Three quarters of the initial requirement, as `parameters` has it, rounded up."""
        return -(-MAINTENANCE_WEIGHT * self.initial_requirement_e6 // (MAINTENANCE_WEIGHT + 1))

    @property
    def passes_initial(self) -> bool:
        """V[s] >= 0 for all s."""
        return self.equity_e6 >= self.initial_requirement_e6

    @property
    def passes_maintenance(self) -> bool:
        """V[0] + 3 V[s] >= 0 for all s."""
        return self.equity_e6 >= self.maintenance_requirement_e6


def margin_report(positions: Mapping[int, int], cash_e6: int, table: Iterable[SeriesRow]) -> MarginReport:
    """The health of an account with positions of `size_e4` by series id, negative if sold; one of 0 needs no row.

    Raises `FieldOutOfRange` for a size or a cash beyond its width, `SeriesNotInTable` and `SeriesRepeated`.
    """
    check_range("cash_e6", cash_e6, CASH_BITS, minimum=-(1 << CASH_BITS) + 1)
    rows: dict[int, SeriesRow] = {}
    for row in table:
        if rows.setdefault(row.series.series_id, row) is not row:
            raise SeriesRepeated(row.series.series_id)
    values_e6 = [cash_e6] * COLUMNS
    for series_id, size_e4 in positions.items():
        check_range("size_e4", size_e4, POSITION_BITS, minimum=-(1 << POSITION_BITS))
        if size_e4 == 0:
            continue
        if series_id not in rows:
            raise SeriesNotInTable(series_id)
        values_e6 = [
            total + size_e4 * value_e2 for total, value_e2 in zip(values_e6, rows[series_id].values_e2, strict=True)
        ]
    return MarginReport(tuple(values_e6))
