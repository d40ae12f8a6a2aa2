"""Powers of tau made and prepared in one go, by one party who knows the secrets for a minute.

The file is a regular one: one contribution with its proofs of knowledge and hashes, perhaps a beacon after it, and the
Lagrange points. Because the secrets are at hand, points are multiples of the generators and transforms are of scalars,
which is many times as fast as a ceremony. Whoever ran it could have kept the secrets: believe such a file as far as you
believe them, and hold a ceremony where something is at stake.

The development file goes further: its secrets are published (`prover.groth16.development`), so that every key made from
it carries a mark that nobody can take off, and production refuses it.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import Final

from prover.ceremony import accumulator, lagrange
from prover.ceremony.accumulator import TauSecrets
from prover.ceremony.author import author
from prover.ceremony.beacon import Beacon
from prover.ceremony.chacha import ChaCha
from prover.ceremony.phase1_contribution import draw, initial_contribution, keys_of, record
from prover.ceremony.powers_of_tau import assemble, require_power
from prover.ceremony.secret import RandomBytes, Secret, secret_rng
from prover.formats.ptau import PowersOfTau, write_ptau
from prover.groth16.development import DEVELOPMENT_LABEL, development_secret
from prover.groth16.phases import PhaseProgress, of_phase
from prover.kernels.interface import Kernels

SINGLE_PARTY_NAME: Final = "zkclear: a single party, who knew the secrets"
DEVELOPMENT_NAME: Final = "zkclear: for development, secrets are published"


def make(
    path: Path | str,
    power: int,
    kernels: Kernels,
    *,
    beacon: Beacon | None = None,
    entropy: bytes | str = b"",
    random_bytes: RandomBytes = os.urandom,
    progress: PhaseProgress | None = None,
) -> None:
    """Write prepared powers of tau from fresh secrets, which are wiped. Raises `ValueError` unless 1 <= power <= 28.

    Memory: about 1.2 kB per constraint, 0.3 GB for a power of 18.
    """
    require_power(power)
    write_ptau(path, made(power, secret_rng(entropy, random_bytes), kernels, beacon=beacon, progress=progress))


def make_development(path: Path | str, power: int, kernels: Kernels, progress: PhaseProgress | None = None) -> None:
    """Write prepared powers of tau whose secrets everybody knows. The same file each time."""
    require_power(power)
    write_ptau(path, development_powers(power, kernels, progress))


def development_powers(power: int, kernels: Kernels, progress: PhaseProgress | None = None) -> PowersOfTau:
    """What `make_development` writes."""
    before = initial_contribution(power)
    secrets = TauSecrets(*(Secret.from_int(development_secret(name)) for name in ("tau", "alpha", "beta")))
    rng = ChaCha.from_digest(hashlib.blake2b(DEVELOPMENT_LABEL + b"keys").digest())
    keys = keys_of(kernels, before.next_challenge, secrets, rng)
    points = accumulator.from_secrets(power, secrets, kernels, progress)
    contribution = record(kernels, before.next_challenge, points, keys, author(DEVELOPMENT_NAME), progress)
    prepared = lagrange.from_secrets(power, secrets, kernels, progress)
    return replace(assemble(power, points, (contribution,)), lagrange=prepared)


def made(
    power: int, rng: ChaCha, kernels: Kernels, *, beacon: Beacon | None = None, progress: PhaseProgress | None = None
) -> PowersOfTau:
    """What `make` writes, with secrets drawn from `rng`, which is wiped."""
    before = initial_contribution(power)
    secrets, keys = draw(kernels, before.next_challenge, rng)
    rng.wipe()
    points = accumulator.from_secrets(power, secrets, kernels, progress)
    contributions = [record(kernels, before.next_challenge, points, keys, author(SINGLE_PARTY_NAME), progress)]
    if beacon is not None:
        challenge = contributions[0].next_challenge
        added, keys = draw(kernels, challenge, beacon.rng(of_phase(progress, "beacon")))
        both = secrets.times(added, kernels)
        secrets.wipe()
        added.wipe()
        secrets = both
        points = accumulator.from_secrets(power, secrets, kernels, progress)
        contributions.append(record(kernels, challenge, points, keys, author("", beacon), progress))
    prepared = lagrange.from_secrets(power, secrets, kernels, progress)
    secrets.wipe()
    return replace(assemble(power, points, tuple(contributions)), lagrange=prepared)
