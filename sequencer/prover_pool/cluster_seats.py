"""Places on a cluster: each leases one of its workers, which starts the same process as here.

The process is a child of the cluster's worker, so that time limits are kept on the machine where the proof is made, and
a proof that crashes leaves the cluster's worker whole. Where that worker itself is lost, the place leases another.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Event
from time import monotonic
from typing import Any, Final

from sequencer.prover_pool.cluster import Cluster
from sequencer.prover_pool.errors import WorkerDied, WorkerFailure, WorkerGarbage, WorkerRefused, WorkerTimedOut
from sequencer.prover_pool.jobs import ProvingJob
from sequencer.prover_pool.remote import open_here, prove_here
from sequencer.prover_pool.reports import Garbage, Phase, Proven, decode_report
from sequencer.prover_pool.setup import ProverSetup

LOOK_S: Final = 0.5
"""How often a place looks whether its worker is still part of the cluster."""

MESSAGES_S: Final = 10.0
"""What an answer may come later than the limit that is kept at the other end."""


class ClusterSeat:
    """One worker of the cluster at a time."""

    process_id = None

    def __init__(self, name: str, setup: ProverSetup, cluster: Cluster) -> None:
        self.name = name
        self._setup = setup
        self._cluster = cluster
        self._address: str | None = None
        self._generation = 0
        self._killed = Event()
        self._topic = f"zkclear-{cluster.token}-{name}"
        self._heard: SimpleQueue[Phase | None] = SimpleQueue()
        self._ahead: Any = None
        self._limit_s = 0.0
        cluster.client.subscribe_topic(self._topic, self._hear)

    @property
    def is_alive(self) -> bool:
        """Whether a worker is leased; whether it still lives is asked while it has a job."""
        return self._address is not None and not self._killed.is_set()

    def open(self, limit_s: float) -> None:
        """Leases a worker and has it start its process; goes on to the next one when a worker refuses."""
        self.stop()
        self._killed.clear()
        deadline_s = monotonic() + limit_s
        while True:
            self._generation += 1
            self._address = address = self._leased(deadline_s)
            try:
                future = self._submit(open_here, self._setup, limit_s)
                self._answer(address, future, limit_s, lambda _: None)
            except WorkerRefused as refusal:
                self._cluster.refuse(address, refusal.reason)
                self.stop()
            else:
                return

    def send_ahead(self, job: ProvingJob) -> None:
        """The cluster brings the job to its worker, which begins when it is done with the present one."""
        self._ahead = self._submit(prove_here, job, self._limit_s, self._topic)

    def prove(
        self, job: ProvingJob, limit_s: float, on_phase: Callable[[str], None], *, is_there: bool = False
    ) -> Proven:
        """The job, on the leased worker."""
        address = self._address
        if address is None:
            raise WorkerDied(self.name, "no worker is leased")
        self._limit_s = limit_s
        future = self._ahead if is_there else self._submit(prove_here, job, limit_s, self._topic)
        self._ahead = None if is_there else self._ahead
        message = self._answer(
            address, future, limit_s, lambda phase: on_phase(phase.name) if phase.number == job.number else None
        )
        try:
            report = decode_report(message) if isinstance(message, bytes) else None
        except Garbage as error:
            raise WorkerGarbage(address, str(error)) from error
        if not isinstance(report, Proven) or report.number != job.number:
            raise WorkerGarbage(address, f"no proof of batch {job.number}")
        return report

    def kill(self) -> None:
        """Whoever waits for the worker stops waiting; the process at the other end is killed when it is reached."""
        self._killed.set()
        self._heard.put(None)

    def stop(self) -> None:
        """Ends the process at the other end, and gives the worker back."""
        address, self._address = self._address, None
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            self._cluster.cancel(ahead)
        if address is not None:
            self._cluster.end_process(address)
            self._cluster.give_back(address)

    def _leased(self, deadline_s: float) -> str:
        while not self._killed.is_set():
            try:
                address = self._cluster.lease()
            except OSError as error:
                raise WorkerDied(self.name, str(error)) from error
            if address is not None:
                return address
            if refusals := self._cluster.refusals():
                raise WorkerRefused(self.name, refusals)
            if monotonic() > deadline_s:
                raise WorkerTimedOut(self.name, "the cluster has no free worker")
            self._killed.wait(LOOK_S)
        raise WorkerDied(self.name, "the pool was closed")

    def _submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """A future of the function on the leased worker. Raises `WorkerDied`."""
        address = str(self._address)
        try:
            future = self._cluster.submit(
                address, function, (self._cluster.token, address, self._generation, *arguments)
            )
        except OSError as error:
            raise WorkerDied(address, str(error)) from error
        future.add_done_callback(lambda _: self._heard.put(None))
        return future

    def _answer(self, address: str, future: Any, limit_s: float, on_phase: Callable[[Phase], None]) -> Any:
        """What the function returned. Raises a `WorkerFailure`."""
        deadline_s = monotonic() + limit_s + MESSAGES_S
        try:
            try:
                while not future.done():
                    phase = self._next_heard()
                    if phase is not None:
                        on_phase(phase)
                    elif not future.done():
                        self._require_hope(address, deadline_s, limit_s)
                failure = future.exception(timeout=MESSAGES_S)
                if failure is None:
                    return future.result(timeout=MESSAGES_S)
            finally:
                self._cluster.cancel(future)
        except (CancelledError, OSError) as error:
            raise WorkerDied(address, f"lost by the cluster: {error}") from error
        if isinstance(failure, WorkerFailure):
            raise failure
        if isinstance(failure, ImportError | AttributeError | TypeError):
            raise WorkerRefused(address, f"has another version of this program: {failure}")
        raise WorkerDied(address, f"{type(failure).__name__}: {failure}")

    def _next_heard(self) -> Phase | None:
        """A phase; None when something else happened, or nothing for a while."""
        try:
            return self._heard.get(timeout=LOOK_S)
        except Empty:
            return None

    def _require_hope(self, address: str, deadline_s: float, limit_s: float) -> None:
        """Raises a `WorkerFailure` when there is nothing to wait for any more."""
        if self._killed.is_set():
            raise WorkerDied(address, "the pool was closed")
        if monotonic() > deadline_s:
            raise WorkerTimedOut(address, f"no answer after {limit_s + MESSAGES_S:g} s")
        if address not in self._cluster.live():
            raise WorkerDied(address, "left the cluster")

    def _hear(self, event: tuple[float, Any]) -> None:
        """A phase that the worker published; called by the cluster's own thread."""
        with suppress(Garbage):
            report = decode_report(str(event[1]).encode())
            if isinstance(report, Phase):
                self._heard.put(report)


def cluster_seats(setup: ProverSetup, places: int, cluster: Cluster) -> list[ClusterSeat]:
    """As many places as workers are wanted; each waits for a worker of the cluster."""
    return [ClusterSeat(f"place {place}", setup, cluster) for place in range(1, places + 1)]
