"""A node: log, venue, provers and L1 put together, and the threads that keep them going."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Final

import structlog

from rollup.recover import decode_queue_entry
from sequencer.api.port import Condition, Health
from sequencer.api.projection import Projection
from sequencer.api.server import RunningApi
from sequencer.l1.errors import L1Error
from sequencer.l1.reports import Report
from sequencer.messages import EndBatch, NewTable, ReceiveQueue
from sequencer.node.door import Door, events_of
from sequencer.node.ending import BatchEnder
from sequencer.node.errors import NodeError, NotSequencing, ProvingBehind
from sequencer.node.facts import Facts
from sequencer.node.finality import FinalityWatch
from sequencer.node.parts import NodeParts
from sequencer.node.pipeline import Pipeline
from sequencer.node.sequenced import REFUSALS, Sequenced, replay
from sequencer.node.sequencing import Sequencer
from sequencer.prover_pool import ProverPoolError
from sequencer.store import Database, EventLog, ProofCache, StoreError
from sequencer.submitter.submitter import PASSING, STOPPING
from sequencer.venue import Venue

LOG_NAME: Final = "node.db"
FAILURES: Final = (StoreError, L1Error, ProverPoolError, NodeError, *REFUSALS)
"""What may end a node, and is no fault of its program."""


class Node:
    """Everything that an operator runs but the oracles and the API's server. `start` once, then `stop`."""

    def __init__(self, parts: NodeParts) -> None:
        """Opens the log and rebuilds the venue from it. Raises `StoreError`, `MalformedMessage`."""
        self.parts = parts
        self._log = structlog.get_logger("node")
        self.event_log = EventLog(parts.folder / LOG_NAME, parts.open_database)
        database: Database = self.event_log.database
        self._facts = Facts(database)
        self.venue = Venue(parts.genesis, parts.crypto, first_traced=self._facts.executed + 1)
        self._roots: dict[int, int] = {0: self.venue.state.root}
        self.projection = Projection(parts.info)
        self._rebuilt: list[Sequenced] = []
        self._replay()
        l1, self._queue = parts.open_l1(database, self._roots.get, self.venue.next_queue_index)
        self.pipeline = Pipeline(
            parts.pool,
            l1,
            ProofCache(database),
            parts.crypto,
            chain_id=parts.genesis.domain.chain_id,
            is_local=parts.is_local,
        )
        self.sequencer = Sequencer(self.venue, self.event_log, self, clock=parts.clock)
        self.door = Door(parts.info, self.sequencer, self.health, self._congestion)
        self._finality = FinalityWatch()
        self._ended = threading.Event()
        self._ender = BatchEnder(parts, self.sequencer, lambda: self.pipeline.unproven, self._ended)
        self._ender.look(self.venue)
        self._last_l1_s = parts.monotonic()
        self._table_time_s = self.venue.table_time_s
        self.failure: BaseException | None = None
        self.api: RunningApi | None = None
        self._threads = [
            threading.Thread(target=self._guarded, args=(run,), name=name, daemon=True)
            for name, run in (("batcher", self._ender.run), ("l1", self._serve_l1))
        ]

    def start(self) -> None:
        """Begins to sequence, to prove and to submit."""
        self.resume()
        self.sequencer.start()
        for thread in self._threads:
            thread.start()

    def resume(self) -> None:
        """Hands over the batches that the log gave, but those which L1 has executed for good."""
        for one in self._rebuilt:
            self.pipeline.add_batches([batch for batch in one.outcome.batches if batch.trace is not None])
        self._rebuilt.clear()

    def stop(self, why: str = "the node was stopped") -> None:
        """Ends all threads and closes the log. May be called again."""
        self._ended.set()
        self.pipeline.close(why)
        self.pipeline.work.set()
        self.sequencer.stop(why, wait_s=30)
        for thread in self._threads:
            if thread.is_alive():
                thread.join(30)
        self.event_log.close()

    # -- what the sequencer's thread tells ---------------------------------------------------------------------------

    def on_sequenced(self, sequenced: Sequence[Sequenced]) -> None:
        """A group is durable."""
        for one in sequenced:
            self._note(one)
            if isinstance(one.message, NewTable | EndBatch):
                self._ender.has_ended()
            self.pipeline.add_batches(one.outcome.batches)
        self._ender.look(self.venue)
        self.door.publish(events_of(sequenced), sequenced[-1].sequence if sequenced else None)

    def on_group_end(self) -> None:
        """Everybody is answered."""
        self.door.answer()

    # -- for oracles and operators -----------------------------------------------------------------------------------

    def take_table(self, report: Report, message: NewTable, signatures: Sequence[bytes]) -> Sequenced:
        """A risk table that a quorum has signed: kept for L1 first, then in force.

        L1 would never take batches by a table that it does not have, nor for long those by an older one than it has: so
        the venue is asked before, and a crash in between leaves L1 with a table that the next one follows. Raises what
        the venue refuses with, and `NotSequencing`.
        """
        self.sequencer.ask(lambda venue: venue.accepted_table(message)).result()
        self.pipeline.add_report(report, signatures).result()
        return self.sequencer.submit_own(message).result()

    def end_batch(self, time_s: int) -> Sequenced:
        """Ends the batch now. Raises what the venue refuses with."""
        return self.sequencer.submit_own(EndBatch(time_s)).result()

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

    @property
    def roots(self) -> dict[int, int]:
        """The state root after each batch."""
        return self._roots

    # -- threads -----------------------------------------------------------------------------------------------------

    def _replay(self) -> None:
        for entry in self.event_log.entries():
            one = replay(self.venue, entry)
            self._note(one)
            for event in events_of([one]):
                self.projection.feed(event)
            if one.outcome.batches:
                self._rebuilt.append(one)

    def _note(self, one: Sequenced) -> None:
        for batch in one.outcome.batches:
            self._roots[batch.number] = batch.root
        if isinstance(one.message, NewTable | EndBatch) and one.refusal is None:
            self._table_time_s = self.venue.table_time_s

    def _congestion(self) -> ProvingBehind | None:
        unproven, limit = self.pipeline.unproven, self.parts.batches.limit_unproven
        if unproven < limit and self.pipeline.stuck is None:
            return None
        return ProvingBehind(unproven, limit)

    def _serve_l1(self) -> None:
        while not self._ended.is_set():
            if not self.take_l1_turn():
                self.pipeline.work.wait(self.parts.poll_s)

    def take_l1_turn(self) -> bool:
        """One turn of the thread that proves and submits; whether anything happened. For whoever has no thread run.

        Raises what ends the node.
        """
        events = self.pipeline.take_turn()
        for event in events:
            self.parts.tell(event)
        self._after_turn()
        return bool(events)

    def _after_turn(self) -> None:
        progress = self.pipeline.progress
        if progress is None:
            return
        self._last_l1_s = self.parts.monotonic()
        moved = self._finality.look(progress)
        if moved:
            self.door.publish(list(moved))
        if progress.final_executed > self._facts.executed:
            self._facts.note_executed(progress.final_executed)
        try:
            entries = self._queue.poll()
        except STOPPING:
            raise
        except PASSING as trouble:
            self._log.warning("the queue was not read", why=str(trouble))
            return
        if entries:
            found = tuple(decode_queue_entry(entry.words) for entry in entries)
            self.sequencer.submit_own(ReceiveQueue(entries[0].index, found)).add_done_callback(self._queue_taken)

    def _queue_taken(self, future: Future[Sequenced]) -> None:
        """L1's queue cannot be passed over: what the venue does not take of it ends the node."""
        error = future.exception()
        if isinstance(error, REFUSALS):
            self._fail(error)

    def _guarded(self, run: Callable[[], None]) -> None:
        """A thread that fails stops the node: a part of it alone is worse than none."""
        try:
            run()
        except NotSequencing:
            return
        except FAILURES as error:
            self._fail(error)
        except BaseException as error:
            self._fail(error)
            raise

    def _fail(self, error: BaseException) -> None:
        self.failure = error
        why = f"{type(error).__name__}: {error}"
        self._log.error("the node stops", why=why)
        self.pipeline.close(why)
        self.sequencer.stop(why, wait_s=0)
