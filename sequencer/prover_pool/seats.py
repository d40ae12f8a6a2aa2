"""A place in which one worker at a time works: on this machine here, on a cluster in `cluster`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from sequencer.prover_pool.errors import WorkerDied
from sequencer.prover_pool.jobs import ProvingJob
from sequencer.prover_pool.reports import Proven
from sequencer.prover_pool.setup import ProverSetup
from sequencer.prover_pool.worker_process import WorkerProcess


class Seat(Protocol):
    """What the pool needs of a place. One thread uses it; `kill` may come from any."""

    @property
    def name(self) -> str:
        """For people."""

    @property
    def process_id(self) -> int | None:
        """Of the worker, where it is on this machine."""

    @property
    def is_alive(self) -> bool:
        """Whether a worker that has no job is still there, as far as one can see without asking it."""

    def open(self, limit_s: float) -> None:
        """A fresh worker, its keys loaded. Raises a `WorkerFailure`, and `OSError` where nothing can be started."""

    def send_ahead(self, job: ProvingJob) -> None:
        """Leaves a job with the worker for when it is done with its present one. Only from within `on_phase`."""

    def prove(
        self, job: ProvingJob, limit_s: float, on_phase: Callable[[str], None], *, is_there: bool = False
    ) -> Proven:
        """What the worker claims to be a proof; `is_there` for a job that was sent ahead.

        `on_phase` is called by the thread that called this. Raises a `WorkerFailure`; then `stop` the worker and `open`
        another.
        """

    def kill(self) -> None:
        """Ends the worker, so that whoever waits for it gets a `WorkerFailure`."""

    def stop(self) -> None:
        """Ends the worker, if there is one, and frees what it held."""


class LocalSeat:
    """One process of this machine."""

    def __init__(self, name: str, setup: ProverSetup) -> None:
        self.name = name
        self._setup = setup
        self._process: WorkerProcess | None = None

    @property
    def process_id(self) -> int | None:
        """Of the operating system."""
        return None if self._process is None else self._process.process_id

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.is_alive

    def open(self, limit_s: float) -> None:
        """Starts a process and waits until it has loaded its keys."""
        self.stop()
        self._process = WorkerProcess(self.name, self._setup)
        self._process.wait_ready(limit_s)

    def send_ahead(self, job: ProvingJob) -> None:
        """To that process. Raises `WorkerDied` where there is none."""
        self._started().send_ahead(job)

    def prove(
        self, job: ProvingJob, limit_s: float, on_phase: Callable[[str], None], *, is_there: bool = False
    ) -> Proven:
        """The job, in that process."""
        return self._started().prove(job, limit_s, on_phase, is_there=is_there)

    def kill(self) -> None:
        """Kills the process."""
        process = self._process
        if process is not None:
            process.kill()

    def stop(self) -> None:
        """Kills the process, and waits for its end."""
        process, self._process = self._process, None
        if process is not None:
            process.stop()

    def _started(self) -> WorkerProcess:
        process = self._process
        if process is None:
            raise WorkerDied(self.name, "no worker was started")
        return process
