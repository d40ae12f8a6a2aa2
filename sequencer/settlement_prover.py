"""From a batch to a verified proof, step by step: one call that a node, a bench and a notebook use alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from circuits.frontend.cache import load_or_compile, load_witness_maker
from circuits.frontend.witness_maker import WitnessMaker
from circuits.settlement.inputs import settlement_values
from circuits.settlement.statement import settlement_circuit
from prover.formats.groth16_types import Proof, VerificationKey
from prover.formats.proving_key import ProvingKey
from prover.groth16.keys import verification_key_of
from prover.groth16.prove import prove
from prover.groth16.verify import verify
from prover.kernels.interface import Kernels
from rollup.presets import Preset
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.trace import Trace, trace_batch
from rollup.types.batches import Batch


class ProofRefused(RuntimeError):
    """A proof of our own that does not verify: nothing must be done with it."""


@dataclass(frozen=True, slots=True)
class ProvenBatch:
    """A batch, its trace, and a proof that was verified. `seconds` are by phase, in order."""

    trace: Trace
    public_signals: tuple[int, ...]
    proof: Proof
    seconds: dict[str, float]


class SettlementProver:
    """Proves batches of one preset. Keeps the tape in memory, and maps the key.

    The relation is not kept: every proof is verified, and only one that does not verify asks which row was broken.
    """

    def __init__(self, preset: Preset, proving_key: ProvingKey, kernels: Kernels, cache: Path | None = None) -> None:
        self.preset = preset
        self.maker: WitnessMaker = load_witness_maker(settlement_circuit(preset), cache)
        self.verification_key: VerificationKey = verification_key_of(proving_key)
        self._proving_key = proving_key
        self._kernels = kernels
        self._cache = cache

    def prove_batch(self, state: State, table: RiskTable, batch: Batch, point: int) -> ProvenBatch:
        """Applies a batch to the state and proves it, its words evaluated at `point`.

        Raises what `rollup.transition` raises for a batch that is not good, and then nothing has changed;
        `RuleViolated` if circuit and specification disagree, and `ProofRefused`.
        """
        seconds: dict[str, float] = {}
        with _timed(seconds, "transition and trace"):
            trace = trace_batch(state, table, batch, self.preset)
        return self.prove_trace(trace, point, seconds)

    def prove_trace(
        self,
        trace: Trace,
        point: int,
        seconds: dict[str, float] | None = None,
        on_phase: Callable[[str], None] | None = None,
    ) -> ProvenBatch:
        """Proves a batch that was applied. Raises `RuleViolated` and `ProofRefused` as `prove_batch`.

        `on_phase` is told the name of each phase when it begins.
        """
        spent = {} if seconds is None else seconds
        with _timed(spent, "inputs", on_phase):
            inputs = settlement_values(trace, point)
        with _timed(spent, "witness", on_phase):
            witness = self.maker.unchecked_witness(inputs, self._kernels)
        with _timed(spent, "proof", on_phase):
            proven = prove(self._proving_key, witness, kernels=self._kernels, self_check=False)
        public = tuple(self.maker.public_signals(witness))
        with _timed(spent, "verification", on_phase):
            if not verify(self.verification_key, public, proven.proof, self._kernels):
                load_or_compile(settlement_circuit(self.preset), self._cache).check(witness, self._kernels)
                raise ProofRefused(f"the proof of batch {trace.batch.number} does not verify")
        return ProvenBatch(trace, public, proven.proof, spent)


@contextmanager
def _timed(seconds: dict[str, float], phase: str, on_phase: Callable[[str], None] | None = None) -> Iterator[None]:
    if on_phase is not None:
        on_phase(phase)
    began = perf_counter()
    yield
    seconds[phase] = perf_counter() - began
