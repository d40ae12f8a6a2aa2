"""Trades and fees: price, both sides, books of each transaction, and what one owner of two accounts can get."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Any

import pytest

from rollup.batch_application import apply_batch
from rollup.errors import RollupError
from rollup.ledger import CASH, Asset, Ledger, net_postings
from rollup.margin import account_values, values_of
from rollup.presets import LARGE, TINY
from rollup.risk_table import RiskTable
from rollup.transition import Outcome, transition
from rollup.transition.orders import fee_of
from rollup.types.accounts import Position
from rollup.units import COLUMNS, FEE_ACCOUNT, VALUE_BITS
from tests.support.native_crypto import TrustingCrypto
from tests.support.rollup import (
    CONTRACT,
    LIVE,
    MAKER_PPM,
    MARK,
    OTHER,
    RICH,
    TAKER_PPM,
    World,
    make_row,
    standard_rows,
    trade_of,
)
from tests.support.rollup_walk import Walk

PREMIUM = MARK * CONTRACT


def done(world: World, **sections: Any) -> Outcome:
    return transition(world.state, world.table, world.batch(**sections), world.preset)


def verdict(world: World, **sections: Any) -> str:
    try:
        done(world, **sections)
    except RollupError as error:
        return type(error).__name__
    return "good"


def test_a_trade_moves_size_premium_and_fees() -> None:
    world = World()
    accounts = done(world, trades=(trade_of(world.order(2, "buy"), world.order(3, "sell"), slots=(3, 4)),)).accounts
    maker_fee, taker_fee = fee_of(PREMIUM, MAKER_PPM), fee_of(PREMIUM, TAKER_PPM)
    assert accounts[2].cash_e6 == RICH - PREMIUM - maker_fee
    assert accounts[3].cash_e6 == RICH + PREMIUM - taker_fee
    assert accounts[FEE_ACCOUNT].cash_e6 == RICH + maker_fee + taker_fee
    assert accounts[2].positions[3] == Position(LIVE, CONTRACT)
    assert accounts[3].positions[4] == Position(LIVE, -CONTRACT)


@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize(
    ("price_e2", "expected"), [(990, "good"), (1010, "good"), (989, "LimitViolated"), (1011, "LimitViolated")]
)
def test_b30_the_price_is_within_both_limits_whoever_is_called_maker(swap: bool, price_e2: int, expected: str) -> None:
    world = World()
    orders = [world.order(2, "buy", limit_price_e2=1010), world.order(3, "sell", limit_price_e2=990)]
    maker, taker = reversed(orders) if swap else orders
    assert verdict(world, trades=(trade_of(maker, taker, price_e2),)) == expected


def test_b29_which_orders_meet_is_the_operators_choice() -> None:
    """A better offer may be passed over: orders say at what they are good, not with whom."""
    world = World()
    world.order(4, "sell", limit_price_e2=900)
    trade = trade_of(world.order(2, "buy"), world.order(3, "sell"))
    assert verdict(world, trades=(trade,)) == "good"


def test_b24_an_empty_batch_changes_nothing() -> None:
    world = World()
    before = world.state.root
    applied = apply_batch(world.state, world.table, world.batch(), TINY)
    assert applied.roots.before == applied.roots.after == before
    assert (applied.outcome.touched, applied.outcome.postings) == ((), ())


# -- books -------------------------------------------------------------------------------------------------------------


def unbalanced(outcome: Outcome) -> dict[Asset | int, int]:
    """By series, and cash, what the postings of a batch of trades do not sum to zero in."""
    sums: defaultdict[Any, int] = defaultdict(int)
    for posting in outcome.postings:
        sums[posting.asset.series_id if posting.asset else CASH] += posting.amount
    return {asset: amount for asset, amount in sums.items() if amount}


def test_b32_each_trade_and_each_batch_sums_to_zero() -> None:
    world = World()
    first = trade_of(world.order(2, "buy"), world.order(3, "sell"), size_e4=7)
    second = trade_of(world.order(2, "buy", slot=1), world.order(4, "sell"), size_e4=11)
    for trades in ((first,), (second,), (first, second)):
        assert unbalanced(done(world, trades=trades)) == {}


def test_b32_each_trade_and_each_batch_sums_to_zero_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ledger, "pay", lambda self, giver, _, amount: self.post(giver, CASH, -amount))
    world = World()
    trade = trade_of(world.order(2, "buy"), world.order(3, "sell"))
    assert unbalanced(done(world, trades=(trade,))) == {CASH: -fee_of(PREMIUM, MAKER_PPM) - fee_of(PREMIUM, TAKER_PPM)}


def test_b31_one_account_on_many_sides_is_booked_once() -> None:
    """Bought and sold in one batch: only what is left is looked at, and a slot may pass through anything on its way."""
    world = World()
    world.put(2, 0, {0: (LIVE, CONTRACT)})
    sold = trade_of(world.order(2, "sell"), world.order(3, "buy"), MARK)
    bought = trade_of(world.order(2, "buy", slot=1), world.order(4, "sell", limit_price_e2=1), MARK - 1)
    account = done(world, trades=(bought, sold)).accounts[2]
    fees = fee_of(PREMIUM, MAKER_PPM) + fee_of(PREMIUM - CONTRACT, MAKER_PPM)
    assert (account.cash_e6, account.positions[0]) == (CONTRACT - fees, Position(LIVE, CONTRACT))


def test_a_holding_that_sums_to_nothing_takes_no_slot() -> None:
    world = World()
    world.put(2, RICH, {0: (OTHER, 5)})
    bought = trade_of(world.order(2, "buy", size_e4=9), world.order(3, "sell", size_e4=9))
    sold = trade_of(world.order(2, "sell", slot=1, size_e4=9), world.order(4, "buy", size_e4=9))
    account = done(world, trades=(bought, sold)).accounts[2]
    assert account.positions[0] == Position(OTHER, 5)


def test_f98_fees_are_the_batchs_and_taken_once() -> None:
    """Two batches of one order under two rates: each part pays the rate of its batch."""
    world = World()
    buyer, seller = world.order(2, "buy"), world.order(3, "sell")
    paid = []
    for rate in (0, 1_000):
        trade = trade_of(buyer, seller, size_e4=CONTRACT // 2)
        accounts = done(world, trades=(trade,), maker_fee_ppm=rate, taker_fee_ppm=rate).accounts
        before = world.account(FEE_ACCOUNT).cash_e6
        world.state.put(accounts)
        paid.append(world.account(FEE_ACCOUNT).cash_e6 - before)
    assert paid == [0, 2 * fee_of(PREMIUM // 2, 1_000)]


@pytest.mark.parametrize("price_e2", [0, 1, MARK, 2 * MARK])
def test_f93_two_accounts_of_one_owner_gain_nothing_together(price_e2: int) -> None:
    """At whatever price they trade: together they are worth less by the fees, in every scenario."""
    world = World()
    trade = trade_of(world.order(2, "buy", limit_price_e2=price_e2), world.order(3, "sell", limit_price_e2=0), price_e2)
    outcome = done(world, trades=(trade,))
    both = [one for one in outcome.touched if one.account_id in (2, 3)]
    before, after = (
        [sum(column) for column in zip(*(getattr(one, when) for one in both), strict=True)]
        for when in ("values_before", "values_after")
    )
    fees = fee_of(price_e2 * CONTRACT, MAKER_PPM) + fee_of(price_e2 * CONTRACT, TAKER_PPM)
    assert [old - new for old, new in zip(before, after, strict=True)] == [fees] * COLUMNS


def test_f93_self_trade_is_refused() -> None:
    world = World()
    assert (
        verdict(world, trades=(trade_of(world.order(2, "buy"), world.order(2, "sell", slot=1)),)) == "OwnCounterparty"
    )


def test_f93_self_trade_is_refused_twin() -> None:
    """The same trade between two accounts passes: it is the account that counts."""
    world = World()
    assert verdict(world, trades=(trade_of(world.order(2, "buy"), world.order(3, "sell", slot=1)),)) == "good"


# -- one table ---------------------------------------------------------------------------------------------------------


def test_f97_a_batch_sees_one_table_and_says_which() -> None:
    world = World()
    moved = RiskTable((make_row(LIVE, MARK + 1), *standard_rows()[1:]), world.preset.series_depth, world.state.crypto)
    roots = {apply_batch(World().state, table, world.batch(), TINY).words[4] for table in (world.table, moved)}
    assert roots == {world.table.root, moved.root}
    assert len(roots) == 2


def test_v_is_linear_and_exact() -> None:
    rng = random.Random(1)
    rows = {i: make_row(i, *(rng.randrange(1 << 40) for _ in range(3))) for i in range(1, 17)}
    held = [Position(i, rng.choice([-(1 << 39), (1 << 39) - 1, 1, -1])) for i in rows]
    expected = tuple(7 + sum(p.size_e4 * rows[p.series_id].values_e2[s] for p in held) for s in range(COLUMNS))
    assert values_of(7, held, rows.get) == expected
    assert account_values(None, rows.get) == (0,) * COLUMNS


@pytest.mark.parametrize("size_e4", [-(1 << 39), (1 << 39) - 1])
def test_b22_v_stays_within_its_bound_at_the_extremes(size_e4: int) -> None:
    """All slots, all values and the cash at their ends."""
    worst = make_row(1, *((1 << 40) - 1,) * 3)
    values = values_of((1 << 63) - 1 if size_e4 > 0 else 0, [Position(1, size_e4)] * 16, {1: worst}.get)
    assert all(abs(4 * value) < 1 << VALUE_BITS for value in values)


def test_postings_of_nothing_are_not_kept() -> None:
    ledger = Ledger()
    ledger.pay(2, 3, 0)
    ledger.pay(2, 2, 5)
    assert net_postings(ledger.postings) == {2: {CASH: 0}}


def test_a_batch_may_be_cut_in_two() -> None:
    """Where both halves are good on their own, they do what the whole does."""
    walk, same = Walk(31, crypto=TrustingCrypto()), 0
    for _ in range(300):
        batch = walk.random_batch()
        half, world = batch.trades[: len(batch.trades) // 2], walk.world
        sections = {"maker_fee_ppm": batch.maker_fee_ppm, "taker_fee_ppm": batch.taker_fee_ppm}
        try:
            whole = done(world, trades=batch.trades, **sections).accounts
            state = world.state.copy()
            for trades in (half, batch.trades[len(half) :]):
                part = world.batch(trades=trades, **sections)
                state.put(transition(state, world.table, part, LARGE).accounts)
            same += 1
            assert all(state.account(i) == account for i, account in whole.items())
        except RollupError:
            pass
        walk.step()
    assert same > 50
