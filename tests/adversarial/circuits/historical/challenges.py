"""Challenges that bind too little."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from circuits.frontend import InputValues
from circuits.gadgets.eddsa import RULE_SIGNATURE, eddsa_verify
from primitives import babyjubjub as bj
from primitives import eddsa
from primitives.poseidon import poseidon
from prover.bn254 import FR
from tests.adversarial.circuits.historical.bug import Attack, Bug, Tool
from tests.adversarial.circuits.historical.edwards import Checks
from tests.adversarial.circuits.historical.signatures import (
    KEY,
    MESSAGE,
    forced,
    good,
    public_point,
    restated,
    statement,
    verifier,
)

SIGNED: Final = (MESSAGE, 5, FR - 1)
"""All that the owner of `KEY` ever signed."""


def _is_signed(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    """Closed world: whether the owner of the key signed the message."""
    return {} if tuple(inputs["key"]) == public_point() and inputs["message"] in SIGNED else None


def _sign_as(checks: Checks, message: int) -> dict[str, Any]:
    """A signature for a verifier whose challenge binds less."""
    secret, nonce = eddsa.expand_private_key(KEY)[0], 4242 + message % 1000
    r = bj.multiply(nonce, bj.BASE8)
    return statement(
        public_point(),
        r,
        (nonce + _challenge(checks, r, public_point(), message) * secret) % bj.SUBGROUP_ORDER,
        message,
    )


def _challenge(checks: Checks, r: bj.Point, key: bj.Point, message: int) -> int:
    bound: dict[str, Sequence[int]] = {"r": r, "key": key, "message": (message,)}
    return poseidon([value for name in checks.challenge for value in bound[name]])


def _signed_again(inputs: InputValues) -> InputValues:
    """What the owner signed, signed for our verifier; anything else as it is."""
    if _is_signed(inputs) is None:
        return forced(inputs)
    return restated(good(inputs["message"]))


NO_KEY: Final = Checks(challenge=("r", "message"))
NO_R: Final = Checks(challenge=("key", "message"))


def _related_key() -> dict[str, Any]:
    """From a signature that everybody saw: a key A + 3 Base8 that signs the same message, by adding 8 * 3 h to S."""
    seen = _sign_as(NO_KEY, MESSAGE)
    h = _challenge(NO_KEY, seen["r"], public_point(), MESSAGE)
    key = bj.add(public_point(), bj.multiply(3, bj.BASE8))
    return {**seen, "key": key, "s": (seen["s"] + 24 * h) % bj.SUBGROUP_ORDER}


def _without_secret() -> dict[str, Any]:
    """R = S * Base8 - h * 8 A for any S, where h does not depend on R."""
    message, s = 666, 31337
    h = _challenge(NO_R, bj.IDENTITY, public_point(), message)
    r = bj.add(bj.multiply(s, bj.BASE8), bj.negate(bj.multiply(8 * h, public_point())))
    return statement(public_point(), r, s, message)


def _unbound(identifier: str, items: tuple[str, ...], name: str, source: str, checks: Checks, forgery: Any) -> Bug:
    return Bug(
        identifier,
        items,
        name,
        source,
        verifier(checks),
        eddsa_verify,
        _is_signed,
        Attack(forgery),
        RULE_SIGNATURE,
        (_sign_as(checks, MESSAGE),),
        (Tool.DIFFERENTIAL,),
        restated=_signed_again,
        corpus=(_related_key(), _without_secret()),
        n_neighbours=0,
    )


KEY_NOT_BOUND: Final = _unbound(
    "sapling-crypto-key",
    ("J127", "B39"),
    "the challenge does not bind the key: whoever sees a signature makes one under a key of his own",
    "matter-labs sapling-crypto#3: only the message is bound to the nonce, not the public key",
    NO_KEY,
    _related_key(),
)

NONCE_NOT_BOUND: Final = _unbound(
    "challenge-without-nonce",
    ("J127",),
    "the challenge does not bind R: anybody signs anything for anybody",
    "checklist J127: the challenge hash binds R, A, M and domain (sapling-crypto#3)",
    NO_R,
    _without_secret(),
)

BUGS: Final = (KEY_NOT_BOUND, NONCE_NOT_BOUND)
