"""The pool's own look at a proof. What a worker says of public signals is never asked for."""

from __future__ import annotations

from circuits.settlement.digest import words_digest
from prover.errors import FormatError
from prover.groth16.verify import verify
from prover.kernels import load_kernels
from prover.kernels.errors import KernelError
from sequencer.l1.words import evaluate
from sequencer.native_crypto import NativeCrypto
from sequencer.prover_pool.errors import WorkerGarbage
from sequencer.prover_pool.jobs import ProvingJob
from sequencer.prover_pool.reports import Proven
from sequencer.prover_pool.setup import MockProverAllowed, ProverSetup


class ProofCheck:
    """Verifies proofs against what the trace itself says, as L1 does: 4 ms each at LARGE, on one thread."""

    def __init__(self, setup: ProverSetup) -> None:
        """Raises `BackendUnavailable` where the kernels cannot run here."""
        self._prover = setup.prover
        self._kernels = load_kernels(setup.kernel, 1)
        self._crypto = NativeCrypto(self._kernels)

    @property
    def is_mock(self) -> bool:
        """Whether nothing is verified because proofs are mocks."""
        return isinstance(self._prover, MockProverAllowed)

    def public_signals(self, job: ProvingJob) -> tuple[int, int, int]:
        """Digest, evaluation and point of a job: what L1 will verify the proof against.

        Raises what `words_digest` and `evaluate` raise for words that are none.
        """
        words = job.trace.applied.words
        return words_digest(words, job.trace.preset, self._crypto), evaluate(words, job.point), job.point

    def require_true(self, proven: Proven, public_signals: tuple[int, ...], worker: str) -> None:
        """Raises `WorkerGarbage` for what does not prove these signals; a mock passes."""
        if isinstance(self._prover, MockProverAllowed):
            return
        try:
            holds = verify(self._prover.verification_key, public_signals, proven.proof, self._kernels)
        except (FormatError, KernelError) as error:
            raise WorkerGarbage(worker, f"a malformed proof: {error}") from error
        if not holds:
            raise WorkerGarbage(worker, f"a proof that does not verify for batch {proven.number}")
