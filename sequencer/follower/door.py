"""Between the sequencer and what follows its log: what is handed over, what is asked, and what is told back.

The follower may be a thread of this process or a process of its own; neither side can tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from sequencer.api.port import BatchMoved
from sequencer.l1.reports import Report
from sequencer.messages import ReceiveQueue
from sequencer.record.node_types import RunFacts
from sequencer.submitter.events import Event as L1Event
from sequencer.submitter.work import Settlements
from sequencer.venue.sequenced import Logged


@dataclass(frozen=True, slots=True)
class Fed:
    """An entry of the log; `root` is the sequencer's state root after it, where it ended a batch."""

    logged: Logged
    root: int | None = None


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the node's own log, for the record."""

    time_ms: int
    level: str
    source: str
    text: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RefusedMessage:
    """A message of which nothing is in the log, for the record: `payload` is the message, `rule` the error's name."""

    time_ms: int
    payload: bytes
    rule: str
    why: str


Noted: TypeAlias = LogLine | RefusedMessage | RunFacts
"""What the follower cannot know by itself and the record wants to have."""


@dataclass(frozen=True, slots=True)
class FollowerStatus:
    """How far it is. `followed` is the last entry of the log that it has applied, `stuck` why no proof can be made.

    `committed`, `proven` and `executed` are L1's latest, `final_executed` what no reorganisation can undo;
    `l1_looks` counts how often L1 was seen, so that a status that stays the same is an L1 that is silent.
    """

    followed: int = 0
    proven_through: int = 0
    stuck: str | None = None
    is_idle: bool = True
    committed: int = 0
    proven: int = 0
    executed: int = 0
    final_executed: int = 0
    l1_looks: int = 0


class Listener(Protocol):
    """Who is told. Called on a thread of the follower's; must be quick."""

    def moved(self, events: Sequence[BatchMoved]) -> None:
        """Batches have come so far on L1 for good."""
        ...

    def received(self, message: ReceiveQueue) -> None:
        """Entries of L1's queue, for the sequencer to take."""
        ...

    def told(self, event: L1Event) -> None:
        """What happened on L1."""
        ...

    def status(self, status: FollowerStatus) -> None:
        """How far it is now."""
        ...

    def failed(self, error: BaseException) -> None:
        """It has ended."""
        ...


class FollowerDoor(Protocol):
    """What the sequencer needs of whoever follows."""

    def feed(self, entries: Sequence[Fed]) -> None:
        """Entries of the log in their order, each once, when they are durable. Never waits."""
        ...

    def open(self) -> None:
        """Everything that the log had before is fed: has provers loaded, the log followed, and L1 looked at.

        Raises what keeps it from beginning: in a process of its own as `FollowerFailed`.
        """
        ...

    @property
    def settlements_before(self) -> Settlements:
        """Those of runs before that were not on L1 for good when it was opened; empty until then."""
        ...

    def start(self) -> None:
        """From now on it goes on by itself."""
        ...

    def report(self, report: Report, signatures: Sequence[bytes]) -> Future[bool]:
        """A risk table for L1, before the batches that are judged by it. Done when it is durable.

        Raises `FollowerClosed`.
        """
        ...

    def settle(self, underlying: int, expiry_s: int, observations: Sequence[tuple[int, bytes]]) -> Future[bool]:
        """A settlement price for L1. Done when it is durable. Raises `FollowerClosed`."""
        ...

    def note(self, noted: Noted) -> None:
        """For the record, if one is written. Never waits, and raises nothing."""
        ...

    def close(self, why: str) -> None:
        """Ends it; whoever waits is told. May be called again."""
        ...
