"""A market without prices of its own, marks in steps and scenarios around them; and who trades there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rollup.types.series import OptionKind, Series, SeriesRow
from rollup.units import COLUMNS

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

UNDERLYING: Final = 1
FIRST_MARK_E2: Final = 500
MARK_STEP_E2: Final = 10
SCENARIO_STEP_E2: Final = 20


@dataclass(frozen=True, slots=True)
class Trader:
    """An Ethereum account, its secret key on the rollup, and its id."""

    ethereum: LocalAccount
    secret: bytes
    account: int


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
