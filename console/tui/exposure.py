"""What moves an account: its Greeks by underlying, and what it would be worth at other prices of the underlyings.

For people to look at, by Black's model with the volatility that each mark implies; nothing here decides anything. An
option without one (expired, or a mark at its bounds) counts at its intrinsic value, a settled one at its payoff.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rollup.risk.black76 import price
from rollup.types.series import OptionKind
from sequencer.record.types import AccountRow, TableRow

YEAR_S: Final = 365 * 24 * 60 * 60
_STEP: Final = 0.02
_FURTHEST_UP: Final = 2.0
_FURTHEST_DOWN: Final = -0.98
_HALVINGS: Final = 12


@dataclass(frozen=True, slots=True)
class Sensitivities:
    """Sums over the positions in one underlying: delta in units of it, the others in USD, theta and vega a day and a
    percent of volatility. `unknown` is how many positions have no Greeks.
    """

    underlying: int
    delta: float
    gamma: float
    vega: float
    theta: float
    unknown: int


@dataclass(frozen=True, slots=True)
class Distance:
    """By what share all underlyings would have to fall or rise until equity meets the maintenance requirement of now;
    None where no move up to -98 % or +200 % does.
    """

    down: float | None
    up: float | None


def sensitivities(account: AccountRow, rows: Mapping[int, TableRow]) -> tuple[Sensitivities, ...]:
    """By underlying, in their order."""
    sums: dict[int, list[float]] = {}
    for series_id, size_e4 in account.positions:
        row = rows.get(series_id)
        if row is None:
            continue
        total = sums.setdefault(row.underlying, [0.0] * 5)
        size = size_e4 / 1e4
        if row.delta is None or row.gamma is None or row.vega is None or row.theta is None:
            total[4] += not row.is_settled
            continue
        parts = (row.delta, row.gamma, row.vega / 100, row.theta / 365)
        for index, greek in enumerate(parts):
            total[index] += size * greek
    return tuple(
        Sensitivities(number, delta, gamma, vega, theta, int(unknown))
        for number, (delta, gamma, vega, theta, unknown) in sorted(sums.items())
    )


def equity_at(account: AccountRow, rows: Mapping[int, TableRow], now_s: int, move: float) -> float | None:
    """Equity in USD after all underlyings moved by this share; None where a position has no row or no forward."""
    equity = account.cash_e6 / 1e6
    for series_id, size_e4 in account.positions:
        row = rows.get(series_id)
        value = None if row is None else _value(row, now_s, move)
        if value is None:
            return None
        equity += size_e4 / 1e4 * value
    return equity


def distance(account: AccountRow, rows: Mapping[int, TableRow], now_s: int) -> Distance | None:
    """How far prices are from a liquidation; None where equity cannot be computed. A few milliseconds."""
    if equity_at(account, rows, now_s, 0.0) is None:
        return None
    return Distance(
        down=_first_move(account, rows, now_s, -_STEP, _FURTHEST_DOWN),
        up=_first_move(account, rows, now_s, _STEP, _FURTHEST_UP),
    )


def _first_move(
    account: AccountRow, rows: Mapping[int, TableRow], now_s: int, step: float, furthest: float
) -> float | None:
    required = account.maintenance_requirement_e6 / 1e6

    def is_below(move: float) -> bool:
        equity = equity_at(account, rows, now_s, move)
        return equity is not None and equity <= required

    steps = round(furthest / step)
    found = next((index for index in range(steps + 1) if is_below(index * step)), None)
    if found is None:
        return None
    safe, below = max(0, found - 1) * step, found * step
    for _ in range(_HALVINGS):
        middle = (safe + below) / 2
        safe, below = (safe, middle) if is_below(middle) else (middle, below)
    return below


def _value(row: TableRow, now_s: int, move: float) -> float | None:
    """One contract in USD."""
    if row.is_settled:
        return row.mark_e2 / 100
    if row.forward_e2 is None:
        return None
    forward, strike = row.forward_e2 / 100 * (1 + move), row.strike_e2 / 100
    kind = OptionKind.CALL if row.is_call else OptionKind.PUT
    years, volatility = max(0, row.expiry_s - now_s) / YEAR_S, row.implied_volatility or 0.0
    return price(kind, forward, strike, years, volatility)
