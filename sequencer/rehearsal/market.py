"""A market without prices of its own: marks in steps, and scenarios around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rollup.types.series import OptionKind, Series, SeriesRow
from rollup.units import COLUMNS

UNDERLYING: Final = 1
FIRST_MARK_E2: Final = 500
MARK_STEP_E2: Final = 10
SCENARIO_STEP_E2: Final = 20


def listed_series(count: int, expiry_s: int) -> tuple[Series, ...]:
    """Calls and puts around 100, all of one expiry."""
    return tuple(
        Series(i + 1, UNDERLYING, expiry_s, 9_000 + 500 * i, OptionKind.CALL if i % 2 else OptionKind.PUT)
        for i in range(count)
    )


def rows_of(series: Sequence[Series], shift_e2: int = 0, settled_at_e2: int | None = None) -> list[SeriesRow]:
    """A row for each, all marks moved by `shift_e2`; settled, if there is a price for it."""
    if settled_at_e2 is not None:
        return [SeriesRow.settled(one, settled_at_e2) for one in series]
    rows = []
    for i, one in enumerate(series):
        mark_e2 = FIRST_MARK_E2 + MARK_STEP_E2 * i + shift_e2
        scenarios = (max(0, mark_e2 + SCENARIO_STEP_E2 * (s - COLUMNS // 2)) for s in range(1, COLUMNS))
        rows.append(SeriesRow(one, False, (mark_e2, *scenarios)))
    return rows
