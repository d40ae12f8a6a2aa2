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
from prover.formats.proving_key import ProvingKey
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
        batch_key = verified_key(ceremony.batch_key, batch, ceremony.powers_of_tau, kernels, progress)
        exit_key = verified_key(ceremony.exit_key, leaving, ceremony.powers_of_tau, kernels, progress)
    return ExpectedKeys(batch_key, exit_key, batch.digest().hex(), leaving.digest().hex())


def verified_key(
    path: Path, relation: R1CS, powers_of_tau: Path, kernels: Kernels, progress: PhaseProgress | None = None
) -> VerificationKey:
    """The key in a .zkey, when it comes from this relation and these powers of tau by contributions and a beacon.

    Raises `KeyRefused`, `ContributionRefused`, and what reading files raises.
    """
    key = read_zkey(path)
    refuse_other_shape(key, relation, str(path))
    verify_from_relation(
        key, relation, read_ptau(powers_of_tau), kernels, ptau_name=str(powers_of_tau), progress=progress
    )
    return key.verification_key()


def refuse_key_of_another_preset(key: ProvingKey, circuit: Circuit, name: str) -> None:
    """Before a key is deployed that nobody could prove with. Raises `KeyRefused`.

    Compares sizes alone: whether the key is sound, only `verified_key` says.
    """
    refuse_other_shape(key, load_or_compile(circuit).relation, name)


def refuse_other_shape(key: ProvingKey, relation: R1CS, name: str) -> None:
    """Raises `KeyRefused` for a key of a relation with other numbers of wires, public inputs or rows."""
    shape = (key.n_public, key.n_wires, key.domain_size)
    wanted = (relation.n_public, relation.n_wires, relation.domain_size)
    if shape != wanted:
        numbers = "{} public inputs, {} wires, a domain of {}"
        raise KeyRefused([f"{name} is for {numbers.format(*shape)}, and the circuit has {numbers.format(*wanted)}"])


def _compiled(circuit: Circuit) -> R1CS:
    return load_or_compile(circuit, anew=True).relation
