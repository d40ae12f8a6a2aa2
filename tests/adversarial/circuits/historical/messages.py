"""What a signature is of, and what a nullifier is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from circuits.frontend import Builder, Circuit, InputValues, Wire, private, public
from circuits.gadgets.eddsa import RULE_SIGNATURE, assert_signature, checked_key, circuit_inputs
from circuits.gadgets.montgomery import EdwardsPoint, MontgomeryPoint
from circuits.gadgets.poseidon import poseidon
from circuits.gadgets.signature_inputs import signature_inputs
from circuits.gadgets.signature_windows import WINDOWS
from primitives import eddsa
from primitives.poseidon import poseidon as poseidon_of_integers
from prover.bn254 import FR
from tests.adversarial.circuits.historical.bug import Attack, Bug, Tool

KEY: Final = bytes(range(1, 33))
DOMAIN: Final = 20250101
N_FIELDS: Final = 5
"""Recipient, amount, nonce, chain id and contract of an order."""


def _order(*, n_bound: int) -> Circuit:
    """A signed order, of which the signature covers the first `n_bound` fields."""

    def define(c: Builder, fields: Sequence[Wire], key: Any, eighth: Any, r: Any, windows: Any) -> None:
        message = poseidon(c, [c.constant(DOMAIN), *fields[:n_bound]])
        checked = checked_key(c, EdwardsPoint(*key), MontgomeryPoint(*eighth))
        assert_signature(c, checked, EdwardsPoint(*r), [MontgomeryPoint(*point) for point in windows], message)

    shapes = {"key": public(2), "eighth": private(2), "r": private(2), "windows": private(WINDOWS, 2)}
    return Circuit("order", define, {"fields": public(N_FIELDS), **shapes})


@cache
def _signed(fields: tuple[int, ...], n_bound: int) -> dict[str, Any]:
    """The order as the owner of `KEY` signs it."""
    message = poseidon_of_integers([DOMAIN, *fields[:n_bound]])
    inputs = circuit_inputs(signature_inputs(eddsa.public_key(KEY), eddsa.sign(KEY, message), message))
    del inputs["message"]
    return {"fields": fields, **inputs}


_ORDERS: Final = ((7, 100, 1, 31337, 99), (8, FR - 1, 2, 1, 0))


def _was_signed(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    """Closed world: whether the owner signed this order. Only the fields vary here."""
    return {} if tuple(inputs["fields"]) in _ORDERS else None


def _signed_in_full(inputs: InputValues) -> InputValues:
    original = next(fields for fields in _ORDERS if _signed(fields, 3)["r"] == inputs["r"])
    return {**_signed(original, N_FIELDS), "fields": inputs["fields"]}


MESSAGE_NOT_BOUND: Final = Bug(
    "iden3-message",
    ("B39",),
    "an order signed for one chain and contract is good on every other: they are no part of the message",
    "ID3#6 iden3 circuits (Trail of Bits): the message is not bound to all that it is about",
    _order(n_bound=3),
    _order(n_bound=N_FIELDS),
    _was_signed,
    Attack({**_signed(_ORDERS[0], 3), "fields": (7, 100, 1, 1, 99)}),
    RULE_SIGNATURE,
    tuple(_signed(fields, 3) for fields in _ORDERS),
    (Tool.DIFFERENTIAL,),
    restated=_signed_in_full,
    varied=("fields",),
    n_neighbours=10,
)


def _claim(*, deterministic: bool) -> Circuit:
    """A claim's nullifier is its authentication, made with a nonce as ECDSA signatures are."""

    def define(c: Builder, message: Wire, secret: Wire, nonce: Wire) -> dict[str, Wire]:
        if deterministic:
            with c.rule("NonceNotDerived"):
                c.assert_equal(nonce, poseidon(c, [secret, message]))
        return {"identity": poseidon(c, [secret]), "nullifier": poseidon(c, [secret, message, nonce])}

    return Circuit("claim", define, {"message": public(), "secret": private(), "nonce": private()})


def _derived(message: int, secret: int) -> dict[str, int]:
    return {"message": message, "secret": secret, "nonce": poseidon_of_integers([secret, message])}


def _nullifier(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    message, secret, nonce = inputs["message"], inputs["secret"], inputs["nonce"]
    if nonce != _derived(message, secret)["nonce"]:
        return None
    nullifier = poseidon_of_integers([secret, message, nonce])
    return {"identity": poseidon_of_integers([secret]), "nullifier": nullifier}


STEALTH_DROP: Final = Bug(
    "stealthdrop",
    ("B27",),
    "one key and message have as many signatures as there are nonces, and each is a new nullifier",
    "0xPARC #8 StealthDrop: nondeterministic nullifier",
    _claim(deterministic=False),
    _claim(deterministic=True),
    _nullifier,
    Attack({"message": 5, "secret": 6, "nonce": 7}),
    "NonceNotDerived",
    (_derived(5, 6), _derived(0, FR - 1)),
    (Tool.DIFFERENTIAL,),
    n_neighbours=20,
)

BUGS: Final = (MESSAGE_NOT_BOUND, STEALTH_DROP)
