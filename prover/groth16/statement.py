"""Public inputs and proof points from outside, checked and turned into arrays: everything that may be malformed.

A malformed proof or input is an error that names its place, never `False`: only a well-formed false proof is `False`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from prover import bn254
from prover.bn254 import FQ, FR, G1Point, G2Point
from prover.errors import InconsistentFile, InvalidPoint, MalformedText, ValueOutOfRange
from prover.formats.groth16_types import Proof, VerificationKey
from prover.kernels.errors import NotInSubgroup
from prover.kernels.interface import G1Array, G2Array, Kernels, ScalarArray

PUBLIC = "public inputs"
PROOF = "proof"


def public_scalars(key: VerificationKey, public: Sequence[int]) -> ScalarArray:
    """[1, x_1, ..., x_n] canonical, shape (n + 1, 4).

    Raises `InconsistentFile` for another number of inputs than the key has, `MalformedText` for what is no integer,
    and `ValueOutOfRange` for an integer outside 0..r-1: it would be an alias of another input.
    """
    if len(public) != key.n_public:
        raise InconsistentFile(PUBLIC, "", f"there are {len(public)}, the verification key needs {key.n_public}")
    for i, value in enumerate(public):
        _check_public(i, value)
    return bn254.scalars_from_ints([1, *public])


def proof_points(proof: Proof, kernels: Kernels) -> tuple[G1Array, G2Array, G1Array]:
    """A (8,), B (16,) and C (8,). Raises `ValueOutOfRange` or `InvalidPoint` naming the point. Infinity passes."""
    a = _g1("A", proof.a)
    b = _g2("B", proof.b)
    c = _g1("C", proof.c)
    try:
        kernels.check_g2(b.reshape(1, -1))
    except NotInSubgroup as error:
        raise InvalidPoint(PROOF, "B", "it is outside the subgroup of order r") from error
    return a, b, c


def negate_g1(point: G1Array) -> G1Array:
    """Minus a point of shape (8,) that has been checked: (x, -y), the Montgomery form stays."""
    y = bn254.int_from_limbs(point[4:])
    if y == 0:  # infinity: no point of G1 has y = 0
        return point.copy()
    return np.concatenate([point[:4], bn254.limbs_from_int(FQ - y)])


def _check_public(i: int, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise MalformedText(PUBLIC, str(i), f"{value!r} is a {type(value).__name__}, not an integer")
    if not 0 <= value < FR:
        raise ValueOutOfRange(PUBLIC, str(i), f"{value} is not in 0..r-1: refused, never reduced")


def _g1(name: str, point: G1Point) -> G1Array:
    if point is not None:
        _check_coordinates(name, point)
    if not bn254.g1_is_on_curve(point):
        raise InvalidPoint(PROOF, name, "it is not on the curve")
    return bn254.g1_from_ints(point)


def _g2(name: str, point: G2Point) -> G2Array:
    if point is not None:
        _check_coordinates(name, (*point[0], *point[1]))
    if not bn254.g2_is_on_curve(point):
        raise InvalidPoint(PROOF, name, "it is not on the curve")
    return bn254.g2_from_ints(point)


def _check_coordinates(name: str, coordinates: Sequence[int]) -> None:
    for coordinate in coordinates:
        if not 0 <= coordinate < FQ:
            raise ValueOutOfRange(PROOF, name, f"coordinate {coordinate} is not in 0..q-1: refused, never reduced")
