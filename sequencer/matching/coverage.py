"""Whether an account can carry what it holds and all that its open orders may still bring.

Filled for `a` of its size at its limit, an order to buy changes column s of V by a * (value[s] - limit - fee), an order
to sell by a * (limit - value[s] - fee): linear in a, and never worse at a better price. So the worst over all ways to
fill the open orders, column by column, is the sum of those changes that are below zero. Cash is one column more, of
value 0. Nothing here is an estimate but two bounds which spare most orders the columns: they only ever say "surely".
"""

from __future__ import annotations

from typing import Final

from rollup.errors import BelowInitialMargin, CashOutOfRange, ShortfallGrew
from rollup.margin import meets_initial, values_of
from rollup.types.series import SeriesRow
from rollup.units import CASH_BITS, COLUMNS
from sequencer.matching.errors import EquityOutOfRange, NewRiskWaits
from sequencer.matching.standing import Standing
from sequencer.matching.terms import Terms
from sequencer.orderbook.resting import RestingOrder

ROOM_E6 = 1 << CASH_BITS
STRESS_COVER: Final = 3
"""How often an account's equity must cover its worst loss to take on risk under stress."""


def columns_of(standing: Standing, terms: Terms) -> list[int]:
    """V, and cash behind it; shape (COLUMNS + 1,). Raises `UnknownSeries` where a position has no row."""
    return [*values_of(standing.cash_e6, standing.positions(), terms.table.row), standing.cash_e6]


def full_fill(row: SeriesRow, price_e2: int, amount_e4: int, unit_fee_e2: int) -> list[int]:
    """By how much a fill changes each column; `amount_e4` is above 0 to buy. Shape (COLUMNS + 1,)."""
    fee_e6 = abs(amount_e4) * unit_fee_e2
    return [amount_e4 * (value - price_e2) - fee_e6 for value in (*row.values_e2, 0)]


def worst_columns(standing: Standing, terms: Terms, without: RestingOrder | None = None) -> list[int]:
    """The columns after the worst fills of all open orders but one. Orders in series without a row cannot be filled."""
    worst = columns_of(standing, terms)
    for order in standing.open.values():
        row = terms.table.row(order.series_id)
        if order is without or row is None:
            continue
        amount_e4 = order.remaining_e4 if order.is_buy else -order.remaining_e4
        changes = full_fill(row, order.price_e2, amount_e4, terms.unit_fee_e2(order.price_e2))
        worst = [value + min(0, change) for value, change in zip(worst, changes, strict=True)]
    return worst


def refresh(standing: Standing, terms: Terms) -> None:
    """Makes both bounds exact. Raises `UnknownSeries`."""
    standing.slack_e6 = min(worst_columns(standing, terms))
    standing.ceiling_e6 = max(columns_of(standing, terms))


def reserve(
    standing: Standing,
    terms: Terms,
    row: SeriesRow,
    order: tuple[bool, int, int],
    without: RestingOrder | None = None,
) -> None:
    """Takes an order (to buy?, limit, size) into what an account must be able to carry; `without` is what it replaces.

    Raises `CashOutOfRange`, `BelowInitialMargin`, and for an account in distress `ShortfallGrew`. A distressed account
    may do what makes no column worse. The bound alone decides in O(1), else O(open orders * columns).
    """
    is_buy, price_e2, size_e4 = order
    fee_e2 = terms.unit_fee_e2(price_e2)
    most_e6 = size_e4 * (fee_e2 + (price_e2 if is_buy else max(0, terms.highest_e2(row) - price_e2)))
    if standing.slack_e6 >= most_e6:
        standing.slack_e6 -= most_e6
        return
    changes = full_fill(row, price_e2, size_e4 if is_buy else -size_e4, fee_e2)
    standing.slack_e6 = min(_require(standing, terms, worst_columns(standing, terms, without), changes))


def require_change(standing: Standing, terms: Terms, changes: list[int]) -> None:
    """As `reserve`, for changes that happen at once and whole: shape (COLUMNS + 1,)."""
    _require(standing, terms, worst_columns(standing, terms), changes)


def _require(standing: Standing, terms: Terms, worst: list[int], changes: list[int]) -> list[int]:
    after = [value + min(0, change) for value, change in zip(worst, changes, strict=True)]
    lost = [value for value, change in zip(after, changes, strict=True) if change < 0 and value < 0]
    if not lost:
        return after
    where = f"account {standing.account_id}"
    if after[COLUMNS] < 0 and changes[COLUMNS] < 0:
        raise CashOutOfRange(where, cash_e6=after[COLUMNS])
    is_healthy = meets_initial(tuple(columns_of(standing, terms)[:COLUMNS]))
    rule = BelowInitialMargin if is_healthy else ShortfallGrew
    raise rule(where, worst_e6=min(lost))


def can_bear(standing: Standing, terms: Terms, changes: list[int]) -> bool:
    """Whether a fill leaves no column below zero and worse than it is now. O(positions * columns)."""
    columns = columns_of(standing, terms)
    return all(change >= 0 or value + change >= 0 for value, change in zip(columns, changes, strict=True))


def require_room(standing: Standing, terms: Terms, gain_e6: int) -> None:
    """Raises `EquityOutOfRange` if so much more could leave the field of cash."""
    if standing.ceiling_e6 + gain_e6 < ROOM_E6:
        return
    standing.ceiling_e6 = max(columns_of(standing, terms))
    if standing.ceiling_e6 + gain_e6 >= ROOM_E6:
        raise EquityOutOfRange(standing.account_id)


def stress_loss_e6(standing: Standing, terms: Terms, changes: list[int] | None = None) -> int:
    """The mark less the worst scenario, now or after changes of shape (COLUMNS + 1,). Cash does not matter for it.

    It is convex in what is held: an order that does not raise it when filled whole raises it by no partial fill.
    """
    columns = columns_of(standing, terms)
    if changes is not None:
        columns = [value + change for value, change in zip(columns, changes, strict=True)]
    return columns[0] - min(columns[:COLUMNS])


def require_no_new_risk(standing: Standing, terms: Terms, changes: list[int]) -> None:
    """Raises `NewRiskWaits` for changes of shape (COLUMNS + 1,) that raise the stress loss, under stress.

    Unless the account is rich: its equity is `STRESS_COVER` times what it would lose in the worst scenario by the worst
    fills of all its open orders too. Somebody has to quote on a bad day, or nobody could reduce.
    """
    before_e6, after_e6 = stress_loss_e6(standing, terms), stress_loss_e6(standing, terms, changes)
    if after_e6 <= before_e6:
        return
    worst = [value + min(0, change) for value, change in zip(worst_columns(standing, terms), changes, strict=True)]
    equity_e6 = columns_of(standing, terms)[0]
    if equity_e6 < STRESS_COVER * (equity_e6 - min(worst[:COLUMNS])):
        raise NewRiskWaits(standing.account_id, before_e6, after_e6)
