"""A recorder beside whoever follows a log: few calls, each where the follower has the thing in hand anyway."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Final, Protocol

from sequencer.orderbook.views import BookView
from sequencer.prover_pool import BatchProof, WorkerStatus
from sequencer.record.recorder import Recorder
from sequencer.store.chain import START, next_digest
from sequencer.submitter.events import Event as L1Event
from sequencer.submitter.progress import L1Progress
from sequencer.submitter.work import BatchToSend
from sequencer.venue import Venue, VenueReader
from sequencer.venue.sequenced import Sequenced

LOOK_S: Final = 0.5
BOOK_DEPTH: Final = 10
GROUP: Final = 500
"""Entries."""


class Workers(Protocol):
    """What is needed of `ProverPool`."""

    def workers(self) -> tuple[WorkerStatus, ...]:
        """What each place is doing; times are by the pool's clock, `time.monotonic`."""
        ...


class Recording:
    """Called on the thread that owns the venue. Nothing here waits or raises, but for what `pool` raises."""

    def __init__(
        self,
        recorder: Recorder,
        pool: Workers | None = None,
        *,
        monotonic: Callable[[], float] = monotonic,
        look_s: float = LOOK_S,
    ) -> None:
        self.recorder = recorder
        self._pool = pool
        self._monotonic, self._look_s = monotonic, look_s
        self._digest, self._is_replaying = START, True
        self._next_look_s = 0.0
        self._progress: L1Progress | None = None
        self._workers: tuple[WorkerStatus, ...] = ()
        self._books: dict[int, BookView] = {}

    def followed(self, one: Sequenced) -> None:
        """An entry of the log, from its first on; those that an earlier run has recorded are passed over.

        What was in the log at the start is waited for now and then: it comes faster than it is written.
        """
        sequence = one.sequence
        self._digest = next_digest(self._digest, sequence, one.logged.payload)
        self.recorder.applied(sequence, one.time_ms, one.message, one.outcome, one.refusal, self._digest)
        if self._is_replaying and sequence % GROUP == 0:
            self.recorder.flush()

    def prepared(self, batch: BatchToSend) -> None:
        """A batch in words, with digest and point."""
        self.recorder.commitment(batch.number, batch.commitment.digest, batch.point)

    def proved(self, proof: BatchProof) -> None:
        """A proof was made."""
        self.recorder.proof(proof)

    def told(self, event: L1Event) -> None:
        """Something happened on L1."""
        self.recorder.l1(event)

    def turned(self, venue: Venue, progress: L1Progress | None) -> None:
        """After each turn: how far L1 is; and, twice a second at most, workers and books that changed."""
        self._is_replaying = False
        now_s = self._monotonic()
        is_due = now_s >= self._next_look_s
        if progress != self._progress or is_due:  # again now and then: what was told may not have been written
            self._progress = progress
            self.recorder.progress(progress)
        if not is_due:
            return
        self._next_look_s = now_s + self._look_s
        if self._pool is not None:
            workers = self._pool.workers()
            if workers != self._workers or any(one.number is not None for one in workers):
                self.recorder.workers(workers, now_s)
                self._workers = workers
        changed = self._changed_books(venue)
        if changed:
            self.recorder.books(changed)

    def _changed_books(self, venue: Venue) -> Sequence[BookView]:
        """Some 20 microseconds a series."""
        reader = VenueReader(venue)
        views = [reader.book(row.series.series_id, BOOK_DEPTH) for row in reader.series()]
        changed = [view for view in views if self._books.get(view.series_id) != view]
        self._books.update({view.series_id: view for view in changed})
        return changed
