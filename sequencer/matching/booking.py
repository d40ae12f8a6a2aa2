"""What a fill needs of an account at rest, and what it leaves in accounts: the same for every way to fill."""

from __future__ import annotations

from rollup.errors import BelowInitialMargin, ShortfallGrew
from rollup.transition.orders import fee_of
from rollup.types.series import SeriesRow
from rollup.units import FEE_ACCOUNT
from sequencer.matching.coverage import can_bear, require_room
from sequencer.matching.errors import NothingToReduce
from sequencer.matching.floor import Floor
from sequencer.matching.standing import Standing
from sequencer.orderbook.resting import RestingOrder


def fill_changes(row: SeriesRow, price_e2: int, amount_e4: int, paid_e6: int) -> list[int]:
    """By how much a fill changes every column of V, and cash; `amount_e4` is above 0 to buy. Shape (COLUMNS + 1,)."""
    return [amount_e4 * (value - price_e2) - paid_e6 for value in (*row.values_e2, 0)]


def bearable_e4(
    floor: Floor, row: SeriesRow, maker: RestingOrder, other: Standing, amount_e4: int, rate_ppm: int
) -> int:
    """How much of a resting order may be filled now, at most `amount_e4`.

    Raises `NothingToReduce`, `BelowInitialMargin`, `ShortfallGrew`, `EquityOutOfRange`: then it must leave the book.
    """
    if maker.reduce_only:
        amount_e4 = min(amount_e4, other.reducible_e4(maker.series_id, is_buy=maker.is_buy))
        if not amount_e4:
            raise NothingToReduce(maker.series_id, other.held_e4.get(maker.series_id, 0))
    if other.slack_e6 < 0:
        fee_e6 = fee_of(amount_e4 * maker.price_e2, rate_ppm)
        changes = fill_changes(row, maker.price_e2, amount_e4 if maker.is_buy else -amount_e4, fee_e6)
        if not can_bear(other, floor.terms, changes):
            rule = ShortfallGrew if other.was_distressed else BelowInitialMargin
            raise rule(f"account {maker.account}", price_e2=maker.price_e2, size_e4=amount_e4)
    require_room(other, floor.terms, gain_e6(floor, row, maker.price_e2, amount_e4))
    return amount_e4


def gain_e6(floor: Floor, row: SeriesRow, price_e2: int, amount_e4: int) -> int:
    """No less than what a fill adds to any column of either side."""
    return amount_e4 * max(floor.terms.highest_e2(row), price_e2)


def book_side(floor: Floor, standing: Standing, row: SeriesRow, price_e2: int, amount_e4: int, rate_ppm: int) -> None:
    """Books size, premium and fee of one side; `amount_e4` is above 0 to buy."""
    fee_e6 = fee_of(price_e2 * abs(amount_e4), rate_ppm)
    standing.book(row.series.series_id, amount_e4, -amount_e4 * price_e2 - fee_e6)
    standing.ceiling_e6 += gain_e6(floor, row, price_e2, abs(amount_e4))
    if fee_e6:
        collect(floor.standing(FEE_ACCOUNT), fee_e6)


def collect(standing: Standing, amount_e6: int) -> None:
    """Cash comes in."""
    standing.cash_e6 += amount_e6
    standing.slack_e6 += amount_e6
    standing.ceiling_e6 += amount_e6


def take_resting(floor: Floor, maker: RestingOrder, other: Standing, amount_e4: int) -> None:
    """Takes a fill off a resting order; one without a rest leaves book and account."""
    floor.book(maker.series_id).side(is_buy=maker.is_buy).take(maker, amount_e4)
    if not maker.remaining_e4:
        del other.open[maker.slot]
