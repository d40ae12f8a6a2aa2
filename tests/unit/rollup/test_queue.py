"""The queue: what can be served is, what cannot is passed over, and nothing in it blocks a batch."""

from __future__ import annotations

from typing import Any

import pytest

from rollup.errors import RollupError, ShortfallGrew
from rollup.transition import Outcome, transition
from rollup.types.accounts import OrderState
from rollup.types.transactions import Deposit, ForcedCloseOut, ForcedWithdrawal, Registration
from rollup.units import CASH_BITS, FEE_ACCOUNT, INSURANCE_ACCOUNT
from tests.support.rollup import (
    CONTRACT,
    EXPIRED,
    HIGH,
    LIVE,
    MARK,
    OTHER,
    RICH,
    SETTLED,
    World,
    public_key,
    trade_of,
)

REQUEST = ForcedCloseOut(2, 3, LIVE)


def done(world: World, *entries: Any) -> Outcome:
    return transition(world.state, world.table, world.batch(queue=entries), world.preset)


@pytest.mark.parametrize(
    ("cash_e6", "positions", "limit_e6"),
    [
        (500, {}, 500),
        (500, {0: (LIVE, CONTRACT)}, 500),
        (HIGH * CONTRACT + 500, {0: (LIVE, -CONTRACT)}, 500),
        (MARK * CONTRACT, {0: (LIVE, -1)}, MARK * CONTRACT - HIGH),
        (300 * CONTRACT + 7, {0: (SETTLED, -CONTRACT)}, 7),
        (0, {}, 0),
    ],
)
def test_a_forced_withdrawal_is_served_up_to_the_limit(
    cash_e6: int, positions: dict[int, tuple[int, int]], limit_e6: int
) -> None:
    world = World()
    world.put(2, cash_e6, positions)
    outcome = done(world, ForcedWithdrawal(2, limit_e6))
    assert outcome.served == (True,)
    assert outcome.accounts[2].cash_e6 == cash_e6 - limit_e6
    outcome = done(world, ForcedWithdrawal(2, limit_e6 + 1))
    assert outcome.served == (False,)
    assert outcome.accounts[2] == world.account(2)


def test_in_distress_not_even_nothing_is_served() -> None:
    world = World()
    world.put(2, HIGH * CONTRACT - 1, {0: (LIVE, -CONTRACT)})
    outcome = done(world, ForcedWithdrawal(2, 0))
    assert (outcome.served, outcome.accounts[2]) == ((False,), world.account(2))


def test_e66_a_request_is_judged_by_the_state_before_the_batch() -> None:
    """A deposit beside it does not make it possible; together they must still leave a sound account."""
    world = World()
    world.put(2, 500)
    assert done(world, Deposit(2, 5), ForcedWithdrawal(2, 501)).served == (True, False)
    world.put(2, HIGH * CONTRACT + 500, {0: (LIVE, -CONTRACT)})
    twice = world.batch(queue=(ForcedWithdrawal(2, 500),) * 2)
    with pytest.raises(RollupError):
        transition(world.state, world.table, twice, world.preset)


def test_a_new_account_can_be_used_in_its_first_batch() -> None:
    world = World(accounts=4)
    trade = trade_of(world.order(4, "buy"), world.order(3, "sell"))
    batch = world.batch(queue=(Registration(4, RICH, public_key(4)), Deposit(4, 5)), trades=(trade,))
    account = transition(world.state, world.table, batch, world.preset).accounts[4]
    fee = MARK * CONTRACT * 200 // 1_000_000
    assert account.cash_e6 == RICH + 5 - MARK * CONTRACT - fee
    assert (account.key, account.positions[0].size_e4) == (public_key(4), CONTRACT)
    assert account.orders[0] == OrderState(1, CONTRACT)


def test_a_new_account_needs_no_deposit() -> None:
    outcome = done(World(accounts=4), Registration(4, 0, public_key(4)))
    assert (outcome.accounts[4].cash_e6, outcome.touched[0].before) == (0, None)


@pytest.mark.parametrize("size_e4", [CONTRACT, -CONTRACT])
def test_a_forced_close_out_goes_to_the_insurance_fund_at_the_mark(size_e4: int) -> None:
    world = World()
    world.put(2, RICH, {3: (LIVE, size_e4)})
    outcome = done(world, REQUEST)
    account, fund = outcome.accounts[2], outcome.accounts[INSURANCE_ACCOUNT]
    assert outcome.served == (True,)
    assert (account.cash_e6, account.positions[3].size_e4) == (RICH + size_e4 * MARK, 0)
    assert (fund.cash_e6, fund.positions[3].size_e4) == (RICH - size_e4 * MARK, size_e4)


Accounts = dict[int, tuple[int, dict[int, tuple[int, int]]]]
IMPOSSIBLE: dict[str, tuple[Accounts, ForcedCloseOut]] = {
    "nothing there": ({}, REQUEST),
    "another series": ({2: (RICH, {3: (OTHER, 5)})}, REQUEST),
    "another slot": ({2: (RICH, {4: (LIVE, 5)})}, REQUEST),
    "expired": ({2: (RICH, {3: (EXPIRED, 5)})}, ForcedCloseOut(2, 3, EXPIRED)),
    "settled": ({2: (RICH, {3: (SETTLED, 5)})}, ForcedCloseOut(2, 3, SETTLED)),
    "no such series": ({2: (RICH, {3: (LIVE, 5)})}, ForcedCloseOut(2, 3, 60)),
    "the fund's slot is taken": ({2: (RICH, {3: (LIVE, 5)}), 1: (RICH, {3: (OTHER, 5)})}, REQUEST),
    "the fund cannot pay": ({2: (RICH, {3: (LIVE, 5)}), 1: (5 * MARK - 1, {})}, REQUEST),
    "the account cannot pay": ({2: (5 * MARK - 1, {3: (LIVE, -5)})}, REQUEST),
    "the fund's margin": ({2: (RICH, {3: (LIVE, -5)}), 1: (5 * (HIGH - MARK) - 1, {})}, REQUEST),
    "the fund's position": ({2: (RICH, {3: (LIVE, 1)}), 1: (RICH, {3: (LIVE, (1 << 39) - 1)})}, REQUEST),
    "the fund's short position": (
        {2: (RICH, {3: (LIVE, -1)}), 1: (1 << CASH_BITS - 1, {3: (LIVE, -(1 << 39))})},
        REQUEST,
    ),
    "too much cash": ({2: ((1 << CASH_BITS) - 5 * MARK, {3: (LIVE, 5)})}, REQUEST),
    "distress remains": ({2: (5 * MARK + 4 * HIGH, {3: (LIVE, -5), 4: (LIVE, -5)})}, REQUEST),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_a_forced_close_out_that_is_not_possible_changes_nothing(name: str) -> None:
    world, (accounts, request) = World(), IMPOSSIBLE[name]
    for account, (cash_e6, positions) in accounts.items():
        world.put(account, cash_e6, positions)
    outcome = done(world, request)
    assert outcome.served == (False,)
    assert outcome.accounts == {i: world.account(i) for i in outcome.accounts}


POSSIBLE: dict[str, Accounts] = {
    "the fund can just pay": {2: (RICH, {3: (LIVE, 5)}), 1: (5 * MARK, {})},
    "the account can just pay": {2: (5 * MARK, {3: (LIVE, -5)})},
    "the fund's margin just holds": {2: (RICH, {3: (LIVE, -5)}), 1: (5 * (HIGH - MARK), {})},
    "the fund's position just fits": {2: (RICH, {3: (LIVE, 1)}), 1: (RICH, {3: (LIVE, (1 << 39) - 2)})},
    "the fund's short position just fits": {
        2: (RICH, {3: (LIVE, -1)}),
        1: (1 << CASH_BITS - 1, {3: (LIVE, 1 - (1 << 39))}),
    },
    "the cash just fits": {2: ((1 << CASH_BITS) - 1 - 5 * MARK, {3: (LIVE, 5)})},
    "distress ends": {2: (5 * MARK + 5 * HIGH, {3: (LIVE, -5), 4: (LIVE, -5)})},
}


@pytest.mark.parametrize("name", POSSIBLE)
def test_a_forced_close_out_that_is_just_possible_is_served(name: str) -> None:
    world = World()
    for account, (cash_e6, positions) in POSSIBLE[name].items():
        world.put(account, cash_e6, positions)
    assert done(world, REQUEST).served == (True,)


def test_e66_the_queue_never_jams() -> None:
    """Whatever accounts look like, a batch of one entry alone is taken."""
    for accounts, request in IMPOSSIBLE.values():
        world = World()
        for account, (cash_e6, positions) in accounts.items():
            world.put(account, cash_e6, positions)
        for entry in (request, ForcedWithdrawal(2, RICH * RICH % (1 << 62)), Deposit(FEE_ACCOUNT, 5)):
            assert len(done(world, entry).served) == 1


def test_e66_the_queue_never_jams_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rollup.transition.queue.withdrawable_e6", lambda account, _: account.cash_e6)
    world = World()
    world.put(2, HIGH * CONTRACT, {0: (LIVE, -CONTRACT)})
    with pytest.raises(ShortfallGrew):
        done(world, ForcedWithdrawal(2, 1))
