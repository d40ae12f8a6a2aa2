"""L1's queue: its order is kept, requests are served between two batches, and nothing may come twice or too early."""

from __future__ import annotations

import pytest

from rollup.types.transactions import Deposit, ForcedCloseOut, ForcedWithdrawal, Registration
from rollup.units import INSURANCE_ACCOUNT
from sequencer.messages import ReceiveQueue
from sequencer.venue import inbox
from sequencer.venue.errors import QueueEntryRefused, QueueOutOfStep
from tests.support.native_crypto import TrustingCrypto
from tests.support.rollup import public_key
from tests.support.venue import CASH, IMMEDIATE, SMALL, Stall, booked_again, live_rows


def test_entries_are_served_in_their_order_whatever_they_are() -> None:
    stall = Stall(SMALL)
    entries = (
        Deposit(2, 5),
        ForcedWithdrawal(3, 10**6),
        Registration(6, 7, public_key(6)),
        Deposit(6, 8),
        ForcedCloseOut(4, 0, 1),
        Deposit(3, 9),
    )
    stall.queue(*entries)
    assert (stall.venue.pending.queue_entries, stall.venue.next_queue_index) == (6, 12)
    outcome = stall.end()
    assert tuple(entry for cut in outcome.batches for entry in cut.batch.queue) == entries
    assert stall.cash_e6_of(6) == 15
    assert stall.cash_e6_of(3) == CASH - 10**6 + 9
    assert booked_again(stall.batches, SMALL, TrustingCrypto()).root == stall.venue.state.root


def test_a_deposit_is_there_at_once_and_so_is_a_new_account() -> None:
    stall = Stall(SMALL)
    stall.queue(Registration(6, 10**9, public_key(6)))
    stall.send(2, "sell")
    assert stall.send(6, "buy", how=IMMEDIATE).report.trades
    (cut,) = stall.end().batches
    assert (len(cut.batch.queue), len(cut.batch.trades)) == (1, 1)


def check_requests_of_one_account() -> None:
    """Each is judged by the state before its batch: two of all the cash cannot both be paid."""
    stall = Stall(SMALL)
    stall.queue(ForcedWithdrawal(2, CASH), ForcedWithdrawal(2, CASH), ForcedWithdrawal(3, 1))
    outcome = stall.end()
    assert [cut.applied.outcome.served for cut in outcome.batches] == [(True,), (False, True)]
    assert stall.cash_e6_of(2) == 0


def test_requests_of_one_account_are_served_one_after_the_other() -> None:
    check_requests_of_one_account()


def test_requests_of_one_account_are_served_one_after_the_other_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "concerned_by", lambda _: set())
    with pytest.raises((AssertionError, QueueEntryRefused)):
        check_requests_of_one_account()


def test_the_fund_takes_a_position_over() -> None:
    stall = Stall(SMALL)
    stall.send(3, "sell")
    stall.send(2, "buy", how=IMMEDIATE)
    stall.end()
    stall.queue(ForcedCloseOut(2, 0, 1), ForcedCloseOut(3, 0, 1))
    outcome = stall.end()
    assert [cut.applied.outcome.served for cut in outcome.batches] == [(True,), (True,)]
    assert stall.held(2) == stall.held(3) == stall.held(INSURANCE_ACCOUNT) == {}


def test_trades_before_a_request_count_for_it() -> None:
    stall = Stall(SMALL)
    stall.send(3, "sell")
    stall.queue(ForcedWithdrawal(2, CASH))
    stall.send(2, "buy", how=IMMEDIATE)
    outcome = stall.end()
    assert [cut.applied.outcome.served for cut in outcome.batches] == [(), (False,)]


def test_what_l1_never_says_is_refused_and_nothing_is_taken() -> None:
    stall = Stall(SMALL)
    stall.queue(Registration(6, 7, public_key(6)))
    here = stall.venue.next_queue_index
    for entries in (
        (Deposit(2, 1), Registration(2, 5, public_key(2))),
        (Registration(6, 5, public_key(6)),),
        (Registration(7, 5, public_key(7)), Registration(7, 5, public_key(7))),
        (Deposit(7, 5),),
        (ForcedWithdrawal(1 << 23, 5),),
        (ForcedCloseOut(INSURANCE_ACCOUNT, 0, 1),),
    ):
        with pytest.raises(QueueEntryRefused):
            stall.queue(*entries)
    for index, words in ((here - 1, "taken before"), (here + 1, "too early")):
        with pytest.raises(QueueOutOfStep, match=words):
            stall.say(ReceiveQueue(index, (Deposit(2, 1),)))
    assert stall.venue.next_queue_index == here
    assert stall.venue.pending.queue_entries == 1
    stall.queue(Deposit(6, 1))
    stall.end()
    assert stall.cash_e6_of(6) == 8


def test_entries_before_the_first_table_wait_for_it() -> None:
    stall = Stall(SMALL, opens=False)
    stall.say(ReceiveQueue(0, tuple(Registration(i, 5, public_key(i)) for i in range(6))))
    assert stall.end().batches == ()
    outcome = stall.table([])
    assert [len(cut.batch.queue) for cut in outcome.batches] == [4, 2]
    assert stall.table(live_rows()).batches == ()
    assert stall.send(2, "buy", 0, 1).report.resting_e4 == 1
    assert stall.venue.time_s > 0
