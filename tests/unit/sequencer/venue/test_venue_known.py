"""The same message twice has one effect, and the second answer says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rollup.errors import RollupError, UnknownSeries
from rollup.types.orders import Cancel, Transfer, Withdrawal
from rollup.types.transactions import Deposit
from sequencer.matching import Ending, QuoteLeg
from sequencer.matching.errors import MatchingError, NoSuchOrder, WouldTake
from sequencer.matching.floor import Floor
from sequencer.matching.standing import Standing
from sequencer.messages import (
    AllowSession,
    CancelOrder,
    EndSession,
    Message,
    NewTable,
    ReceiveQueue,
    TakeQuote,
    decode_message,
    encode_message,
)
from sequencer.venue import Venue, VenueError, digest
from sequencer.venue.errors import (
    AlreadyKnown,
    NoSuchSession,
    QueueOutOfStep,
    SessionRefused,
    TableNotNewer,
    VenueNotOpen,
)
from sequencer.venue.records import Records
from sequencer.venue.sessions import MOST_SESSIONS
from tests.support.rollup import MARK, public_key
from tests.support.venue import Stall

REFUSED = (RollupError, MatchingError, VenueError)


def quote(stall: Stall) -> Message:
    maker = stall.signed(2, "sell", slot=1)
    return TakeQuote((QuoteLeg(maker, stall.signed(3, "buy", slot=1), MARK, 5_000),))


def cancelled(stall: Stall) -> Message:
    stall.send(2, "sell", MARK + 500, slot=5)
    return CancelOrder(2, 5, 1)


MESSAGES: dict[str, tuple[Callable[[Stall], Message], type[Exception]]] = {
    "order": (lambda stall: stall.order(2, "sell"), AlreadyKnown),
    "order that trades": (lambda stall: stall.order(3, "buy", MARK + 20), AlreadyKnown),
    "quote": (quote, AlreadyKnown),
    "cancel of an order": (cancelled, NoSuchOrder),
    "signed cancel": (lambda stall: stall.operation(Cancel(2, 6, 1)), AlreadyKnown),
    "transfer": (lambda stall: stall.operation(Transfer(2, 6, 1, 3, 10**6)), AlreadyKnown),
    "withdrawal": (lambda stall: stall.operation(Withdrawal(2, 6, 1, 10**6)), AlreadyKnown),
    "queue entry": (lambda stall: ReceiveQueue(stall.venue.next_queue_index, (Deposit(2, 5),)), QueueOutOfStep),
    "table": (lambda stall: NewTable(stall.venue.time_s + 1, tuple(stall.rows)), TableNotNewer),
    "session": (lambda _: AllowSession(2, public_key(50), 1 << 31), SessionRefused),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_g101_same_message_again_has_one_effect(name: str) -> None:
    check_again(name)


def check_again(name: str) -> None:
    """At once, after a batch, after a restart."""
    make, says = MESSAGES[name]
    stall = Stall()
    stall.send(4, "sell", MARK + 20)
    message = make(stall)
    stall.say(message)
    for ends in (False, True):
        if ends:
            stall.end(5)
        before = digest(stall.venue)
        for _ in range(3):
            with pytest.raises(says):
                stall.say(message)
        assert digest(stall.venue) == before
    again = Venue(stall.genesis, stall.crypto)
    for entry in stall.log:
        again.apply_verified(decode_message(entry))
    with pytest.raises(says):
        again.apply(decode_message(encode_message(message)))
    assert digest(again) == digest(stall.venue)


def test_g101_same_message_again_has_one_effect_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Records, "require_new", lambda *_: None)
    with pytest.raises(AssertionError):
        check_says_known()


def check_says_known() -> None:
    """Of an order that is at work the answer is not that its nonce is used, but that it is known."""
    stall = Stall()
    order = stall.order(2, "sell")
    stall.say(order)
    with pytest.raises(REFUSED) as refused:
        stall.say(order)
    error = refused.value
    assert isinstance(error, AlreadyKnown)
    assert (error.account, error.slot, error.nonce) == (2, 0, 1)


def test_g101_says_that_it_is_known() -> None:
    check_says_known()


def test_an_older_order_is_not_open() -> None:
    stall = Stall()
    first = stall.order(2, "sell")
    stall.say(first)
    stall.send(2, "sell", MARK + 1)
    with pytest.raises(RollupError, match="OrderNotOpen"):
        stall.say(first)


def test_nothing_is_traded_before_a_table_and_the_own_accounts() -> None:
    stall = Stall(opens=False)
    with pytest.raises(VenueNotOpen, match="a risk table"):
        stall.send(2, "sell")
    stall.table()
    with pytest.raises(VenueNotOpen, match="own accounts"):
        stall.send(2, "sell")
    stall.end()


def test_sessions_open_change_end_and_are_counted() -> None:
    stall = Stall()
    key, end_s = public_key(50), stall.venue.time_s + 10
    stall.say(AllowSession(2, key, end_s))
    stall.say(AllowSession(2, key, end_s + 5))
    assert stall.venue.sessions.of(2, end_s) == {key: end_s + 5}
    assert stall.venue.sessions.of(2, end_s + 6) == {}
    stall.say(EndSession(2, key))
    for refused, says in (
        (EndSession(2, key), NoSuchSession),
        (AllowSession(2, key, stall.venue.time_s - 1), SessionRefused),
        (AllowSession(40, key, end_s), RollupError),
        (AllowSession(1 << 23, key, end_s), RollupError),
    ):
        with pytest.raises(says):
            stall.say(refused)
    for i in range(MOST_SESSIONS):
        stall.say(AllowSession(2, (i, i), end_s))
    with pytest.raises(SessionRefused, match="end one first"):
        stall.say(AllowSession(2, key, end_s))
    stall.end(11)
    stall.say(AllowSession(2, key, end_s + 100))


def test_refused_messages_are_not_counted() -> None:
    stall = Stall()
    before = stall.venue.applied
    refused: Any = stall.order(40, "buy")
    with pytest.raises(REFUSED):
        stall.say(refused)
    assert stall.venue.applied == before
    assert stall.send(2, "buy").message == before + 1


@pytest.mark.parametrize("asks", [False, True])
def test_orders_that_a_refused_message_took_out_are_not_lost(asks: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    stall = Stall()
    stall.send(3, "sell", MARK)
    stall.send(4, "sell", MARK + 1)
    stall.end(1)
    look_again = Floor._look_again

    def planted(floor: Floor, standing: Standing, *rest: Any) -> None:
        if standing.account_id == 3:
            raise UnknownSeries("planted")
        look_again(floor, standing, *rest)

    monkeypatch.setattr(Floor, "_look_again", planted)
    with pytest.raises(WouldTake):
        stall.send(2, "buy", MARK + 1, post_only=True)
    record = stall.venue.records.order(3, 0)
    assert record is not None
    assert record.ending is Ending.REFUSED
    removals = stall.venue.take_removals() if asks else stall.end().report.removals
    assert [removal.signed.order.account for removal in removals] == [3]
    assert stall.venue.take_removals() == ()
