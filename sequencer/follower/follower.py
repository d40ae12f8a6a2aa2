"""Follows the log with a venue of its own, and carries the batches that come of it to L1.

It has time for what the sequencer has not: traces, hashes of words, proofs, and an L1 that answers slowly.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from threading import Event, Lock
from typing import Final

from sequencer.follower.door import Fed, FollowerStatus, Listener
from sequencer.follower.errors import FollowerClosed, L1NotSeen, RootsDisagree
from sequencer.follower.facts import Facts
from sequencer.follower.l1_watch import L1Watch
from sequencer.follower.parts import FollowerParts
from sequencer.follower.pipeline import Pipeline
from sequencer.l1.reports import Report
from sequencer.store import ProofCache
from sequencer.submitter.work import Settlements
from sequencer.venue import CutBatch, Venue
from sequencer.venue.sequenced import follow

MOST_AT_ONCE: Final = 512
"""Entries that are followed before proofs and L1 get their turn."""

GATHER_S: Final = 0.02
"""Groups of orders come a hundred a second, and a turn for each would take longer than what is in them."""

LOOKS_AT_START: Final = 5


class Follower:
    """One thread opens it and takes turns; `feed`, `report`, `settle` and `close` are for any."""

    def __init__(self, parts: FollowerParts, listener: Listener) -> None:
        """Raises `StoreError`."""
        self._parts, self._listener = parts, listener
        self._facts = Facts(parts.database)
        self.venue = Venue(parts.genesis, parts.crypto, first_traced=self._facts.executed + 1)
        self._roots: dict[int, int] = {0: self.venue.state.root}
        self._lock = Lock()
        self._fed: deque[Fed] = deque()
        self._given: deque[tuple[Future[bool], Callable[[], bool]]] = deque()
        self._closed: str | None = None
        self._rebuilt: list[CutBatch] = []
        self._pipeline: Pipeline | None = None
        self._watch: L1Watch | None = None
        self._followed = 0
        self._told: FollowerStatus | None = None
        self.settlements_before: Settlements = {}
        self._ended = Event()
        self.work = Event()

    # -- for any thread ----------------------------------------------------------------------------------------------

    def feed(self, entries: Sequence[Fed]) -> None:
        """Entries of the log in their order, each once, when they are durable. Never waits."""
        self._fed.extend(entries)
        self.work.set()

    def report(self, report: Report, signatures: Sequence[bytes]) -> Future[bool]:
        """A risk table for L1, before the batches that are judged by it. Raises `FollowerClosed`."""
        return self._give(lambda: self._l1.report(report, signatures))

    def settle(self, underlying: int, expiry_s: int, observations: Sequence[tuple[int, bytes]]) -> Future[bool]:
        """A settlement price for L1. Raises `FollowerClosed`."""
        return self._give(lambda: self._l1.settle(underlying, expiry_s, observations))

    def close(self, why: str) -> None:
        """Takes in nothing more; whoever waits is told. May be called again."""
        with self._lock:
            self._closed = self._closed or why
            left, self._given = self._given, deque()
        for future, _ in left:
            future.set_exception(FollowerClosed(why))
        self._ended.set()
        self.work.set()

    # -- for its own thread ------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Follows what was fed before, and looks at L1: nothing is sequenced before L1 is known to be the right one.

        Raises `MalformedMessage`, `RootsDisagree`, `StoreError`, `L1NotSeen`, and what L1 is refused for:
        `WrongChainId`, `NoContract`, `WrongCode`, `WrongKey`, `RootsDiffer`.
        """
        parts = self._parts
        while self._follow():
            pass
        self._l1, queue = parts.open_l1(parts.database, self._roots.get, self.venue.next_queue_index)
        self.settlements_before = self._l1.settlements
        self._watch = L1Watch(parts, self._listener, self._l1, queue, self._executed)
        first = self._rebuilt[0].number if self._rebuilt else self.venue.next_batch
        self._pipeline = Pipeline(
            parts.pool,
            self._l1,
            ProofCache(parts.database),
            parts.crypto,
            chain_id=parts.genesis.domain.chain_id,
            is_local=parts.is_local,
            proven_through=first - 1,
            wake=self.work.set,
            on_prepared=parts.recording.prepared,
            on_proof=parts.recording.proved,
        )
        self.resume()
        self._see_l1()
        self._tell_status()

    def resume(self) -> None:
        """Hands over the batches of before, but those which L1 has executed for good."""
        for batch in self._rebuilt:
            self.pipeline.add_batch(batch)
        self._rebuilt.clear()

    def run(self) -> None:
        """Takes turns until it is closed. Raises what ends it: `StoreError`, `L1Error`, `ProverPoolError` …"""
        while self._closed is None:
            self.work.clear()
            happened = self.take_turn(looks_at_l1=self.watch.is_due())
            if not (happened or self._fed or self._given):
                self.work.wait(self.watch.left_s)
                self._ended.wait(GATHER_S)

    def take_turn(self, *, looks_at_l1: bool = True) -> bool:
        """Follows the log a little, moves proofs on, and has a look at L1; whether anything happened.

        Looking costs some requests to L1's nodes. Raises what ends the follower for good.
        """
        self._take_given()
        happened = self._follow()
        if self.pipeline.take_turn():
            happened = self.watch.has_news = True
        if looks_at_l1:
            happened = self.watch.look() or happened
        self._parts.recording.turned(self.venue, self.pipeline.progress)
        self._tell_status()
        return happened

    @property
    def pipeline(self) -> Pipeline:
        """Once it is open. Raises `FollowerClosed` before."""
        if self._pipeline is None:
            raise FollowerClosed("it was not opened yet")
        return self._pipeline

    @property
    def watch(self) -> L1Watch:
        """Once it is open. Raises `FollowerClosed` before."""
        if self._watch is None:
            raise FollowerClosed("it was not opened yet")
        return self._watch

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits here: neither to be followed nor to be proven."""
        return not (self._fed or self._given) and self.pipeline.is_idle

    # -- inside ------------------------------------------------------------------------------------------------------

    def _give(self, do: Callable[[], bool]) -> Future[bool]:
        future: Future[bool] = Future()
        with self._lock:
            if self._closed is not None:
                raise FollowerClosed(self._closed)
            self._given.append((future, do))
        self.work.set()
        return future

    def _take_given(self) -> None:
        while self._given:
            with self._lock:
                future, do = self._given.popleft()
            try:
                future.set_result(do())
            except Exception as error:
                future.set_exception(error)
                raise
            self.watch.has_news = True

    def _follow(self) -> bool:
        """Applies what was fed; whether there was any."""
        count = min(len(self._fed), MOST_AT_ONCE)
        for _ in range(count):
            self._apply(self._fed.popleft())
        return count > 0

    def _apply(self, fed: Fed) -> None:
        one = follow(self.venue, fed.logged)
        self._followed = one.sequence
        self._parts.recording.followed(one)
        for batch in one.outcome.batches:
            self._roots[batch.number] = batch.root
            if self._pipeline is not None:
                self._pipeline.add_batch(batch)
                self.watch.has_news = True
            elif batch.trace is not None:
                self._rebuilt.append(batch)
        if fed.root is not None and fed.root != self.venue.state.root:
            raise RootsDisagree(one.sequence, self.venue.state.root, fed.root)

    def _executed(self, number: int) -> None:
        if number > self._facts.executed:
            self._facts.note_executed(number)
            self.pipeline.forget_through(number)

    def _see_l1(self) -> None:
        for _ in range(LOOKS_AT_START):
            self.watch.look()
            if self.watch.looks or self._closed is not None:
                return
            self.work.wait(self._parts.poll_s)
            self.work.clear()
        raise L1NotSeen(LOOKS_AT_START)

    def _tell_status(self) -> None:
        pipeline, progress = self.pipeline, self.pipeline.progress
        status = FollowerStatus(
            self._followed,
            pipeline.proven_through,
            None if pipeline.stuck is None else str(pipeline.stuck),
            self.is_idle,
            l1_looks=self.watch.looks,
        )
        if progress is not None:
            status = replace(
                status,
                committed=progress.committed,
                proven=progress.proven,
                executed=progress.executed,
                final_executed=progress.final_executed,
            )
        if status != self._told:
            self._told = status
            self._listener.status(status)
