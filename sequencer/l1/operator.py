"""Batches on their way to L1: committed, proven, executed. What an operator does, and after its silence anybody.

Holds the state after the last committed batch, and traces until they are proven. Where batches come from is not decided
here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from circuits.settlement.digest import words_digest
from prover.solidity.calldata import proof_words
from rollup.crypto import READABLE, Crypto
from rollup.presets import Preset
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.trace import Trace, trace_batch
from rollup.types.accounts import Account
from rollup.types.batches import Batch as RollupBatch
from sequencer.l1.bindings.clearing_house import BatchCommitted, ClearingHouse
from sequencer.l1.bindings.structs import Batch, Commitment
from sequencer.l1.errors import L1Error
from sequencer.l1.preflight import require_batch_key
from sequencer.l1.receipts import Receipt
from sequencer.l1.records import genesis_batch
from sequencer.l1.sending import Sender
from sequencer.l1.words import calldata_words, challenge_point
from sequencer.settlement_prover import ProvenBatch, SettlementProver


class NothingCommitted(L1Error):
    """There is no batch that waits for what was asked."""

    def __init__(self, what: str) -> None:
        super().__init__(f"no batch waits to be {what}: commit one first")
        self.what = what


class NoProver(L1Error):
    """An operator without a prover only commits."""

    def __init__(self, preset: str) -> None:
        super().__init__(f"there is no prover for batches of {preset} here: bring proofs that were made elsewhere")
        self.preset = preset


@dataclass(frozen=True, slots=True)
class CommittedBatch:
    """A batch that L1 knows, and what a proof of it is made from."""

    batch: Batch
    payouts: tuple[int, ...]
    trace: Trace
    receipt: Receipt


def commitment_of(trace: Trace, report_time_s: int, crypto: Crypto = READABLE) -> Commitment:
    """What to say of a batch on L1."""
    words, batch = trace.applied.words, trace.batch
    return Commitment(
        domain=batch.domain.element,
        state_root=trace.applied.roots.after,
        digest=words_digest(words, trace.preset, crypto),
        report_time_s=report_time_s,
        queue_count=len(batch.queue),
        words=calldata_words(words, trace.preset),
    )


class Operator:
    """Takes batches through L1, in order. Not for two threads at once.

    `state` is that after `last`, the last batch that L1 knows, which is proven; by default the empty rollup. Without
    a prover it commits, and others bring proofs.
    """

    def __init__(
        self,
        sender: Sender,
        house: ClearingHouse,
        preset: Preset,
        state: State,
        prover: SettlementProver | None = None,
        last: Batch | None = None,
    ) -> None:
        self.state = state
        self.last = last or genesis_batch(state.root)
        self._last_proven = self.last
        self.unproven: list[CommittedBatch] = []
        self.unexecuted: list[CommittedBatch] = []
        self._sender = sender
        self._house = house
        self._preset = preset
        self._prover = prover

    def commit(self, batch: RollupBatch, table: RiskTable, report_time_s: int) -> CommittedBatch:
        """Applies a batch and commits it. If that fails the state is as before.

        Raises what `rollup.transition` raises for a batch that is not good, and what the contract says.
        """
        trace = trace_batch(self.state, table, batch, self._preset)
        try:
            call = self._house.commit_batch(self.last, commitment_of(trace, report_time_s, self.state.crypto))
            receipt = self._sender.send(call)
        except Exception:
            self.state.put(accounts_before(trace))
            raise
        return self._committed(trace, receipt)

    def prove(self, most: int | None = None) -> Receipt:
        """Proves the next `most` committed batches, by default all, and has them checked in one transaction.

        Raises `NothingCommitted`, `WrongKey`, `RuleViolated`, `ProofRefused`, and what the contract says.
        """
        chosen = self.unproven[:most]
        if not chosen:
            raise NothingCommitted("proven")
        require_batch_key(self._house, self.key_digest)
        proven = [self._require_prover().prove_trace(one.trace, one.batch.point) for one in chosen]
        receipt = self.bring(chosen, proven)
        self._proven(chosen)
        return receipt

    def bring(self, chosen: Iterable[CommittedBatch], proven: Iterable[ProvenBatch]) -> Receipt:
        """Has proofs checked on L1 that are there already."""
        call = self._house.prove_batches(
            [one.batch for one in chosen], [proof_words(one.proof) for one in proven], self.key_digest
        )
        return self._sender.send(call)

    def commit_and_prove(self, batch: RollupBatch, table: RiskTable, report_time_s: int) -> CommittedBatch:
        """Both in one transaction: cheaper, and the only way for whoever is not the operator. Raises as both."""
        trace = trace_batch(self.state, table, batch, self._preset)
        try:
            given = commitment_of(trace, report_time_s, self.state.crypto)
            proven = self._require_prover().prove_trace(trace, challenge_point(given.digest, trace.applied.words))
            call = self._house.commit_and_prove(self.last, given, proof_words(proven.proof), self.key_digest)
            receipt = self._sender.send(call)
        except Exception:
            self.state.put(accounts_before(trace))
            raise
        committed = self._committed(trace, receipt)
        self._proven([committed])
        return committed

    def execute(self) -> list[Receipt]:
        """Has all proven batches pay out. Those without payouts are executed when they are proven."""
        receipts = []
        while self.unexecuted:
            one = self.unexecuted[0]
            if one.payouts or self._house.progress().executed < one.batch.number:
                receipts.append(self._sender.send(self._house.execute_batch(one.batch, one.payouts)))
            del self.unexecuted[0]
        return receipts

    def revert_to(self, number: int) -> Receipt:
        """Takes committed batches after this one back, here and on L1. Raises what the contract says."""
        first = self.unproven[0].batch if self.unproven else self.last
        receipt = self._sender.send(self._house.revert_batches(number, first))
        while self.unproven and self.unproven[-1].batch.number > number:
            dropped = self.unproven.pop()
            self.state.put(accounts_before(dropped.trace))
        self.last = self.unproven[-1].batch if self.unproven else self._last_proven
        return receipt

    @property
    def key_digest(self) -> bytes:
        """Of the key that batches are proven under."""
        return self._require_prover().verification_key.digest()

    def _require_prover(self) -> SettlementProver:
        if self._prover is None:
            raise NoProver(self._preset.name)
        return self._prover

    def _committed(self, trace: Trace, receipt: Receipt) -> CommittedBatch:
        (event,) = receipt.events(BatchCommitted, self._house.address)
        committed = CommittedBatch(event.batch, event.payouts, trace, receipt)
        self.unproven.append(committed)
        self.last = event.batch
        return committed

    def _proven(self, chosen: list[CommittedBatch]) -> None:
        del self.unproven[: len(chosen)]
        self._last_proven = chosen[-1].batch
        self.unexecuted += chosen


def accounts_before(trace: Trace) -> dict[int, Account | None]:
    """All accounts that a batch touched, as they were."""
    return {step.touched.account_id: step.touched.before for step in trace.accounts}
