"""What a node is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, time
from typing import Protocol

from rollup.crypto import Crypto
from sequencer.api.port import NodeInfo
from sequencer.l1.history import EntryQueued
from sequencer.node.batching import BatchPolicy
from sequencer.node.prepared import L1Door, Pool
from sequencer.store import Database, open_database
from sequencer.submitter.events import Event as L1Event
from sequencer.venue import Genesis


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
        """With the log's database, the roots that the log gives, by batch, and how many queue entries it has."""
        ...


@dataclass(frozen=True, slots=True)
class NodeParts:
    """What a node is made of. `clock` is in unix seconds, `monotonic` in seconds from anywhere."""

    folder: Path
    info: NodeInfo
    genesis: Genesis
    crypto: Crypto
    pool: Pool
    open_l1: OpenL1
    batches: BatchPolicy = field(default_factory=BatchPolicy)
    clock: Callable[[], float] = time
    monotonic: Callable[[], float] = monotonic
    open_database: Callable[[Path], Database] = open_database
    poll_s: float = 1.0
    is_local: bool = False
    tell: Callable[[L1Event], None] = lambda _event: None
    """Called with what happens on L1."""
