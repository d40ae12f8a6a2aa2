"""From a batch that was cut to a state root that L1 believes: what a newcomer reads first.

==  =======================================================  ==================================
 1  a trader signs an order                                  `rollup.types.orders`
 2  orders meet: fills                                       `sequencer.matching`
 3  fills become transactions of a batch                     `sequencer.venue`
 4  the specification applies it and says what it touched    `rollup.trace`
 5  the batch in words, with a digest and a point            `prepared` (here)
 6  words and trace become a witness                         `circuits.settlement`, in a worker
 7  the witness becomes a proof, which is verified           `sequencer.prover_pool`
 8  commitment and proof go to L1, once and in order         `sequencer.submitter`
 9  L1's root                                                `contracts`, anybody
==  =======================================================  ==================================
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from threading import Event, Lock

from prover.solidity.calldata import proof_words
from rollup.crypto import Crypto
from sequencer.l1.bindings.structs import Commitment
from sequencer.l1.reports import Report
from sequencer.node.errors import NotSequencing
from sequencer.node.prepared import WORD_BYTES, BatchStuck, L1Door, Pool, prepared
from sequencer.prover_pool import BatchProof, BatchUnprovable, PoolFull, ProvingJob, require_real
from sequencer.store import ProofCache
from sequencer.submitter.events import Event as L1Event
from sequencer.submitter.progress import L1Progress
from sequencer.venue import CutBatch


class Pipeline:
    """Batches between the venue and L1. Others hand in, on any thread; one thread takes turns.

    Proofs are kept, so that none is made twice. `chain_id` and `is_local` say whether mock proofs may leave.
    """

    def __init__(
        self, pool: Pool, l1: L1Door, proofs: ProofCache, crypto: Crypto, *, chain_id: int, is_local: bool = False
    ) -> None:
        self._pool = pool
        self._l1 = l1
        self._proofs = proofs
        self._crypto = crypto
        self._chain_id, self._is_local = chain_id, is_local
        self._lock = Lock()
        self._given: deque[tuple[Future[bool], Callable[[], bool]]] = deque()
        self._closed: str | None = None
        self._waiting: deque[ProvingJob] = deque()
        self._proving: dict[int, tuple[ProvingJob, Future[BatchProof]]] = {}
        self._last_cut = 0
        self._proven_through = 0
        self._proven: set[int] = set()
        self.stuck: BatchStuck | None = None
        self.work = Event()

    # -- for others' threads -----------------------------------------------------------------------------------------

    def add_batches(self, batches: Sequence[CutBatch]) -> None:
        """Batches in their order, each once. None of them wakes nobody: a turn asks L1, and orders come by the thousand."""
        if not batches:
            return
        with self._lock:
            for batch in batches:
                self._last_cut = max(self._last_cut, batch.number)
                self._given.append((Future(), partial(self._take, batch)))
        self.work.set()

    def add_report(self, report: Report, signatures: Sequence[bytes]) -> Future[bool]:
        """A risk table for L1; before the batches that are judged by it. Done when it is durable.

        Raises `NotSequencing`.
        """
        return self._give(partial(self._l1.report, report, signatures))

    def add_settlement(self, underlying: int, expiry_s: int, observations: Sequence[tuple[int, bytes]]) -> Future[bool]:
        """A settlement price for L1. Done when it is durable. Raises `NotSequencing`."""
        return self._give(partial(self._l1.settle, underlying, expiry_s, observations))

    def _give(self, do: Callable[[], bool]) -> Future[bool]:
        future: Future[bool] = Future()
        with self._lock:
            if self._closed is not None:
                raise NotSequencing(self._closed)
            self._given.append((future, do))
        self.work.set()
        return future

    @property
    def unproven(self) -> int:
        """How many batches were cut, from the first without a proof on."""
        return max(0, self._last_cut - self._proven_through)

    @property
    def progress(self) -> L1Progress | None:
        """How far L1 is, as of the last turn that saw it."""
        return self._l1.progress

    # -- the thread's own --------------------------------------------------------------------------------------------

    def take_turn(self) -> tuple[L1Event, ...]:
        """Takes in what was given, moves proofs on, and lets the submitter take its turn.

        Raises what ends the submitter for good (`SubmitterStopped`, `WrongChainId`, `WrongKey`), and `StoreError`.
        """
        self.work.clear()
        while self._given:
            with self._lock:
                future, do = self._given.popleft()
            try:
                future.set_result(do())
            except Exception as error:
                future.set_exception(error)
                raise
        self._feed()
        self._collect()
        return self._l1.step()

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits here: neither to be taken in nor to be proven."""
        return not (self._given or self._waiting or self._proving)

    def close(self, why: str) -> None:
        """Takes in nothing more; whoever waits is told."""
        with self._lock:
            self._closed = why
            left, self._given = self._given, deque()
        for future, _ in left:
            future.set_exception(NotSequencing(why))

    def retry(self) -> None:
        """Tries what could not be proven again, after somebody has looked."""
        self.stuck = None

    def _take(self, batch: CutBatch) -> bool:
        if self._proven_through == 0:
            self._proven_through = batch.number - 1
        ready = prepared(batch, self._crypto)
        self._l1.add_batch(ready.to_send)
        kept = self._proofs.get(ready.number, _digest(ready.to_send.commitment))
        if kept is None:
            self._waiting.append(ready.job)
        else:
            words = tuple(int.from_bytes(kept[at : at + WORD_BYTES], "big") for at in range(0, len(kept), WORD_BYTES))
            self._add_proof(ready.number, words)
        return True

    def _feed(self) -> None:
        """As many jobs as the pool has room for."""
        while self._waiting and self.stuck is None:
            job = self._waiting[0]
            try:
                future = self._pool.submit(job)
            except PoolFull:
                return
            self._waiting.popleft()
            self._proving[job.number] = job, future
            future.add_done_callback(self._wake)

    def _wake(self, _future: Future[BatchProof]) -> None:
        self.work.set()

    def _collect(self) -> None:
        for number, (job, future) in list(self._proving.items()):
            if not future.done():
                continue
            del self._proving[number]
            try:
                proof = future.result()
            except BatchUnprovable as error:
                self.stuck = BatchStuck(number, error.reasons)
                self._waiting.appendleft(job)
                continue
            require_real(proof, self._chain_id, is_local=self._is_local)
            words = proof_words(proof.proof)
            if not proof.is_mock:
                self._proofs.put(
                    number, _digest_of(proof), b"".join(word.to_bytes(WORD_BYTES, "big") for word in words)
                )
            self._add_proof(number, words)

    def _add_proof(self, number: int, words: Sequence[int]) -> None:
        self._l1.add_proof(number, words)
        self._proven.add(number)
        while self._proven_through + 1 in self._proven:
            self._proven_through += 1
            self._proven.discard(self._proven_through)


def _digest(commitment: Commitment) -> bytes:
    """Under which a proof is kept: the words' digest stands for all public signals, since the point follows from it."""
    return commitment.digest.to_bytes(WORD_BYTES, "big")


def _digest_of(proof: BatchProof) -> bytes:
    return proof.public_signals[0].to_bytes(WORD_BYTES, "big")
