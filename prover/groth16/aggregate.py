"""Many proofs under one key for little more than one pairing each.

With random 128-bit coefficients rho_j, all equations hold at once (but with chance 2^-128) when::

    prod e(rho_j A_j, B_j) = e(sum rho_j alpha, beta) e(sum rho_j vk_x_j, gamma) e(sum rho_j C_j, delta)

which is k + 3 Miller loops and one final exponentiation for k proofs (Bellare, Garay, Rabin, Eurocrypt 1998: the
small-exponents test).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

import numpy as np

from prover import bn254
from prover.bn254 import FR
from prover.errors import InconsistentFile
from prover.formats.groth16_types import Proof, VerificationKey
from prover.groth16.keys import refuse_unsound_key_once
from prover.groth16.statement import negate_g1, proof_points, public_scalars
from prover.kernels.interface import Kernels

COEFFICIENT_BYTES = 16

Statement = tuple[Sequence[int], Proof]
"""Public inputs and the proof of them."""


def verify_many(
    key: VerificationKey,
    statements: Sequence[Statement],
    kernels: Kernels,
    randomness: Callable[[int], bytes] = secrets.token_bytes,
) -> bool:
    """Whether all proofs are true. `randomness(n)` gives n bytes that whoever made the proofs could not foresee.

    Raises as `verify` does for the first malformed statement, and `InconsistentFile` for none at all: nothing proven is
    not true.
    """
    refuse_unsound_key_once(key, kernels)
    if not statements:
        raise InconsistentFile("proofs", "", "there is none to verify")
    inputs = [bn254.ints_from_scalars(public_scalars(key, public)) for public, _ in statements]
    points = [proof_points(proof, kernels) for _, proof in statements]
    weights = [_coefficient(randomness) for _ in statements]
    rho = bn254.scalars_from_ints(weights)
    combined = [sum(w * x[i] for w, x in zip(weights, inputs, strict=True)) % FR for i in range(len(key.ic))]
    ic = np.stack([bn254.g1_from_ints(point) for point in key.ic])
    scaled_a = kernels.scale_g1(np.stack([negate_g1(a) for a, _, _ in points]), rho)
    total = bn254.scalars_from_ints([sum(weights) % FR])
    ends = [
        kernels.msm_g1(np.stack([bn254.g1_from_ints(key.alpha_g1)]), total),
        kernels.msm_g1(ic, bn254.scalars_from_ints(combined)),
        kernels.msm_g1(np.stack([c for _, _, c in points]), rho),
    ]
    key_g2 = [bn254.g2_from_ints(point) for point in (key.beta_g2, key.gamma_g2, key.delta_g2)]
    g2 = np.stack([*(b for _, b, _ in points), *key_g2])
    return kernels.pairing_product_is_one(np.concatenate([scaled_a, np.stack(ends)]), g2)


def find_invalid(
    key: VerificationKey,
    statements: Sequence[Statement],
    kernels: Kernels,
    randomness: Callable[[int], bytes] = secrets.token_bytes,
) -> list[int]:
    """The indices of the false proofs, by halving: b bad ones among k cost about 2 b log2(k) aggregate checks."""

    def search(first: int, last: int) -> list[int]:
        if first == last or verify_many(key, statements[first:last], kernels, randomness):
            return []
        if last - first == 1:
            return [first]
        middle = (first + last) // 2
        return search(first, middle) + search(middle, last)

    return search(0, len(statements))


def _coefficient(randomness: Callable[[int], bytes]) -> int:
    """A number in 1..2^128: never zero, which would take a proof out of the sum."""
    drawn = randomness(COEFFICIENT_BYTES)
    if len(drawn) != COEFFICIENT_BYTES:
        raise ValueError(f"the randomness gave {len(drawn)} bytes instead of {COEFFICIENT_BYTES}")
    return int.from_bytes(drawn, "big") + 1
