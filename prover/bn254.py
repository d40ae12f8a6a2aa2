"""BN254 (alt_bn128) in plain integers: its constants, its encodings, and the checks for a few points.

For vectors of points use the kernels; this module serves the handful of points of a proof, a verification key or a
contribution, where an exact and obvious answer is worth more than speed (an on-curve check takes microseconds, a G2
subgroup check about ten milliseconds).

Points as integers are affine tuples, `None` is the point at infinity::

    G1Point = (x, y)                       with x, y in Fq
    G2Point = ((x.c0, x.c1), (y.c0, y.c1)) with x = x.c0 + x.c1 * u, u^2 = -1

Points as arrays are `uint64` limbs in Montgomery form (R = 2^256), least significant limb first, shape (8,) and (16,);
infinity is all zeros. They are the layouts of `prover.kernels.interface` and of snarkjs's binary files.

Source of the constants: EIP-196 and EIP-197; the family is Barreto-Naehrig (SAC 2005) with parameter `BN_PARAMETER`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from primitives import field

Fq2Element: TypeAlias = tuple[int, int]
G1Affine: TypeAlias = tuple[int, int]
G2Affine: TypeAlias = tuple[Fq2Element, Fq2Element]
G1Point: TypeAlias = G1Affine | None
G2Point: TypeAlias = G2Affine | None
Limbs: TypeAlias = NDArray[np.uint64]

BN_PARAMETER: Final = 4965661367192848881
"""The x of the Barreto-Naehrig polynomials q(x) and r(x)."""

FQ: Final = 21888242871839275222246405745257275088696311157297823662689037894645226208583
"""q: the modulus of the coordinates, 36x^4 + 36x^3 + 24x^2 + 6x + 1."""

FR: Final = field.FR
"""r: the order of the groups and the modulus of the scalars, 36x^4 + 36x^3 + 18x^2 + 6x + 1."""

FIELD_BYTES: Final = 32
LIMBS_PER_ELEMENT: Final = 4
MONTGOMERY_R: Final = 1 << 256
TWO_ADICITY: Final = 28
"""2^28 divides r - 1, so no domain is larger."""

CURVE_B: Final = 3
"""G1: y^2 = x^3 + 3."""

TWIST_B: Final[Fq2Element] = (
    19485874751759354771024239261021720505790618469301721065564631296452457478373,
    266929791119991161246907387137283842545076965332900288569378510910307636690,
)
"""G2: y^2 = x^3 + 3 / (9 + u) over Fq2."""

G1_GENERATOR: Final[G1Affine] = (1, 2)
G2_GENERATOR: Final[G2Affine] = (
    (
        10857046999023057135944570762232829481370756359578518086990519993285655852781,
        11559732032986387107991004021392285783925812861821192530917403151452391805634,
    ),
    (
        8495653923123431417604973247489272438418190587263600148770280649306958101930,
        4082367875863433681332203403145435568316851327593401208105741076214120093531,
    ),
)

_R_MOD: Final = {FQ: MONTGOMERY_R % FQ, FR: MONTGOMERY_R % FR}
_R_INVERSE: Final = {FQ: pow(MONTGOMERY_R, -1, FQ), FR: pow(MONTGOMERY_R, -1, FR)}


# -- field elements ------------------------------------------------------------------------------------------------


def to_montgomery_int(value: int, modulus: int = FQ) -> int:
    """`value * 2^256 mod modulus`; raises `ValueError` unless 0 <= value < modulus."""
    _require_reduced(value, modulus)
    return value * _R_MOD[modulus] % modulus


def from_montgomery_int(value: int, modulus: int = FQ) -> int:
    """`value / 2^256 mod modulus`; raises `ValueError` unless 0 <= value < modulus."""
    _require_reduced(value, modulus)
    return value * _R_INVERSE[modulus] % modulus


def limbs_from_int(value: int) -> Limbs:
    """The four limbs of `value`, shape (4,); raises `ValueError` unless 0 <= value < 2^256."""
    if not 0 <= value < MONTGOMERY_R:
        raise ValueError(f"{value} does not fit into 256 bits")
    return np.frombuffer(value.to_bytes(FIELD_BYTES, "little"), dtype="<u8").astype(np.uint64)


def int_from_limbs(limbs: NDArray[Any]) -> int:
    """The integer of four limbs, shape (4,)."""
    if limbs.shape != (LIMBS_PER_ELEMENT,):
        raise ValueError(f"expected four limbs, got shape {limbs.shape}")
    return int.from_bytes(limbs.astype("<u8").tobytes(), "little")


def scalars_from_ints(values: Sequence[int]) -> Limbs:
    """Canonical limbs, shape (n, 4); raises `ValueError` unless each is in 0 <= value < r."""
    for value in values:
        _require_reduced(value, FR)
    packed = b"".join(value.to_bytes(FIELD_BYTES, "little") for value in values)
    return np.frombuffer(packed, dtype="<u8").astype(np.uint64).reshape(len(values), LIMBS_PER_ELEMENT)


def ints_from_scalars(scalars: NDArray[Any]) -> list[int]:
    """The integers of limbs of shape (n, 4), as they are: no Montgomery conversion, no reduction."""
    if scalars.ndim != 2 or scalars.shape[1] != LIMBS_PER_ELEMENT:
        raise ValueError(f"expected shape (n, 4), got {scalars.shape}")
    packed = scalars.astype("<u8").tobytes()
    return [int.from_bytes(packed[at : at + FIELD_BYTES], "little") for at in range(0, len(packed), FIELD_BYTES)]


def field_from_ints(values: Sequence[int], modulus: int = FR) -> Limbs:
    """Montgomery limbs, shape (n, 4), of integers below `modulus`; the twin of `Kernels.to_montgomery`."""
    packed = b"".join(to_montgomery_int(value, modulus).to_bytes(FIELD_BYTES, "little") for value in values)
    return np.frombuffer(packed, dtype="<u8").astype(np.uint64).reshape(len(values), LIMBS_PER_ELEMENT)


def ints_from_field(elements: NDArray[Any], modulus: int = FR) -> list[int]:
    """The integers of Montgomery limbs of shape (n, 4); raises `ValueError` for one >= modulus."""
    return [from_montgomery_int(value, modulus) for value in ints_from_scalars(elements)]


def first_not_below(limbs: NDArray[Any], modulus: int) -> int | None:
    """The first row of `limbs`, shape (n, 4), that is >= `modulus`, or `None`. Vectorised: a few ns a row.

    Rows are compared as numbers, top limb first; those whose top limb is undecided (-1 among them) go on to the next.
    """
    if limbs.ndim != 2 or limbs.shape[1] != LIMBS_PER_ELEMENT:
        raise ValueError(f"expected shape (n, 4), got {limbs.shape}")
    bound = limbs_from_int(modulus)
    suspects = np.flatnonzero(limbs[:, 3] >= bound[3])
    low_0, low_1, low_2, top = limbs[suspects].T
    at_least = low_0 >= bound[0]
    at_least = (low_1 > bound[1]) | ((low_1 == bound[1]) & at_least)
    at_least = (low_2 > bound[2]) | ((low_2 == bound[2]) & at_least)
    at_least = (top > bound[3]) | ((top == bound[3]) & at_least)
    bad = suspects[at_least]
    return int(bad[0]) if bad.size else None


def _require_reduced(value: int, modulus: int) -> None:
    if not 0 <= value < modulus:
        raise ValueError(f"{value} is not in [0, {modulus}): refused, never reduced")


# -- points as arrays ----------------------------------------------------------------------------------------------


def g1_from_ints(point: G1Point) -> Limbs:
    """Montgomery limbs of a G1 point, shape (8,). `ValueError` for a coordinate >= q; does not check the curve."""
    if point is None:
        return np.zeros(8, dtype=np.uint64)
    return field_from_ints(point, FQ).reshape(8)


def g1_to_ints(array: NDArray[Any]) -> G1Point:
    """The affine coordinates of a G1 point of shape (8,); all zeros is `None`. Does not check the curve."""
    if array.shape != (8,):
        raise ValueError(f"a G1 point has 8 limbs, got shape {array.shape}")
    if not array.any():
        return None
    x, y = ints_from_field(array.reshape(2, 4), FQ)
    return x, y


def g2_from_ints(point: G2Point) -> Limbs:
    """Montgomery limbs of a G2 point, shape (16,). `ValueError` for a coordinate >= q; does not check the curve."""
    if point is None:
        return np.zeros(16, dtype=np.uint64)
    (x0, x1), (y0, y1) = point
    return field_from_ints((x0, x1, y0, y1), FQ).reshape(16)


def g2_to_ints(array: NDArray[Any]) -> G2Point:
    """The affine coordinates of a G2 point of shape (16,); all zeros is `None`. Does not check the curve."""
    if array.shape != (16,):
        raise ValueError(f"a G2 point has 16 limbs, got shape {array.shape}")
    if not array.any():
        return None
    x0, x1, y0, y1 = ints_from_field(array.reshape(4, 4), FQ)
    return (x0, x1), (y0, y1)


# -- membership ----------------------------------------------------------------------------------------------------


def g1_is_on_curve(point: G1Point) -> bool:
    """Whether both coordinates are reduced and y^2 = x^3 + 3. Infinity passes. G1 is the whole curve: no subgroup."""
    if point is None:
        return True
    x, y = point
    return 0 <= x < FQ and 0 <= y < FQ and (y * y - x * x * x - CURVE_B) % FQ == 0


def g2_is_on_curve(point: G2Point) -> bool:
    """Whether the coordinates are reduced and y^2 = x^3 + 3 / (9 + u). Infinity passes. Not a subgroup check."""
    if point is None:
        return True
    x, y = point
    if not all(0 <= coordinate < FQ for coordinate in (*x, *y)):
        return False
    right = _fq2_add(_fq2_mul(_fq2_mul(x, x), x), TWIST_B)
    return _fq2_mul(y, y) == right


@lru_cache(maxsize=256)
def g2_is_in_subgroup(point: G2Point) -> bool:
    """Whether the point is on its curve and r times it is infinity: the definition, no endomorphism. About 10 ms.

    Answers are remembered, because the same few points (the generator, a key's delta) come again and again.
    """
    return g2_is_on_curve(point) and (point is None or _g2_multiply(point, FR) is None)


def _fq2_add(a: Fq2Element, b: Fq2Element) -> Fq2Element:
    return (a[0] + b[0]) % FQ, (a[1] + b[1]) % FQ


def _fq2_sub(a: Fq2Element, b: Fq2Element) -> Fq2Element:
    return (a[0] - b[0]) % FQ, (a[1] - b[1]) % FQ


def _fq2_mul(a: Fq2Element, b: Fq2Element) -> Fq2Element:
    return (a[0] * b[0] - a[1] * b[1]) % FQ, (a[0] * b[1] + a[1] * b[0]) % FQ


def _fq2_inverse(a: Fq2Element) -> Fq2Element:
    norm_inverse = pow(a[0] * a[0] + a[1] * a[1], -1, FQ)
    return a[0] * norm_inverse % FQ, -a[1] * norm_inverse % FQ


def _g2_add(p: G2Point, q: G2Point) -> G2Point:
    """The chord-and-tangent rule, as in a textbook."""
    if p is None:
        return q
    if q is None:
        return p
    (x1, y1), (x2, y2) = p, q
    if x1 == x2:
        if y1 != y2 or y1 == (0, 0):
            return None
        square = _fq2_mul(x1, x1)
        slope = _fq2_mul(_fq2_add(_fq2_add(square, square), square), _fq2_inverse(_fq2_add(y1, y1)))
    else:
        slope = _fq2_mul(_fq2_sub(y2, y1), _fq2_inverse(_fq2_sub(x2, x1)))
    x3 = _fq2_sub(_fq2_sub(_fq2_mul(slope, slope), x1), x2)
    return x3, _fq2_sub(_fq2_mul(slope, _fq2_sub(x1, x3)), y1)


def _g2_multiply(point: G2Point, scalar: int) -> G2Point:
    result: G2Point = None
    for bit in bin(scalar)[2:]:
        result = _g2_add(result, result)
        if bit == "1":
            result = _g2_add(result, point)
    return result
