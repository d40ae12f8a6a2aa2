"""A worker whose proofs were made before, and which fails as it is told: `python -m tests.support.prover_pool_faults`.

The setup's folder of circuits has proofs, `NUMBER.proof`, and faults, `NUMBER-TRY-KIND.fault`: each is used up by the
first worker that comes to it. Whatever is handed out is verified by the pool as ever.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from sequencer.prover_pool.jobs import ProvingJob
from sequencer.prover_pool.provers import MOCK_PROOF
from sequencer.prover_pool.reports import Proven, decode_report
from sequencer.prover_pool.setup import ProverSetup, RealProver
from sequencer.prover_pool.worker import main

PROGRAM = "tests.support.prover_pool_faults"
STARTS = "starts"
START_FAULT = "start"
KINDS = {
    "kill": "SIGKILL",
    "memory": "MemoryError: no memory left",
    "stop": "not done after",
    "hang": "not done after",
    "bytes": "is not UTF-8",
    "long": "more than 65536 bytes",
    "number": "instead of a proof of batch 0",
    "points": "does not verify for batch 0",
    "other": "does not verify for batch 0",
}
"""Ways to fail, and what the pool is to say of each."""


class RecordedProver:
    """Proofs from a folder."""

    def __init__(self, setup: ProverSetup, folder: Path) -> None:
        self.key_digest = setup.prover.verification_key.digest() if isinstance(setup.prover, RealProver) else b""
        self._folder = folder
        with (folder / STARTS).open("a") as starts:
            starts.write(f"{os.getpid()}\n")

    def prove(self, job: ProvingJob, on_phase: Callable[[str], None]) -> Proven:
        on_phase("recorded")
        recorded = self.read(job.number)
        for fault in sorted(self._folder.glob(f"{job.number}-*.fault")):
            fault.unlink()
            return self._fail(fault.stem.split("-")[2], job, on_phase, recorded)
        return recorded

    def read(self, number: int) -> Proven:
        report = decode_report((self._folder / f"{number}.proof").read_bytes())
        assert isinstance(report, Proven)
        return report

    def _fail(self, kind: str, job: ProvingJob, on_phase: Callable[[str], None], recorded: Proven) -> Proven:
        match kind:
            case "kill" | "stop":
                os.kill(os.getpid(), signal.SIGKILL if kind == "kill" else signal.SIGSTOP)
                time.sleep(3_600)
            case "memory":
                raise MemoryError("no memory left")
            case "hang":
                time.sleep(3_600)
            case "bytes":
                Connection(int(sys.argv[1])).send_bytes(b"\x80\x04K*.")
                time.sleep(3_600)
            case "long":
                on_phase("long" * 100_000)
            case "number":
                return Proven(job.number + 1, recorded.proof, {})
            case "points":
                return Proven(job.number, MOCK_PROOF, {})
            case "other":
                return Proven(job.number, self.read(job.number + 1).proof, {})
        raise AssertionError(kind)


def opened(setup: ProverSetup) -> RecordedProver:
    folder = setup.circuits
    assert folder is not None
    for fault in sorted(folder.glob(f"{START_FAULT}-*.fault")):
        fault.unlink()
        raise OSError("this worker does not start")
    return RecordedProver(setup, folder)


if __name__ == "__main__":
    sys.exit(main(opened))
