"""The books balance after any walk of the market, and what a batch says of itself does not depend on how it is put."""

from __future__ import annotations

import random
import sys
from collections import Counter, defaultdict
from dataclasses import replace

import pytest

from rollup import ledger
from rollup.batch_application import AppliedBatch
from rollup.errors import RollupError, RuleBroken
from rollup.state import State
from rollup.transition import transition
from rollup.transition.transition import Touched
from rollup.types.accounts import Account
from rollup.types.batches import Batch
from rollup.types.transactions import ForcedWithdrawal
from rollup.units import CASH_BITS
from tests.support.rollup_walk import Totals, Walk

CI_STEPS, DEEP_STEPS = 20_000, 1_000_000
SEEDS = (1, 3, 4, 5)


def imbalance(state: State, totals: Totals) -> dict[str, int]:
    """What is not accounted for, by asset: nothing, in good books."""
    found: defaultdict[str, int] = defaultdict(int)
    found["cash"] = totals.paid_out_e6 - totals.paid_in_e6 - totals.settled_e6
    for series_id, size_e4 in totals.settled_e4.items():
        found[f"series {series_id}"] += size_e4
    for _, account in state.accounts():
        found["cash"] += account.cash_e6
        for position in account.positions:
            found[f"series {position.series_id}"] += position.size_e4
    return {asset: amount for asset, amount in found.items() if amount}


def walked(seed: int, steps: int, every: int = 50) -> tuple[Walk, Counter[str]]:
    """A walk whose books are looked at all the time, and what happened in it."""
    walk, seen = Walk(seed), Counter[str]()
    for number in range(steps):
        applied = walk.step()
        if applied is not None:
            seen.update(kinds_of(applied))
            check_touched(applied)
        if number % every == 0:
            assert imbalance(walk.state, walk.totals) == {}, f"seed {seed}, step {number}"
    assert imbalance(walk.state, walk.totals) == {}
    return walk, seen


def kinds_of(applied: AppliedBatch) -> list[str]:
    """What the batch had."""
    batch = applied.outcome.batch
    kinds = [type(signed.operation).__name__ for signed in batch.operations]
    kinds += [
        f"{type(entry).__name__} {served}" for entry, served in zip(batch.queue, applied.outcome.served, strict=True)
    ]
    kinds += ["Trade"] * len(batch.trades) + ["Liquidation"] * len(batch.liquidations)
    kinds += ["Subsidy"] * sum(one.subsidy_e6 > 0 for one in batch.liquidations)
    return kinds + ["Settlement"] * len(batch.settlements)


def check_touched(applied: AppliedBatch) -> None:
    """F89, F92: nobody ends in distress who was not in it; nobody's shortfall grows."""
    for one in applied.outcome.touched:
        assert 0 <= one.after.cash_e6 < 1 << CASH_BITS
        floors = [min(0, value) for value in one.values_before]
        assert all(new >= floor for new, floor in zip(one.values_after, floors, strict=True))
        check_slots(one)


def check_slots(one: Touched) -> None:
    """Order slots only ever grow."""
    if one.before is not None:
        pairs = zip(one.before.orders, one.after.orders, strict=True)
        assert all(old.packed <= new.packed for old, new in pairs)


@pytest.mark.parametrize("seed", SEEDS)
def test_f82_cash_and_series_are_conserved(seed: int) -> None:
    walk, seen = walked(seed, CI_STEPS // len(SEEDS))
    assert walk.applied > CI_STEPS // len(SEEDS) // 3
    assert min(seen[kind] for kind in ("Trade", "Cancel", "Transfer", "Withdrawal", "Settlement", "Deposit True")) > 100
    assert min(seen[f"ForcedWithdrawal {served}"] for served in (True, False)) > 20
    assert min(seen[f"ForcedCloseOut {served}"] for served in (True, False)) > 5
    assert (seen["Liquidation"] > 20, seen["Subsidy"] > 0) == (True, True)


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(100, 110))
def test_f82_cash_and_series_are_conserved_over_a_million_steps(seed: int) -> None:
    walked(seed, DEEP_STEPS // 10, every=500)


def test_f82_cash_and_series_are_conserved_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fee that is taken and given to nobody."""

    def pay(self: ledger.Ledger, giver: int, receiver: int, amount_e6: int) -> None:
        self.post(giver, ledger.CASH, -amount_e6)
        if receiver != 0:
            self.post(receiver, ledger.CASH, amount_e6)

    monkeypatch.setattr(ledger.Ledger, "pay", pay)
    with pytest.raises(AssertionError, match="step"):
        walked(0, 300)


def test_f82_a_unit_lost_in_a_rounding_is_found_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    def exchange(self: ledger.Ledger, account: int, holding: ledger.Holding, amount_e4: int, price_e2: int) -> None:
        self.post(account, holding, amount_e4)
        self.post(account, ledger.CASH, -(amount_e4 * price_e2 // 10 * 10))

    monkeypatch.setattr(ledger.Ledger, "exchange", exchange)
    with pytest.raises(AssertionError, match="step"):
        walked(0, 300)


def test_f89_a_check_forgotten_is_found_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["rollup.transition.transition"], "check_health", lambda *_: None)
    with pytest.raises(AssertionError):
        walked(0, 1_000)


# -- a batch has no order ----------------------------------------------------------------------------------------------


def outcome_of(walk: Walk, batch: Batch) -> dict[int, Account] | str:
    """The accounts after, or the name of what is wrong."""
    try:
        return transition(walk.state, walk.world.table, batch, walk.world.preset).accounts
    except RollupError as error:
        return type(error).__name__


def shuffled(batch: Batch, rng: random.Random) -> Batch:
    """The same, but for the order within each section."""
    return replace(
        batch,
        trades=tuple(rng.sample(batch.trades, len(batch.trades))),
        operations=tuple(rng.sample(batch.operations, len(batch.operations))),
        liquidations=tuple(rng.sample(batch.liquidations, len(batch.liquidations))),
        settlements=tuple(rng.sample(batch.settlements, len(batch.settlements))),
    )


def permutations_agree(seed: int, steps: int) -> bool:
    walk, rng = Walk(seed), random.Random(seed)
    for _ in range(steps):
        batch = walk.random_batch()
        if outcome_of(walk, batch) != outcome_of(walk, shuffled(batch, rng)):
            return False
        walk.step()
    return True


def test_the_order_of_transactions_has_no_meaning() -> None:
    assert permutations_agree(11, 1_500)


def test_the_order_of_transactions_has_no_meaning_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Margin looked at before the next posting, by a book that forgets negative cash on its way."""

    def nets(self: ledger.Ledger) -> dict[int, dict[ledger.Asset, int]]:
        running: defaultdict[int, defaultdict[ledger.Asset, int]] = defaultdict(lambda: defaultdict(int))
        for posting in self.postings:
            amounts = running[posting.account]
            amounts[posting.asset] = max(-(10**7), amounts[posting.asset] + posting.amount)
        return {account: dict(assets) for account, assets in running.items()}

    monkeypatch.setattr(ledger.Ledger, "nets", nets)
    assert not permutations_agree(11, 1_500)


def test_forced_requests_are_judged_by_the_state_before() -> None:
    """A batch of two requests serves each as if it were alone."""
    walk = Walk(5)
    for _ in range(300):
        walk.step()
    for account_id, account in list(walk.state.accounts()):
        amount = account.cash_e6 // 2 + 1
        alone = walk.world.batch(queue=(ForcedWithdrawal(account_id, amount),))
        both = walk.world.batch(queue=(ForcedWithdrawal(account_id, amount), ForcedWithdrawal(0, 0)))
        try:
            first, second = (transition(walk.state, walk.world.table, b, walk.world.preset) for b in (alone, both))
        except RuleBroken:
            continue
        assert first.served[0] == second.served[0]
