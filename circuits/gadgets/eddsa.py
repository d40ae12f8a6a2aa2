"""EdDSA over BabyJubjub with Poseidon, as `primitives.eddsa` accepts it: S * Base8 = R + h * 8 A.

A signature is valid if A is on the curve, in the subgroup of order l and not the neutral element, R is on the curve and
not neutral, and the equation holds with h = Poseidon(R.x, R.y, A.x, A.y, message).

**S is not a wire.** The equation says that there is an S, which is Schnorr's statement; the circuit takes S as 55
points of windows (see `circuits.gadgets.signature_windows`), whose sum is S * Base8 for one S modulo l. S and S + l
are therefore the same witness, no statement depends on which was sent, and `signature_inputs` refuses S >= l as the
native check does.

R needs no check of its own: it is computed, by additions that have no infinity, from points of the subgroup.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final

from circuits.frontend import Builder, InputValues, Wire, circuit, private, public, subcircuit
from circuits.gadgets.challenge_multiple import challenge_multiple
from circuits.gadgets.example import Example
from circuits.gadgets.montgomery import (
    EdwardsPoint,
    MontgomeryPoint,
    add,
    assert_distinct,
    assert_on_curve,
    assert_same_point,
    double,
)
from circuits.gadgets.poseidon import poseidon
from circuits.gadgets.signature_inputs import SignatureInputs, signature_inputs
from circuits.gadgets.signature_windows import WINDOWS, sum_of_windows, window_points
from primitives.babyjubjub import SUBGROUP_ORDER
from primitives.eddsa import public_key, sign
from prover.bn254 import FR

RULE_KEY: Final = "InvalidPublicKey"
RULE_SIGNATURE: Final = "InvalidSignature"


@dataclass(frozen=True, slots=True)
class CheckedKey:
    """A public key of order l: its Edwards coordinates, and four times it. Made by `checked_key` alone."""

    edwards: EdwardsPoint
    four_times: MontgomeryPoint


@subcircuit
def checked_key(c: Builder, key: EdwardsPoint, eighth: MontgomeryPoint) -> CheckedKey:
    """Asserts that `key` is 8 * `eighth` for a point on the curve, hence of order l, hence not neutral. Cost: 25.

    Infinity has no coordinates here: an `eighth` of small order has no witness.
    """
    with c.rule(RULE_KEY):
        assert_on_curve(c, eighth)
        twice = double(c, eighth)
        key_here = double(c, double(c, twice))
        assert_same_point(c, key_here, key)
        return CheckedKey(key, double(c, double(c, key_here)))


@subcircuit
def assert_signature(
    c: Builder, key: CheckedKey, r: EdwardsPoint, windows: Sequence[MontgomeryPoint], message: Wire
) -> Wire:
    """Asserts that whoever knows the secret of `key` signed `message`. Cost: 2,455.

    Gives the challenge h, which binds R, the key and the message: for transcripts.
    """
    with c.rule(RULE_SIGNATURE):
        h = poseidon(c, [r.x, r.y, key.edwards.x, key.edwards.y, message])
        of_key = challenge_multiple(c, h, key.four_times)
        of_base = sum_of_windows(c, windows)
        assert_distinct(c, of_base, of_key)
        computed = add(c, of_base, MontgomeryPoint(of_key.u, -of_key.v))
        assert_same_point(c, computed, r)
    return h


@circuit(message=public(), key=private(2), eighth=private(2), r=private(2), windows=private(WINDOWS, 2))
def eddsa_verify(
    c: Builder,
    message: Wire,
    key: Sequence[Wire],
    eighth: Sequence[Wire],
    r: Sequence[Wire],
    windows: Sequence[Sequence[Wire]],
) -> None:
    """One signature of one key. Cost: 2,480; circomlib's `EdDSAPoseidonVerifier` takes 4,217."""
    checked = checked_key(c, EdwardsPoint(key[0], key[1]), MontgomeryPoint(eighth[0], eighth[1]))
    points = [MontgomeryPoint(u, v) for u, v in windows]
    assert_signature(c, checked, EdwardsPoint(r[0], r[1]), points, message)


def circuit_inputs(signature: SignatureInputs) -> dict[str, Any]:
    """The inputs of `eddsa_verify`."""
    return {
        "message": signature.message,
        "key": list(signature.key),
        "eighth": list(signature.eighth),
        "r": list(signature.r),
        "windows": [list(point) for point in signature.windows],
    }


def _signed(random: Random) -> SignatureInputs:
    secret, message = random.randbytes(32), random.choice((0, 1, FR - 1, random.randrange(FR)))
    return signature_inputs(public_key(secret), sign(secret, message), message)


def _honest(random: Random) -> InputValues:
    return circuit_inputs(_signed(random))


def _refused(random: Random) -> Iterator[tuple[str, InputValues]]:
    honest = _signed(random)
    yield RULE_SIGNATURE, circuit_inputs(replace(honest, message=(honest.message + 1) % FR))
    yield (
        RULE_SIGNATURE,
        circuit_inputs(replace(honest, windows=tuple(window_points(random.randrange(SUBGROUP_ORDER))))),
    )
    yield RULE_SIGNATURE, circuit_inputs(replace(honest, r=_signed(random).r))
    yield RULE_KEY, circuit_inputs(replace(honest, key=_signed(random).key))
    u, v = honest.eighth
    yield RULE_KEY, circuit_inputs(replace(honest, eighth=(u, (v + 1) % FR)))
    first, *others = honest.windows
    yield RULE_SIGNATURE, circuit_inputs(replace(honest, windows=((first[0], (first[1] + 1) % FR), *others)))


EXAMPLES: Final = (Example("eddsa_verify", eddsa_verify, _honest, _refused),)
