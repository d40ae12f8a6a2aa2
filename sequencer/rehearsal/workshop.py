"""What proofs of a rehearsal are made with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from prover.kernels.interface import Kernels
from rollup.presets import Preset
from sequencer.development_keys import exit_key, settlement_key
from sequencer.exit_prover import ExitProver
from sequencer.native_crypto import NativeCrypto
from sequencer.settlement_prover import SettlementProver


@dataclass(frozen=True, slots=True)
class Workshop:
    """What proofs are made with. Keys may be development keys: the chain is one's own."""

    batches: SettlementProver
    exits: ExitProver
    kernels: Kernels
    crypto: NativeCrypto

    @classmethod
    def of(cls, preset: Preset, kernels: Kernels, keys: Path | None = None) -> Workshop:
        """With development keys from disk, made when they are not there."""
        return cls(
            SettlementProver(preset, settlement_key(preset, kernels, keys), kernels),
            ExitProver(preset, exit_key(preset, kernels, keys), kernels),
            kernels,
            NativeCrypto(kernels),
        )

    @property
    def preset(self) -> Preset:
        """Sizes of its batches."""
        return self.batches.preset
