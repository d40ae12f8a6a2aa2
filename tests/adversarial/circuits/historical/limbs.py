"""Fixed-point numbers in limbs: what is carried from one to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from circuits.frontend import Builder, Circuit, Wire, public
from circuits.gadgets.bits import Ranged, assert_range
from circuits.gadgets.compare import is_less
from prover.bn254 import FR
from tests.adversarial.circuits.historical.bug import Attack, Bug, Tool
from tests.adversarial.circuits.historical.parts import assert_boolean, from_bits, less_than, num2bits


def _limbs(c: Builder, wires: Sequence[Wire], name: str) -> None:
    for number, wire in enumerate(wires):
        num2bits(c, wire, 8, f"{name}{number}_")


def _fixed_point_less(*, right: bool) -> Any:
    """a < b for a = a[1] 2^8 + a[0]."""

    def define(c: Builder, a: Sequence[Wire], b: Sequence[Wire]) -> Wire:
        _limbs(c, a, "a")
        _limbs(c, b, "b")
        if right:
            ranged = [Ranged(limbs[0] + 256 * limbs[1], 16) for limbs in (a, b)]
            return is_less(c, *ranged).wire
        low, high = (less_than(c, a[i], b[i], n=8) for i in range(2))
        return low + high - low * high

    return Circuit("fixed_point_less", define, {"a": public(2), "b": public(2)})


def _value(limbs: Sequence[int]) -> int:
    return limbs[0] + (limbs[1] << 8)


def _in_bytes(*numbers: Sequence[int]) -> bool:
    return all(limb < 256 for limbs in numbers for limb in limbs)


PENUMBRA_COMPARISON = Bug(
    "penumbra-comparison",
    ("B23",),
    "2.0 is below 1.5, because 0 is below 5: the lower limbs decide where the upper ones differ",
    "ZB Penumbra (NCC): invalid comparisons on fixed-point values are accepted",
    _fixed_point_less(right=False),
    _fixed_point_less(right=True),
    lambda x: {"out": int(_value(x["a"]) < _value(x["b"]))} if _in_bytes(x["a"], x["b"]) else None,
    Attack({"a": (0, 2), "b": (5, 1)}),
    "",
    ({"a": (3, 1), "b": (4, 1)}, {"a": (255, 255), "b": (255, 255)}, {"a": (1, 9), "b": (0, 3)}),
    (Tool.DIFFERENTIAL,),
)


def _fixed_point_sum(*, checked: bool) -> Any:
    def define(c: Builder, a: Sequence[Wire], b: Sequence[Wire]) -> dict[str, Any]:
        _limbs(c, a, "a")
        _limbs(c, b, "b")
        carry = c.witness(c.advice(a[0] + b[0]).extract(8, 1), "carry")
        assert_boolean(c, carry)
        low, high = a[0] + b[0] - 256 * carry, a[1] + b[1] + carry
        if checked:
            assert_range(c, low, 8)
        num2bits(c, high, 8, "high")
        return {"sum": [low, high]}

    return Circuit("fixed_point_sum", define, {"a": public(2), "b": public(2)})


def _sum(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    total = _value(inputs["a"]) + _value(inputs["b"])
    if not _in_bytes(inputs["a"], inputs["b"]) or total >> 16:
        return None
    return {"sum[0]": total & 255, "sum[1]": total >> 8}


PENUMBRA_ADDITION = Bug(
    "penumbra-addition",
    ("B23",),
    "the carry of the lower limbs is any bit: 1 + 1 = 257 with a negative limb",
    "ZB Penumbra: unsound fixed-point addition",
    _fixed_point_sum(checked=False),
    _fixed_point_sum(checked=True),
    _sum,
    Attack({"a": (1, 0), "b": (1, 0)}, {"carry": 1}),
    "OutOfRange",
    ({"a": (1, 0), "b": (1, 0)}, {"a": (255, 1), "b": (255, 9)}),
    (Tool.LIES,),
)


def _fixed_point_product(*, right: bool) -> Any:
    """The integer part of a * b for a with 8 bits after the point and b an integer."""

    def define(c: Builder, a: Sequence[Wire], b: Wire) -> Wire:
        _limbs(c, [*a, b], "limb")
        low, high = a[0] * b, a[1] * b
        carried = num2bits(c, low, 16, "low")[8:]
        return high + from_bits(c, carried) if right else high

    return Circuit("fixed_point_product", define, {"a": public(2), "b": public()})


PENUMBRA_MULTIPLICATION = Bug(
    "penumbra-multiplication",
    ("B23",),
    "1.5 * 2 = 2: what the lower limb carries is lost when the product is scaled",
    "ZB Penumbra: unsound fixed-point multiplication",
    _fixed_point_product(right=False),
    _fixed_point_product(right=True),
    lambda x: {"out": _value(x["a"]) * x["b"] >> 8} if _in_bytes(x["a"], (x["b"],)) else None,
    Attack({"a": (128, 1), "b": 2}),
    "",
    ({"a": (0, 5), "b": 3}, {"a": (1, 1), "b": 1}),
    (Tool.DIFFERENTIAL,),
)


def _wrapping_sum(*, carry_checked: bool) -> Any:
    """a + b modulo 2^32."""

    def define(c: Builder, a: Wire, b: Wire) -> Wire:
        num2bits(c, a, 32, "a")
        num2bits(c, b, 32, "b")
        carry = c.witness(c.advice(a + b).extract(32, 1), "carry")
        if carry_checked:
            assert_boolean(c, carry)
        total = a + b - (1 << 32) * carry
        num2bits(c, total, 32, "sum")
        return total

    return Circuit("wrapping_sum", define, {"a": public(), "b": public()})


CHACHA_ADDITION = Bug(
    "chacha20-addition",
    ("B16", "B23"),
    "the carry of a wrapping addition need not be a bit: a field element makes the sum whatever one likes",
    "ZB Reclaim circom-chacha20: unsound addition gadget",
    _wrapping_sum(carry_checked=False),
    _wrapping_sum(carry_checked=True),
    lambda x: {"out": (x["a"] + x["b"]) % (1 << 32)} if max(x["a"], x["b"]) >> 32 == 0 else None,
    Attack({"a": 1, "b": 1}, {"carry": (1 + 1 - 999) * pow(1 << 32, -1, FR) % FR}),
    "NotBoolean",
    ({"a": 1, "b": 1}, {"a": (1 << 32) - 1, "b": (1 << 32) - 1}),
    (Tool.UNIQUENESS,),
)

BUGS: Final = (PENUMBRA_COMPARISON, PENUMBRA_ADDITION, PENUMBRA_MULTIPLICATION, CHACHA_ADDITION)
