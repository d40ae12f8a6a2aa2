"""Batches are proved side by side, by workers that nobody trusts."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from threading import Condition, current_thread
from typing import Self

from sequencer.prover_pool.checking import ProofCheck
from sequencer.prover_pool.errors import BatchUnprovable, PoolBroken, PoolClosed
from sequencer.prover_pool.figures import PoolFigures, TimeSpent, WorkerState, WorkerStatus
from sequencer.prover_pool.jobs import BatchProof, ProvingJob
from sequencer.prover_pool.lanes import Lane
from sequencer.prover_pool.seats import LocalSeat, Seat
from sequencer.prover_pool.setup import PoolSettings, ProverSetup
from sequencer.prover_pool.waiting import Entry, WaitingJobs


class ProverPool:
    """A bounded queue of batches before some workers. Every proof is verified here before it is handed out.

    Safe to use from any thread. Futures are completed by the pool's threads, in any order; each carries its number.
    Leave it as a context manager, or call `close`, so that no worker is left; workers also end by themselves when this
    process does, however it ends.
    """

    def __init__(
        self,
        setup: ProverSetup,
        settings: PoolSettings | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Starts workers in the background; `wait_ready` waits for them.

        Raises `BackendUnavailable` and `ClusterUnreachable`.
        """
        self.settings = settings or PoolSettings()
        self._check = ProofCheck(setup)
        self._clock = clock
        self._changed = Condition()
        self._jobs = WaitingJobs(self.settings.jobs_limit)
        self._spent = TimeSpent(clock)
        self._at_end = ExitStack()
        self._is_open = True
        self._is_taking = True
        self._lanes = [
            Lane(seat, self._check, self, start_limit_s=self.settings.start_limit_s, limit_s=self.settings.limit_s)
            for seat in self._seats(setup)
        ]
        for lane in self._lanes:
            lane.thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- for whoever has batches -----------------------------------------------------------------------------------

    def submit(self, job: ProvingJob) -> Future[BatchProof]:
        """The future proof of a batch; the same one for a job that is being proved already. A few ms at LARGE.

        Raises `PoolFull`, `NumberTaken`, `PoolClosed` and `PoolBroken`. The future raises `BatchUnprovable`,
        `PoolClosed` and `PoolBroken`; while the job waits it can be cancelled.
        """
        public_signals = self._check.public_signals(job)
        with self._changed:
            if not self._is_taking:
                raise PoolClosed
            self._require_a_lane()
            self._account()
            future = self._jobs.add(job, public_signals)
            self._changed.notify_all()
            return future

    def wait_ready(self, timeout_s: float | None = None) -> bool:
        """Whether all workers have loaded their keys; waits for them. Raises `PoolBroken` when none will."""
        with self._changed:
            ready = self._changed.wait_for(
                lambda: all(lane.state != WorkerState.STARTING for lane in self._lanes), timeout_s
            )
            self._require_a_lane()
            return ready

    def drain(self, timeout_s: float | None = None) -> bool:
        """Takes no further job, and waits until none is left. Whether none is."""
        with self._changed:
            self._is_taking = False
            return self._changed.wait_for(lambda: self._jobs.n_waiting + self._jobs.n_working == 0, timeout_s)

    def close(self) -> None:
        """Ends all workers at once. What was not proved raises `PoolClosed`. May be called twice."""
        with self._changed:
            self._account()
            self._is_open = self._is_taking = False
            left = self._jobs.clear()
            self._changed.notify_all()
        for lane in self._lanes:
            lane.seat.kill()
        _give_up(left, PoolClosed())
        for lane in self._lanes:
            if lane.thread is current_thread():  # a future's callback closes the pool
                continue
            while lane.thread.is_alive():  # one may have been starting a process when it was to be killed
                lane.seat.kill()
                lane.thread.join(0.05)
        self._at_end.close()

    # -- for a screen ----------------------------------------------------------------------------------------------

    @property
    def n_waiting(self) -> int:
        """Jobs that no worker has."""
        with self._changed:
            return self._jobs.n_waiting

    @property
    def n_working(self) -> int:
        """Jobs that a worker has."""
        with self._changed:
            return self._jobs.n_working

    @property
    def is_mock(self) -> bool:
        """Whether proofs are mocks."""
        return self._check.is_mock

    def workers(self) -> tuple[WorkerStatus, ...]:
        """What each place is doing; times are by the pool's clock."""
        with self._changed:
            return tuple(lane.status for lane in self._lanes)

    def figures(self) -> PoolFigures:
        """How the time was spent since the pool began."""
        with self._changed:
            self._account()
            return self._spent.figures

    # -- for lanes -------------------------------------------------------------------------------------------------

    def take(self, lane: Lane) -> Entry | None:
        """As `Desk.take`."""
        with self._changed:
            while self._is_open:
                self._account()
                entry = self._jobs.take()
                if entry is not None:
                    lane.state, lane.number, lane.since_s = WorkerState.HANDOVER, entry.job.number, self._clock()
                    return entry
                self._changed.wait()
            return None

    def take_ahead(self) -> Entry | None:
        """As `Desk.take_ahead`: at least one job is left for each of the other lanes."""
        with self._changed:
            if not self._is_open or self._jobs.n_waiting < len(self._lanes):
                return None
            self._account()
            return self._jobs.take()

    def put_back(self, entry: Entry) -> None:
        """As `Desk.put_back`."""
        with self._changed:
            if self._is_open:
                self._account()
                self._jobs.put_back(entry)
                self._changed.notify_all()

    def succeeded(self, entry: Entry, proof: BatchProof) -> None:
        """As `Desk.succeeded`."""
        if self._removed(entry):
            entry.future.set_result(proof)

    def failed(self, entry: Entry, reason: str) -> None:
        """As `Desk.failed`: another try behind those that wait, or the end of the tries."""
        entry.failures.append(reason)
        if len(entry.failures) < self.settings.tries:
            self.put_back(entry)
        elif self._removed(entry):
            entry.future.set_exception(BatchUnprovable(entry.job.number, entry.failures))

    def pause(self, seconds: float) -> bool:
        """As `Desk.pause`."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_open, seconds)
            return self._is_open

    def noted(self, change: Callable[[float], None]) -> None:
        """As `Desk.noted`. With the last lane the jobs are lost too."""
        left: list[Entry] = []
        with self._changed:
            self._account()
            change(self._clock())
            if self._is_open and self._is_broken():
                left = self._jobs.clear()
            self._changed.notify_all()
        if left:
            _give_up(left, PoolBroken(self._reasons()))

    def _seats(self, setup: ProverSetup) -> Sequence[Seat]:
        if self.settings.cluster is None:
            return [LocalSeat(f"worker {place}", setup) for place in range(1, self.settings.workers + 1)]
        from sequencer.prover_pool.cluster import Cluster
        from sequencer.prover_pool.cluster_seats import cluster_seats

        cluster = Cluster(self.settings.cluster)
        self._at_end.callback(cluster.close)
        return cluster_seats(setup, self.settings.workers, cluster)

    def _removed(self, entry: Entry) -> bool:
        """Whether the entry was still the pool's, which it is no more; false once the pool was closed."""
        with self._changed:
            if not self._is_open:
                return False
            self._account()
            self._jobs.remove(entry)
            self._changed.notify_all()
            return True

    def _account(self) -> None:
        self._spent.account([lane.state for lane in self._lanes], self._jobs.n_waiting)

    def _is_broken(self) -> bool:
        return all(lane.state is WorkerState.BROKEN for lane in self._lanes)

    def _reasons(self) -> list[str]:
        return [lane.last_failure for lane in self._lanes]

    def _require_a_lane(self) -> None:
        if self._is_broken():
            raise PoolBroken(self._reasons())


def _give_up(entries: list[Entry], error: PoolBroken | PoolClosed) -> None:
    for entry in entries:
        if entry.future.running() or entry.future.set_running_or_notify_cancel():
            entry.future.set_exception(error)
