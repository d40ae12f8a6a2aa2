"""The end of an account that can no longer carry what it holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rollup.errors import RollupError
from rollup.margin import meets_maintenance
from rollup.presets import DEMO
from rollup.risk_table import RiskTable
from rollup.transition import Outcome, transition
from rollup.transition.liquidations import is_inside_band
from rollup.types.orders import Cancel
from rollup.units import FEE_ACCOUNT, INSURANCE_ACCOUNT, POSITION_SLOTS
from tests.support.rollup import (
    CONTRACT,
    HIGH,
    LIVE,
    LOW,
    MARK,
    OTHER,
    RICH,
    TAKER_PPM,
    WITHOUT_ROW,
    World,
    liquidation_of,
    make_row,
)
from tests.support.rollup_cases import INITIAL, MAINTENANCE


def done(world: World, **sections: Any) -> Outcome:
    return transition(world.state, world.table, world.batch(**sections), world.preset)


def verdict(world: World, **sections: Any) -> str:
    try:
        done(world, **sections)
    except RollupError as error:
        return type(error).__name__
    return "good"


def distressed(cash_e6: int = MAINTENANCE - 1) -> World:
    """Account 2 is short one contract."""
    world = World()
    world.put(2, cash_e6, {0: (LIVE, -CONTRACT)})
    return world


def liquidated(world: World, size_e4: int = CONTRACT, price_e2: int = MARK, **how: Any) -> dict[str, Any]:
    order = world.order(3, "sell", size_e4=size_e4, limit_price_e2=0)
    return {"liquidations": (liquidation_of(order, 2, price_e2, **how),)}


def test_a_liquidation_pays_premium_penalty_and_fee() -> None:
    world = distressed()
    accounts = done(world, **liquidated(world, penalty_e6=500)).accounts
    premium, fee = MARK * CONTRACT, MARK * CONTRACT * TAKER_PPM // 1_000_000
    assert accounts[2].cash_e6 == MAINTENANCE - 1 - premium - 500
    assert accounts[3].cash_e6 == RICH + premium - fee
    assert accounts[INSURANCE_ACCOUNT].cash_e6 == RICH + 500
    assert accounts[FEE_ACCOUNT].cash_e6 == RICH + fee
    assert (accounts[2].positions[0].size_e4, accounts[3].positions[0].size_e4) == (0, -CONTRACT)


@pytest.mark.parametrize("size_e4", [1, 2, CONTRACT - 1, CONTRACT])
def test_f92_a_part_of_any_size_never_lowers_health(size_e4: int) -> None:
    world = distressed()
    touched = {one.account_id: one for one in done(world, **liquidated(world, size_e4)).touched}
    pairs = zip(touched[2].values_before, touched[2].values_after, strict=True)
    assert all(new >= min(0, old) for old, new in pairs)
    assert min(touched[3].values_after) >= 0


def test_f92_the_account_cannot_stop_it_with_operations_of_its_own() -> None:
    world = distressed()
    cancel = world.operation(Cancel(2, 0, 9))
    assert verdict(world, **liquidated(world), operations=(cancel,)) == "good"


def test_f92_a_sound_account_is_left_alone() -> None:
    assert verdict(distressed(), **liquidated(distressed())) == "good"
    for cash_e6 in (MAINTENANCE, INITIAL, RICH):
        world = distressed(cash_e6)
        assert verdict(world, **liquidated(world)) == "NotLiquidatable"


def test_f92_a_sound_account_is_left_alone_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rollup.transition.liquidations.meets_maintenance", lambda _: False)
    world = distressed(RICH)
    assert verdict(world, **liquidated(world)) == "good"


@pytest.mark.parametrize("slot", range(POSITION_SLOTS))
def test_f96_a_full_account_can_be_liquidated_in_any_slot(slot: int) -> None:
    """Sixteen positions, worth less than nothing together: the fund pays what keeps every scenario as it was."""
    world = World()
    world.put(2, 100, {i: (LIVE if i % 2 else OTHER, -5) for i in range(POSITION_SLOTS)})
    series_id, price_e2, low_e2 = (LIVE, MARK, LOW) if slot % 2 else (OTHER, 500, 250)
    order = world.order(3, "sell", series_id=series_id, size_e4=5, limit_price_e2=0)
    subsidy_e6 = max(5 * (price_e2 - low_e2), 5 * price_e2 - 100)
    good = liquidation_of(order, 2, price_e2, position_slot=slot, subsidy_e6=subsidy_e6)
    assert verdict(world, liquidations=(good,)) == "good"
    assert verdict(world, liquidations=(replace(good, subsidy_e6=subsidy_e6 - 1),)) != "good"


def test_f92_legs_that_offset_each_other_go_together() -> None:
    """Short of a call and a put: to close one alone makes it worse where the other loses, to close both does not."""
    world = World(DEMO)
    call, put = make_row(LIVE), make_row(OTHER, MARK, HIGH, LOW)
    world.table = RiskTable([call, put], DEMO.series_depth, world.crypto)
    world.put(2, INITIAL - 1_000 * CONTRACT, {0: (LIVE, -CONTRACT), 1: (OTHER, -CONTRACT)})
    one, other = (
        liquidation_of(
            world.order(3, "sell", series_id=series_id, slot=i), 2, position_slot=i, liquidator_position_slot=i
        )
        for i, series_id in enumerate((LIVE, OTHER))
    )
    assert verdict(world, liquidations=(one,)) == "ShortfallGrew"
    assert verdict(world, liquidations=(one, other)) == "good"


@pytest.mark.parametrize(
    ("mark", "lowest", "highest"), [(0, 0, 100), (1, 0, 101), (9, 0, 109), (10, 0, 111), (1_000, 800, 1_200)]
)
def test_f94_the_band_of_options_worth_little(mark: int, lowest: int, highest: int) -> None:
    inside = [price for price in range(mark + mark // 2 + 300) if is_inside_band(price, mark)]
    assert (inside[0], inside[-1], len(inside)) == (lowest, highest, highest - lowest + 1)


def test_f91_the_fund_pays_losses_and_no_more() -> None:
    """Bankrupt by 5: the fund may bring equity to 0 and not above."""
    world = distressed(MARK * CONTRACT - 5)
    for subsidy_e6, expected in ((4, "CashOutOfRange"), (5, "good"), (6, "SubsidyTooLarge")):
        assert verdict(world, **liquidated(world, subsidy_e6=subsidy_e6)) == expected


def test_nothing_is_taken_over_in_a_series_without_a_row() -> None:
    world = distressed()
    order = world.order(3, "sell", series_id=WITHOUT_ROW, limit_price_e2=0)
    assert verdict(world, liquidations=(liquidation_of(order, 2, 0),)) == "UnknownSeries"


def test_maintenance_is_a_quarter_below_initial() -> None:
    flat = (MARK * CONTRACT,) * 17
    assert meets_maintenance(flat)
    assert meets_maintenance((300, *(-100,) * 16))
    assert not meets_maintenance((300, *(0,) * 15, -101))
    assert not meets_maintenance((-1, *(5,) * 16))
    assert INITIAL == HIGH * CONTRACT
