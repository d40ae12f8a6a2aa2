"""Proves exits from a frozen rollup: what anybody can do who has the data on L1 and a proving key."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from circuits.exit.inputs import exit_values
from circuits.exit.statement import exit_circuit
from circuits.frontend.cache import load_or_compile, load_witness_maker
from circuits.frontend.witness_maker import WitnessMaker
from prover.formats.groth16_types import Proof, VerificationKey
from prover.formats.proving_key import ProvingKey
from prover.groth16.keys import verification_key_of
from prover.groth16.prove import prove
from prover.groth16.verify import verify
from prover.kernels.interface import Kernels
from rollup.exits import ExitClaim, ExitTrace
from rollup.presets import Preset
from sequencer.settlement_prover import ProofRefused


@dataclass(frozen=True, slots=True)
class ProvenExit:
    """An exit and its proof, which was verified."""

    claim: ExitClaim
    public_signals: tuple[int, ...]
    proof: Proof


class ExitProver:
    """Proves exits of one preset. About a quarter of a second each at LARGE on two cores."""

    def __init__(self, preset: Preset, proving_key: ProvingKey, kernels: Kernels, cache: Path | None = None) -> None:
        self.preset = preset
        self.maker: WitnessMaker = load_witness_maker(exit_circuit(preset), cache)
        self.verification_key: VerificationKey = verification_key_of(proving_key)
        self._proving_key = proving_key
        self._kernels = kernels
        self._cache = cache

    def prove_exit(self, trace: ExitTrace) -> ProvenExit:
        """Raises `RuleViolated` for a trace that is not true, and `ProofRefused`."""
        witness = self.maker.unchecked_witness(exit_values(trace), self._kernels)
        proven = prove(self._proving_key, witness, kernels=self._kernels, self_check=False)
        public = tuple(self.maker.public_signals(witness))
        if not verify(self.verification_key, public, proven.proof, self._kernels):
            load_or_compile(exit_circuit(self.preset), self._cache).check(witness, self._kernels)
            raise ProofRefused(f"the proof of the exit of account {trace.claim.account_id} does not verify")
        return ProvenExit(trace.claim, public, proven.proof)
