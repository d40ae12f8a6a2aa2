"""What a node is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, time
from typing import Protocol

from rollup.crypto import Crypto
from sequencer.api.port import NodeInfo
from sequencer.follower import FollowerDoor, Listener
from sequencer.node.batching import BatchPolicy
from sequencer.store import Database, open_database
from sequencer.submitter.events import Event as L1Event
from sequencer.venue import Genesis


class OpenFollower(Protocol):
    """Begins what follows the log."""

    def __call__(self, listener: Listener, database: Database) -> FollowerDoor:
        """With who is to be told, and the log's database for one that lives in the same process."""
        ...


@dataclass(frozen=True, slots=True)
class NodeParts:
    """What a node is made of. `clock` is in unix seconds, `monotonic` in seconds from anywhere."""

    folder: Path
    info: NodeInfo
    genesis: Genesis
    crypto: Crypto
    open_follower: OpenFollower
    batches: BatchPolicy = field(default_factory=BatchPolicy)
    clock: Callable[[], float] = time
    monotonic: Callable[[], float] = monotonic
    open_database: Callable[[Path], Database] = open_database
    poll_s: float = 1.0
    tell: Callable[[L1Event], None] = lambda _event: None
    """Called with what happens on L1."""
