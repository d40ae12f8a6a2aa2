"""From a signature as it is sent to the inputs of the EdDSA gadget: where what cannot be proved is refused, by name."""

from __future__ import annotations

from dataclasses import dataclass

from circuits.frontend import InputRefused
from circuits.gadgets.challenge_multiple import can_be_proved
from circuits.gadgets.montgomery import montgomery_of
from circuits.gadgets.signature_windows import window_points
from primitives.babyjubjub import (
    IDENTITY,
    SUBGROUP_ORDER,
    Point,
    is_in_subgroup,
    is_on_curve,
    multiply,
)
from primitives.eddsa import Signature, challenge
from prover.bn254 import FR


@dataclass(frozen=True, slots=True)
class SignatureInputs:
    """What the gadget takes, in integers: `eighth` and `windows` are points in Montgomery coordinates."""

    key: Point
    eighth: Point
    r: Point
    windows: tuple[Point, ...]
    message: int


def signature_inputs(public_key: Point, signature: Signature, message: int) -> SignatureInputs:
    """Raises `InputRefused` for what the native check calls malformed, and for a challenge that cannot be proved.

    Whether the equation holds is left to the circuit. About 30 ms, two products of points in plain integers.
    """
    if not (is_on_curve(public_key) and is_in_subgroup(public_key)) or public_key == IDENTITY:
        raise InputRefused("public_key", "it is not a point of order l")
    if not is_on_curve(signature.r) or signature.r == IDENTITY:
        raise InputRefused("signature.r", "it is not a point of the curve, or neutral")
    if not 0 <= signature.s < SUBGROUP_ORDER:
        raise InputRefused("signature.s", "it is not below l: refused, never reduced")
    if not 0 <= message < FR:
        raise InputRefused("message", "it is not in [0, r): refused, never reduced")
    if not can_be_proved(challenge(signature.r, public_key, message)):
        raise InputRefused("signature", "its challenge lies too near a bound to be proved: sign with another nonce")
    eighth = multiply(pow(8, -1, SUBGROUP_ORDER), public_key)
    return SignatureInputs(public_key, montgomery_of(eighth), signature.r, tuple(window_points(signature.s)), message)
