"""What runs in a worker of a cluster: one process for proofs in each, the same as on the pool's own machine.

Pools are told apart by a token, so that two of them never share a process. All three functions are called by the
cluster: `open_here` and `prove_here` as tasks, one at a time, and `close_here` at any time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from sequencer.prover_pool.errors import WorkerDied
from sequencer.prover_pool.jobs import ProvingJob
from sequencer.prover_pool.reports import Phase, encode_report
from sequencer.prover_pool.seats import LocalSeat
from sequencer.prover_pool.setup import ProverSetup


@dataclass(frozen=True, slots=True)
class _Opened:
    """A process, how often the pool had opened one when it was started, and the lock of whoever uses it."""

    generation: int
    seat: LocalSeat
    working: Lock = field(default_factory=Lock)


_opened: Final[dict[str, _Opened]] = {}
_changing: Final = Lock()


def open_here(token: str, name: str, generation: int, setup: ProverSetup, limit_s: float) -> None:
    """Starts the pool's process here, instead of one that there may be. Raises as `Seat.open`."""
    opened = _Opened(generation, LocalSeat(name, setup))
    with _changing:
        before = _opened.get(token)
        _opened[token] = opened
    if before is not None:
        before.seat.kill()
    opened.seat.open(limit_s)


def prove_here(token: str, name: str, generation: int, job: ProvingJob, limit_s: float, topic: str) -> bytes:
    """The worker's report of a job, with its phases published under `topic`. Raises as `Seat.prove`.

    A job that was sent ahead waits for the one before it, and is not begun by a process that came later.
    """
    from distributed import get_worker

    with _changing:
        opened = _opened.get(token)
    if opened is None or opened.generation != generation:
        raise WorkerDied(name, "the process was started anew")
    worker = get_worker()

    def publish(phase: str) -> None:
        worker.log_event(topic, encode_report(Phase(job.number, phase)).decode())

    with opened.working:
        return encode_report(opened.seat.prove(job, limit_s, publish))


def close_here(token: str) -> None:
    """Ends the pool's process here, if there is one."""
    with _changing:
        opened = _opened.pop(token, None)
    if opened is not None:
        opened.seat.kill()
