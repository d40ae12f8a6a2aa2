"""The end of an option: everybody is paid, once, at one price."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rollup.errors import NothingToSettle, RollupError
from rollup.margin import account_values
from rollup.referee import Referee
from rollup.risk_table import RiskTable
from rollup.transition import Outcome, transition
from rollup.types.orders import Transfer, Withdrawal
from rollup.types.series import SeriesRow
from rollup.types.transactions import Deposit, Settlement
from rollup.units import INSURANCE_ACCOUNT
from tests.support.rollup import (
    CONTRACT,
    EXPIRED,
    LIVE,
    PAYOFF,
    RICH,
    SETTLED,
    WORTHLESS,
    World,
    trade_of,
)
from tests.support.rollup_walk import WALK, Walk


def done(world: World, **sections: Any) -> Outcome:
    return transition(world.state, world.table, world.batch(**sections), world.preset)


def verdict(world: World, **sections: Any) -> str:
    try:
        done(world, **sections)
    except RollupError as error:
        return type(error).__name__
    return "good"


@pytest.mark.parametrize(("series_id", "payoff"), [(SETTLED, PAYOFF), (WORTHLESS, 0)])
@pytest.mark.parametrize("size_e4", [1, -1, CONTRACT, -CONTRACT])
def test_a_settlement_pays_the_payoff_to_the_unit(series_id: int, payoff: int, size_e4: int) -> None:
    world = World()
    world.put(2, RICH, {5: (series_id, size_e4)})
    account = done(world, settlements=(Settlement(2, 5, series_id),)).accounts[2]
    assert (account.cash_e6, account.positions[5].size_e4) == (RICH + size_e4 * payoff, 0)


def test_f86_one_settlement_for_one_position() -> None:
    world = World(replace(WALK, series_depth=3))
    world.put(2, RICH, {5: (SETTLED, 7)})
    once = Settlement(2, 5, SETTLED)
    assert verdict(world, settlements=(once, once)) == "NothingToSettle"
    world.state.put(done(world, settlements=(once,)).accounts)
    assert verdict(world, settlements=(once,)) == "NothingToSettle"


def test_f86_one_settlement_for_one_position_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its rule, the second would be paid too, and leave a position turned around."""
    monkeypatch.setattr(Referee, "require", lambda _, holds, rule, *__, **___: holds or rule is NothingToSettle)
    world = World(replace(WALK, series_depth=3))
    world.put(2, RICH, {5: (SETTLED, 7)})
    once = Settlement(2, 5, SETTLED)
    account = done(world, settlements=(once, once)).accounts[2]
    assert (account.cash_e6, account.positions[5].size_e4) == (RICH + 14 * PAYOFF, -7)


@pytest.mark.parametrize(("series_id", "expected"), [(LIVE, "SeriesNotSettled"), (EXPIRED, "SeriesNotSettled")])
def test_f86_no_settlement_before_there_is_a_price(series_id: int, expected: str) -> None:
    world = World()
    world.put(2, RICH, {5: (series_id, 7)})
    assert verdict(world, settlements=(Settlement(2, 5, series_id),)) == expected


@pytest.mark.parametrize("series_id", [EXPIRED, SETTLED])
def test_f86_no_trade_after_expiry(series_id: int) -> None:
    world = World()
    orders = world.order(2, "buy", series_id=series_id), world.order(3, "sell", series_id=series_id)
    assert verdict(world, trades=(trade_of(*orders),)) == "SeriesNotLive"


def test_f85_everybody_is_paid_at_one_price_whenever_they_ask() -> None:
    """Together, or one after the other: the row of a settled series has one value in every column."""
    row = SeriesRow.settled(World().table.rows().__next__().series, 51_234)
    assert len(set(row.values_e2)) == 1
    together, apart = World(replace(WALK, series_depth=3)), World()
    for world in (together, apart):
        world.put(2, RICH, {0: (SETTLED, 7)})
        world.put(3, RICH, {0: (SETTLED, -7)})
    asked = (Settlement(2, 0, SETTLED), Settlement(3, 0, SETTLED))
    together.state.put(done(together, settlements=asked).accounts)
    for one in asked:
        apart.state.put(done(apart, settlements=(one,)).accounts)
    assert dict(together.state.accounts()) == dict(apart.state.accounts())


def test_f87_after_expiry_everything_comes_back_as_cash() -> None:
    """Settle all that anybody holds, fill up who owes more than they have, and let everybody leave: nothing is left."""
    walk = Walk(12)
    while walk.applied < 800:
        walk.step()
    world = walk.world
    for series_id, row in list(walk.rows.items()):
        walk.rows[series_id] = row if row.is_settled else SeriesRow.settled(row.series, 3_333)
    world.table = RiskTable(walk.rows.values(), world.preset.series_depth, world.crypto)
    for account_id, account in list(world.state.accounts()):
        owed = account_values(account, world.table.row)[0]
        if min(owed, account.cash_e6) < 0 or owed < 0:
            walk.totals.paid_in_e6 -= owed
            world.state.put(done(world, queue=(Deposit(account_id, -owed),)).accounts)
        held = [Settlement(account_id, i, one.series_id) for i, one in enumerate(account.positions) if one.size_e4]
        world.state.put(done(world, settlements=tuple(held)).accounts)
        cash_e6 = world.account(account_id).cash_e6
        nonce = account.orders[0].nonce + 1
        walk.totals.paid_out_e6 += cash_e6
        if cash_e6:
            withdrawal = world.operation(Withdrawal(account_id, 0, nonce, cash_e6))
            world.state.put(done(world, operations=(withdrawal,)).accounts)
    assert all(not any(p.size_e4 for p in a.positions) and a.cash_e6 == 0 for _, a in world.state.accounts())
    assert walk.totals.paid_in_e6 == walk.totals.paid_out_e6


def test_f88_one_who_cannot_pay_does_not_keep_others_from_settling() -> None:
    world = World()
    world.put(2, PAYOFF * CONTRACT - 1, {0: (SETTLED, -CONTRACT)})
    world.put(3, 0, {0: (SETTLED, CONTRACT)})
    assert verdict(world, settlements=(Settlement(2, 0, SETTLED),)) == "CashOutOfRange"
    paid = done(world, settlements=(Settlement(3, 0, SETTLED),)).accounts[3]
    assert paid.cash_e6 == PAYOFF * CONTRACT
    gift = world.operation(Transfer(INSURANCE_ACCOUNT, 0, 1, 2, 1))
    assert verdict(world, settlements=(Settlement(2, 0, SETTLED),), operations=(gift,)) == "good"


def test_f90_nobody_can_withdraw_what_is_owed_to_nobody() -> None:
    """All equity at the marks is the reserve, so that what can be withdrawn is at most that, plus open losses."""
    walk = Walk(21)
    for _ in range(1_500):
        walk.step()
        values = [account_values(account, walk.world.table.row) for _, account in walk.state.accounts()]
        reserve = walk.totals.paid_in_e6 - walk.totals.paid_out_e6
        held = {one.series_id for _, account in walk.state.accounts() for one in account.positions if one.size_e4}
        if any(walk.totals.settled_e4[series_id] for series_id in held):
            continue
        cash = [account.cash_e6 for _, account in walk.state.accounts()]
        withdrawable = sum(max(0, min(c, *v)) for c, v in zip(cash, values, strict=True))
        assert sum(v[0] for v in values) == reserve
        assert withdrawable <= reserve + sum(-min(0, v[0]) for v in values)
