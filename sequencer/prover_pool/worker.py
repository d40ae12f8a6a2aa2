"""The program of a worker: `python -m sequencer.prover_pool.worker DESCRIPTOR`, started by the pool alone.

It gets its `ProverSetup` and then jobs through the socket that it inherits as DESCRIPTOR, and answers with reports. It
loads kernels, tape and key once. Whatever goes wrong with a job ends it, and its last line on standard error is the
reason: the pool goes on with a fresh one. It ends at once when the pool's side of the socket is closed, which the
system does for a pool that was killed.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Protocol, TypeAlias

from prover.errors import ProverError
from prover.kernels.errors import KernelError
from sequencer.prover_pool.errors import KeyFileRefused
from sequencer.prover_pool.giving_way import give_way
from sequencer.prover_pool.jobs import ProvingJob
from sequencer.prover_pool.provers import open_prover
from sequencer.prover_pool.reports import Phase, Proven, Ready, Refused, Report, encode_report
from sequencer.prover_pool.setup import ProverSetup


class JobProver(Protocol):
    """What does the work in a worker."""

    @property
    def key_digest(self) -> bytes:
        """Of the verification key; empty for a mock."""

    def prove(self, job: ProvingJob, on_phase: Callable[[str], None]) -> Proven:
        """A proof of the job; anything raised ends the worker."""


OpenProver: TypeAlias = Callable[[ProverSetup], JobProver]


def serve(connection: Connection, opened: OpenProver) -> int:
    """Works until the pool's side is closed. The exit code of the process: 0, or 1 where the setup was refused."""
    setup: ProverSetup = connection.recv()
    if setup.gives_way:
        give_way()
    sending = Lock()

    def send(report: Report) -> None:
        with sending:
            connection.send_bytes(encode_report(report))

    jobs: SimpleQueue[ProvingJob] = SimpleQueue()
    Thread(target=_receive, args=(connection, jobs), name="jobs", daemon=True).start()
    try:
        prover = opened(setup)
    except (KeyFileRefused, ProverError, KernelError) as error:
        send(Refused(f"{type(error).__name__}: {error}"))
        return 1
    send(Ready(prover.key_digest))
    while True:
        job = jobs.get()
        send(prover.prove(job, _phases(job.number, send)))


def _phases(number: int, send: Callable[[Report], None]) -> Callable[[str], None]:
    return lambda phase: send(Phase(number, phase))


def _receive(connection: Connection, jobs: SimpleQueue[ProvingJob]) -> None:
    """Jobs from the pool. Ends the process, in the middle of a proof too, when there is no pool any more."""
    while True:
        try:
            jobs.put(connection.recv())
        except (EOFError, OSError):
            os._exit(0)


def main(opened: OpenProver = open_prover) -> int:
    """Ctrl-C in a terminal reaches every process in it: it is the pool's to end its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return serve(Connection(int(sys.argv[1])), opened)
    except (EOFError, BrokenPipeError):
        return 0


if __name__ == "__main__":
    sys.exit(main())
