"""Powers of tau, the part of a set-up that all circuits share: new, contribute, beacon, prepare.

As long as one contributor forgot their secrets, nobody knows tau, alpha or beta. Compatible with snarkjs's
`powersoftau` commands both ways; what they do with the same random stream is equal byte for byte. Verification is in
`prover.ceremony.phase1_verification`; the way in one go, for a single party, in `prover.ceremony.single_party`.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Final

from prover.bn254 import TWO_ADICITY
from prover.ceremony import accumulator, lagrange
from prover.ceremony.accumulator import Accumulator
from prover.ceremony.author import author
from prover.ceremony.beacon import Beacon
from prover.ceremony.chacha import ChaCha
from prover.ceremony.phase1_contribution import draw, initial_contribution, record, response
from prover.ceremony.refusal import PowersOfTauRefused
from prover.ceremony.secret import RandomBytes, secret_rng
from prover.formats.contributions import Author
from prover.formats.ptau import PowersOfTau, TauContribution, read_ptau, write_ptau
from prover.groth16.phases import PhaseProgress, of_phase
from prover.kernels.interface import Kernels

MAX_POWER: Final = TWO_ADICITY


def new(path: Path | str, power: int) -> None:
    """Write powers of tau that nobody has contributed to. Raises `ValueError` unless 1 <= power <= 28."""
    write_ptau(path, without_contributions(power))


def contribute(
    old: Path | str,
    new_path: Path | str,
    kernels: Kernels,
    *,
    name: str = "",
    entropy: bytes | str = b"",
    random_bytes: RandomBytes = os.urandom,
    progress: PhaseProgress | None = None,
) -> bytes:
    """Multiply fresh secrets into `old` and write the result to `new_path`; it has to be prepared again.

    Returns the response's hash, 64 bytes: publish it. Raises `PowersOfTauRefused` for a file cut from a larger
    ceremony.
    """
    contributor = author(name)
    ptau = contributed(read_ptau(old), secret_rng(entropy, random_bytes), contributor, kernels, progress)
    write_ptau(new_path, ptau)
    return response(kernels, ptau.contributions[-1])


def apply_beacon(
    old: Path | str,
    new_path: Path | str,
    beacon: Beacon,
    kernels: Kernels,
    *,
    name: str = "",
    progress: PhaseProgress | None = None,
) -> bytes:
    """The last contribution, by a public beacon: everybody can repeat it, and gets the same file."""
    contributor = author(name, beacon)
    ptau = contributed(read_ptau(old), beacon.rng(of_phase(progress, "beacon")), contributor, kernels, progress)
    write_ptau(new_path, ptau)
    return response(kernels, ptau.contributions[-1])


def prepare(old: Path | str, new_path: Path | str, kernels: Kernels, progress: PhaseProgress | None = None) -> None:
    """Add the Lagrange points that set-ups need (snarkjs's `powersoftau prepare phase2`)."""
    ptau = read_ptau(old)
    write_ptau(new_path, replace(ptau, lagrange=lagrange.from_points(ptau, kernels, progress), section_order=()))


def without_contributions(power: int) -> PowersOfTau:
    """Every point is a generator. Raises `ValueError` unless 1 <= power <= 28."""
    require_power(power)
    return assemble(power, accumulator.trivial_accumulator(power), ())


def require_power(power: int) -> None:
    """Raises `ValueError` unless 1 <= power <= 28."""
    if not 1 <= power <= MAX_POWER:
        raise ValueError(f"powers of tau are made for 2^1 to 2^{MAX_POWER} constraints, not 2^{power}")


def contributed(
    old: PowersOfTau, rng: ChaCha, contributor: Author, kernels: Kernels, progress: PhaseProgress | None = None
) -> PowersOfTau:
    """The powers after a contribution whose secrets are drawn from `rng`, which is wiped; not prepared."""
    if old.power != old.ceremony_power:
        raise PowersOfTauRefused(
            [f"these 2^{old.power} powers were cut from a ceremony of 2^{old.ceremony_power}: contribute to that one"]
        )
    before = old.contributions[-1] if old.contributions else initial_contribution(old.power)
    secrets, keys = draw(kernels, before.next_challenge, rng)
    rng.wipe()
    if old.contributions:
        points = accumulator.scaled(old, secrets, kernels, progress)
    else:
        points = accumulator.from_secrets(old.power, secrets, kernels, progress)
    secrets.wipe()
    contribution = record(kernels, before.next_challenge, points, keys, contributor, progress)
    return assemble(old.power, points, (*old.contributions, contribution))


def assemble(power: int, points: Accumulator, contributions: tuple[TauContribution, ...]) -> PowersOfTau:
    """A file's contents, not prepared."""
    return PowersOfTau(
        power=power,
        ceremony_power=power,
        tau_g1=points.tau_g1,
        tau_g2=points.tau_g2,
        alpha_tau_g1=points.alpha_tau_g1,
        beta_tau_g1=points.beta_tau_g1,
        beta_g2=points.beta_g2,
        contributions=contributions,
    )
