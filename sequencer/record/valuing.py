"""What a table of the record is worth to somebody: V, implied volatilities, Greeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from rollup.units import COLUMNS
from sequencer.record.market_types import TableRow

Values: TypeAlias = Mapping[int, Sequence[int]]
"""By series id, the mark and the scenarios in `_e2`."""

CENTS: Final = 100


def values_of(cash_e6: int, positions: Sequence[tuple[int, int]], values: Values) -> tuple[int, ...]:
    """V of an account; empty where a series that it holds is not in the table."""
    totals = [cash_e6] * COLUMNS
    for series_id, size_e4 in positions:
        found = values.get(series_id)
        if found is None:
            return ()
        totals = [total + size_e4 * value_e2 for total, value_e2 in zip(totals, found, strict=True)]
    return tuple(totals)


def table_rows(time_s: int, spots: Mapping[int, int], body: Sequence[Sequence[int]]) -> tuple[TableRow, ...]:
    """Rows of a table signed at `time_s`, with what the mark implies.

    The forward is what calls and puts of one strike say; where there are none, the spot stands in.
    """
    from rollup.risk.parity import Marked, forwards_e2

    live = (one for one in body if not one[5])
    forwards = forwards_e2(Marked(one[1], one[2], one[3], one[4] == 0, one[6]) for one in live)
    return tuple(_row(time_s, forwards.get((one[1], one[2]), spots.get(one[1])), one) for one in body)


def _row(time_s: int, forward_e2: int | None, one: Sequence[int]) -> TableRow:
    series_id, underlying, expiry_s, strike_e2, kind, is_settled = one[:6]
    values_e2 = tuple(one[6:])
    greeks: tuple[Any, ...] = ()
    if forward_e2 and not is_settled and expiry_s > time_s:
        greeks = _implied(kind, values_e2[0], forward_e2, strike_e2, expiry_s - time_s)
    is_call, settled = kind == 0, bool(is_settled)
    return TableRow(series_id, underlying, expiry_s, strike_e2, is_call, settled, values_e2, forward_e2, *greeks)


def _implied(kind: int, mark_e2: int, forward_e2: int, strike_e2: int, seconds: int) -> tuple[float, ...]:
    """Volatility, delta, gamma, vega and theta; nothing where no volatility gives the mark."""
    from rollup.risk.black76 import PricingError, greeks, implied_volatility
    from rollup.risk.table import SECONDS_PER_YEAR
    from rollup.types.series import OptionKind

    option, years = OptionKind(kind), seconds / SECONDS_PER_YEAR
    try:
        volatility = implied_volatility(option, float(mark_e2), float(forward_e2), float(strike_e2), years)
    except PricingError:
        return ()
    of = greeks(option, forward_e2 / CENTS, strike_e2 / CENTS, years, volatility)
    return volatility, of.delta, of.gamma, of.vega, of.theta
