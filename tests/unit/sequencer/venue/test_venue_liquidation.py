"""Who is below maintenance margin is reduced against the books, whatever it does about it."""

from __future__ import annotations

from typing import Any

import pytest

from rollup.margin import account_values, meets_initial, meets_maintenance
from rollup.types.orders import Withdrawal
from rollup.types.transactions import Deposit, Registration
from rollup.units import INSURANCE_ACCOUNT
from sequencer.matching import Ending
from sequencer.matching.errors import InLiquidation
from sequencer.messages import NewTable, ReceiveQueue, SetStress
from sequencer.venue import Unliquidated
from sequencer.venue.liquidating import enough_e4, limit_e2
from tests.support.native_crypto import TrustingCrypto
from tests.support.rollup import LIVE, MARK, make_row, public_key
from tests.support.venue import FAR, IMMEDIATE, SMALL, Stall, booked_again, live_rows

WEAK, BUYER, RICH = 2, 3, 4
SHOCKED = live_rows(2, mark=3_000, low=2_000, high=5_500)
BANKRUPT = live_rows(2, mark=6_000, low=5_000, high=8_000)
DEPOSITS = {0: 0, INSURANCE_ACCOUNT: 10**9, WEAK: 31 * 10**6, BUYER: 10**9, RICH: 10**10, 5: 10**9}


def short_seller(size_e4: int = 10_000, series: int = 2) -> Stall:
    """A weak account is short of one contract, of which it can lose 31 USD."""
    stall = Stall(opens=False, preset=SMALL)
    entries = (Registration(account, amount_e6, public_key(account)) for account, amount_e6 in DEPOSITS.items())
    stall.say(ReceiveQueue(0, tuple(entries)))
    stall.table(live_rows(series))
    stall.send(BUYER, "buy", MARK, size_e4)
    stall.send(WEAK, "sell", MARK, size_e4, IMMEDIATE)
    stall.end()
    return stall


def check_not_blocked() -> None:
    """F92: dust, its own orders, trades of its own and used nonces keep nobody from being liquidated."""
    stall = short_seller()
    stall.send(WEAK, "buy", 1, 1, slot=1)
    stall.send(WEAK, "buy", MARK - 1, 1, slot=2, series_id=2)
    stall.send(5, "sell", 3_010, 1, slot=1)
    stall.send(RICH, "sell", 3_020, 20_000)
    stall.send(WEAK, "buy", 3_010, 1, IMMEDIATE, slot=3)
    stall.send(5, "sell", 3_010, 1, slot=1)
    outcome = stall.table(SHOCKED)
    assert {removal.signed.order.account for removal in outcome.report.removals} == {WEAK}
    liquidated = outcome.report.liquidations
    assert [one.account for one in liquidated] == [WEAK, WEAK]
    assert [one.price_e2 for one in liquidated] == [3_010, 3_020]
    assert outcome.unliquidated == ()
    with pytest.raises(InLiquidation):
        stall.send(WEAK, "buy", 1, 1, slot=4)
    (cut,) = stall.end().batches
    assert cut.batch.liquidations == liquidated
    account = stall.venue.state.account(WEAK)
    table = stall.venue.table
    assert account is not None
    assert table is not None
    assert meets_maintenance(account_values(account, table.row))
    assert account.positions[0].size_e4 > -10_000


def test_f92_nothing_blocks_a_liquidation() -> None:
    check_not_blocked()


PLANTED: dict[str, tuple[str, Any]] = {
    "own orders stay": ("sequencer.matching.floor.Floor.drop", lambda *_: None),
    "nobody is chosen": ("sequencer.venue.liquidating._next_order", lambda *_, **__: None),
    "nobody is watched": ("sequencer.venue.turn.below_maintenance", lambda *_: []),
    "dust counts as all": ("sequencer.venue.liquidating.enough_e4", lambda *_: 1),
}


@pytest.mark.parametrize("name", PLANTED)
def test_f92_nothing_blocks_a_liquidation_twin(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*PLANTED[name])
    with pytest.raises((AssertionError, ValueError, pytest.fail.Exception)):
        check_not_blocked()


def test_f92_not_above_maintenance_margin() -> None:
    stall = short_seller()
    stall.send(RICH, "sell", MARK, 20_000)
    assert stall.table(live_rows(2, mark=1_050, low=0, high=3_050)).report.liquidations == ()


def test_no_more_than_it_takes() -> None:
    stall = short_seller()
    stall.send(RICH, "sell", 3_050, 100_000)
    (liquidation,) = stall.table(SHOCKED).report.liquidations
    assert 0 < liquidation.size_e4 < 10_000
    assert liquidation.penalty_e6 > 0


def test_nobody_in_the_band_then_it_is_tried_again_whenever_a_batch_begins() -> None:
    stall = short_seller()
    (missing,) = stall.table(SHOCKED).unliquidated
    assert isinstance(missing, Unliquidated)
    assert (missing.account, missing.missing_e6 > 0) == (WEAK, True)
    assert stall.end(1).unliquidated == (missing,)
    stall.send(RICH, "sell", 3_500, 20_000)
    assert stall.end(1).unliquidated == (missing,)
    stall.send(RICH, "sell", 3_300, 20_000, slot=1)
    outcome = stall.end(1)
    assert outcome.report.liquidations[0].price_e2 == 3_300
    assert outcome.unliquidated == ()
    assert stall.end(1).unliquidated == ()


def test_a_deposit_ends_it() -> None:
    stall = short_seller()
    assert stall.table(SHOCKED).unliquidated
    stall.queue(Deposit(WEAK, 10**8))
    assert stall.end(1).unliquidated == ()


def test_under_stress_liquidations_come_first() -> None:
    stall = short_seller()
    stall.send(RICH, "sell", 3_020, 20_000)
    stall.say(SetStress(is_under_stress=True))
    assert stall.table(SHOCKED).report.liquidations
    (cut,) = stall.end().batches
    assert len(cut.batch.liquidations) == 1


def test_the_fund_covers_who_has_no_equity_left() -> None:
    stall = short_seller()
    stall.send(RICH, "sell", 6_100, 20_000)
    fund = stall.cash_e6_of(INSURANCE_ACCOUNT)
    outcome = stall.table(BANKRUPT)
    (liquidation,) = outcome.report.liquidations
    assert liquidation.size_e4 == 10_000
    assert liquidation.subsidy_e6 > 0
    assert outcome.unliquidated == ()
    assert outcome.batches[-1].batch.liquidations == (liquidation,)
    assert stall.venue.pending.is_empty
    assert stall.cash_e6_of(WEAK) == 0
    assert stall.cash_e6_of(INSURANCE_ACCOUNT) == fund - liquidation.subsidy_e6
    stall.queue(Deposit(WEAK, 10**7))
    stall.end()
    assert booked_again(stall.batches, SMALL, TrustingCrypto()).root == stall.venue.state.root


def test_the_fund_pays_as_far_as_it_reaches() -> None:
    stall = short_seller()
    stall.say(stall.operation(Withdrawal(INSURANCE_ACCOUNT, 0, 1, 10**9 - 10**7)))
    stall.send(RICH, "sell", 6_100, 20_000)
    outcome = stall.table(BANKRUPT)
    paid = sum(one.subsidy_e6 for one in outcome.report.liquidations)
    assert 0 < paid <= 10**7
    assert [one.account for one in outcome.unliquidated] == [WEAK]
    assert stall.cash_e6_of(INSURANCE_ACCOUNT) == 10**7 - paid


def test_the_worst_comes_first_and_orders_of_all_leave_before() -> None:
    stall = short_seller()
    stall.queue(Registration(6, 21 * 10**6, public_key(6)))
    stall.send(BUYER, "buy", MARK, 5_000)
    stall.send(6, "sell", MARK, 5_000, IMMEDIATE)
    stall.send(6, "sell", 3_905, 5_000, slot=1)
    stall.end()
    worse = live_rows(2, mark=3_900, low=3_000, high=7_500)
    stall.send(RICH, "sell", 3_910, 30_000, slot=1)
    outcome = stall.table(worse)
    accounts = [one.account for one in outcome.report.liquidations]
    assert accounts[0] == WEAK
    assert set(accounts) == {WEAK, 6}
    assert {one.liquidator.order.account for one in outcome.report.liquidations} == {RICH}


def test_as_far_as_it_can_be_borne() -> None:
    """Of a position that cannot go whole, so much goes as leaves no scenario below zero that was not."""
    stall = short_seller()
    stall.say(stall.operation(Withdrawal(INSURANCE_ACCOUNT, 0, 1, 10**9)))
    stall.send(RICH, "sell", 4_300, 20_000)
    outcome = stall.table(live_rows(2, mark=4_000, low=2_000, high=7_500))
    (liquidation,) = outcome.report.liquidations
    assert 3_000 < liquidation.size_e4 < 3_400
    assert [one.account for one in outcome.unliquidated] == [WEAK]
    stall.end()
    account, table = stall.venue.state.account(WEAK), stall.venue.table
    assert account is not None
    assert table is not None
    assert 0 <= account_values(account, table.row)[0] < 10**4


def test_sizes_that_are_enough() -> None:
    row = make_row(LIVE, 3_000, 2_000, 5_500, expiry_s=FAR)
    columns = [31 * 10**6 + 10**7 - 10_000 * value for value in row.values_e2]
    price_e2 = limit_e2(row, -10_000)
    enough = enough_e4(columns, row, -10_000, price_e2, 0)
    for size_e4, holds in ((enough, True), (enough - 1, False)):
        after = tuple(v + size_e4 * (value - price_e2) for v, value in zip(columns, row.values_e2, strict=True))
        assert meets_initial(after) == holds
    assert enough_e4([0] * 17, row, 5, 1_800, 0) == 1
    assert enough_e4([-1] * 17, row, 10_000, 0, 0) == 10_000


def test_orders_at_rest_of_who_is_liquidated_say_why() -> None:
    stall = short_seller()
    stall.send(WEAK, "buy", MARK - 1, 1, slot=2, series_id=2)
    stall.send(RICH, "sell", 3_020, 20_000)
    outcome = stall.say(NewTable(stall.venue.time_s + 1, tuple(SHOCKED)))
    (removal,) = outcome.report.removals
    assert (removal.ending, type(removal.error)) == (Ending.REFUSED, InLiquidation)
