"""What the two processes say to each other. Entries of the log go as plain tuples: there are thousands a second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sequencer.api.port import BatchMoved
from sequencer.follower.door import Fed, FollowerStatus, Noted
from sequencer.l1.reports import Report
from sequencer.messages import ReceiveQueue
from sequencer.submitter.events import Event as L1Event
from sequencer.submitter.work import Settlements
from sequencer.venue.sequenced import Logged

PlainEntry: TypeAlias = tuple[int, int, bytes, int | None]


@dataclass(frozen=True, slots=True)
class Feed:
    """Entries of the log."""

    entries: Sequence[PlainEntry]


@dataclass(frozen=True, slots=True)
class Open:
    """All that was there before was fed."""


@dataclass(frozen=True, slots=True)
class Start:
    """Go on by yourself."""


@dataclass(frozen=True, slots=True)
class GiveReport:
    """A risk table for L1; answered by `Done` with the same number."""

    number: int
    report: Report
    signatures: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class GiveSettlement:
    """A settlement price for L1; answered by `Done` with the same number."""

    number: int
    underlying: int
    expiry_s: int
    observations: Sequence[tuple[int, bytes]]


@dataclass(frozen=True, slots=True)
class Close:
    """End."""

    why: str


@dataclass(frozen=True, slots=True)
class Opened:
    """It follows, and L1 is what it should be; these settlements of before are not there for good."""

    settlements: Settlements


@dataclass(frozen=True, slots=True)
class Done:
    """An answer: what the future holds, or why it failed."""

    number: int
    result: bool = False
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """It has ended by an error of this kind."""

    kind: str
    why: str


ToFollower: TypeAlias = Feed | Open | Start | GiveReport | GiveSettlement | Close | Noted
FromFollower: TypeAlias = Opened | Done | Failed | FollowerStatus | ReceiveQueue | L1Event | tuple[BatchMoved, ...]


def plain(fed: Fed) -> PlainEntry:
    """As it travels."""
    return fed.logged.sequence, fed.logged.time_ms, fed.logged.payload, fed.root


def fed_of(entry: PlainEntry) -> Fed:
    """The inverse."""
    sequence, time_ms, payload, root = entry
    return Fed(Logged(sequence, time_ms, payload), root)
