"""What works inside a worker: the prover of batches with its key, or a mock that was allowed."""

from __future__ import annotations

from collections.abc import Callable
from time import sleep
from typing import Final

from prover.bn254 import G1_GENERATOR, G2_GENERATOR
from prover.formats.groth16_types import Proof
from prover.formats.zkey import read_zkey
from prover.kernels import load_kernels
from sequencer.prover_pool.jobs import ProvingJob
from sequencer.prover_pool.reports import Proven
from sequencer.prover_pool.setup import MockProverAllowed, ProverSetup
from sequencer.settlement_prover import SettlementProver

MOCK_PROOF: Final = Proof(G1_GENERATOR, G2_GENERATOR, G1_GENERATOR)
"""Three points that prove nothing."""


class BatchProver:
    """Kernels, tape and mapped key, loaded once."""

    def __init__(self, prover: SettlementProver) -> None:
        self._prover = prover
        self.key_digest = prover.verification_key.digest()

    def prove(self, job: ProvingJob, on_phase: Callable[[str], None]) -> Proven:
        """Raises what `SettlementProver.prove_trace` raises."""
        proven = self._prover.prove_trace(job.trace, job.point, on_phase=on_phase)
        return Proven(job.number, proven.proof, proven.seconds)


class MockProver:
    """Takes its time and proves nothing."""

    key_digest = b""

    def __init__(self, allowed: MockProverAllowed) -> None:
        self._seconds = allowed.seconds

    def prove(self, job: ProvingJob, on_phase: Callable[[str], None]) -> Proven:
        """The mock proof."""
        on_phase("mock")
        sleep(self._seconds)
        return Proven(job.number, MOCK_PROOF, {"mock": self._seconds})


def open_prover(setup: ProverSetup) -> BatchProver | MockProver:
    """Loads all that proofs need: a second or two at LARGE, most of it the digest of the key.

    Raises `KeyFileRefused`, and the errors of keys and kernels.
    """
    if isinstance(setup.prover, MockProverAllowed):
        return MockProver(setup.prover)
    key = read_zkey(setup.prover.key.find())
    kernels = load_kernels(setup.kernel, setup.threads)
    return BatchProver(SettlementProver(setup.preset, key, kernels, setup.circuits))
