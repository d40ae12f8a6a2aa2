"""The one thread that decides the order of everything.

It takes what waits in groups: verifies all signatures at once, and lets the venue take message by message. Another
thread writes those that were taken to the log, in one transaction, and only then tells anybody. So a group costs one
write to the disk, groups grow with the load, and nothing is known outside that a crash could undo. While a group is
being written the venue goes on with what comes next, which is the next group: if the write fails, all of it is lost and
nobody was told of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from time import time
from typing import Any, Final, TypeVar

from sequencer.messages import Message, encode_message
from sequencer.node.errors import IntakeFull, NotDurable, NotSequencing
from sequencer.node.group import Applied, Group, Log, Promise, Verified, Waiting, bad_signature, reduces_risk, sequenced
from sequencer.node.intake import Intake
from sequencer.node.telling import Listener, tell
from sequencer.store import StoreError
from sequencer.venue import Outcome, Venue
from sequencer.venue.sequenced import MS_PER_S, REFUSALS, Logged, Refused, Sequenced, refused
from sequencer.venue.signatures import Verdict

T = TypeVar("T")
MOST_WAITING: Final = 4_096
MOST_AT_ONCE: Final = 256
AHEAD: Final = 16
"""Messages that are taken together while a group is being written; fewer wait for its end."""


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
        self._sequence = log.head.sequence
        """The last entry that the venue made; the log may be behind it."""

        self._held: list[Waiting] = []
        """Taken, and perhaps not told yet, in order."""

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

    def hand_in_many(self, handed: Sequence[tuple[Message, Promise]]) -> list[IntakeFull | None]:
        """In order; for each whether there was no room for it. Raises `NotSequencing`."""
        return self._intake.put_many([(Waiting(to, message), reduces_risk(message)) for message, to in handed])

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
            group = self._applied(self._verified(self._intake.take(self._most_at_once, wait_s)))
            if not len(group):
                return False
            self._write(group)
        except Exception as error:
            self._give_up(error)
            raise
        del self._held[: len(group)]
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
        """As `take_turn`, but another thread writes a group, and tells of it, while the next one is made."""
        group, ahead = Group(), list[Verified]()
        while True:
            if not len(group):
                group = self._applied(ahead or self._verified(self._intake.take(self._most_at_once)))
            if not len(group):
                return
            written, writing = group, writer.submit(self._write, group)
            writing.add_done_callback(lambda _: self._intake.wake())
            try:
                group, ahead = self._made_meanwhile(writing, may_apply=not written.questions)
            except BaseException:
                wait((writing,))  # whom it tells nobody else may tell
                raise
            writing.result()
            del self._held[: len(written)]

    def _made_meanwhile(self, writing: Future[None], *, may_apply: bool) -> tuple[Group, list[Verified]]:
        """What comes while a group is being written: the next group, or what is only verified.

        That is for groups with questions, which are about the venue as the log has it.
        """
        group, ahead = Group(), list[Verified]()
        while not (writing.done() and (len(group) or ahead)):
            room = self._most_at_once - len(group) - len(ahead)
            taken = self._intake.take_before(writing.done, AHEAD, room)
            if not taken:
                break
            verified = self._verified(taken)
            if may_apply:
                group.extend(self._applied(verified))
            else:
                ahead += verified
        return group, ahead

    def _verified(self, taken: list[Waiting]) -> list[Verified]:
        """Changes nothing."""
        self._held += taken
        messages = [one.message for one in taken if one.message is not None]
        verdicts = iter(self._venue.verify_many(messages))
        return [Verified(one, Verdict.GOOD if one.message is None else next(verdicts)) for one in taken]

    def _applied(self, verified: list[Verified]) -> Group:
        """What the venue makes of them. Nothing of it is known outside before it is written."""
        now_ms = int(self._clock() * MS_PER_S)
        group = Group()
        for one in verified:
            waiting, message = one.waiting, one.waiting.message
            if message is None:
                group.questions.append(waiting)
                continue
            result, kept = self._result(message, one.verdict), None
            if isinstance(result, Outcome) or result.outcome.report.removals:
                self._sequence += 1
                kept = sequenced(Logged(self._sequence, now_ms, encode_message(message)), message, result)
            group.applied.append(Applied(waiting, message, result, kept))
        if kept_ones := group.kept:
            self._listener.on_applied(kept_ones)
        return group

    def _result(self, message: Message, verdict: Verdict) -> Outcome | Refused:
        try:
            if verdict is Verdict.BAD:
                raise bad_signature(message)
            venue = self._venue
            return venue.apply_verified(message) if verdict is Verdict.GOOD else venue.apply(message)
        except REFUSALS as error:
            return refused(self._venue, error)

    def _write(self, group: Group) -> None:
        """And tells everybody, now that it is durable."""
        self._log.append(group.payloads)
        tell(group, self._listener, self._venue)

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
