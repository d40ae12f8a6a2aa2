"""The thread that ends batches when they are due."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Final

import structlog

from sequencer.messages import EndBatch
from sequencer.node.batching import BatchPressure, is_due
from sequencer.node.errors import NotSequencing
from sequencer.node.parts import NodeParts
from sequencer.node.sequencing import Sequencer
from sequencer.venue import Venue, VenueError

LOOK_S: Final = 0.02
"""How often it is asked whether a batch is due."""

AFTER_REFUSAL_S: Final = 1.0


class BatchEnder:
    """`look` and `has_ended` are called on the sequencer's thread, `run` is a thread of its own until `ended`."""

    def __init__(self, parts: NodeParts, sequencer: Sequencer, unproven: Callable[[], int], ended: Event) -> None:
        self._parts, self._sequencer, self._unproven, self._ended = parts, sequencer, unproven, ended
        self._log = structlog.get_logger("batcher")
        self._is_full = False
        self._pending_since_s: float | None = None
        self._last_end_s = parts.monotonic()
        self._time_s = 0
        self._has_prices = False

    def look(self, venue: Venue) -> None:
        """After a group: what waits for the next batch."""
        weight = venue.pending
        self._is_full = weight.is_full(self._parts.genesis.preset)
        self._time_s, self._has_prices = venue.time_s, venue.table is not None
        if weight.is_empty:
            self._pending_since_s = None
        elif self._pending_since_s is None:
            self._pending_since_s = self._parts.monotonic()

    def has_ended(self) -> None:
        """A batch ended, or a new table came."""
        self._last_end_s, self._pending_since_s = self._parts.monotonic(), None

    def run(self) -> None:
        """Raises nothing: a batch that cannot end yet is tried again."""
        while not self._ended.wait(LOOK_S):
            if not (self._has_prices and is_due(self._parts.batches, self._pressure())):
                continue
            try:
                self._sequencer.submit_own(EndBatch(max(int(self._parts.clock()), self._time_s))).result()
            except NotSequencing:
                return
            except VenueError as error:
                # Prices are too old: nothing ends until there are newer ones. Health says so.
                self._log.warning("batch not ended", why=str(error))
                self._ended.wait(AFTER_REFUSAL_S)

    def _pressure(self) -> BatchPressure:
        now_s, since_s = self._parts.monotonic(), self._pending_since_s
        return BatchPressure(
            is_full=self._is_full,
            waiting_s=None if since_s is None else now_s - since_s,
            unproven=self._unproven(),
            since_tick_s=now_s - self._last_end_s,
        )
