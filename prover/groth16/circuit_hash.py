"""snarkjs's hash of a circuit's set-up: BLAKE2b-512 over every point of a .zkey before the first contribution.

In this order: alpha_g1, beta_g1, beta_g2, gamma_g2, delta_g1, delta_g2; then, each with its length as a big-endian u32
before it, IC, the points tau^(i + n) - tau^i of the quotient, L, A, B in G1, B in G2. All points are uncompressed
(`prover.formats.point_encoding`). Every transcript of phase 2 begins with this hash.

Source: snarkjs 0.7.6, `zkey_new.js`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

import numpy as np

from prover.formats.point_encoding import uncompressed_g1, uncompressed_g2
from prover.groth16.overread import subtract_from_no_point
from prover.kernels.interface import Field, FieldArray, G1Array, G2Array, Kernels

CHUNK: Final = 1 << 16
SNARKJS_CHUNK: Final = 1 << 14
"""Above this domain size snarkjs hashes one point too many; see `quotient_points`."""


class CircuitHash:
    """The hash, fed section by section."""

    def __init__(self, kernels: Kernels) -> None:
        self._kernels = kernels
        self._hasher = hashlib.blake2b()

    def points_g1(self, points: G1Array) -> None:
        """Absorb points, shape (n, 8), without their number."""
        for start in range(0, len(points), CHUNK):
            self._hasher.update(uncompressed_g1(self._kernels, points[start : start + CHUNK]).data)

    def points_g2(self, points: G2Array) -> None:
        """Absorb points, shape (n, 16), without their number."""
        for start in range(0, len(points), CHUNK):
            self._hasher.update(uncompressed_g2(self._kernels, points[start : start + CHUNK]).data)

    def length(self, n: int) -> None:
        """Absorb the number of points of a section."""
        self._hasher.update(n.to_bytes(4, "big"))

    def section_g1(self, points: G1Array) -> None:
        """Absorb number and points."""
        self.length(len(points))
        self.points_g1(points)

    def section_g2(self, points: G2Array) -> None:
        """Absorb number and points."""
        self.length(len(points))
        self.points_g2(points)

    def digest(self) -> bytes:
        """64 bytes."""
        return self._hasher.digest()


def quotient_points(kernels: Kernels, tau_g1: G1Array, domain_size: int, following: bytes) -> Iterator[G1Array]:
    """tau^(i + n) - tau^i in G1 for i in 0..n-1, by chunks: what snarkjs hashes of the quotient's points.

    n - 1 points are meant. snarkjs takes chunks of 2^14 and fills the last one, so that for larger n it hashes n; and
    when the powers of tau end at 2n - 2, its last point is read from the 64 bytes that follow in the file (`following`)
    and are no point at all. Its arithmetic on them is repeated (`prover.groth16.overread`), because its hash is what
    everybody compares.

    Raises `ZeroInverse` when tau^n is 1 or -1 or the points repeat.
    """
    n = domain_size
    count = n - 1 if n <= SNARKJS_CHUNK else n
    available = min(count, len(tau_g1) - n)
    for start in range(0, available, CHUNK):
        stop = min(start + CHUNK, available)
        yield subtract_g1(kernels, tau_g1[n + start : n + stop], tau_g1[start:stop])
    if available < count:
        yield subtract_from_no_point(following, tau_g1[available]).reshape(1, 8)


def subtract_g1(kernels: Kernels, a: G1Array, b: G1Array) -> G1Array:
    """a[i] - b[i] in affine coordinates, shape (n, 8), by shared inversion. Needs a[i] other than b[i] and -b[i]."""

    def multiply(x: FieldArray, y: FieldArray) -> FieldArray:
        return kernels.mul(Field.FQ, x, y)

    def subtract(x: FieldArray, y: FieldArray) -> FieldArray:
        return kernels.sub(Field.FQ, x, y)

    ax, ay, bx, by = (_column(points, at) for points in (a, b) for at in (0, 4))
    slope = multiply(kernels.add(Field.FQ, ay, by), kernels.inverse(Field.FQ, subtract(ax, bx)))
    x = subtract(subtract(multiply(slope, slope), ax), bx)
    y = subtract(multiply(slope, subtract(ax, x)), ay)
    return np.concatenate([x, y], axis=1)


def _column(points: G1Array, at: int) -> FieldArray:
    return np.ascontiguousarray(points[:, at : at + 4])
