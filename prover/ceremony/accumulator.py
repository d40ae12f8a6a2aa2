"""The points of powers of tau, and how a contribution changes them.

With n = 2^power: tau^i in G1 for i < 2n - 1 and in G2 for i < n, alpha tau^i and beta tau^i in G1 for i < n, and beta
in G2. A contributor multiplies the points at i by tau^i, alpha tau^i, beta tau^i and beta of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from prover import bn254
from prover.bn254 import G1_GENERATOR, G2_GENERATOR
from prover.ceremony.secret import Secret, wipe
from prover.formats.ptau import PowersOfTau
from prover.groth16.phases import PhaseProgress, of_phase
from prover.kernels.interface import Field, FieldArray, G1Array, G2Array, Kernels, ScalarArray

ONE_MONTGOMERY: Final = bn254.field_from_ints([1])[0]

Multiply: TypeAlias = Callable[[NDArray[np.uint64], ScalarArray, str], NDArray[np.uint64]]
"""(points, scalars, name of the phase) -> scalars[i] * points[i]."""


@dataclass(frozen=True, slots=True, eq=False)
class Accumulator:
    """The five sections: shapes (2n - 1, 8), (n, 16), (n, 8), (n, 8), (16,)."""

    tau_g1: G1Array
    tau_g2: G2Array
    alpha_tau_g1: G1Array
    beta_tau_g1: G1Array
    beta_g2: G2Array


@dataclass(frozen=True, slots=True)
class TauSecrets:
    """The three secrets of a contribution to phase 1."""

    tau: Secret
    alpha: Secret
    beta: Secret

    def times(self, other: TauSecrets, kernels: Kernels) -> TauSecrets:
        """What two contributions amount to."""
        pairs = ((self.tau, other.tau), (self.alpha, other.alpha), (self.beta, other.beta))
        return TauSecrets(*(mine.times(theirs, kernels) for mine, theirs in pairs))

    def wipe(self) -> None:
        """Overwrite all three."""
        for secret in (self.tau, self.alpha, self.beta):
            secret.wipe()


def trivial_accumulator(power: int) -> Accumulator:
    """Before any contribution every point is a generator. The arrays are one point, repeated without memory."""
    n = 1 << power
    g1, g2 = bn254.g1_from_ints(G1_GENERATOR), bn254.g2_from_ints(G2_GENERATOR)
    tau_g1, alpha_g1, beta_g1 = (np.broadcast_to(g1, (rows, 8)) for rows in (2 * n - 1, n, n))
    return Accumulator(tau_g1, np.broadcast_to(g2, (n, 16)), alpha_g1, beta_g1, g2)


def from_secrets(
    power: int, secrets: TauSecrets, kernels: Kernels, progress: PhaseProgress | None = None
) -> Accumulator:
    """The points when all secrets are known: multiples of the generators, several times as fast as `scaled`."""
    g1, g2 = bn254.g1_from_ints(G1_GENERATOR), bn254.g2_from_ints(G2_GENERATOR)
    return _multiplied(
        trivial_accumulator(power),
        secrets,
        kernels,
        lambda _, scalars, phase: kernels.fixed_base_g1(g1, scalars, progress=of_phase(progress, phase)),
        lambda _, scalars, phase: kernels.fixed_base_g2(g2, scalars, progress=of_phase(progress, phase)),
    )


def scaled(
    old: PowersOfTau, secrets: TauSecrets, kernels: Kernels, progress: PhaseProgress | None = None
) -> Accumulator:
    """The points of `old` after a contribution: one multiplication by a full scalar each."""
    return _multiplied(
        old,
        secrets,
        kernels,
        lambda points, scalars, phase: kernels.scale_g1(points, scalars, progress=of_phase(progress, phase)),
        lambda points, scalars, phase: kernels.scale_g2(points, scalars, progress=of_phase(progress, phase)),
    )


def _multiplied(
    old: Accumulator | PowersOfTau, secrets: TauSecrets, kernels: Kernels, in_g1: Multiply, in_g2: Multiply
) -> Accumulator:
    def by_powers(multiply: Multiply, points: G1Array | G2Array, start: FieldArray, phase: str) -> G1Array | G2Array:
        scalars = powers(kernels, start, secrets.tau, len(points))
        result = multiply(points, scalars, phase)
        wipe(scalars)
        return result

    alpha, beta = secrets.alpha.montgomery(kernels)[0], secrets.beta.montgomery(kernels)[0]
    made = Accumulator(
        by_powers(in_g1, old.tau_g1, ONE_MONTGOMERY, "tau in G1"),
        by_powers(in_g2, old.tau_g2, ONE_MONTGOMERY, "tau in G2"),
        by_powers(in_g1, old.alpha_tau_g1, alpha, "alpha tau in G1"),
        by_powers(in_g1, old.beta_tau_g1, beta, "beta tau in G1"),
        in_g2(old.beta_g2.reshape(1, 16), secrets.beta.scalar, "beta in G2")[0],
    )
    wipe(alpha, beta)
    return made


def powers(kernels: Kernels, start: FieldArray, tau: Secret, n: int) -> ScalarArray:
    """Canonical start * tau^i for i < n, `start` in Montgomery form, shape (4,)."""
    ratio = tau.montgomery(kernels)
    montgomery = kernels.powers(Field.FR, start, ratio[0], n)
    scalars = kernels.from_montgomery(Field.FR, montgomery)
    wipe(ratio, montgomery)
    return scalars
