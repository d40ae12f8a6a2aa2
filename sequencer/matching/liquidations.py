"""Resting orders take over part of what an account can no longer carry."""

from __future__ import annotations

from dataclasses import dataclass

from rollup.errors import (
    LiquidationNotReducing,
    NotLiquidatable,
    PenaltyTooLarge,
    RollupError,
    SectionFull,
    check_range,
)
from rollup.margin import meets_maintenance
from rollup.parameters import LIQUIDATION_PENALTY_PPM
from rollup.transition.liquidations import is_inside_band
from rollup.types.series import SeriesRow
from rollup.types.transactions import Liquidation
from rollup.units import (
    ACCOUNT_ID_BITS,
    COLUMNS,
    INSURANCE_ACCOUNT,
    MILLION,
    PRICE_BITS,
    RATE_BITS,
    SERIES_ID_BITS,
    SIZE_BITS,
)
from sequencer.matching.booking import bearable_e4, book_side, collect, fill_changes, take_resting
from sequencer.matching.coverage import can_bear, columns_of, require_change
from sequencer.matching.errors import InLiquidation, LiquidationWaits, MatchingError
from sequencer.matching.floor import Floor
from sequencer.matching.requests import Ending
from sequencer.matching.standing import Standing
from sequencer.orderbook.resting import RestingOrder


@dataclass(frozen=True, slots=True)
class LiquidationOrder:
    """To close up to `size_e4` of a position at `limit_price_e2` or better for the account. Nobody signs it.

    `penalty_ppm` of the premium goes to the insurance fund, where the account can bear it. With `is_subsidised` the
    fund pays what an account without equity lacks. Such fills go into batches without deposits or transfers to the
    account, which must not end them with equity above zero.
    """

    account: int
    series_id: int
    size_e4: int
    limit_price_e2: int
    penalty_ppm: int = 0
    is_subsidised: bool = False

    def __post_init__(self) -> None:
        check_range("account", self.account, ACCOUNT_ID_BITS)
        check_range("size_e4", self.size_e4, SIZE_BITS, minimum=1)
        check_range("limit_price_e2", self.limit_price_e2, PRICE_BITS)
        check_range("series_id", self.series_id, SERIES_ID_BITS, minimum=1)
        check_range("penalty_ppm", self.penalty_ppm, RATE_BITS)


def liquidate(floor: Floor, wanted: LiquidationOrder) -> list[Liquidation]:
    """Fills, best price first, all that lie inside the band, as far as no scenario's shortfall grows.

    It ends when the account is above maintenance margin again: a batch cut there could not take the rest.

    The account's own orders leave the books first, and it trades no more in this batch: nothing that it does keeps it
    from being liquidated. Raises `PenaltyTooLarge`, `UnknownAccount`, `UnknownSeries`, `SeriesNotLive`,
    `NotLiquidatable`, `LiquidationNotReducing`, `LiquidationWaits`; then nothing has happened.
    """
    if wanted.penalty_ppm > LIQUIDATION_PENALTY_PPM:
        raise PenaltyTooLarge("liquidation", penalty_ppm=wanted.penalty_ppm)
    standing = floor.standing(wanted.account)
    row = floor.terms.live_row(wanted.series_id)
    if is_maintained(floor, standing):
        raise NotLiquidatable("liquidation", account=wanted.account)
    held_e4 = standing.held_e4.get(wanted.series_id, 0)
    if wanted.size_e4 > abs(held_e4):
        raise LiquidationNotReducing("liquidation", account=wanted.account, held_e4=held_e4)
    if standing.has_traded:
        raise LiquidationWaits(wanted.account)
    standing.is_liquidated = True
    for order in list(standing.open.values()):
        floor.drop(order, Ending.REFUSED, InLiquidation(wanted.account))
    return _fill(floor, wanted, standing, row)


def is_maintained(floor: Floor, standing: Standing) -> bool:
    """Whether an account may keep what it holds now."""
    return meets_maintenance(tuple(columns_of(standing, floor.terms)[:COLUMNS]))


def _fill(floor: Floor, wanted: LiquidationOrder, standing: Standing, row: SeriesRow) -> list[Liquidation]:
    found: list[Liquidation] = []
    left_e4, is_buy = wanted.size_e4, standing.held_e4[wanted.series_id] < 0
    side = floor.book(wanted.series_id).side(is_buy=not is_buy)
    for maker in list(side.reached_by(wanted.limit_price_e2)):
        if not left_e4 or is_maintained(floor, standing):
            break
        other = floor.maker_of(maker)
        if other is None or not maker.is_open or not is_inside_band(maker.price_e2, row.mark_e2):
            continue
        try:
            floor.check_fits([standing, other], {wanted.series_id})
        except SectionFull:
            continue
        amount_e4 = min(left_e4, maker.remaining_e4)
        try:
            amount_e4 = bearable_e4(floor, row, maker, other, amount_e4, floor.terms.taker_fee_ppm)
        except (RollupError, MatchingError) as error:
            floor.drop(maker, Ending.REFUSED, error)
            continue
        bought_e4 = amount_e4 if is_buy else -amount_e4
        paid_e6 = _penalty(floor, wanted, standing, row, maker.price_e2, bought_e4)
        if wanted.is_subsidised and INSURANCE_ACCOUNT not in (maker.account, wanted.account):
            amount_e4, paid_e6 = _subsidised(floor, standing, row, maker.price_e2, bought_e4)
        if paid_e6 is not None:
            found.append(_book(floor, standing, other, row, maker, amount_e4, paid_e6))
            left_e4 -= amount_e4
    return found


def _penalty(
    floor: Floor, wanted: LiquidationOrder, standing: Standing, row: SeriesRow, price_e2: int, bought_e4: int
) -> int | None:
    """What the account can pay with such a fill: all of the penalty, or nothing; `None` if it cannot bear the fill."""
    full_e6 = price_e2 * abs(bought_e4) * wanted.penalty_ppm // MILLION
    for penalty_e6 in (full_e6, 0):
        if can_bear(standing, floor.terms, fill_changes(row, price_e2, bought_e4, penalty_e6)):
            return penalty_e6
    return None


def _subsidised(
    floor: Floor, standing: Standing, row: SeriesRow, price_e2: int, bought_e4: int
) -> tuple[int, int | None]:
    """How much of a fill the fund can make good, half and half again; and what it pays, as a penalty below zero.

    Fills that need nothing are held to the same: equity stays at zero or below, for those that the fund paid before.
    """
    amount_e4 = abs(bought_e4)
    while amount_e4:
        changes = fill_changes(row, price_e2, amount_e4 if bought_e4 > 0 else -amount_e4, 0)
        before = columns_of(standing, floor.terms)
        needed_e6 = max(0, *(min(0, old) - old - change for old, change in zip(before, changes, strict=True)))
        if before[0] + changes[0] + needed_e6 <= 0 and _fund_bears(floor, needed_e6):
            return amount_e4, -needed_e6
        amount_e4 //= 2
    return 0, None


def _fund_bears(floor: Floor, amount_e6: int) -> bool:
    try:
        require_change(floor.standing(INSURANCE_ACCOUNT), floor.terms, [-amount_e6] * (COLUMNS + 1))
    except RollupError:
        return False
    return True


def _book(
    floor: Floor,
    standing: Standing,
    other: Standing,
    row: SeriesRow,
    maker: RestingOrder,
    amount_e4: int,
    paid_e6: int,
) -> Liquidation:
    """`paid_e6` goes to the insurance fund, or comes from it if it is below zero."""
    series_id, price_e2, taken_e4 = maker.series_id, maker.price_e2, amount_e4 if maker.is_buy else -amount_e4
    slots = standing.slots[series_id], other.slots[series_id]
    payments = max(0, paid_e6), max(0, -paid_e6)
    made = Liquidation(maker.signed, standing.account_id, price_e2, amount_e4, *slots, *payments)
    book_side(floor, other, row, price_e2, taken_e4, floor.terms.taker_fee_ppm)
    book_side(floor, standing, row, price_e2, -taken_e4, 0)
    standing.cash_e6 -= paid_e6
    standing.ceiling_e6 += max(0, -paid_e6)
    fund = floor.standing(INSURANCE_ACCOUNT)
    collect(fund, paid_e6)
    fund.has_traded |= paid_e6 < 0
    other.has_traded = True
    take_resting(floor, maker, other, amount_e4)
    return made
