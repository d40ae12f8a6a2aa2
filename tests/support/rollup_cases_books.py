"""More cases of `tests.support.rollup_cases`: series, order slots, books, and health."""

from __future__ import annotations

from rollup import errors
from rollup.types.orders import Cancel, Transfer, Withdrawal
from rollup.types.transactions import Deposit, ForcedWithdrawal, Settlement
from rollup.units import CASH_BITS, POSITION_BITS
from tests.support.rollup import (
    CONTRACT,
    EXPIRED,
    LAST_SECOND,
    LIVE,
    MARK,
    OTHER,
    RICH,
    SETTLED,
    WITHOUT_ROW,
    liquidation_of,
    trade_of,
)
from tests.support.rollup_cases import CASES, INITIAL, MAINTENANCE, SHORT_CASH, Cast, Sections, case

__all__ = ["CASES"]
BAND = MARK * 100_000 // 1_000_000 + 100


@case(errors.UnknownSeries)
def trade_without_a_row(who: Cast, broken: bool) -> Sections:
    series = {"series_id": WITHOUT_ROW if broken else LIVE}
    return who.trade(series, series)


@case(errors.UnknownSeries)
def position_without_a_row(who: Cast, broken: bool) -> Sections:
    who.world.put(who.a, RICH, {3: (WITHOUT_ROW if broken else LIVE, 5)})
    return {"queue": (Deposit(who.a, 5),)}


@case(errors.UnknownSeries)
def forced_request_without_a_row(who: Cast, broken: bool) -> Sections:
    who.world.put(who.a, RICH, {3: (WITHOUT_ROW if broken else LIVE, 5)})
    return {"queue": (ForcedWithdrawal(who.a, 5),)}


@case(errors.UnknownSeries)
def settlement_without_a_row(who: Cast, broken: bool) -> Sections:
    who.world.put(who.a, RICH, {0: (SETTLED, 7)})
    return {"settlements": (Settlement(who.a, 0, WITHOUT_ROW if broken else SETTLED),)}


@case(errors.SeriesNotLive)
def last_second_of_series(who: Cast, broken: bool) -> Sections:
    series = {"series_id": EXPIRED if broken else LAST_SECOND}
    return who.trade(series, series)


@case(errors.SeriesNotLive)
def trade_of_a_settled_series(who: Cast, broken: bool) -> Sections:
    series = {"series_id": SETTLED if broken else LAST_SECOND}
    return who.trade(series, series)


@case(errors.SeriesNotSettled)
def settlement_before_the_price(who: Cast, broken: bool) -> Sections:
    series_id = EXPIRED if broken else SETTLED
    who.world.put(who.a, RICH, {0: (series_id, 7)})
    return {"settlements": (Settlement(who.a, 0, series_id),)}


@case(errors.PriceOutsideBand)
def band_above_the_mark(who: Cast, broken: bool) -> Sections:
    who.short(SHORT_CASH)
    return who.liquidation(price_e2=MARK + BAND + broken)


@case(errors.PriceOutsideBand)
def band_below_the_mark(who: Cast, broken: bool) -> Sections:
    who.short(SHORT_CASH)
    return who.liquidation(price_e2=MARK - BAND - broken)


@case(errors.PenaltyTooLarge)
def penalty_above_the_rate(who: Cast, broken: bool) -> Sections:
    who.short(SHORT_CASH)
    return who.liquidation(size_e4=CONTRACT - 1, penalty_e6=MARK * (CONTRACT - 1) // 20 + broken)


# -- order slots -------------------------------------------------------------------------------------------------------


@case(errors.OrderNotOpen)
def more_than_is_left(who: Cast, broken: bool) -> Sections:
    who.world.put(who.a, RICH, orders={0: (1, CONTRACT - 40)})
    return who.trade(size_e4=40 + broken)


@case(errors.OrderNotOpen)
def nonce_that_was_replaced(who: Cast, broken: bool) -> Sections:
    who.world.put(who.b, RICH, orders={0: (7, 1)})
    return who.trade(seller={"nonce": 7 - broken}, size_e4=1)


@case(errors.OrderNotOpen)
def one_order_in_two_trades(who: Cast, broken: bool) -> Sections:
    maker, half = who.buyer(), CONTRACT // 2
    takers = (who.seller(), who.world.order(who.c, "sell"))
    sizes = (half, half + broken)
    return {"trades": tuple(trade_of(maker, taker, size_e4=size) for taker, size in zip(takers, sizes, strict=True))}


@case(errors.OrderNotOpen)
def operation_under_a_used_nonce(who: Cast, broken: bool) -> Sections:
    who.world.put(who.a, RICH, orders={2: (4, 1)})
    return {"operations": (who.world.operation(Cancel(who.a, 2, 5 - broken)),)}


@case(errors.OrderNotOpen)
def trade_and_cancel_at_once(who: Cast, broken: bool) -> Sections:
    cancel = who.world.operation(Cancel(who.a, 0, 2))
    return {**who.trade(buyer={"nonce": 2 if broken else 3}), "operations": (cancel,)}


@case(errors.NothingToSettle)
def settlement_of_another_slot(who: Cast, broken: bool) -> Sections:
    who.world.put(who.a, RICH, {3: (SETTLED, -7)})
    return {"settlements": (Settlement(who.a, 3 + broken, SETTLED),)}


# -- liquidations and books --------------------------------------------------------------------------------------------


@case(errors.NotLiquidatable)
def maintenance_margin_is_met(who: Cast, broken: bool) -> Sections:
    who.short(MAINTENANCE - (not broken))
    return who.liquidation()


@case(errors.PositionSlotTaken)
def slot_holds_another_series(who: Cast, broken: bool) -> Sections:
    who.world.put(who.a, RICH, {0: (OTHER, 5)})
    return who.trade(slots=(int(not broken), 0))


@case(errors.PositionSlotTaken)
def two_series_in_a_free_slot(who: Cast, broken: bool) -> Sections:
    other = {"series_id": OTHER, "slot": 1}
    second = trade_of(who.buyer(**other), who.seller(**other), slots=(int(not broken), 1))
    return {"trades": (*who.trade()["trades"], second)}


@case(errors.PositionOutOfRange)
def largest_position(who: Cast, broken: bool) -> Sections:
    who.world.put(who.a, RICH, {0: (LIVE, (1 << POSITION_BITS) - 1 - CONTRACT + broken)})
    return who.trade()


@case(errors.PositionOutOfRange)
def largest_short_position(who: Cast, broken: bool) -> Sections:
    who.world.put(who.b, 1 << CASH_BITS - 1, {0: (LIVE, -(1 << POSITION_BITS) + CONTRACT - broken)})
    return who.trade()


@case(errors.CashOutOfRange)
def more_than_all_cash(who: Cast, broken: bool) -> Sections:
    who.world.put(who.a, 500)
    return {"operations": (who.world.operation(Withdrawal(who.a, 0, 1, 500 + broken)),)}


@case(errors.CashOutOfRange)
def cash_of_an_option_holder(who: Cast, broken: bool) -> Sections:
    who.world.put(who.a, 500, {0: (OTHER, CONTRACT)})
    return {"operations": (who.world.operation(Transfer(who.a, 0, 1, who.b, 500 + broken)),)}


@case(errors.CashOutOfRange)
def more_cash_than_there_can_be(who: Cast, broken: bool) -> Sections:
    who.world.put(who.a, (1 << CASH_BITS) - 6)
    return {"queue": (Deposit(who.a, 5 + broken),)}


@case(errors.CashOutOfRange)
def settlement_that_cannot_be_paid(who: Cast, broken: bool) -> Sections:
    who.world.put(who.a, 300 * CONTRACT - broken, {0: (SETTLED, -CONTRACT)})
    return {"settlements": (Settlement(who.a, 0, SETTLED),)}


@case(errors.LiquidationNotReducing)
def liquidation_that_turns_a_position(who: Cast, broken: bool) -> Sections:
    who.short(SHORT_CASH)
    return who.liquidation(size_e4=CONTRACT + broken)


@case(errors.LiquidationNotReducing)
def liquidation_of_a_free_slot(who: Cast, broken: bool) -> Sections:
    who.short(SHORT_CASH)
    return who.liquidation(size_e4=5, position_slot=int(broken))


@case(errors.SubsidyTooLarge)
def subsidy_above_the_losses(who: Cast, broken: bool) -> Sections:
    who.short(0)
    return who.liquidation(subsidy_e6=MARK * CONTRACT + broken)


# -- health ------------------------------------------------------------------------------------------------------------


@case(errors.BelowInitialMargin)
def withdrawal_beyond_margin(who: Cast, broken: bool) -> Sections:
    who.short(INITIAL + 500)
    return {"operations": (who.world.operation(Withdrawal(who.b, 0, 1, 500 + broken)),)}


@case(errors.BelowInitialMargin)
def option_sold_beyond_margin(who: Cast, broken: bool) -> Sections:
    fee_e6 = 500 * MARK * CONTRACT // 1_000_000
    who.world.put(who.b, INITIAL - MARK * CONTRACT + fee_e6 - broken)
    return who.trade()


@case(errors.ShortfallGrew)
def withdrawal_in_distress(who: Cast, broken: bool) -> Sections:
    who.short(INITIAL - 1)
    withdrawal = who.world.operation(Withdrawal(who.b, 0, 1, 5 + broken))
    return {"queue": (Deposit(who.b, 5),), "operations": (withdrawal,)}


@case(errors.ShortfallGrew)
def liquidation_at_a_loss(who: Cast, broken: bool) -> Sections:
    """Bankrupt at the mark already: a subsidy must make up for what is above the mark."""
    who.short(MARK * CONTRACT - 5)
    order = who.world.order(who.c, "sell", size_e4=1)
    return {"liquidations": (liquidation_of(order, who.b, MARK + 1, subsidy_e6=1 - broken),)}
