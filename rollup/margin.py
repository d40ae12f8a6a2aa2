"""Portfolio margin: what an account is worth in every scenario, and when that is enough.

For scenario s: V[s] = cash + sum of position * value[s], exact in `_e6`. Column 0 is the mark.

* initial margin: V[s] >= 0 for every s, the mark included;
* maintenance margin: V[0] + 3 V[s] >= 0 for every s: a quarter of the stress loss is let go. `parameters` has the 3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from rollup.errors import UnknownSeries
from rollup.parameters import MAINTENANCE_WEIGHT
from rollup.referee import Referee
from rollup.types.accounts import Account, Position
from rollup.types.series import SeriesRow
from rollup.units import CASH_BITS, COLUMNS

FindRow: TypeAlias = Callable[[int], SeriesRow | None]
Values: TypeAlias = tuple[int, ...]
"""V of one account, shape (COLUMNS,), in `_e6`."""


def values_of(cash_e6: int, positions: Sequence[Position], row: FindRow) -> Values:
    """V of cash and positions. Raises `UnknownSeries` for a position in a series without a row."""
    totals = [cash_e6] * COLUMNS
    for position in positions:
        if position.size_e4 == 0:
            continue
        found = row(position.series_id)
        if found is None:
            raise UnknownSeries("margin", series_id=position.series_id)
        totals = [total + position.size_e4 * value for total, value in zip(totals, found.values_e2, strict=True)]
    return tuple(totals)


def account_values(account: Account | None, row: FindRow) -> Values:
    """V of an account; of none, zeros."""
    return (0,) * COLUMNS if account is None else values_of(account.cash_e6, account.positions, row)


def meets_initial(values: Values) -> bool:
    """Whether no scenario leaves less than nothing."""
    return min(values) >= 0


def fits_cash_field(values: Values) -> bool:
    """Whether every value is in 0 <= value_e6 < 2^63, which is what the proof looks at for accounts not examined."""
    return all(0 <= value < 1 << CASH_BITS for value in values)


def meets_maintenance(values: Values) -> bool:
    """Whether an account may keep its positions."""
    return maintenance_room(values) >= 0


def maintenance_room(values: Sequence[int]) -> int:
    """V[0] + 3 V[s] in the worst scenario: what is missing, if it is below 0."""
    return values[0] + MAINTENANCE_WEIGHT * min(values)


def shortfall_grew(before: Values, after: Values) -> bool:
    """Whether some scenario is below zero, and worse than before."""
    return any(new < 0 and new < old for old, new in zip(before, after, strict=True))


def withdrawable_e6(account: Account | None, values: Values) -> int:
    """The most cash that leaves cash and every scenario at zero or above; negative where one is below zero already."""
    return min(0 if account is None else account.cash_e6, *values)


def require_rows(account: Account, row: FindRow, referee: Referee, where: str) -> bool:
    """Whether all that an account holds has a row. Broken rule: `UnknownSeries`."""
    return all(
        referee.require(row(position.series_id) is not None, UnknownSeries, where, series_id=position.series_id)
        for position in account.positions
        if position.size_e4
    )
