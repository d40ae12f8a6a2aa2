"""What can go wrong with proving, and what to do about it.

::

    ProverPoolError
    ├── PoolFull             the bound is reached: submit again when a proof was handed out
    ├── NumberTaken          another job with this number is being proved
    ├── PoolClosed           the pool was closed before the proof was made
    ├── PoolBroken           no worker can be made to work; carries the reasons
    ├── BatchUnprovable      every try failed; carries the reasons
    ├── MockProofRefused     a mock proof was about to leave for a chain that is not one's own
    ├── ClusterUnreachable   no scheduler answers there
    ├── KeyFileRefused       a worker's key is missing, or is another than the pool's
    └── WorkerFailure        one try failed: the pool tries again on a fresh worker
        ├── WorkerDied
        ├── WorkerTimedOut
        └── WorkerGarbage
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class ProverPoolError(Exception):
    """Any failure of the prover pool."""


class PoolFull(ProverPoolError):
    """As many jobs as the pool takes are waiting or being proved."""

    def __init__(self, waiting: int, working: int, limit: int) -> None:
        super().__init__(
            f"{waiting} batches wait and {working} are being proved, and the limit is {limit}: cut no further batch "
            "until one is proved, or add workers"
        )
        self.waiting, self.working, self.limit = waiting, working, limit


class NumberTaken(ProverPoolError):
    """A number stands for one statement at a time."""

    def __init__(self, number: int) -> None:
        super().__init__(f"another job for batch {number} is being proved: wait for it, or close the pool")
        self.number = number


class PoolClosed(ProverPoolError):
    """The pool takes no more jobs, and has given up those it had."""

    def __init__(self) -> None:
        super().__init__("the prover pool is closed: open another one and submit the batch there")


class PoolBroken(ProverPoolError):
    """No worker is left, and none could be started. `reasons` has one line for each worker."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(f"no prover can be started: {'; '.join(reasons)}")
        self.reasons = tuple(reasons)


class BatchUnprovable(ProverPoolError):
    """No try led to a proof that verifies. `reasons` has one line for each try."""

    def __init__(self, number: int, reasons: Sequence[str]) -> None:
        super().__init__(
            f"batch {number} could not be proved in {len(reasons)} tries: {'; '.join(reasons)}. If the tries failed "
            "alike, keep the batch: circuit and specification disagree about it"
        )
        self.number = number
        self.reasons = tuple(reasons)


class MockProofRefused(ProverPoolError):
    """A mock proof verifies nowhere, and must not leave for a chain that others use."""

    def __init__(self, number: int, chain_id: int) -> None:
        super().__init__(
            f"the proof of batch {number} is a mock and chain {chain_id} is not declared local: start the node with "
            "real provers"
        )
        self.number, self.chain_id = number, chain_id


class KeyFileRefused(ProverPoolError):
    """The proving key that a worker finds is not the pool's. `found` is None where there is no file at all."""

    def __init__(self, path: Path, expected: bytes, found: bytes | None) -> None:
        what = "is missing" if found is None else f"has SHA-256 {found.hex()}"
        super().__init__(f"{path} {what}; the pool's key has {expected.hex()}: copy it there")
        self.path, self.expected, self.found = path, expected, found


class ClusterUnreachable(ProverPoolError):
    """There is no scheduler at the address, or it does not answer."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"no dask scheduler answers at {address} ({reason}): start it, or prove on this machine")
        self.address, self.reason = address, reason


class WorkerFailure(ProverPoolError):
    """One try of one job, or one start, failed. `worker` is its name, `reason` one line."""

    def __init__(self, worker: str, reason: str) -> None:
        super().__init__(f"{type(self).__name__} on {worker}: {reason}")
        self.worker, self.reason = worker, reason

    def __reduce__(self) -> tuple[type[WorkerFailure], tuple[str, str]]:
        return type(self), (self.worker, self.reason)


class WorkerDied(WorkerFailure):
    """The process ended: out of memory, killed, or by an exception, whose last line is the reason."""


class WorkerTimedOut(WorkerFailure):
    """The limit passed, and the process was killed."""


class WorkerGarbage(WorkerFailure):
    """What came back is no proof of the batch."""


class WorkerRefused(WorkerFailure):
    """The worker says that it can never work as it was set up: another start would not help."""
