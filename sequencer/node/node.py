"""A node: a log, a venue, and what follows them, put together, and the threads that keep them going."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Final

import structlog

from sequencer.api.port import BatchMoved, Condition, Health
from sequencer.api.projection import Projection
from sequencer.api.server import RunningApi
from sequencer.follower import Fed, FollowerStatus
from sequencer.follower.door import RefusedMessage
from sequencer.follower.errors import FAILURES
from sequencer.l1.reports import Report
from sequencer.messages import EndBatch, Message, NewTable, ReceiveQueue, encode_message
from sequencer.node.door import Door, events_of
from sequencer.node.ending import BatchEnder
from sequencer.node.errors import NodeError, NotSequencing, ProvingBehind
from sequencer.node.parts import NodeParts
from sequencer.node.sequencing import Sequencer
from sequencer.store import EventLog
from sequencer.submitter.events import Event as L1Event
from sequencer.venue import NEVER_TRACED, Venue
from sequencer.venue.sequenced import MS_PER_S, REFUSALS, Sequenced, replay

LOG_NAME: Final = "node.db"
FED_AT_ONCE: Final = 1_024
"""Of an old log."""


class Node:
    """Everything that an operator runs but the oracles and the API's server. `start` once, then `stop`.

    It is the `Listener` of what follows its log.
    """

    def __init__(self, parts: NodeParts) -> None:
        """Opens the log, rebuilds the venue from it, and has the follower do the same and look at L1.

        Raises `StoreError`, `MalformedMessage`, and what opening the follower raises.
        """
        self.parts = parts
        self._log = structlog.get_logger("node")
        self.event_log = EventLog(parts.folder / LOG_NAME, parts.open_database)
        self.venue = Venue(parts.genesis, parts.crypto, first_traced=NEVER_TRACED)
        self.projection = Projection(parts.info)
        self.sequencer = Sequencer(self.venue, self.event_log, self, clock=parts.clock)
        self.door = Door(parts.info, self.sequencer, self.health, self._congestion)
        self.progress = FollowerStatus()
        self.failure: BaseException | None = None
        self.api: RunningApi | None = None
        self._last_cut = 0
        self._last_l1_s = parts.monotonic()
        self._ended = threading.Event()
        self._ender = BatchEnder(parts, self.sequencer, lambda: self.unproven, self._ended)
        self._batcher = threading.Thread(target=self._guarded, args=(self._ender.run,), name="batcher", daemon=True)
        self.follower = parts.open_follower(self, self.event_log.database)
        try:
            self._replay()
            self.follower.open()
        except BaseException:
            self.stop("it did not begin")
            raise
        self._ender.look(self.venue)
        self._table_time_s = self.venue.table_time_s

    def start(self) -> None:
        """Begins to sequence, to prove and to submit."""
        self.sequencer.start()
        self._batcher.start()
        self.follower.start()

    def stop(self, why: str = "the node was stopped") -> None:
        """Ends all threads and processes and closes the log. May be called again."""
        self._ended.set()
        self.sequencer.stop(why, wait_s=30)
        self.follower.close(why)
        if self._batcher.is_alive():
            self._batcher.join(30)
        self.event_log.close()

    # -- what the sequencer tells ------------------------------------------------------------------------------------

    def on_applied(self, kept: Sequence[Sequenced]) -> None:
        """The venue has gone on."""
        if any(isinstance(one.message, NewTable | EndBatch) for one in kept):
            self._ender.has_ended()
        self._ender.look(self.venue)

    def on_sequenced(self, sequenced: Sequence[Sequenced]) -> None:
        """A group is durable."""
        for one in sequenced:
            if isinstance(one.message, NewTable) and one.refusal is None:
                self._table_time_s = one.message.time_s
        self.follower.feed([self._fed(one) for one in sequenced])
        self.door.publish(events_of(sequenced), sequenced[-1].sequence if sequenced else None)

    def on_refused(self, message: Message, error: Exception) -> None:
        """Only the record will know of it."""
        time_ms = int(self.parts.clock() * MS_PER_S)
        self.follower.note(RefusedMessage(time_ms, encode_message(message), type(error).__name__, str(error)))

    def on_group_end(self) -> None:
        """Everybody is answered."""
        self.door.answer()

    # -- what the follower tells -------------------------------------------------------------------------------------

    def moved(self, events: Sequence[BatchMoved]) -> None:
        """Batches have come so far on L1 for good."""
        self.door.publish(list(events))

    def received(self, message: ReceiveQueue) -> None:
        """L1's queue cannot be passed over: what the venue does not take of it ends the node."""
        try:
            self.sequencer.submit_own(message).add_done_callback(self._queue_taken)
        except NotSequencing:
            return  # it comes again after the restart

    def told(self, event: L1Event) -> None:
        """What happened on L1."""
        self.parts.tell(event)

    def status(self, status: FollowerStatus) -> None:
        """How far the follower is."""
        if status.l1_looks != self.progress.l1_looks:
            self._last_l1_s = self.parts.monotonic()
        self.progress = status

    def failed(self, error: BaseException) -> None:
        """The follower has ended, or a thread: a part of a node alone is worse than none."""
        if self.failure is None:
            self.failure = error
        why = f"{type(error).__name__}: {error}"
        self._log.error("the node stops", why=why)
        self.sequencer.stop(why, wait_s=0)

    # -- for oracles and operators -----------------------------------------------------------------------------------

    def take_table(self, report: Report, message: NewTable, signatures: Sequence[bytes]) -> Sequenced:
        """A risk table that a quorum has signed: kept for L1 first, then in force.

        L1 would never take batches by a table that it does not have, nor for long those by an older one than it has: so
        the venue is asked before, and a crash in between leaves L1 with a table that the next one follows. Raises what
        the venue refuses with, `NotSequencing` and `FollowerClosed`.
        """
        self.sequencer.ask(lambda venue: venue.accepted_table(message)).result()
        self.follower.report(report, signatures).result()
        return self.sequencer.submit_own(message).result()

    def end_batch(self, time_s: int) -> Sequenced:
        """Ends the batch now. Raises what the venue refuses with."""
        return self.sequencer.submit_own(EndBatch(time_s)).result()

    @property
    def unproven(self) -> int:
        """How many batches were cut, from the first without a proof on."""
        return max(0, self._last_cut - self.progress.proven_through)

    def health(self) -> Health:
        """Whether the node can be used, and why not."""
        stopped, behind = self.sequencer.stopped, self._congestion()
        age_s = None if self._table_time_s is None else self.parts.clock() - self._table_time_s
        silent_s = self.parts.monotonic() - self._last_l1_s
        most_age_s = self.parts.genesis.report_age_s
        return Health(
            (
                Condition("log", stopped is None, stopped or ""),
                Condition("l1", silent_s < 10 * self.parts.poll_s + 5, f"not seen for {silent_s:.0f} s"),
                Condition(
                    "prices",
                    age_s is not None and age_s <= most_age_s,
                    "none yet" if age_s is None else f"{age_s:.0f} s old, {most_age_s} may be",
                ),
                Condition("proving", behind is None, "" if behind is None else str(behind)),
                Condition("threads", self.failure is None, "" if self.failure is None else str(self.failure)),
            )
        )

    # -- inside ------------------------------------------------------------------------------------------------------

    def _replay(self) -> None:
        waiting: list[Fed] = []
        for entry in self.event_log.entries():
            one = replay(self.venue, entry)
            for event in events_of([one]):
                self.projection.feed(event)
            waiting.append(self._fed(one))
            if len(waiting) == FED_AT_ONCE:
                self.follower.feed(waiting)
                waiting = []
        self.follower.feed(waiting)

    def _fed(self, one: Sequenced) -> Fed:
        batches = one.outcome.batches
        if not batches:
            return Fed(one.logged)
        self._last_cut = batches[-1].number
        return Fed(one.logged, batches[-1].root)

    def _congestion(self) -> ProvingBehind | None:
        unproven, limit, stuck = self.unproven, self.parts.batches.limit_unproven, self.progress.stuck
        return ProvingBehind(unproven, limit, stuck) if unproven >= limit or stuck is not None else None

    def _queue_taken(self, future: Future[Sequenced]) -> None:
        error = future.exception()
        if isinstance(error, REFUSALS):
            self.failed(error)

    def _guarded(self, run: Callable[[], None]) -> None:
        try:
            run()
        except NotSequencing:
            return
        except (NodeError, *FAILURES) as error:
            self.failed(error)
        except BaseException as error:
            self.failed(error)
            raise
