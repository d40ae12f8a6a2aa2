"""The keys that a deployment's verifiers should hold, made from the sources of the circuits: nothing is believed.

A development key is made anew from the published secrets. A key of a ceremony is given as .zkey, and verified against
the compiled relation and the powers of tau that it comes from, as `zkclear prover verify-key` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from circuits.exit.statement import exit_circuit
from circuits.frontend import Circuit
from circuits.frontend.cache import load_or_compile
from circuits.settlement.statement import settlement_circuit
from prover.ceremony.phase2_verification import verify_from_relation
from prover.errors import KeyRefused
from prover.formats.groth16_types import VerificationKey
from prover.formats.ptau import read_ptau
from prover.formats.zkey import read_zkey
from prover.groth16.development_setup import development_setup
from prover.groth16.phases import PhaseProgress
from prover.kernels.interface import Kernels
from prover.r1cs import R1CS
from rollup.presets import Preset


@dataclass(frozen=True, slots=True)
class CeremonyFiles:
    """Keys of a ceremony, and the powers of tau that both come from."""

    batch_key: Path
    exit_key: Path
    powers_of_tau: Path


@dataclass(frozen=True, slots=True)
class ExpectedKeys:
    """What the sources say, and of which circuits. Digests are of relations, SHA-256 in hexadecimal."""

    batch_key: VerificationKey
    exit_key: VerificationKey
    batch_relation: str
    exit_relation: str


def expected_keys(
    preset: Preset, kernels: Kernels, ceremony: CeremonyFiles | None = None, progress: PhaseProgress | None = None
) -> ExpectedKeys:
    """Compiles both circuits anew and makes or verifies their keys.

    Takes some seconds at TINY, a minute at LARGE, more for a ceremony. Raises `KeyRefused`, `ContributionRefused`, and
    what reading files raises.
    """
    batch, leaving = _compiled(settlement_circuit(preset)), _compiled(exit_circuit(preset))
    if ceremony is None:
        keys = (development_setup(batch, kernels, progress), development_setup(leaving, kernels, progress))
        batch_key, exit_key = (key.verification_key() for key in keys)
    else:
        batch_key = _verified(ceremony.batch_key, batch, ceremony, kernels, progress)
        exit_key = _verified(ceremony.exit_key, leaving, ceremony, kernels, progress)
    return ExpectedKeys(batch_key, exit_key, batch.digest().hex(), leaving.digest().hex())


def _compiled(circuit: Circuit) -> R1CS:
    return load_or_compile(circuit, anew=True).relation


def _verified(
    path: Path, relation: R1CS, ceremony: CeremonyFiles, kernels: Kernels, progress: PhaseProgress | None
) -> VerificationKey:
    key = read_zkey(path)
    if key.n_public != relation.n_public:
        raise KeyRefused([f"{path} has {key.n_public} public inputs, and the circuit {relation.n_public}"])
    powers = read_ptau(ceremony.powers_of_tau)
    verify_from_relation(key, relation, powers, kernels, ptau_name=str(ceremony.powers_of_tau), progress=progress)
    return key.verification_key()
