"""What a Groth16 proof and a verification key are, in plain integers.

Points are affine tuples as in `prover.bn254`; `None` is the point at infinity. Building one of these checks nothing:
the readers of `prover.formats` check ranges, curve and subgroup, and the verifier refuses unsound keys.

The canonical encoding, hashed by `digest()`, is a name, a zero byte, and then the points as big-endian 32-byte
coordinates (x, y; in G2 x.c0, x.c1, y.c0, y.c1) with infinity as zeros; a list is preceded by its length in 8 bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from prover.bn254 import FIELD_BYTES, G1Point, G2Point


@dataclass(frozen=True, slots=True)
class Proof:
    """A Groth16 proof (Groth 2016, section 3.2): A and C in G1, B in G2."""

    a: G1Point
    b: G2Point
    c: G1Point

    def encode(self) -> bytes:
        """The canonical encoding. Groth16 proofs are malleable: never use it as a name for the statement proven."""
        return b"zkclear.groth16.Proof\0" + encode_g1(self.a) + encode_g2(self.b) + encode_g1(self.c)

    def digest(self) -> bytes:
        """SHA-256 of the canonical encoding."""
        return hashlib.sha256(self.encode()).digest()


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A Groth16 verification key. `ic[0]` belongs to the constant 1, `ic[1 + i]` to public input i."""

    alpha_g1: G1Point
    beta_g2: G2Point
    gamma_g2: G2Point
    delta_g2: G2Point
    ic: tuple[G1Point, ...]

    @property
    def n_public(self) -> int:
        """How many public inputs a proof comes with."""
        return len(self.ic) - 1

    def encode(self) -> bytes:
        """The canonical encoding."""
        head = encode_g1(self.alpha_g1) + encode_g2(self.beta_g2) + encode_g2(self.gamma_g2) + encode_g2(self.delta_g2)
        ic = len(self.ic).to_bytes(8, "big") + b"".join(encode_g1(point) for point in self.ic)
        return b"zkclear.groth16.VerificationKey\0" + head + ic

    def digest(self) -> bytes:
        """SHA-256 of the canonical encoding."""
        return hashlib.sha256(self.encode()).digest()


def encode_g1(point: G1Point) -> bytes:
    """64 bytes: x, y big-endian; zeros for infinity."""
    if point is None:
        return bytes(2 * FIELD_BYTES)
    return b"".join(coordinate.to_bytes(FIELD_BYTES, "big") for coordinate in point)


def encode_g2(point: G2Point) -> bytes:
    """128 bytes: x.c0, x.c1, y.c0, y.c1 big-endian; zeros for infinity."""
    if point is None:
        return bytes(4 * FIELD_BYTES)
    return b"".join(coordinate.to_bytes(FIELD_BYTES, "big") for element in point for coordinate in element)
