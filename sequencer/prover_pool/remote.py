"""What runs in a worker of a cluster: one process for proofs in each, the same as on the pool's own machine.

Pools are told apart by a token, so that two of them never share a process. All three functions are called by the
cluster: `open_here` and `prove_here` as tasks, one at a time, and `close_here` at any time.
"""

from __future__ import annotations

from threading import Lock
from typing import Final

from sequencer.prover_pool.errors import WorkerDied
from sequencer.prover_pool.jobs import ProvingJob
from sequencer.prover_pool.reports import Phase, encode_report
from sequencer.prover_pool.seats import LocalSeat
from sequencer.prover_pool.setup import ProverSetup

_open: Final[dict[str, LocalSeat]] = {}
_changing: Final = Lock()


def open_here(token: str, name: str, setup: ProverSetup, limit_s: float) -> None:
    """Starts the pool's process here, instead of one that there may be. Raises as `Seat.open`."""
    seat = LocalSeat(name, setup)
    with _changing:
        before = _open.get(token)
        _open[token] = seat
    if before is not None:
        before.kill()
    seat.open(limit_s)


def prove_here(token: str, name: str, job: ProvingJob, limit_s: float, topic: str) -> bytes:
    """The worker's report of a job, with its phases published under `topic`. Raises as `Seat.prove`."""
    from distributed import get_worker

    with _changing:
        seat = _open.get(token)
    if seat is None:
        raise WorkerDied(name, "the cluster started its worker anew")
    worker = get_worker()

    def publish(phase: str) -> None:
        worker.log_event(topic, encode_report(Phase(job.number, phase)).decode())

    return encode_report(seat.prove(job, limit_s, publish))


def close_here(token: str) -> None:
    """Ends the pool's process here, if there is one."""
    with _changing:
        seat = _open.pop(token, None)
    if seat is not None:
        seat.kill()
