"""What the transition says of the accounts that it touched, and in which order a proof has them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rollup.errors import SectionFull, UnknownAccount
from rollup.presets import DEMO, TINY
from rollup.transition import Outcome, transition
from rollup.types.transactions import Deposit, ForcedCloseOut, ForcedWithdrawal
from rollup.units import FEE_ACCOUNT, INSURANCE_ACCOUNT
from tests.support.rollup import CONTRACT, LIVE, MARK, RICH, World, liquidation_of, trade_of
from tests.support.rollup_cases import MAINTENANCE


def busy() -> Outcome:
    """A close-out of 9, a request of 7, a liquidation of 8 with a subsidy, by 4, and a deposit for 3."""
    world = World(replace(DEMO, examined=4), 10)
    world.put(9, RICH, {0: (LIVE, 5)})
    world.put(8, 0, {0: (LIVE, -CONTRACT)})
    queue = (Deposit(3, 5), ForcedWithdrawal(7, 5), ForcedCloseOut(9, 0, LIVE))
    one = liquidation_of(world.order(4, "sell"), 8, subsidy_e6=MARK * CONTRACT)
    return transition(world.state, world.table, world.batch(queue=queue, liquidations=(one,)), world.preset)


def test_examined_accounts_come_first_with_those_of_a_close_out_before_all() -> None:
    touched = busy().touched
    assert [one.account_id for one in touched] == [INSURANCE_ACCOUNT, 9, 7, 8, FEE_ACCOUNT, 3, 4]
    assert [one.is_examined for one in touched] == [True] * 4 + [False] * 3


def test_without_a_close_out_they_go_by_id() -> None:
    world = World()
    queue = (ForcedWithdrawal(4, 5), ForcedWithdrawal(3, 5))
    trade = trade_of(world.order(2, "buy", size_e4=1), world.order(INSURANCE_ACCOUNT, "sell", size_e4=1))
    touched = transition(world.state, world.table, world.batch(queue=queue, trades=(trade,)), TINY).touched
    assert [one.account_id for one in touched] == [3, 4, FEE_ACCOUNT, INSURANCE_ACCOUNT, 2]


def test_who_was_liquidated_and_subsidised_is_told() -> None:
    touched = busy().touched
    assert [one.account_id for one in touched if one.is_liquidated] == [8]
    assert [one.account_id for one in touched if one.is_subsidised] == [8]
    world = World()
    world.put(2, MAINTENANCE - 1, {0: (LIVE, -CONTRACT)})
    batch = world.batch(liquidations=(liquidation_of(world.order(3, "sell"), 2),))
    touched = transition(world.state, world.table, batch, TINY).touched
    assert [one.account_id for one in touched if one.is_liquidated] == [2]
    assert not any(one.is_subsidised for one in touched)


@pytest.mark.parametrize(
    ("cash_e6", "is_examined"), [(0, False), ((1 << 63) - 6 - 3_000 * 5, False), ((1 << 63) - 5 - 3_000 * 5, True)]
)
def test_equity_beyond_its_field_is_examined(cash_e6: int, is_examined: bool) -> None:
    """5 of an option that is worth 3,000 at most, and a deposit of 5: the proof looks at 0 <= V < 2^63."""
    world = World()
    world.put(2, cash_e6, {0: (LIVE, 5)})
    (one,) = transition(world.state, world.table, world.batch(queue=(Deposit(2, 5),)), TINY).touched
    assert one.is_examined == is_examined


def test_an_account_worth_nothing_in_a_scenario_is_not_examined() -> None:
    world = World()
    world.put(2, 0, {0: (LIVE, 5)})
    (one,) = transition(world.state, world.table, world.batch(queue=(Deposit(2, 0), Deposit(2, 1))), TINY).touched
    assert (min(one.values_after), one.is_examined) == (1, False)
    world.put(2, 3_000 * 5 - 1, {0: (LIVE, -5)})
    (one,) = transition(world.state, world.table, world.batch(queue=(Deposit(2, 1),)), TINY).touched
    assert (min(one.values_after), one.is_examined) == (0, False)


def test_accounts_before_and_after_are_those_of_the_state() -> None:
    world = World()
    outcome = transition(world.state, world.table, world.batch(queue=(Deposit(2, 5),)), TINY)
    (one,) = outcome.touched
    assert (one.before, one.after) == (world.account(2), outcome.accounts[2])
    assert {new - old for old, new in zip(one.values_before, one.values_after, strict=True)} == {5}


def test_a_full_section_says_how_full() -> None:
    world = World(accounts=8)
    queue = (ForcedWithdrawal(2, 5), Deposit(3, 5))
    trades = tuple(trade_of(world.order(a, "buy"), world.order(b, "sell")) for a, b in ((4, 5), (6, 7)))
    batch = world.batch(queue=queue, trades=trades)
    with pytest.raises(SectionFull) as caught:
        transition(world.state, world.table, batch, TINY)
    assert (caught.value.count, caught.value.capacity) == (6, TINY.accounts - TINY.examined)


@pytest.mark.parametrize("missing", [INSURANCE_ACCOUNT, 2])
def test_a_close_out_needs_both_accounts(missing: int) -> None:
    world = World()
    world.put(2, RICH, {0: (LIVE, 5)})
    world.state.put({missing: None})
    with pytest.raises(UnknownAccount):
        transition(world.state, world.table, world.batch(queue=(ForcedCloseOut(2, 0, LIVE),)), TINY)
