"""From a batch that was cut to a state root that L1 believes: what a newcomer reads first.

==  =======================================================  ==================================
 1  a trader signs an order                                  `rollup.types.orders`
 2  orders meet: fills                                       `sequencer.matching`
 3  fills become transactions of a batch                     `sequencer.venue`
 4  the specification applies it and says what it touched    `rollup.trace`, in `sequencer.venue`
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

from prover.solidity.calldata import proof_words
from rollup.crypto import Crypto
from sequencer.follower.prepared import WORD_BYTES, BatchStuck, L1Door, Pool, prepared
from sequencer.l1.bindings.structs import Commitment
from sequencer.prover_pool import BatchProof, BatchUnprovable, PoolFull, ProvingJob, require_real
from sequencer.store import ProofCache
from sequencer.submitter.progress import L1Progress
from sequencer.submitter.work import BatchToSend
from sequencer.venue import CutBatch


class Pipeline:
    """Batches between the venue and L1. For one thread; `wake` is called, on any, when a proof is done.

    Proofs are kept, so that none is made twice. `chain_id` and `is_local` say whether mock proofs may leave;
    `on_prepared` and `on_proof` are told of every batch and every proof that was made.
    """

    def __init__(
        self,
        pool: Pool,
        l1: L1Door,
        proofs: ProofCache,
        crypto: Crypto,
        *,
        chain_id: int,
        is_local: bool = False,
        proven_through: int = 0,
        wake: Callable[[], None] = lambda: None,
        on_prepared: Callable[[BatchToSend], None] = lambda _batch: None,
        on_proof: Callable[[BatchProof], None] = lambda _proof: None,
    ) -> None:
        self._pool = pool
        self._l1 = l1
        self._proofs = proofs
        self._crypto = crypto
        self._chain_id, self._is_local = chain_id, is_local
        self._wake = wake
        self._on_prepared, self._on_proof = on_prepared, on_proof
        self._waiting: deque[ProvingJob] = deque()
        self._proving: dict[int, tuple[ProvingJob, Future[BatchProof]]] = {}
        self._proven: set[int] = set()
        self._forgotten = 0
        self.proven_through = proven_through
        self.stuck: BatchStuck | None = None

    @property
    def progress(self) -> L1Progress | None:
        """How far L1 is, as of the last turn that saw it."""
        return self._l1.progress

    @property
    def is_idle(self) -> bool:
        """Whether no batch waits for its proof."""
        return not (self._waiting or self._proving)

    def add_batch(self, batch: CutBatch) -> None:
        """The next one. Costs its words' digest: some milliseconds. Raises `StoreError`."""
        ready = prepared(batch, self._crypto)
        self._on_prepared(ready.to_send)
        self._l1.add_batch(ready.to_send)
        kept = self._proofs.get(ready.number, _digest(ready.to_send.commitment))
        if kept is None:
            self._waiting.append(ready.job)
        else:
            words = tuple(int.from_bytes(kept[at : at + WORD_BYTES], "big") for at in range(0, len(kept), WORD_BYTES))
            self._add_proof(ready.number, words)

    def take_turn(self) -> bool:
        """Moves proofs on; whether one came. Raises `StoreError`, and what `require_real` does."""
        self._feed()
        return self._collect()

    def forget_through(self, number: int) -> None:
        """L1 has executed these batches for good: their proofs are of no use any more."""
        if number > self._forgotten:
            self._proofs.forget_through(number)
            self._forgotten = number

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
            future.add_done_callback(lambda _: self._wake())

    def _collect(self) -> bool:
        came = False
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
            self._on_proof(proof)
            words = proof_words(proof.proof)
            if not proof.is_mock:
                self._proofs.put(
                    number, _digest_of(proof), b"".join(word.to_bytes(WORD_BYTES, "big") for word in words)
                )
            self._add_proof(number, words)
            came = True
        return came

    def _add_proof(self, number: int, words: Sequence[int]) -> None:
        self._l1.add_proof(number, words)
        self._proven.add(number)
        while self.proven_through + 1 in self._proven:
            self.proven_through += 1
            self._proven.discard(self.proven_through)


def _digest(commitment: Commitment) -> bytes:
    """Under which a proof is kept: the words' digest stands for all public signals, since the point follows from it."""
    return commitment.digest.to_bytes(WORD_BYTES, "big")


def _digest_of(proof: BatchProof) -> bytes:
    return proof.public_signals[0].to_bytes(WORD_BYTES, "big")
