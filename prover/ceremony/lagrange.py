"""Preparation for phase 2: the powers of tau in the Lagrange basis of every domain that they can serve.

Level k holds L_i(tau) for the domain of 2^k points, which is the inverse transform of 1, tau, tau^2 ... Levels 0 to the
power are made of all four vectors; of tau in G1 also one more, whose last coefficient (a power that the file does not
have) counts as zero. Set-up takes the quotient's points from it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from prover import bn254
from prover.bn254 import G1_GENERATOR, G2_GENERATOR
from prover.ceremony.accumulator import ONE_MONTGOMERY, TauSecrets
from prover.ceremony.secret import wipe
from prover.formats.ptau import LagrangePoints, PowersOfTau
from prover.groth16.phases import PhaseProgress, of_phase
from prover.kernels.interface import Field, FieldArray, Kernels, Progress

_PHASES: Final = {
    "tau_g1": "lagrange tau in G1",
    "tau_g2": "lagrange tau in G2",
    "alpha_tau_g1": "lagrange alpha tau in G1",
    "beta_tau_g1": "lagrange beta tau in G1",
}


def from_points(ptau: PowersOfTau, kernels: Kernels, progress: PhaseProgress | None = None) -> LagrangePoints:
    """By transforms in the groups: nobody needs to know tau. About 2^(p + 1) * (p + 1) multiplications a vector."""

    def transform(name: str, top_level: int) -> NDArray[np.uint64]:
        powers: NDArray[np.uint64] = getattr(ptau, name)
        transform_in_place = kernels.group_ntt_g1 if powers.shape[1] == 8 else kernels.group_ntt_g2
        out = np.zeros(((2 << top_level) - 1, powers.shape[1]), dtype=np.uint64)
        for level in range(top_level + 1):
            basis = LagrangePoints.level(out, level)
            available = powers[: len(basis)]
            basis[: len(available)] = available
            transform_in_place(basis, inverse=True, progress=_of_level(progress, _PHASES[name], level, top_level))
        return out

    return _for_all_vectors(transform, ptau.power)


def from_secrets(
    power: int, secrets: TauSecrets, kernels: Kernels, progress: PhaseProgress | None = None
) -> LagrangePoints:
    """By transforms of the scalars, when they are known, and multiples of the generators."""
    g1, g2 = bn254.g1_from_ints(G1_GENERATOR), bn254.g2_from_ints(G2_GENERATOR)
    ratio = secrets.tau.montgomery(kernels)

    def transform(name: str, top_level: int) -> NDArray[np.uint64]:
        start = _start(name, secrets, kernels)
        n_powers = min(1 << top_level, (2 << power) - 1)
        scalars = lagrange_scalars(kernels.powers(Field.FR, start, ratio[0], n_powers), top_level, kernels)
        phase = of_phase(progress, _PHASES[name])
        if name == "tau_g2":
            points = kernels.fixed_base_g2(g2, scalars, progress=phase)
        else:
            points = kernels.fixed_base_g1(g1, scalars, progress=phase)
        wipe(start, scalars)
        return points

    made = _for_all_vectors(transform, power)
    wipe(ratio)
    return made


def lagrange_scalars(powers: FieldArray, top_level: int, kernels: Kernels) -> FieldArray:
    """Canonical scalars of all levels, one after the other. `powers` are in Montgomery form, and are wiped."""
    montgomery = np.zeros(((2 << top_level) - 1, 4), dtype=np.uint64)
    for level in range(top_level + 1):
        basis = LagrangePoints.level(montgomery, level)
        available = powers[: len(basis)]
        basis[: len(available)] = available
        kernels.ntt(basis, inverse=True)
    scalars = kernels.from_montgomery(Field.FR, montgomery)
    wipe(powers, montgomery)
    return scalars


def _of_level(progress: PhaseProgress | None, phase: str, level: int, top_level: int) -> Progress | None:
    """Progress of one level as a part of all, by the number of butterflies."""
    if progress is None:
        return None
    work = [(k + 1) << k for k in range(top_level + 1)]
    before, total = sum(work[:level]), sum(work)
    return lambda done, of: progress(phase, before + work[level] * done // max(of, 1), total)


def _start(name: str, secrets: TauSecrets, kernels: Kernels) -> FieldArray:
    """The factor before the powers, in Montgomery form, shape (4,): a copy."""
    secret = {"alpha_tau_g1": secrets.alpha, "beta_tau_g1": secrets.beta}.get(name)
    return ONE_MONTGOMERY.copy() if secret is None else secret.montgomery(kernels).reshape(4)


def _for_all_vectors(transform: Callable[[str, int], NDArray[np.uint64]], power: int) -> LagrangePoints:
    return LagrangePoints(
        tau_g1=transform("tau_g1", power + 1),
        tau_g2=transform("tau_g2", power),
        alpha_tau_g1=transform("alpha_tau_g1", power),
        beta_tau_g1=transform("beta_tau_g1", power),
    )
