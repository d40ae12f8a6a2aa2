"""One thread, one order; durable before anybody is told."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

import pytest

from rollup.errors import BadSignature, UnknownAccount
from rollup.types.orders import SignedOrder
from sequencer.matching import Ending, OrderRequest
from sequencer.matching.errors import NoSuchOrder
from sequencer.messages import CancelOrder, EndBatch, Message, PlaceOrder, SetStress, encode_message
from sequencer.node import sequencing
from sequencer.node.errors import NotDurable, NotSequencing
from sequencer.node.group import Group, Verified
from sequencer.node.sequencing import AHEAD, Sequencer
from sequencer.store import DiskFailed, EventLog, LogEntry, LogHead
from sequencer.venue import Outcome, Venue
from sequencer.venue.errors import NoSuchSession
from sequencer.venue.sequenced import Sequenced, replay
from sequencer.venue.signatures import Verdict
from tests.support.native_crypto import native_crypto
from tests.support.node import SequencedVenue, rebuilt
from tests.support.rollup import MARK
from tests.support.venue import Stall


def logged(venue: SequencedVenue) -> int:
    assert isinstance(venue.log, EventLog)
    return sum(1 for _ in venue.log.entries())


def test_a_group_is_one_entry_each_in_order(tmp_path: Path) -> None:
    venue = SequencedVenue(tmp_path)
    venue.open()
    stall = venue.stall
    sold, bought = venue.say(stall.order(2, "sell"), stall.order(3, "buy"))
    assert [sold.result(0).sequence, bought.result(0).sequence] == [3, 4]
    assert len(bought.result(0).outcome.report.trades) == 1
    assert [one.sequence for one in venue.heard.sequenced] == [1, 2, 3, 4]
    assert logged(venue) == 4


def test_what_is_refused_is_not_logged(tmp_path: Path) -> None:
    venue = SequencedVenue(tmp_path)
    venue.open()
    (refused, taken) = venue.say(CancelOrder(2, 0, 9), venue.stall.order(2, "sell"))
    with pytest.raises(NoSuchOrder):
        refused.result(0)
    assert taken.result(0).sequence == 3
    assert logged(venue) == 3


def test_i122_a_signature_of_somebody_else_is_refused(tmp_path: Path) -> None:
    venue = SequencedVenue(tmp_path, Stall(opens=False, crypto=native_crypto()))
    venue.open()
    good = venue.stall.order(2, "sell")
    stolen = venue.stall.order(3, "sell")
    forged = PlaceOrder(OrderRequest(SignedOrder(stolen.request.signed.order, good.request.signed.signature)))
    first, second = venue.say(forged, good)
    with pytest.raises(BadSignature):
        first.result(0)
    assert second.result(0).sequence == 3


def test_who_registers_and_trades_in_one_group(tmp_path: Path) -> None:
    """The key is not known when the group's signatures are verified: such an order is verified when its turn comes."""
    venue = SequencedVenue(tmp_path, Stall(opens=False, crypto=native_crypto()))
    venue.open()
    (unknown,) = venue.say(venue.stall.order(7, "sell"))
    with pytest.raises(UnknownAccount):
        unknown.result(0)


def test_questions_are_answered_between_groups(tmp_path: Path) -> None:
    venue = SequencedVenue(tmp_path)
    venue.open()
    asked = venue.sequencer.ask(lambda one: one.next_batch)
    assert not asked.done()
    venue.sequencer.take_turn(0)
    assert asked.result(0) == venue.stall.venue.next_batch
    failing = venue.sequencer.ask(lambda one: one.state.account(1 << 24))
    venue.sequencer.take_turn(0)
    with pytest.raises(ValueError, match="account"):
        failing.result(0)


class FailingLog:
    """Writes nothing; or says that it did."""

    def __init__(self, *, lies: bool = False) -> None:
        self.head = LogHead(0, b"")
        self.lies = lies

    def append(self, payloads: Sequence[bytes]) -> LogHead:
        if not self.lies:
            raise DiskFailed(Path("node.db"), "EIO")
        return self.head


def acknowledged_without_a_disk(venue: SequencedVenue) -> bool:
    """Whether anybody was told anything."""
    futures = [venue.sequencer.submit(SetStress(True)) for _ in range(3)]
    with suppress(DiskFailed):
        venue.sequencer.take_turn(0)
    told = any(future.done() and future.exception(0) is None for future in futures)
    return told or bool(venue.heard.sequenced)


def test_g102_a_disk_that_fails_stops_everything(tmp_path: Path) -> None:
    venue = SequencedVenue(tmp_path, log=FailingLog())
    assert not acknowledged_without_a_disk(venue)
    assert venue.sequencer.stopped is not None
    with pytest.raises(NotSequencing, match="EIO"):
        venue.sequencer.submit(SetStress(False))


def test_g102_who_waits_is_told_that_it_is_unknown(tmp_path: Path) -> None:
    venue = SequencedVenue(tmp_path, log=FailingLog())
    future = venue.sequencer.submit(SetStress(True))
    with pytest.raises(DiskFailed):
        venue.sequencer.take_turn(0)
    with pytest.raises(NotDurable, match="after its restart"):
        future.result(0)


def test_g102_a_disk_that_fails_stops_everything_twin(tmp_path: Path) -> None:
    """A log that acknowledges what it did not write."""
    assert acknowledged_without_a_disk(SequencedVenue(tmp_path, log=FailingLog(lies=True)))


def books(venue: Venue) -> list[tuple[int, int, int]]:
    assert venue.engine is not None
    floor = venue.engine.floor
    return sorted(
        (order.account, order.slot, order.remaining_e4)
        for book in floor.books.values()
        for side in (book.bids, book.asks)
        for order in side.orders()
    )


class FindsAndRefuses(Venue):
    """A venue in which whoever asks for stress is refused, after an order was found not to hold."""

    def apply_verified(self, message: Message) -> Outcome:
        if not isinstance(message, SetStress):
            return super().apply_verified(message)
        assert self.engine is not None
        (order,) = self.engine.open_orders(2)
        self.engine.floor.drop(order, Ending.REFUSED)
        self._desk._removals += self.engine.take_removals().removals
        raise NoSuchSession(2)


def met_in_vain(tmp_path: Path) -> SequencedVenue:
    """One order at rest, gone with a refused message."""
    stall = Stall(opens=False)
    stall.venue = FindsAndRefuses(stall.genesis, stall.crypto)
    venue = SequencedVenue(tmp_path, stall)
    venue.open()
    sold, refused = venue.say(stall.order(2, "sell"), SetStress(True))
    assert sold.result(0).outcome.report.resting_e4
    with pytest.raises(NoSuchSession):
        refused.result(0)
    return venue


def replayed(venue: SequencedVenue, *, with_refused: bool) -> Venue:
    again = FindsAndRefuses(venue.stall.genesis, venue.stall.crypto)
    for one in venue.heard.sequenced:
        if with_refused or one.refusal is None:
            replay(again, LogEntry(one.sequence, encode_message(one.message), b""))
    return again


def test_g104_what_a_refused_message_left_behind_is_the_same_after_a_replay(tmp_path: Path) -> None:
    venue = met_in_vain(tmp_path)
    last = venue.heard.sequenced[-1]
    assert isinstance(last.refusal, NoSuchSession)
    assert [one.signed.order.account for one in last.outcome.report.removals] == [2]
    assert logged(venue) == len(venue.heard.sequenced)
    assert books(replayed(venue, with_refused=True)) == books(venue.stall.venue) == []


def test_g104_what_a_refused_message_left_behind_is_the_same_after_a_replay_twin(tmp_path: Path) -> None:
    """A log that leaves refused messages out."""
    venue = met_in_vain(tmp_path)
    assert books(replayed(venue, with_refused=False)) != books(venue.stall.venue)


def test_g101_the_log_alone_gives_the_same_venue(tmp_path: Path) -> None:
    venue = SequencedVenue(tmp_path)
    venue.open()
    stall = venue.stall
    for i in range(12):
        venue.say(stall.order(2 + i % 4, "sell" if i % 2 else "buy", MARK + i % 3, 10_000, slot=i % 8))
        if i % 5 == 4:
            venue.say(EndBatch(stall.venue.time_s + 1))
    venue.close()
    again = rebuilt(tmp_path, stall)
    assert again.state.root == stall.venue.state.root
    assert books(again) == books(stall.venue)


class SlowLog:
    """Writes when it is let, unless the disk fails then."""

    def __init__(self, *, fails: bool = False) -> None:
        self.head = LogHead(0, b"")
        self.begun, self.may_end = threading.Semaphore(0), threading.Semaphore(0)
        self.fails = fails

    def append(self, payloads: Sequence[bytes]) -> LogHead:
        self.begun.release()
        assert self.may_end.acquire(timeout=10)
        if self.fails:
            raise DiskFailed(Path("node.db"), "EIO")
        self.head = LogHead(self.head.sequence + len(payloads), b"")
        return self.head


class Watched(Venue):
    """Says what is done with it."""

    def __init__(self, stall: Stall) -> None:
        super().__init__(stall.genesis, stall.crypto)
        self.verified, self.taken = 0, 0
        self.has_verified, self.has_taken = threading.Condition(), threading.Condition()

    def verify_many(self, messages: Sequence[Message]) -> list[Verdict]:
        found = super().verify_many(messages)
        with self.has_verified:
            self.verified += len(messages)
            self.has_verified.notify()
        return found

    def apply_verified(self, message: Message) -> Outcome:
        with self.has_taken:
            self.taken += 1
            self.has_taken.notify()
        return super().apply_verified(message)


def watched_venue(
    tmp_path: Path, log: SlowLog, sequencer: type[Sequencer] = Sequencer
) -> tuple[SequencedVenue, Watched]:
    stall = Stall(opens=False)
    stall.venue = watched = Watched(stall)
    return SequencedVenue(tmp_path, stall, log, sequencer), watched


def being_written(venue: SequencedVenue, watched: Watched, log: SlowLog) -> list[Future[Sequenced]]:
    """One message on its way to the disk, and those after it with their signatures verified."""
    futures = [venue.sequencer.submit(SetStress(True))]
    venue.sequencer.start()
    assert log.begun.acquire(timeout=10)
    futures += [venue.sequencer.submit(SetStress(i % 2 == 0)) for i in range(AHEAD)]
    with watched.has_verified:
        assert watched.has_verified.wait_for(lambda: watched.verified == 1 + AHEAD, 10)
    return futures


def test_g102_the_next_group_is_made_before_a_group_is_durable_and_nobody_knows_of_either(tmp_path: Path) -> None:
    log = SlowLog()
    venue, watched = watched_venue(tmp_path, log)
    futures = being_written(venue, watched, log)
    with watched.has_taken:
        assert watched.has_taken.wait_for(lambda: watched.taken == 1 + AHEAD, 10)
    assert not any(future.done() for future in futures)
    assert venue.heard.sequenced == []
    log.may_end.release()
    assert log.begun.acquire(timeout=10)
    assert [future.done() for future in futures] == [True] + [False] * AHEAD
    assert [one.sequence for one in venue.heard.sequenced] == [1]
    log.may_end.release()
    assert [future.result(10).sequence for future in futures] == list(range(1, 2 + AHEAD))
    venue.sequencer.stop(wait_s=10)


def applied_when_answered(tmp_path: Path, sequencer: type[Sequencer] = Sequencer) -> int:
    """What a question says of which one message is being written while others come."""
    log = SlowLog()
    venue, watched = watched_venue(tmp_path, log, sequencer)
    asked = venue.sequencer.ask(lambda one: one.applied)
    futures = being_written(venue, watched, log)
    with watched.has_taken:
        watched.has_taken.wait_for(lambda: watched.taken == 1 + AHEAD, 0.5)
    assert not asked.done()
    log.may_end.release(2)
    found = asked.result(10)
    assert [future.result(10).sequence for future in futures] == list(range(1, 2 + AHEAD))
    venue.sequencer.stop(wait_s=10)
    return found


def test_g102_a_question_is_about_what_is_durable(tmp_path: Path) -> None:
    assert applied_when_answered(tmp_path) == 1


def test_g102_a_question_is_about_what_is_durable_twin(tmp_path: Path) -> None:
    """The venue goes on whoever asks."""

    class Heedless(Sequencer):
        def _made_meanwhile(self, writing: Future[None], *, may_apply: bool) -> tuple[Group, list[Verified]]:
            return super()._made_meanwhile(writing, may_apply=True)

    assert applied_when_answered(tmp_path, Heedless) == 1 + AHEAD


def test_g102_a_disk_that_fails_meanwhile_stops_everything(tmp_path: Path) -> None:
    log = SlowLog(fails=True)
    venue, watched = watched_venue(tmp_path, log)
    futures = being_written(venue, watched, log)
    log.may_end.release()
    assert all(isinstance(future.exception(10), NotDurable) for future in futures)
    venue.sequencer.stop(wait_s=10)
    assert venue.heard.sequenced == []
    with pytest.raises(NotSequencing, match="EIO"):
        venue.sequencer.submit(SetStress(False))


class Breaks(Watched):
    """Has a fault that shows while a group is being written."""

    def __init__(self, stall: Stall) -> None:
        super().__init__(stall)
        self.is_broken = threading.Event()

    def apply_verified(self, message: Message) -> Outcome:
        if self.taken:
            self.is_broken.set()
            raise ZeroDivisionError
        return super().apply_verified(message)


def broken_while_written(tmp_path: Path) -> Future[Sequenced]:
    """One message on its way to the disk when another meets a fault; it arrives there half a second later."""
    log, stall = SlowLog(), Stall(opens=False)
    stall.venue = breaks = Breaks(stall)
    venue = SequencedVenue(tmp_path, stall, log)
    venue.sequencer.start()
    first = venue.sequencer.submit(SetStress(True))
    assert log.begun.acquire(timeout=10)
    others = [venue.sequencer.submit(SetStress(False)) for _ in range(AHEAD)]
    assert breaks.is_broken.wait(10)
    with suppress(TimeoutError):
        first.exception(0.5)
    log.may_end.release()
    assert all(isinstance(future.exception(10), NotDurable) for future in others)
    venue.sequencer.stop(wait_s=10)
    return first


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_g102_a_fault_leaves_those_alone_who_are_being_written(tmp_path: Path) -> None:
    first = broken_while_written(tmp_path)
    assert first.result(10).sequence == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_g102_a_fault_leaves_those_alone_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives up without waiting for the write."""
    monkeypatch.setattr(sequencing, "wait", lambda _: None)
    first = broken_while_written(tmp_path)
    assert isinstance(first.exception(10), NotDurable)


def test_few_that_come_meanwhile_wait_for_its_end(tmp_path: Path) -> None:
    log = SlowLog()
    venue = SequencedVenue(tmp_path, log=log)
    venue.sequencer.start()
    first = venue.sequencer.submit(SetStress(True))
    assert log.begun.acquire(timeout=10)
    second = venue.sequencer.submit(SetStress(False))
    for future in (first, second):
        assert not future.done()
        log.may_end.release()
        future.result(10)
    venue.sequencer.stop(wait_s=10)


def test_a_thread_of_its_own_ends_when_it_is_told(tmp_path: Path) -> None:
    venue = SequencedVenue(tmp_path)
    venue.sequencer.start()
    future = venue.sequencer.submit(SetStress(True))
    assert future.result(10).sequence == 1
    venue.sequencer.stop(wait_s=10)
    with pytest.raises(NotSequencing, match="it was stopped"):
        venue.sequencer.submit(SetStress(True))
