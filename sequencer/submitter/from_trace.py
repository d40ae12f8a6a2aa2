"""From a batch as the venue cut it to what goes to L1."""

from __future__ import annotations

from rollup.crypto import READABLE, Crypto
from rollup.trace import Trace
from sequencer.l1.operator import commitment_of
from sequencer.l1.words import challenge_point
from sequencer.submitter.work import BatchToSend


def batch_to_send(trace: Trace, report_time_s: int, crypto: Crypto = READABLE) -> BatchToSend:
    """Its words, digest and point. The proof has to be made at the point: `ProvingJob(number, trace, batch.point)`."""
    commitment = commitment_of(trace, report_time_s, crypto)
    return BatchToSend(trace.batch.number, commitment, challenge_point(commitment.digest, trace.applied.words))
