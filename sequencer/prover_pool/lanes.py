"""One thread for each place: it opens a worker, feeds it, checks what comes out, and opens another when that one fails.

Each place has a thread of its own, so that a worker that hangs holds up its own job and no other. Where enough batches
wait, a worker gets its next one while it proves, so that it need not wait for this process, however busy that is.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from time import perf_counter
from typing import Final, Protocol

from sequencer.prover_pool.checking import ProofCheck
from sequencer.prover_pool.errors import WorkerFailure, WorkerRefused
from sequencer.prover_pool.figures import WorkerState, WorkerStatus
from sequencer.prover_pool.jobs import BatchProof
from sequencer.prover_pool.reports import Proven
from sequencer.prover_pool.seats import Seat
from sequencer.prover_pool.waiting import Entry

START_PAUSES_S: Final = (0.2, 2.0)
"""Between starts that fail one after the other; after the last the place is broken."""


class Desk(Protocol):
    """Where lanes get their jobs and leave their results: the pool, which locks."""

    def take(self, lane: Lane) -> Entry | None:
        """Waits for a job, which is then on its way to the lane's worker; None when the lane shall end."""

    def take_ahead(self) -> Entry | None:
        """A job for later, if there are more than enough for all that may soon be idle."""

    def put_back(self, entry: Entry) -> None:
        """A job that was not tried."""

    def succeeded(self, entry: Entry, proof: BatchProof) -> None:
        """A proof that was checked."""

    def failed(self, entry: Entry, reason: str) -> None:
        """One try more that led to nothing."""

    def pause(self, seconds: float) -> bool:
        """Waits, and says whether the pool is still open."""

    def noted(self, change: Callable[[float], None]) -> None:
        """Makes a change to a lane's state at the time that it is given, and books the time before on the old one."""


class Lane:
    """A place with its thread and what it does at the moment."""

    def __init__(self, seat: Seat, check: ProofCheck, desk: Desk, *, start_limit_s: float, limit_s: float) -> None:
        self.seat = seat
        self.state = WorkerState.STARTING
        self.number: int | None = None
        self.phase = ""
        self.since_s = 0.0
        self.proofs = 0
        self.failures = 0
        self.last_failure = ""
        self.thread = Thread(target=self._run, name=f"prover pool: {seat.name}", daemon=True)
        self._check = check
        self._desk = desk
        self._start_limit_s = start_limit_s
        self._limit_s = limit_s
        self._ahead: Entry | None = None

    @property
    def status(self) -> WorkerStatus:
        """For a screen."""
        return WorkerStatus(
            self.seat.name,
            self.state,
            self.since_s,
            self.number,
            self.phase,
            self.seat.process_id,
            self.proofs,
            self.failures,
            self.last_failure,
        )

    def _run(self) -> None:
        last = WorkerState.BROKEN
        try:
            while self._open() and self._work():
                pass
            if not self._desk.pause(0.0):
                last = WorkerState.STOPPED
        finally:
            self.seat.stop()
            self._become(last)

    def _open(self) -> bool:
        """A fresh worker; False when there is none to be had."""
        for pause_s in (*START_PAUSES_S, 0.0):
            self._become(WorkerState.STARTING)
            try:
                self.seat.open(self._start_limit_s)
            except (WorkerFailure, OSError) as failure:
                self.failures += 1
                self.last_failure = str(failure)
                self.seat.stop()
                if isinstance(failure, WorkerRefused) or not self._desk.pause(pause_s):
                    return False
            else:
                return True
        return False

    def _work(self) -> bool:
        """Job after job. True when another worker is needed, False when the pool is closed."""
        self._become(WorkerState.IDLE)
        while (entry := self._desk.take(self)) is not None:
            if not self.seat.is_alive:
                self._desk.put_back(entry)
                return True
            if not self._prove_on(entry):
                return True
        return False

    def _prove_on(self, entry: Entry | None) -> bool:
        """The job, and those that were sent ahead meanwhile. False when the worker failed."""
        is_there = False
        while entry is not None:
            proven, seconds = self._proven(entry, is_there=is_there)
            if proven is None:
                return False
            following, self._ahead = self._ahead, None
            if following is None:
                self._become(WorkerState.CHECKING, entry.job.number)
            else:
                self._become(WorkerState.PROVING, following.job.number)
            if not self._checked(entry, proven, seconds, following):
                return False
            entry, is_there = following, True
        self._become(WorkerState.IDLE)
        return True

    def _proven(self, entry: Entry, *, is_there: bool) -> tuple[Proven | None, float]:
        """What the worker claims, and how many seconds it took longer than it says."""
        number, began = entry.job.number, perf_counter()

        def on_phase(phase: str) -> None:
            self._become(WorkerState.PROVING, number, phase)
            if self._ahead is None and (following := self._desk.take_ahead()) is not None:
                self._ahead = following
                self.seat.send_ahead(following.job)

        proven: Proven | None = None
        reason = "a fault of the pool itself"
        try:
            proven = self.seat.prove(entry.job, self._limit_s, on_phase, is_there=is_there)
        except WorkerFailure as failure:
            reason = str(failure)
        finally:
            if proven is None:
                following, self._ahead = self._ahead, None
                self._failed(entry, reason, following)
        spent = perf_counter() - began
        return proven, 0.0 if proven is None else max(0.0, spent - sum(proven.seconds.values()))

    def _checked(self, entry: Entry, proven: Proven, handover_s: float, following: Entry | None) -> bool:
        """Hands the proof out if it is one. `following` is with the worker already."""
        began = perf_counter()
        reason = "a fault of the pool itself"
        try:
            self._check.require_true(proven, entry.public_signals, self.seat.name)
            reason = ""
        except WorkerFailure as failure:
            reason = str(failure)
        finally:
            if reason:
                self._failed(entry, reason, following)
        if reason:
            return False
        self.proofs += 1
        seconds = {**proven.seconds, "handover": handover_s, "check": perf_counter() - began}
        self._desk.succeeded(
            entry,
            BatchProof(
                entry.job.number,
                entry.public_signals,
                proven.proof,
                seconds,
                tries=len(entry.failures) + 1,
                worker=self.seat.name,
                is_mock=self._check.is_mock,
            ),
        )
        return True

    def _failed(self, entry: Entry, reason: str, following: Entry | None) -> None:
        """The worker is of no more use. What was sent ahead is the next again: nobody can say that it was tried."""
        self.failures += 1
        self.last_failure = reason
        self.seat.kill()
        self._become(WorkerState.STARTING)
        if following is not None:
            self._desk.put_back(following)
        self._desk.failed(entry, reason)

    def _become(self, state: WorkerState, number: int | None = None, phase: str = "") -> None:
        def change(now_s: float) -> None:
            self.state, self.number, self.phase, self.since_s = state, number, phase, now_s

        self._desk.noted(change)
