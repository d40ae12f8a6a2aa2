"""The one thread that decides the order of everything.

It takes what waits in groups: verifies all signatures at once, lets the venue take message by message, has those that
were taken written to the log in one transaction, and only then tells anybody. So a group costs one write to the disk,
groups grow with the load, and nothing is known outside that a crash could undo. While a group is being written, the
signatures of those that come next are verified: that changes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from time import time
from typing import Any, Final, Protocol, TypeVar

from sequencer.messages import Message, encode_message
from sequencer.node.errors import NotDurable, NotSequencing
from sequencer.node.group import Applied, Group, Log, Promise, Verified, Waiting, bad_signature, reduces_risk, sequenced
from sequencer.node.intake import Intake
from sequencer.store import LogHead, StoreError
from sequencer.venue import Outcome, Venue
from sequencer.venue.sequenced import MS_PER_S, REFUSALS, Logged, Refused, Sequenced, refused
from sequencer.venue.signatures import Verdict

T = TypeVar("T")
MOST_WAITING: Final = 4_096
MOST_AT_ONCE: Final = 256
AHEAD: Final = 16
"""Messages whose signatures are verified together while a group is being written; fewer wait for its end."""


class Listener(Protocol):
    """Who is told, on the sequencer's thread, after a group is durable: first what happened, then that it ended."""

    def on_sequenced(self, sequenced: Sequence[Sequenced]) -> None:
        """In order."""
        ...

    def on_refused(self, message: Message, error: Exception) -> None:
        """Nothing of it is in the log."""
        ...

    def on_group_end(self) -> None:
        """All futures of the group are resolved."""
        ...


class Sequencer:
    """Owns the venue and the log."""

    def __init__(
        self,
        venue: Venue,
        log: Log,
        listener: Listener,
        *,
        clock: Callable[[], float] = time,
        most_waiting: int = MOST_WAITING,
        most_at_once: int = MOST_AT_ONCE,
    ) -> None:
        self._venue = venue
        self._log = log
        self._listener = listener
        self._clock = clock
        self._intake: Intake[Waiting] = Intake(most_waiting)
        self._most_at_once = most_at_once
        self._held: list[Waiting] = []
        """Taken, and not told yet, in order."""

        self._thread = threading.Thread(target=self._run, name="sequencer", daemon=True)

    def start(self) -> None:
        """Begins to take messages."""
        self._thread.start()

    def stop(self, why: str = "it was stopped", wait_s: float | None = None) -> None:
        """Takes nothing more in, and ends when all that waits is done."""
        self._intake.close(why)
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(wait_s)

    @property
    def stopped(self) -> str | None:
        """Why no messages are taken; `None` while they are."""
        return self._intake.closed

    @property
    def waiting(self) -> int:
        """How many messages wait."""
        return len(self._intake)

    @property
    def sequence(self) -> int:
        """The last entry of the log."""
        return self._log.head.sequence

    def submit(self, message: Message) -> Future[Sequenced]:
        """From a trader. The future raises what the venue refuses with, or `NotDurable`.

        Raises `IntakeFull` and `NotSequencing`.
        """
        future: Future[Sequenced] = Future()
        self.hand_in(message, future)
        return future

    def hand_in(self, message: Message, promise: Promise) -> None:
        """As `submit`, for whoever waits in another way."""
        self._intake.put(Waiting(promise, message), reduces_risk=reduces_risk(message))

    def submit_own(self, message: Message) -> Future[Sequenced]:
        """From the node itself: comes first. Raises `NotSequencing`."""
        future: Future[Sequenced] = Future()
        self._intake.put_own(Waiting(future, message))
        return future

    def ask(self, question: Callable[[Venue], T]) -> Future[T]:
        """Has a question answered between two groups, when all that the venue has taken is durable.

        Raises `NotSequencing`.
        """
        future: Future[T] = Future()
        self.put_question(question, future)
        return future

    def put_question(self, question: Callable[[Venue], Any], promise: Promise) -> None:
        """As `ask`, for whoever waits in another way."""
        self._intake.put_own(Waiting(promise, question=question))

    def take_turn(self, wait_s: float | None = None) -> bool:
        """Sequences the next group, if there is one; `False` if nothing waits. For whoever has no thread run.

        Raises what broke the log, or the venue: then nothing is taken any more.
        """
        try:
            ahead = self._verified(self._intake.take(self._most_at_once, wait_s))
            if not ahead:
                return False
            group = self._applied(ahead)
            self._log.append(group.payloads)
            self._tell(group)
        except Exception as error:
            self._give_up(error)
            raise
        return True

    def _run(self) -> None:
        with ThreadPoolExecutor(1, "log") as writer:
            try:
                self._take_turns(writer)
            except (StoreError, *REFUSALS) as error:
                self._give_up(error)  # everybody who waited is told why
            except Exception as error:
                self._give_up(error)
                raise

    def _take_turns(self, writer: ThreadPoolExecutor) -> None:
        """As `take_turn`, but another thread writes a group while the signatures of the next one are verified."""
        ahead = self._verified(self._intake.take(self._most_at_once))
        while ahead:
            group = self._applied(ahead)
            writing = writer.submit(self._log.append, group.payloads)
            writing.add_done_callback(lambda _: self._intake.wake())
            ahead = self._verified_before(writing)
            writing.result()
            self._tell(group)
            ahead += self._verified(self._intake.take(self._most_at_once - len(ahead), 0 if ahead else None))

    def _verified_before(self, writing: Future[LogHead]) -> list[Verified]:
        """What comes while a group is being written, as much as a group may have."""
        ahead: list[Verified] = []
        while len(ahead) < self._most_at_once:
            taken = self._intake.take_before(writing.done, AHEAD, self._most_at_once - len(ahead))
            if not taken:
                break
            ahead += self._verified(taken)
        return ahead

    def _verified(self, taken: list[Waiting]) -> list[Verified]:
        """Changes nothing."""
        self._held += taken
        messages = [one.message for one in taken if one.message is not None]
        verdicts = iter(self._venue.verify_many(messages))
        return [Verified(one, Verdict.GOOD if one.message is None else next(verdicts)) for one in taken]

    def _applied(self, verified: list[Verified]) -> Group:
        """What the venue makes of a group. Nothing of it is known outside before it is written."""
        now_ms = int(self._clock() * MS_PER_S)
        sequence = self._log.head.sequence
        applied: list[Applied] = []
        for one in verified:
            waiting, message = one.waiting, one.waiting.message
            if message is None:
                continue
            result, kept = self._result(message, one.verdict), None
            if isinstance(result, Outcome) or result.outcome.report.removals:
                sequence += 1
                kept = sequenced(Logged(sequence, now_ms, encode_message(message)), message, result)
            applied.append(Applied(waiting, message, result, kept))
        return Group(tuple(applied), tuple(one.waiting for one in verified if one.waiting.question is not None))

    def _result(self, message: Message, verdict: Verdict) -> Outcome | Refused:
        try:
            if verdict is Verdict.BAD:
                raise bad_signature(message)
            venue = self._venue
            return venue.apply_verified(message) if verdict is Verdict.GOOD else venue.apply(message)
        except REFUSALS as error:
            return refused(self._venue, error)

    def _tell(self, group: Group) -> None:
        """Everybody, now that it is durable."""
        if kept := group.kept:
            self._listener.on_sequenced(kept)
        for one in group.applied:
            if isinstance(one.result, Outcome):
                one.waiting.promise.set_result(one.kept)
                continue
            if one.kept is None:
                self._listener.on_refused(one.message, one.result.error)
            one.waiting.promise.set_exception(one.result.error)
        for waiting in group.questions:
            if waiting.question is not None:
                _answer(waiting.promise, waiting.question, self._venue)
        del self._held[: len(group.applied) + len(group.questions)]
        self._listener.on_group_end()

    def _give_up(self, error: Exception) -> None:
        """The venue may be ahead of the log: nothing that it says counts any more."""
        why = str(error) if isinstance(error, StoreError) else f"{type(error).__name__}: {error}"
        self._intake.close(why)
        for one in self._held:
            if not one.promise.done():
                one.promise.set_exception(NotDurable(why))
        self._held.clear()
        while rest := self._intake.take(self._most_at_once, wait_s=0):
            for one in rest:
                one.promise.set_exception(NotSequencing(why))
        self._listener.on_group_end()


def _answer(promise: Promise, question: Callable[[Venue], Any], venue: Venue) -> None:
    try:
        promise.set_result(question(venue))
    except REFUSALS as error:
        promise.set_exception(error)
