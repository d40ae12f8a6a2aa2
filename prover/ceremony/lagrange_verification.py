"""Whether the prepared points of a `.ptau` are the Lagrange basis of its powers.

For random r, the sum of r_i tau^i is the sum of the transform of r times the Lagrange points. All levels of a vector
are checked by one such equation, each level with coefficients of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from prover.ceremony.same_ratio import random_coefficients
from prover.formats.ptau import G1_LIMBS, LagrangePoints, PowersOfTau
from prover.groth16.phases import PhaseProgress, of_phase
from prover.kernels.interface import Field, Kernels, ScalarArray


def wrong_lagrange_vectors(ptau: PowersOfTau, kernels: Kernels, progress: PhaseProgress | None) -> Iterator[str]:
    """A message for each vector that is wrong; nothing when the file is not prepared."""
    if ptau.lagrange is None:
        return
    vectors = {
        "lagrange tau in G1": (ptau.tau_g1, ptau.lagrange.tau_g1),
        "lagrange tau in G2": (ptau.tau_g2, ptau.lagrange.tau_g2),
        "lagrange alpha tau in G1": (ptau.alpha_tau_g1, ptau.lagrange.alpha_tau_g1),
        "lagrange beta tau in G1": (ptau.beta_tau_g1, ptau.lagrange.beta_tau_g1),
    }
    for name, (powers, prepared) in vectors.items():
        if not _is_lagrange(powers, prepared, kernels, name, progress):
            yield f"{name} is not the Lagrange basis of its powers: prepare the file again"


def _is_lagrange(
    powers: NDArray[np.uint64],
    prepared: NDArray[np.uint64],
    kernels: Kernels,
    phase: str,
    progress: PhaseProgress | None,
) -> bool:
    on_powers, on_prepared = _coefficients(len(powers), len(prepared), kernels)
    msm = kernels.msm_g1 if powers.shape[1] == G1_LIMBS else kernels.msm_g2
    expected = msm(powers, on_powers)
    return np.array_equal(expected, msm(prepared, on_prepared, progress=of_phase(progress, phase)))


def _coefficients(n_powers: int, n_prepared: int, kernels: Kernels) -> tuple[ScalarArray, ScalarArray]:
    """r, added up over the levels, and its transforms, one after the other; both canonical."""
    on_powers = np.zeros((n_powers, 4), dtype=np.uint64)
    on_prepared = np.zeros((n_prepared, 4), dtype=np.uint64)
    for level in range(n_prepared.bit_length()):
        drawn = random_coefficients(1 << level)
        drawn[n_powers:] = 0  # the last level of tau in G1 lacks its last power, which counts as zero
        used = min(n_powers, 1 << level)
        on_powers[:used] = kernels.add(Field.FR, on_powers[:used], drawn[:used])
        montgomery = kernels.to_montgomery(Field.FR, drawn)
        kernels.ntt(montgomery)
        LagrangePoints.level(on_prepared, level)[:] = kernels.from_montgomery(Field.FR, montgomery)
    return on_powers, on_prepared
