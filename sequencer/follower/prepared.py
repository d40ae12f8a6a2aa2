"""A batch as L1 and the prover want it, and what the pipeline needs of both."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final, Protocol

from rollup.crypto import Crypto
from sequencer.follower.errors import FollowerError
from sequencer.l1.reports import Report
from sequencer.prover_pool import BatchProof, ProvingJob
from sequencer.submitter.events import Event as L1Event
from sequencer.submitter.from_trace import batch_to_send
from sequencer.submitter.progress import L1Progress
from sequencer.submitter.work import BatchToSend, Settlements
from sequencer.venue import CutBatch

WORD_BYTES: Final = 32


class BatchStuck(FollowerError):
    """A batch that no worker can prove: nothing after it can be proven either."""

    def __init__(self, number: int, reasons: Sequence[str]) -> None:
        super().__init__(
            f"batch {number} cannot be proven ({'; '.join(reasons)}): the node takes no more trades; keep its folder, "
            f"and see by `zkclear batch prove FOLDER {number}` which constraint its witness breaks"
        )
        self.number, self.reasons = number, tuple(reasons)


class Pool(Protocol):
    """What is needed of `ProverPool`."""

    def submit(self, job: ProvingJob) -> Future[BatchProof]:
        """The future proof."""
        ...


class L1Door(Protocol):
    """What is needed of `Submitter`."""

    def report(self, report: Report, signatures: Sequence[bytes]) -> bool:
        """A risk table."""
        ...

    def settle(self, underlying: int, expiry_s: int, observations: Sequence[tuple[int, bytes]]) -> bool:
        """A settlement price."""
        ...

    @property
    def settlements(self) -> Settlements:
        """Those that are not on L1 for good yet."""
        ...

    def add_batch(self, batch: BatchToSend) -> bool:
        """The next batch."""
        ...

    def add_proof(self, number: int, proof: Sequence[int]) -> None:
        """Its proof."""
        ...

    def step(self) -> tuple[L1Event, ...]:
        """One short turn."""
        ...

    @property
    def progress(self) -> L1Progress | None:
        """How far L1 is."""
        ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch as L1 and the prover want it."""

    number: int
    to_send: BatchToSend
    job: ProvingJob


def prepared(batch: CutBatch, crypto: Crypto) -> Prepared:
    """Digest, point and calldata of a batch: a few milliseconds. Raises `ValueError` for one without its trace."""
    if batch.trace is None:
        raise ValueError(f"batch {batch.number} was applied without a trace: begin tracing earlier")
    to_send = batch_to_send(batch.trace, batch.report_time_s, crypto)
    return Prepared(batch.number, to_send, ProvingJob(batch.number, batch.trace, to_send.point))
