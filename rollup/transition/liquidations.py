"""Liquidation: a signed order takes over part of what an account can no longer carry."""

from __future__ import annotations

from rollup.errors import (
    LiquidationNotReducing,
    NotLiquidatable,
    OwnCounterparty,
    PenaltyTooLarge,
    PriceOutsideBand,
    SubsidyTooLarge,
)
from rollup.ledger import Holding, Ledger
from rollup.margin import Values, meets_maintenance
from rollup.parameters import LIQUIDATION_BAND_E2, LIQUIDATION_BAND_PPM, LIQUIDATION_PENALTY_PPM
from rollup.transition.bench import Bench
from rollup.transition.orders import fill_order
from rollup.types.accounts import Account
from rollup.types.transactions import Liquidation
from rollup.units import INSURANCE_ACCOUNT, MILLION


def apply_liquidation(bench: Bench, liquidation: Liquidation, where: str) -> None:
    """Fills the liquidator's order against the account, with penalty and subsidy.

    Broken rules: `OwnCounterparty`, `UnknownAccount`, `UnknownSeries`, `SeriesNotLive`, `PriceOutsideBand`,
    `PenaltyTooLarge`, and those of `fill_order`.
    """
    order, account, referee = liquidation.liquidator.order, liquidation.account, bench.referee
    price_e2, size_e4 = liquidation.price_e2, liquidation.size_e4
    referee.require(order.account != account, OwnCounterparty, where, account=account)
    bench.known(account, where)
    row = bench.live_row(order.series_id, where)
    if row is not None:
        referee.require(is_inside_band(price_e2, row.mark_e2), PriceOutsideBand, where, mark_e2=row.mark_e2)
    within = liquidation.penalty_e6 * MILLION <= price_e2 * size_e4 * LIQUIDATION_PENALTY_PPM
    referee.require(within, PenaltyTooLarge, where, penalty_e6=liquidation.penalty_e6)
    fill_order(
        bench,
        liquidation.liquidator,
        price_e2,
        size_e4,
        liquidation.liquidator_position_slot,
        bench.batch.taker_fee_ppm,
        f"{where}, liquidator",
    )
    holding = Holding(liquidation.position_slot, order.series_id)
    paid_e6 = liquidation.penalty_e6 - liquidation.subsidy_e6
    post_liquidated(bench.ledger, account, holding, -order.sign * size_e4, price_e2, paid_e6)
    bench.examined.add(account)
    bench.liquidated.add(account)
    if liquidation.subsidy_e6:
        bench.subsidised.add(account)


def post_liquidated(
    ledger: Ledger, account: int, holding: Holding, amount_e4: int, price_e2: int, paid_e6: int
) -> None:
    """Posts the side of who is liquidated: size, premium, and what is paid to the insurance fund, below 0 from it."""
    ledger.exchange(account, holding, amount_e4, price_e2)
    ledger.pay(account, INSURANCE_ACCOUNT, paid_e6)


def is_inside_band(price_e2: int, mark_e2: int) -> bool:
    """Whether a price is near enough to the mark for a liquidation."""
    room = mark_e2 * LIQUIDATION_BAND_PPM + LIQUIDATION_BAND_E2 * MILLION
    return abs(price_e2 - mark_e2) * MILLION <= room


def check_liquidated(
    bench: Bench, account_id: int, before: Account, after: Account, values: tuple[Values, Values]
) -> None:
    """Broken rules: `NotLiquidatable`, `LiquidationNotReducing`, `SubsidyTooLarge`. `values` are V before and after."""
    where, referee = f"account {account_id}", bench.referee
    if account_id in bench.liquidated:
        referee.require(not meets_maintenance(values[0]), NotLiquidatable, where)
        pairs = zip(before.positions, after.positions, strict=True)
        reducing = all(new.size_e4 * (old.size_e4 - new.size_e4) >= 0 for old, new in pairs)
        referee.require(reducing, LiquidationNotReducing, where)
    if account_id in bench.subsidised:
        referee.require(values[1][0] <= 0, SubsidyTooLarge, where, equity_e6=values[1][0])
