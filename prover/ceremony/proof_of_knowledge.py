"""That a contributor knew the secret x that was multiplied in: x s in G1 and x s' in G2.

s is random and s' the hash of everything before, so that the proof belongs to one place of one ceremony. Bowe, Gabizon
and Miers, "Scalable multi-party computation for zk-SNARK parameters in the random beacon model" (2017), section 3.1.
"""

from __future__ import annotations

from dataclasses import dataclass

from prover import bn254
from prover.bn254 import G1Affine, G1Point, G2Affine, G2Point
from prover.ceremony.chacha import ChaCha
from prover.ceremony.hash_to_curve import g1_point
from prover.ceremony.same_ratio import same_ratio
from prover.ceremony.secret import Secret
from prover.kernels.errors import ElementError
from prover.kernels.interface import Kernels


@dataclass(frozen=True, slots=True)
class G1Half:
    """(s, x s)."""

    s: G1Point
    sx: G1Point

    @classmethod
    def draw(cls, kernels: Kernels, secret: Secret, rng: ChaCha) -> G1Half:
        """With s drawn from the stream."""
        s = g1_point(rng)
        return cls(s, scale_g1(kernels, s, secret))


def what_is_wrong(kernels: Kernels, half: G1Half, g2_sp: G2Affine, g2_spx: G2Point) -> str | None:
    """Why a proof of knowledge is none, or `None`.

    A secret of 0, 1 or -1 is refused: it adds nothing, and 0 takes away what others added.
    """
    if half.s is None or half.sx is None or g2_spx is None:
        return "its key has a point at infinity: the secret is zero"
    if half.s[0] == half.sx[0]:
        return "its secret is 1 or -1: nothing was contributed"
    try:
        known = same_ratio(kernels, half.s, half.sx, g2_sp, g2_spx)
    except ElementError as error:
        return f"its key holds a point outside its group ({error})"
    return None if known else "its proof of knowledge is wrong: the two halves of its key hide different secrets"


def scale_g1(kernels: Kernels, point: G1Affine, secret: Secret) -> G1Point:
    """secret * point."""
    return bn254.g1_to_ints(kernels.scale_g1(bn254.g1_from_ints(point).reshape(1, 8), secret.scalar)[0])


def scale_g2(kernels: Kernels, point: G2Affine, secret: Secret) -> G2Point:
    """secret * point."""
    return bn254.g2_to_ints(kernels.scale_g2(bn254.g2_from_ints(point).reshape(1, 16), secret.scalar)[0])
