"""Bits, ranges and comparisons that were right only for inputs nobody had checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from circuits.frontend import Builder, Circuit, Wire, private, public
from circuits.gadgets.bits import RULE_RANGE, assert_range
from circuits.gadgets.compare import RULE_LESS, assert_less, is_less
from circuits.gadgets.poseidon import poseidon
from primitives.poseidon import poseidon as poseidon_of_integers
from prover.bn254 import FR
from tests.adversarial.circuits.historical.bug import Attack, Bug, Tool
from tests.adversarial.circuits.historical.parts import less_than, num2bits

BITS: Final = 16


def _below(c: Builder, limit: Wire, value: Wire) -> None:
    """value < limit, with range checks on both."""
    assert_less(c, assert_range(c, value, BITS), assert_range(c, limit, BITS))


def _below_unchecked(c: Builder, limit: Wire, value: Wire) -> None:
    num2bits(c, limit, BITS, "limit")
    c.assert_equal(less_than(c, value, limit, n=BITS), 1)


def _below_not_asserted(c: Builder, limit: Wire, value: Wire) -> None:
    num2bits(c, limit, BITS, "limit")
    num2bits(c, value, BITS, "value")
    less_than(c, value, limit, n=BITS)


def _is_below(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    value, limit = inputs["value"], inputs["limit"]
    return {} if value < limit < 1 << BITS else None


_LIMITED = {"limit": public(), "value": private()}
_HONEST_BELOW = Circuit("below", _below, _LIMITED)
_BELOW_INPUTS = ({"limit": 100, "value": 99}, {"limit": (1 << BITS) - 1, "value": 0})

DARK_FOREST = Bug(
    "dark-forest",
    ("B18",),
    "a range proof takes -1 for a number below the radius",
    "0xPARC #1 Dark Forest v0.3: missing bit length check",
    Circuit("below", _below_unchecked, _LIMITED),
    _HONEST_BELOW,
    _is_below,
    Attack({"limit": 100, "value": FR - 1}),
    RULE_RANGE,
    _BELOW_INPUTS,
    (Tool.DIFFERENTIAL,),
)

CIRCOM_PAIRING = Bug(
    "circom-pairing",
    ("B14",),
    "the comparison is computed, and its result asserted nowhere",
    "0xPARC #3 Circom-Pairing: missing output check constraint",
    Circuit("below", _below_not_asserted, _LIMITED),
    _HONEST_BELOW,
    _is_below,
    Attack({"limit": 100, "value": 100}),
    RULE_LESS,
    _BELOW_INPUTS,
    (Tool.DIFFERENTIAL,),
)


def _summa(c: Builder, limit: Wire, value: Wire) -> None:
    num2bits(c, value, BITS, "value")
    num2bits(c, limit, BITS, "limit")
    check = c.witness(c.advice(1), "check")
    c.assert_equal(less_than(c, value, limit, n=BITS), check)


SUMMA = Bug(
    "summa",
    ("B15", "B16"),
    "the constant 1 that a comparison must equal is assigned by the prover",
    "0xPARC #19 Summa: unconstrained constants assignment",
    Circuit("below", _summa, _LIMITED),
    _HONEST_BELOW,
    _is_below,
    Attack({"limit": 100, "value": 5000}, {"check": 0}),
    RULE_LESS,
    _BELOW_INPUTS,
    (Tool.FORGERY,),
    refused=Attack({"limit": 100, "value": 5000}),
)


def _is_less(c: Builder, a: Wire, b: Wire) -> Wire:
    return is_less(c, assert_range(c, a, 8), assert_range(c, b, 8)).wire


def _is_less_one_sided(c: Builder, a: Wire, b: Wire) -> Wire:
    num2bits(c, a, 8, "a")
    return less_than(c, a, b, n=8)


SCROLL_LT_CHIP = Bug(
    "scroll-lt-chip",
    ("B18",),
    "one side of a comparison is range-checked, the other is left to whoever uses the chip",
    "ZB Scroll zkEVM (Zellic): missing range checks for the LtChip",
    Circuit("is_less", _is_less_one_sided, {"a": public(), "b": public()}),
    Circuit("is_less", _is_less, {"a": public(), "b": public()}),
    lambda x: {"out": int(x["a"] < x["b"])} if max(x["a"], x["b"]) < 256 else None,
    Attack({"a": 5, "b": FR - 1}),
    RULE_RANGE,
    ({"a": 0, "b": 255}, {"a": 255, "b": 255}, {"a": 200, "b": 3}),
    (Tool.DIFFERENTIAL,),
)


def _epoch_key(*, checked: bool) -> Any:
    def define(c: Builder, secret: Wire, nonce: Wire) -> Wire:
        if checked:
            assert_range(c, nonce, 8)
        with c.rule("TooManyEpochKeys"):
            c.assert_equal(less_than(c, nonce, c.constant(3), n=8), 1)
        return poseidon(c, [secret, nonce])

    return define


UNIREP_NONCE = Bug(
    "unirep-epoch-keys",
    ("B18", "B26"),
    "p - 1 is below the number of epoch keys, so a user has any number of them",
    "Unirep V-UNI-VUL-002: missing range checks on comparison circuits",
    Circuit("epoch_key", _epoch_key(checked=False), {"secret": private(), "nonce": private()}),
    Circuit("epoch_key", _epoch_key(checked=True), {"secret": private(), "nonce": private()}),
    lambda x: {"out": poseidon_of_integers([x["secret"], x["nonce"]])} if x["nonce"] < 3 else None,
    Attack({"secret": 77, "nonce": FR - 1}),
    RULE_RANGE,
    ({"secret": 77, "nonce": 2}, {"secret": 0, "nonce": 0}),
    (Tool.DIFFERENTIAL,),
    varied=("nonce",),
)


def _slice(*, checked: bool) -> Any:
    """The last byte of a slice must lie inside a buffer of 100: offset + size <= 100."""

    def define(c: Builder, offset: Wire, size: Wire) -> Wire:
        if checked:
            assert_range(c, offset, 12)
            assert_range(c, size, 12)
        with c.rule("SliceOutsideTheBuffer"):
            c.assert_equal(less_than(c, offset + size, c.constant(101), n=13), 1)
        return offset * size

    return define


SELFXYZ_INDICES = Bug(
    "selfxyz-indices",
    ("B18", "B36"),
    "offset + size wraps, so an offset outside the buffer passes",
    "ZB selfxyz: the registration and disclosure circuits lack range checks for the input indices",
    Circuit("slice", _slice(checked=False), {"offset": private(), "size": private()}),
    Circuit("slice", _slice(checked=True), {"offset": private(), "size": private()}),
    lambda x: {"out": x["offset"] * x["size"]} if x["offset"] + x["size"] <= 100 else None,
    Attack({"offset": FR - 50, "size": 120}),
    RULE_RANGE,
    ({"offset": 60, "size": 40}, {"offset": 0, "size": 0}),
    (Tool.DIFFERENTIAL,),
)


def _packed(n: int, width: int, *, checked: bool) -> Any:
    def define(c: Builder, parts: Sequence[Wire]) -> Wire:
        for part in parts if checked else ():
            assert_range(c, part, width)
        packed = c.linear((1 << width * i, part) for i, part in enumerate(parts))
        return poseidon(c, [packed])

    return Circuit("packed", define, {"parts": private(n)})


def _packing(width: int) -> Any:
    def specification(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
        parts = inputs["parts"]
        if max(parts) >= 1 << width:
            return None
        return {"out": poseidon_of_integers([sum(part << width * i for i, part in enumerate(parts))])}

    return specification


PACK_BYTES = Bug(
    "selfxyz-pack-bytes",
    ("B35",),
    "[0, 1, 0] and [256, 0, 0] pack to the same number, so one hash stands for both",
    "ZB selfxyz: missing byte range checks; second pre-image attacks on PackBytesAndPoseidon",
    _packed(3, 8, checked=False),
    _packed(3, 8, checked=True),
    _packing(8),
    Attack({"parts": (256, 0, 0)}),
    RULE_RANGE,
    ({"parts": (0, 1, 0)}, {"parts": (255, 255, 255)}),
    (Tool.DIFFERENTIAL,),
)

ILL_FORMED_LIMBS = Bug(
    "telepathy-limbs",
    ("B35",),
    "a big integer with a limb of 2^55 or more is committed to, and nobody can use the key any more",
    "ZB telepathy: ill-formed BigInts in the public key commitment",
    _packed(2, 55, checked=False),
    _packed(2, 55, checked=True),
    _packing(55),
    Attack({"parts": (1 << 55, 6)}),
    RULE_RANGE,
    ({"parts": (0, 7)}, {"parts": ((1 << 55) - 1, 0)}),
    (Tool.DIFFERENTIAL,),
)

BUGS: Final = (
    DARK_FOREST,
    CIRCOM_PAIRING,
    SUMMA,
    SCROLL_LT_CHIP,
    UNIREP_NONCE,
    SELFXYZ_INDICES,
    PACK_BYTES,
    ILL_FORMED_LIMBS,
)
