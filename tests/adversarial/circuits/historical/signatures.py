"""Signatures: what a verifier did not look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

from circuits.frontend import Builder, Circuit, InputValues, Wire, private, public
from circuits.gadgets.eddsa import RULE_KEY, RULE_SIGNATURE, circuit_inputs, eddsa_verify
from circuits.gadgets.montgomery import montgomery_of
from circuits.gadgets.signature_inputs import SignatureInputs, signature_inputs
from circuits.gadgets.signature_windows import window_points
from primitives import babyjubjub as bj
from primitives import eddsa
from prover.bn254 import FR
from tests.adversarial.circuits.historical.bug import Attack, Bug, Tool
from tests.adversarial.circuits.historical.edwards import Checks, Edwards, difference
from tests.adversarial.circuits.historical.parts import assert_boolean

KEY: Final = bytes(range(32))
MESSAGE: Final = 987654321
SHAPES: Final = {"key": public(2), "r": private(2), "s": private(), "message": public()}


def verifier(checks: Checks, *, switch: bool = False) -> Circuit:
    """A verifier of the past, with a switch that turns it off if `switch`."""

    def define(c: Builder, key: Any, r: Any, s: Wire, message: Wire, enabled: Wire | None = None) -> None:
        x, y = difference(c, Edwards(*key), Edwards(*r), s, message, checks)
        factor = c.constant(1)
        if enabled is not None:
            assert_boolean(c, enabled)
            factor = enabled
        with c.rule("NotSigned"):
            c.assert_product(factor, x, 0)
            c.assert_product(factor, y, 0)

    return Circuit("verifier", define, {**SHAPES, "enabled": private()} if switch else SHAPES)


def statement(key: bj.Point, r: bj.Point, s: int, message: int) -> dict[str, Any]:
    """The inputs of a verifier."""
    return {"key": key, "r": r, "s": s, "message": message}


@cache
def public_point() -> bj.Point:
    """The key's point."""
    return eddsa.public_key(KEY)


def good(message: int = MESSAGE) -> dict[str, Any]:
    """A true statement."""
    signature = eddsa.sign(KEY, message)
    return statement(public_point(), signature.r, signature.s, message)


def restated(inputs: InputValues) -> InputValues:
    """In the terms of our gadget, which takes windows instead of S; refuses what is malformed."""
    signature = eddsa.Signature(tuple(inputs["r"]), inputs["s"])
    return circuit_inputs(signature_inputs(tuple(inputs["key"]), signature, inputs["message"]))


def forced(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The same without looking, as a liar would: what is wrong is left to the circuit."""
    key = tuple(inputs["key"])
    known = bj.is_in_subgroup(key) and key != bj.IDENTITY
    eighth = montgomery_of(bj.multiply(pow(8, -1, bj.SUBGROUP_ORDER), key) if known else bj.BASE8)
    windows = tuple(window_points(inputs["s"] % bj.SUBGROUP_ORDER))
    return circuit_inputs(SignatureInputs(key, eighth, tuple(inputs["r"]), windows, inputs["message"]))


def is_valid(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    """Our native verdict."""
    signature = eddsa.Signature(tuple(inputs["r"]), inputs["s"])
    return {} if eddsa.verify(tuple(inputs["key"]), signature, inputs["message"]) else None


def _with_nonce(key: bj.Point, nonce: int) -> dict[str, Any]:
    """R = nonce * Base8 and S = nonce: valid wherever h * 8 A is the neutral element."""
    return statement(key, bj.multiply(nonce, bj.BASE8), nonce, MESSAGE)


SMALL_ORDER: Final = (0, FR - 1)
OFF_CURVE: Final = (0, pow(5, (FR - 1) // 16, FR))
"""On the line x = 0, where the addition law multiplies; 16 times it is (0, 1), 8 times it is not."""


def _off_curve() -> dict[str, Any]:
    """The first nonce whose challenge is even."""
    for nonce in range(2, 100):
        found = _with_nonce(OFF_CURVE, nonce)
        if eddsa.challenge(found["r"], OFF_CURVE, MESSAGE) % 2 == 0:
            return found
    raise AssertionError("one challenge in two is even")


def _plus_order() -> dict[str, Any]:
    honest = good()
    return {**honest, "s": honest["s"] + bj.SUBGROUP_ORDER}


CORPUS: Final = (
    _plus_order(),
    _with_nonce(SMALL_ORDER, 77),
    _off_curve(),
    {**good(), "message": MESSAGE + 1},
    {**good(), "r": SMALL_ORDER},
)
"""Malformed signatures, and one that is merely false."""

_FAMILY: Final[dict[str, Any]] = {
    "restated": restated,
    "corpus": CORPUS,
    "n_neighbours": 0,
}


def _bug(
    identifier: str, items: tuple[str, ...], name: str, source: str, checks: Checks, inputs: Any, rule: str
) -> Bug:
    return Bug(
        identifier,
        items,
        name,
        source,
        verifier(checks),
        eddsa_verify,
        is_valid,
        Attack(inputs),
        rule,
        (good(),),
        (Tool.DIFFERENTIAL,),
        **_FAMILY,
    )


SCALAR_PLUS_ORDER: Final = _bug(
    "gnark-scalar",
    ("B27", "J126"),
    "S + l is another signature of the same order: a second nullifier for one order",
    "gnark GHSA-95v9-hv42-pwrj; HarryR/ethsnarks#169",
    Checks(),
    _plus_order(),
    "signature.s",
)

SMALL_ORDER_KEY: Final = replace(
    _bug(
        "iden3-small-order",
        ("B40", "J126"),
        "under a key of small order every message is signed",
        "ID3#2 iden3 circuits (Trail of Bits); small-order keys that circomlibjs accepts",
        Checks(large_order=False),
        _with_nonce(SMALL_ORDER, 77),
        RULE_KEY,
    ),
    refused=Attack(forced(_with_nonce(SMALL_ORDER, 77))),
)

KEY_OFF_CURVE: Final = replace(
    _bug(
        "key-off-curve",
        ("J126", "B40"),
        "on the line x = 0 points multiply like numbers, and roots of unity sign everything",
        "checklist J126: A off the curve (Wycheproof as the model)",
        Checks(on_curve=False),
        _off_curve(),
        RULE_KEY,
    ),
    refused=Attack(forced(_off_curve())),
)


DISABLED: Final = replace(
    _bug(
        "zkopru-enabled",
        ("B24",),
        "the prover sets `enabled` to 0, and needs no signature",
        "ZKO#C Zkopru (Least Authority): previously correct ownership proof disabled via code changes",
        Checks(),
        {**good(), "message": 1234, "enabled": 0},
        RULE_SIGNATURE,
    ),
    buggy=verifier(Checks(), switch=True),
    honest_inputs=({**good(), "enabled": 1}, {**good(5), "enabled": 0}),
    corpus=({**good(), "message": 7, "enabled": 1}, {**good(), "message": 7, "enabled": 0}),
)

BUGS: Final = (SCALAR_PLUS_ORDER, SMALL_ORDER_KEY, KEY_OFF_CURVE, DISABLED)
