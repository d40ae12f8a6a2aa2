"""Messages that wait, and what became of them, until those that changed anything are durable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from msgspec import Struct, field

from rollup.errors import BadSignature
from rollup.types.orders import SignedOrder
from sequencer.messages import CancelOrder, EndSession, Message, PlaceOrder
from sequencer.store import LogHead
from sequencer.venue import Outcome, Venue
from sequencer.venue.sequenced import Logged, Refused, Sequenced
from sequencer.venue.signatures import Verdict, signed_parts


class Log(Protocol):
    """What the sequencer needs of a log: `EventLog`."""

    @property
    def head(self) -> LogHead:
        """The last entry."""
        ...

    def append(self, payloads: Sequence[bytes]) -> LogHead:
        """Durable when it returns."""
        ...


class Promise(Protocol):
    """Where an answer goes, on the thread that tells: a `concurrent.futures.Future`, or what costs less."""

    def done(self) -> bool:
        """Whether it was answered."""
        ...

    def set_result(self, result: Any, /) -> None:
        """Once."""
        ...

    def set_exception(self, exception: Exception, /) -> None:
        """Instead."""
        ...


class Waiting(Struct, frozen=True):
    """A message and where its answer goes; or a question, which is answered between two groups."""

    promise: Promise
    message: Message | None = None
    question: Callable[[Venue], Any] | None = None


class Verified(Struct, frozen=True):
    """What waits, with what was found of its signatures; a question has none."""

    waiting: Waiting
    verdict: Verdict = Verdict.GOOD


class Applied(Struct, frozen=True):
    """A message that the venue has taken or refused. `kept` is its entry of the log, if it changed anything."""

    waiting: Waiting
    message: Message
    result: Outcome | Refused
    kept: Sequenced | None


class Group(Struct):
    """What becomes durable at once, in order, and the questions that are answered then."""

    applied: list[Applied] = field(default_factory=list)
    questions: list[Waiting] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.applied) + len(self.questions)

    def extend(self, other: Group) -> None:
        """Puts another one behind it."""
        self.applied += other.applied
        self.questions += other.questions

    @property
    def kept(self) -> list[Sequenced]:
        """What the log is to have."""
        return [one.kept for one in self.applied if one.kept is not None]

    @property
    def payloads(self) -> list[bytes]:
        """The same as bytes."""
        return [one.logged.payload for one in self.kept]


def reduces_risk(message: Message) -> bool:
    """Whether it comes first when much waits."""
    if isinstance(message, PlaceOrder):
        return message.request.reduce_only
    return isinstance(message, CancelOrder | EndSession)


def sequenced(logged: Logged, message: Message, result: Outcome | Refused) -> Sequenced:
    """An entry of the log with what came of it."""
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
