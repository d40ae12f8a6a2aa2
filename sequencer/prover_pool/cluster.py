"""Places on a cluster of dask.distributed: each leases one of its workers, which starts the same process as here.

The process is a child of the cluster's worker, so that time limits are kept on the machine where the proof is made, and
a proof that crashes leaves the cluster's worker whole. Where that worker itself is lost, the place leases another.

dask reads what its workers send as Python objects: a cluster is as trusted as this machine, and is to be reached by
TLS (dask's own configuration) or on a network of one's own. Proofs are checked all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from threading import Event, Lock
from time import monotonic
from typing import Any, Final
from uuid import uuid4

from sequencer.prover_pool.errors import (
    ClusterUnreachable,
    WorkerDied,
    WorkerFailure,
    WorkerGarbage,
    WorkerRefused,
    WorkerTimedOut,
)
from sequencer.prover_pool.jobs import ProvingJob
from sequencer.prover_pool.remote import close_here, open_here, prove_here
from sequencer.prover_pool.reports import Garbage, Phase, Proven, decode_report
from sequencer.prover_pool.setup import ProverSetup

LOOK_S: Final = 0.5
"""How often a place looks whether its worker is still part of the cluster."""

MESSAGES_S: Final = 10.0
"""What an answer may come later than the limit that is kept at the other end."""

CONNECT_S: Final = 20.0
CLOSE_S: Final = 5.0


class Cluster:
    """A connection to a scheduler, and which of its workers are leased to which place."""

    def __init__(self, address: str) -> None:
        """Raises `ClusterUnreachable`."""
        from distributed import Client

        try:
            connect: Any = Client
            self.client: Any = connect(address, timeout=CONNECT_S, set_as_default=False)
        except OSError as error:
            raise ClusterUnreachable(address, str(error)) from error
        self.token = uuid4().hex
        self._lock = Lock()
        self._leased: set[str] = set()
        self._refused: dict[str, str] = {}

    def live(self) -> set[str]:
        """Addresses of the workers that the scheduler has. Raises `ConnectionError` when it is gone."""
        with _a_lost_scheduler_named():
            return set(self.client.scheduler_info(n_workers=-1)["workers"])

    def end_process(self, address: str | None = None) -> None:
        """Ends the pool's process on one worker, or on all of them. A cluster that is gone has ended them itself."""
        with suppress(OSError), _a_lost_scheduler_named():
            there = self.live() if address is None else self.live() & {address}
            if there:
                self.client.run(close_here, self.token, workers=sorted(there), on_error="ignore")

    def submit(self, address: str, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """A future of the function on this worker and nowhere else, once. Raises `ConnectionError`."""
        with _a_lost_scheduler_named():
            return self.client.submit(
                function, *arguments, workers=[address], allow_other_workers=False, pure=False, retries=0
            )

    def lease(self) -> str | None:
        """A worker for one place alone; None when there is none left."""
        live = self.live()
        with self._lock:
            free = sorted(live - self._leased - self._refused.keys())
            if free:
                self._leased.add(free[0])
            return free[0] if free else None

    def give_back(self, address: str) -> None:
        """The worker may be leased again."""
        with self._lock:
            self._leased.discard(address)

    def refuse(self, address: str, reason: str) -> None:
        """The worker is of no use to this pool."""
        with self._lock:
            self._refused[address] = reason

    def refusals(self) -> str:
        """Why workers were refused; empty when none was."""
        with self._lock:
            return "; ".join(f"{address}: {reason}" for address, reason in self._refused.items())

    def close(self) -> None:
        """Ends the pool's processes on all workers, and the connection."""
        self.end_process()
        self.client.close(timeout=CLOSE_S)


@contextmanager
def _a_lost_scheduler_named() -> Iterator[None]:
    """Without a scheduler a client of distributed fails in any of these ways, according to what it was doing."""
    try:
        yield
    except (AttributeError, KeyError, RuntimeError, ValueError) as error:
        raise ConnectionError(f"the scheduler is gone: {error!r}") from error


class ClusterSeat:
    """One worker of the cluster at a time."""

    process_id = None

    def __init__(self, name: str, setup: ProverSetup, cluster: Cluster) -> None:
        self.name = name
        self._setup = setup
        self._cluster = cluster
        self._address: str | None = None
        self._killed = Event()
        self._topic = f"zkclear-{cluster.token}-{name}"
        self._listening = Lock()
        self._job: tuple[int, Callable[[str], None]] | None = None
        cluster.client.subscribe_topic(self._topic, self._hear)

    @property
    def is_alive(self) -> bool:
        """Whether the leased worker is known; whether it still lives is asked while a job is there."""
        return self._address is not None and not self._killed.is_set()

    def open(self, limit_s: float) -> None:
        """Leases a worker and has it start its process; goes on to the next one when a worker refuses."""
        self.stop()
        self._killed.clear()
        deadline_s = monotonic() + limit_s
        while True:
            self._address = address = self._leased(deadline_s)
            try:
                self._call(limit_s, open_here, self._cluster.token, address, self._setup, limit_s)
            except WorkerRefused as refusal:
                self._cluster.refuse(address, refusal.reason)
                self.stop()
            else:
                return

    def prove(self, job: ProvingJob, limit_s: float, on_phase: Callable[[str], None]) -> Proven:
        """The job, on the leased worker."""
        if self._address is None:
            raise WorkerDied(self.name, "no worker is leased")
        with self._listening:
            self._job = (job.number, on_phase)
        try:
            message = self._call(limit_s, prove_here, self._cluster.token, self._address, job, limit_s, self._topic)
        finally:
            with self._listening:
                self._job = None
        try:
            report = decode_report(message) if isinstance(message, bytes) else None
        except Garbage as error:
            raise WorkerGarbage(self._address, str(error)) from error
        if not isinstance(report, Proven) or report.number != job.number:
            raise WorkerGarbage(self._address, f"no proof of batch {job.number}")
        return report

    def kill(self) -> None:
        """Whoever waits for the worker stops waiting; the process at the other end is killed when it is reached."""
        self._killed.set()

    def stop(self) -> None:
        """Ends the process at the other end, and gives the worker back."""
        address, self._address = self._address, None
        if address is None:
            return
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

    def _call(self, limit_s: float, function: Callable[..., Any], *arguments: Any) -> Any:
        """Runs a function on the leased worker, its second argument. Raises a `WorkerFailure`."""
        address = str(arguments[1])
        answered = Event()
        deadline_s = monotonic() + limit_s + MESSAGES_S
        try:
            future = self._cluster.submit(address, function, arguments)
            future.add_done_callback(lambda _: answered.set())
            try:
                while not answered.wait(LOOK_S):
                    self._require_hope(address, deadline_s, limit_s)
                failure = future.exception(timeout=MESSAGES_S)
                if failure is None:
                    return future.result(timeout=MESSAGES_S)
            finally:
                with _a_lost_scheduler_named():
                    future.cancel()
        except (CancelledError, OSError) as error:
            raise WorkerDied(address, f"lost by the cluster: {error}") from error
        if isinstance(failure, WorkerFailure):
            raise failure
        if isinstance(failure, ImportError | AttributeError | TypeError):
            raise WorkerRefused(address, f"has another version of this program: {failure}")
        raise WorkerDied(address, f"{type(failure).__name__}: {failure}")

    def _require_hope(self, address: str, deadline_s: float, limit_s: float) -> None:
        """Raises a `WorkerFailure` when there is nothing to wait for any more."""
        if self._killed.is_set():
            raise WorkerDied(address, "the pool was closed")
        if monotonic() > deadline_s:
            raise WorkerTimedOut(address, f"no answer after {limit_s + MESSAGES_S:g} s")
        if address not in self._cluster.live():
            raise WorkerDied(address, "left the cluster")

    def _hear(self, event: tuple[float, Any]) -> None:
        """A phase that the worker published."""
        try:
            report = decode_report(str(event[1]).encode())
        except Garbage:
            return
        with self._listening:
            if isinstance(report, Phase) and self._job is not None and report.number == self._job[0]:
                self._job[1](report.name)


def cluster_seats(setup: ProverSetup, places: int, cluster: Cluster) -> list[ClusterSeat]:
    """As many places as workers are wanted; each waits for a worker of the cluster."""
    return [ClusterSeat(f"place {place}", setup, cluster) for place in range(1, places + 1)]
