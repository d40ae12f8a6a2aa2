"""What a node is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import time
from typing import Protocol

from rollup.crypto import Crypto
from rollup.types.transactions import QueueEntry
from sequencer.api.port import NodeInfo
from sequencer.node.batching import BatchPolicy
from sequencer.node.prepared import L1Door, Pool
from sequencer.submitter.events import Event as L1Event
from sequencer.venue import Genesis


class QueueSource(Protocol):
    """Entries of L1's queue that are final there: `ConfirmedQueue`."""

    def poll(self, next_index: int) -> Sequence[QueueEntry]:
        """Those from an index on, as many as there are."""
        ...


@dataclass(frozen=True, slots=True)
class NodeParts:
    """What a node is made of. `open_l1` gets the roots that the log gives, by batch; `clock` is in unix seconds."""

    folder: Path
    info: NodeInfo
    genesis: Genesis
    crypto: Crypto
    pool: Pool
    open_l1: Callable[[Callable[[int], int | None]], tuple[L1Door, QueueSource]]
    batches: BatchPolicy = field(default_factory=BatchPolicy)
    clock: Callable[[], float] = time
    poll_s: float = 1.0
    is_local: bool = False
    tell: Callable[[L1Event], None] = lambda _event: None
    """Called with what happens on L1."""
