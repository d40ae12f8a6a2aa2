"""What a follower is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Protocol

from rollup.crypto import Crypto
from sequencer.follower.prepared import L1Door, Pool
from sequencer.l1.history import EntryQueued
from sequencer.prover_pool import BatchProof
from sequencer.store import Database
from sequencer.submitter.events import Event as L1Event
from sequencer.submitter.progress import L1Progress
from sequencer.submitter.work import BatchToSend
from sequencer.venue import Genesis, Venue
from sequencer.venue.sequenced import Sequenced


class QueueSource(Protocol):
    """Entries of L1's queue that are final there: `ConfirmedQueue`."""

    def poll(self) -> tuple[EntryQueued, ...]:
        """What is new, each entry once and in order."""
        ...


class OpenL1(Protocol):
    """Opens the way to L1, when the log was replayed."""

    def __call__(
        self, database: Database, root_of: Callable[[int], int | None], handed_over: int
    ) -> tuple[L1Door, QueueSource]:
        """With the follower's database, the roots that the log gives, by batch, and how many queue entries it has."""
        ...


class Recording(Protocol):
    """Who writes down what happens: `sequencer.record.recording.Recording`. Called on the follower's thread."""

    def followed(self, one: Sequenced) -> None:
        """An entry of the log was applied."""
        ...

    def prepared(self, batch: BatchToSend) -> None:
        """A batch in words, with digest and point."""
        ...

    def proved(self, proof: BatchProof) -> None:
        """A proof was made."""
        ...

    def told(self, event: L1Event) -> None:
        """Something happened on L1."""
        ...

    def turned(self, venue: Venue, progress: L1Progress | None) -> None:
        """After each turn."""
        ...


class NoRecording:
    """Writes nothing down."""

    def followed(self, one: Sequenced) -> None:
        """See `Recording`."""

    def prepared(self, batch: BatchToSend) -> None:
        """See `Recording`."""

    def proved(self, proof: BatchProof) -> None:
        """See `Recording`."""

    def told(self, event: L1Event) -> None:
        """See `Recording`."""

    def turned(self, venue: Venue, progress: L1Progress | None) -> None:
        """See `Recording`."""


@dataclass(frozen=True, slots=True)
class FollowerParts:
    """`database` keeps what was sent to L1 and the proofs; `monotonic` is in seconds from anywhere.

    `poll_s` is how often L1 is looked at when nothing is new for it.
    """

    genesis: Genesis
    crypto: Crypto
    database: Database
    pool: Pool
    open_l1: OpenL1
    monotonic: Callable[[], float] = monotonic
    poll_s: float = 1.0
    is_local: bool = False
    recording: Recording = field(default_factory=NoRecording)
