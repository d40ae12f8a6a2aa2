"""The one thread that decides the order of everything.

It takes what waits in groups: verifies all signatures at once, lets the venue take message by message, writes those
that were taken to the log in one transaction, and only then tells anybody. So a group costs one write to the disk,
groups grow with the load, and nothing is known outside that a crash could undo.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from time import time
from typing import Any, Final, Protocol, TypeVar

from rollup.errors import BadSignature
from rollup.types.orders import SignedOrder
from sequencer.messages import CancelOrder, EndSession, Message, PlaceOrder, encode_message
from sequencer.node.errors import NotDurable, NotSequencing
from sequencer.node.intake import Intake
from sequencer.store import LogHead, StoreError
from sequencer.venue import Outcome, Venue
from sequencer.venue.sequenced import MS_PER_S, REFUSALS, Logged, Refused, Sequenced, refused
from sequencer.venue.signatures import Verdict, signed_parts

T = TypeVar("T")
MOST_WAITING: Final = 4_096
MOST_AT_ONCE: Final = 256


class Log(Protocol):
    """What the sequencer needs of a log: `EventLog`."""

    @property
    def head(self) -> LogHead:
        """The last entry."""
        ...

    def append(self, payloads: Sequence[bytes]) -> LogHead:
        """Durable when it returns."""
        ...


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


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A message with its future; or a question, which is answered between two groups."""

    future: Future[Any]
    message: Message | None = None
    question: Callable[[Venue], Any] | None = None


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
        self._intake: Intake[_Waiting] = Intake(most_waiting)
        self._most_at_once = most_at_once
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
        self._intake.put(_Waiting(future, message), reduces_risk=_reduces_risk(message))
        return future

    def submit_own(self, message: Message) -> Future[Sequenced]:
        """From the node itself: comes first. Raises `NotSequencing`."""
        future: Future[Sequenced] = Future()
        self._intake.put_own(_Waiting(future, message))
        return future

    def ask(self, question: Callable[[Venue], T]) -> Future[T]:
        """Has a question answered between two groups, when all that the venue has taken is durable.

        Raises `NotSequencing`.
        """
        future: Future[T] = Future()
        self._intake.put_own(_Waiting(future, question=question))
        return future

    def take_turn(self, wait_s: float | None = None) -> bool:
        """Sequences the next group, if there is one; `False` if nothing waits. For whoever has no thread run.

        Raises what broke the log, or the venue: then nothing is taken any more.
        """
        group = self._intake.take(self._most_at_once, wait_s)
        if not group:
            return False
        try:
            self._sequence(group)
        except Exception as error:
            self._give_up(group, error)
            raise
        return True

    def _run(self) -> None:
        try:
            while self.take_turn() or self._intake.closed is None:
                pass
        except (StoreError, *REFUSALS):
            return  # everybody who waited was told why

    def _sequence(self, group: list[_Waiting]) -> None:
        asked = [(one, one.message) for one in group if one.message is not None]
        verdicts = self._venue.verify_many([message for _, message in asked])
        results = [self._apply(message, verdict) for (_, message), verdict in zip(asked, verdicts, strict=True)]
        kept = self._keep([message for _, message in asked], results)
        if kept:
            self._listener.on_sequenced([one for one in kept if one is not None])
        for (waiting, message), result, sequenced in zip(asked, results, kept, strict=True):
            if isinstance(result, Outcome):
                waiting.future.set_result(sequenced)
                continue
            if sequenced is None:
                self._listener.on_refused(message, result.error)
            waiting.future.set_exception(result.error)
        for waiting in group:
            if waiting.question is not None:
                _answer(waiting.future, waiting.question, self._venue)
        self._listener.on_group_end()

    def _apply(self, message: Message, verdict: Verdict) -> Outcome | Refused:
        try:
            if verdict is Verdict.BAD:
                raise bad_signature(message)
            venue = self._venue
            return venue.apply_verified(message) if verdict is Verdict.GOOD else venue.apply(message)
        except REFUSALS as error:
            return refused(self._venue, error)

    def _keep(self, messages: list[Message], results: list[Outcome | Refused]) -> list[Sequenced | None]:
        """Writes what changed anything. Nothing of it is known outside before."""
        now_ms = int(self._clock() * MS_PER_S)
        sequence = self._log.head.sequence
        kept: list[Sequenced | None] = []
        for message, result in zip(messages, results, strict=True):
            if isinstance(result, Refused) and not result.outcome.report.removals:
                kept.append(None)
                continue
            sequence += 1
            kept.append(_sequenced(Logged(sequence, now_ms, encode_message(message)), message, result))
        self._log.append([one.logged.payload for one in kept if one is not None])
        return kept

    def _give_up(self, group: list[_Waiting], error: Exception) -> None:
        """The venue may be ahead of the log: nothing that it says counts any more."""
        why = str(error) if isinstance(error, StoreError) else f"{type(error).__name__}: {error}"
        self._intake.close(why)
        for one in group:
            if not one.future.done():
                one.future.set_exception(NotDurable(why))
        while rest := self._intake.take(self._most_at_once, wait_s=0):
            for one in rest:
                one.future.set_exception(NotSequencing(why))
        self._listener.on_group_end()


def _answer(future: Future[Any], question: Callable[[Venue], Any], venue: Venue) -> None:
    try:
        future.set_result(question(venue))
    except REFUSALS as error:
        future.set_exception(error)


def _reduces_risk(message: Message) -> bool:
    if isinstance(message, PlaceOrder):
        return message.request.reduce_only
    return isinstance(message, CancelOrder | EndSession)


def _sequenced(logged: Logged, message: Message, result: Outcome | Refused) -> Sequenced:
    if isinstance(result, Refused):
        return Sequenced(logged, message, result.outcome, result.error)
    return Sequenced(logged, message, result)


def bad_signature(message: Message) -> BadSignature:
    """That somebody else signed it, or something else was signed."""
    for signed in signed_parts(message):
        if isinstance(signed, SignedOrder):
            return BadSignature("order", account=signed.order.account)
        return BadSignature("operation", account=signed.operation.account)
    return BadSignature("message")
