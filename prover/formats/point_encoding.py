"""The byte strings of points that set-up ceremonies hash: big-endian and canonical, where files hold Montgomery limbs.

Uncompressed, a G1 point is x | y (64 bytes) and a G2 point x.c1 | x.c0 | y.c1 | y.c0 (128 bytes), infinity all zeros.
Compressed, it is x alone (32 and 64 bytes); the top bit of the first byte says that y is the greater of the two roots
(by c1 in G2, by c0 where c1 is zero), and infinity is 0x40 followed by zeros.

Source: ffjavascript's and wasmcurves' `LEMtoU` and `LEMtoC`; after Zcash's encoding for BLS12-381.
"""

from __future__ import annotations

from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from prover.bn254 import FIELD_BYTES, FQ, LIMBS_PER_ELEMENT, limbs_from_int
from prover.kernels.interface import Field, FieldArray, G1Array, G2Array

EncodedPoints = NDArray[np.uint8]
"""Shape (n, bytes per point)."""

_GREATEST: Final = 0x80
_INFINITY: Final = 0x40
_NEGATIVE_FROM: Final = (FQ + 1) // 2


class FromMontgomery(Protocol):
    """The one kernel that encoding needs."""

    def from_montgomery(self, field: Field, a: FieldArray) -> FieldArray:
        """a / 2^256, element by element. Raises `NotReduced`."""


def uncompressed_g1(kernels: FromMontgomery, points: G1Array) -> EncodedPoints:
    """Shape (n, 8) -> (n, 64)."""
    return _uncompressed(_canonical(kernels, points), FIELD_BYTES)


def uncompressed_g2(kernels: FromMontgomery, points: G2Array) -> EncodedPoints:
    """Shape (n, 16) -> (n, 128)."""
    return _uncompressed(_canonical(kernels, points), 2 * FIELD_BYTES)


def compressed_g1(kernels: FromMontgomery, points: G1Array) -> EncodedPoints:
    """Shape (n, 8) -> (n, 32)."""
    canonical = _canonical(kernels, points)
    return _compressed(canonical, FIELD_BYTES, _is_negative(canonical[:, 4:]))


def compressed_g2(kernels: FromMontgomery, points: G2Array) -> EncodedPoints:
    """Shape (n, 16) -> (n, 64)."""
    canonical = _canonical(kernels, points)
    y0, y1 = canonical[:, 8:12], canonical[:, 12:]
    return _compressed(canonical, 2 * FIELD_BYTES, np.where(y1.any(axis=1), _is_negative(y1), _is_negative(y0)))


def _canonical(kernels: FromMontgomery, points: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The same shape, out of Montgomery form."""
    contiguous = np.ascontiguousarray(points)
    return kernels.from_montgomery(Field.FQ, contiguous.reshape(-1, LIMBS_PER_ELEMENT)).reshape(contiguous.shape)


def _uncompressed(canonical: NDArray[np.uint64], coordinate_bytes: int) -> EncodedPoints:
    """Each coordinate's bytes reversed: an element of Fq2 as one number with c1 on top."""
    n = canonical.shape[0]
    little = canonical.astype("<u8", copy=False).view(np.uint8).reshape(n, 2, coordinate_bytes)
    return np.ascontiguousarray(little[:, :, ::-1]).reshape(n, 2 * coordinate_bytes)


def _compressed(canonical: NDArray[np.uint64], x_bytes: int, greatest: NDArray[np.bool_]) -> EncodedPoints:
    little = canonical.astype("<u8", copy=False).view(np.uint8).reshape(canonical.shape[0], 2 * x_bytes)
    encoded = np.ascontiguousarray(little[:, x_bytes - 1 :: -1])
    encoded[greatest, 0] |= _GREATEST
    encoded[~canonical.any(axis=1), 0] = _INFINITY
    return encoded


def _is_negative(elements: NDArray[Any]) -> NDArray[np.bool_]:
    """Which rows of canonical limbs, shape (n, 4), are above (q - 1) / 2."""
    bound = limbs_from_int(_NEGATIVE_FROM)
    at_least = elements[:, 0] >= bound[0]
    for limb in range(1, LIMBS_PER_ELEMENT):
        at_least = (elements[:, limb] > bound[limb]) | ((elements[:, limb] == bound[limb]) & at_least)
    result: NDArray[np.bool_] = at_least
    return result
