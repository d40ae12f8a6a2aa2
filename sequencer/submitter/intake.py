"""What the node hands over: durable when a call returns, and the same when it is handed over again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sequencer.l1.bindings.oracle import SETTLE, Oracle
from sequencer.l1.bindings.structs import Observation, Spot
from sequencer.l1.reports import Report
from sequencer.submitter.intent_store import IntentStore
from sequencer.submitter.intents import Kind, meaning
from sequencer.submitter.view import View
from sequencer.submitter.work import BatchToSend, Settlements, Task
from sequencer.submitter.work_store import WorkStore


class Intake:
    """The half of `Submitter` that takes work."""

    def __init__(self, work: WorkStore, intents: IntentStore, oracle: Oracle, clock: Callable[[], float]) -> None:
        self._work = work
        self._intents = intents
        self._oracle = oracle
        self._clock = clock
        self._view: View | None = None

    def report(self, report: Report, signatures: Sequence[bytes]) -> bool:
        """A risk table that the oracles signed. Durable when this returns; False when it was there already."""
        spots = [Spot(underlying, price_e2) for underlying, price_e2 in report.spot_pairs]
        call = self._oracle.report(report.time_s, report.risk_root, spots, report.rows, list(signatures))
        return self._work.add_task(Task(meaning(Kind.REPORT, report.time_s), call.data))

    def settle(self, underlying: int, expiry_s: int, observations: Sequence[tuple[int, bytes]]) -> bool:
        """What oracles saw at an expiry: `(price_e2, signature)` each. Durable; False when it was there already."""
        seen = [Observation(price_e2, signature) for price_e2, signature in observations]
        call = self._oracle.settle(underlying, expiry_s, seen)
        return self._work.add_task(Task(meaning(Kind.SETTLEMENT, underlying, expiry_s), call.data))

    @property
    def settlements(self) -> Settlements:
        """What was handed over of expiries, and is not on L1 for good yet."""
        calls = [
            SETTLE.decode_arguments(task.data) for task in self._work.tasks if task.meaning.kind is Kind.SETTLEMENT
        ]
        return {
            (call["underlying"], call["expiry_s"]): tuple((one.price_e2, one.signature) for one in call["observations"])
            for call in calls
        }

    def add_batch(self, batch: BatchToSend) -> bool:
        """The next batch. Durable when this returns; False when it was there already, or L1 has executed it.

        Raises `WrongBatch` when it is not the next one, or another one has its number.
        """
        if self._view is not None and batch.number <= self._view.house.forgotten:
            return False
        return self._work.add_batch(batch, self._clock())

    def add_proof(self, number: int, proof: Sequence[int]) -> None:
        """Eight words, `prover.solidity.calldata.proof_words`, for a batch that was added. Durable."""
        self._work.add_proof(number, proof)

    def revert_to(self, number: int) -> None:
        """Takes batches after this one back, here at once, and on L1 when it has any of them that is not proven."""
        self._work.add_revert(number, self._intents.next_nonce or 0)

    @property
    def without_proof(self) -> tuple[int, ...]:
        """Numbers of batches that are here and wait for `add_proof`: what to ask a prover for after a restart."""
        return tuple(number for number, held in self._work.batches.items() if held.proof is None)
