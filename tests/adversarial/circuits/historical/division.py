"""Quotients and remainders: what q * b + r = a leaves open when a range is missing, or the divisor is 0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from circuits.frontend import Builder, Circuit, Wire, public
from circuits.gadgets.bits import RULE_RANGE, assert_range
from circuits.gadgets.compare import RULE_LESS, RULE_ZERO, assert_not_zero
from circuits.gadgets.fixed_point import divide_floor
from prover.bn254 import FR
from tests.adversarial.circuits.historical.bug import Attack, Bug, Tool
from tests.adversarial.circuits.historical.parts import is_zero, less_than, num2bits

SIZES: Final = {"dividend": public(), "divisor": public()}
HONEST_INPUTS: Final = (
    {"dividend": 101, "divisor": 10},
    {"dividend": 65535, "divisor": 255},
    {"dividend": 3, "divisor": 7},
)


def _floor(
    *, quotient_bits: int = 16, remainder_bits: int = 8, remainder_below: str = "divisor", divisor_checked: bool = True
) -> Circuit:
    """floor(dividend / divisor) for a dividend of 16 bits and a divisor of 8; each argument leaves a check out."""

    def define(c: Builder, dividend: Wire, divisor: Wire) -> Wire:
        num2bits(c, dividend, 16, "dividend")
        num2bits(c, divisor, 8, "divisor")
        if divisor_checked:
            assert_not_zero(c, divisor)
        quotient = c.witness(c.advice(dividend).divide_integers(divisor)[0], "quotient")
        remainder = dividend - quotient * divisor
        _in_range(c, quotient, quotient_bits, "quotient")
        _in_range(c, remainder, remainder_bits, "remainder")
        if remainder_below == "divisor":
            _assert_below(c, remainder, divisor, 8)
        elif remainder_below == "dividend":
            _assert_below(c, remainder, dividend + 1, 16)
        else:
            c.assert_product(1 - is_zero(c, divisor), 1 - less_than(c, remainder, divisor, n=16), 0)
        return quotient

    return Circuit("floor", define, SIZES)


def _honest(c: Builder, dividend: Wire, divisor: Wire) -> Wire:
    with c.rule("WrongQuotient"):
        return divide_floor(c, assert_range(c, dividend, 16), assert_range(c, divisor, 8)).quotient.wire


FLOOR: Final = Circuit("floor", _honest, SIZES)


def _in_range(c: Builder, x: Wire, n: int, name: str) -> None:
    if n:
        bits = [c.witness(bit, f"{name}{i}") for i, bit in enumerate(c.advice(x).bits(n))]
        for bit in bits:
            c.assert_product(bit, bit - 1, 0)
        c.assert_equal(c.linear((1 << i, bit) for i, bit in enumerate(bits)), x)


def _assert_below(c: Builder, a: Wire, b: Wire, n: int) -> None:
    with c.rule(RULE_LESS):
        c.assert_equal(less_than(c, a, b, n=n), 1)


def in_gadget(quotient: int, remainder: int) -> dict[str, int]:
    """The lies of an attack in the terms of `divide_floor`."""
    return {"quotient": quotient, "remainder": remainder}


def _quotient(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    dividend, divisor = inputs["dividend"], inputs["divisor"]
    return {"out": dividend // divisor} if dividend < 1 << 16 and 0 < divisor < 256 else None


def _division(identifier: str, items: tuple[str, ...], name: str, source: str, buggy: Circuit, **rest: Any) -> Bug:
    return Bug(
        identifier,
        items,
        name,
        source,
        buggy,
        FLOOR,
        _quotient,
        Attack({"dividend": 101, "divisor": rest.get("divisor", 10)}, rest["lies"]),
        rest["rule"],
        HONEST_INPUTS,
        rest["caught_by"],
        refused=Attack({"dividend": 101, "divisor": rest.get("divisor", 10)}, in_gadget(*rest["claimed"])),
    )


AZTEC_CONNECT = _division(
    "aztec-connect",
    ("B20",),
    "the quotient is any field element: (a - r') / b for another remainder r'",
    "Aztec Connect claim bug: floor division without a range on the quotient",
    _floor(quotient_bits=0),
    lies={"quotient": (101 - 4) * pow(10, -1, FR) % FR},
    claimed=((101 - 4) * pow(10, -1, FR) % FR, 4),
    rule=RULE_RANGE,
    caught_by=(Tool.UNIQUENESS,),
)

POLYGON_REMAINDER = _division(
    "polygon-remainder",
    ("B20",),
    "101 = 9 * 10 + 11: the remainder is compared with the dividend, not with the divisor",
    "0xPARC #20 Polygon zkEVM: missing remainder constraint",
    _floor(remainder_below="dividend"),
    lies={"quotient": 9},
    claimed=(9, 11),
    rule=RULE_LESS,
    caught_by=(Tool.LIES,),
)

BIG_MOD = _division(
    "bigint-bigmod",
    ("B20",),
    "101 = 11 * 10 - 9: the remainder is below the divisor, as a number that was never range-checked",
    "0xPARC #2 BigInt: missing bit length check; Veridise V-BIGINT-COD-001",
    _floor(remainder_bits=0),
    lies={"quotient": 11},
    claimed=(11, FR - 9),
    rule=RULE_RANGE,
    caught_by=(Tool.LIES,),
)

RISC0_ZERO = _division(
    "risc0-division-by-zero",
    ("B20", "B21"),
    "with divisor 0 every quotient fits",
    "risc0 GHSA-f6rc-24x4-ppxp: the result of division by zero was underconstrained",
    _floor(divisor_checked=False, remainder_below="divisor unless 0", remainder_bits=16),
    divisor=0,
    lies={"quotient": 777},
    claimed=(777, 101),
    rule=RULE_ZERO,
    caught_by=(Tool.DIFFERENTIAL,),
)


def _signed(*, sign_bound: bool) -> Circuit:
    """Signed division that rounds to zero, of numbers in [-2^8, 2^8) by a positive number of 8 bits."""

    def define(c: Builder, dividend: Wire, divisor: Wire) -> Wire:
        num2bits(c, dividend + (1 << 8), 9, "dividend")
        num2bits(c, divisor - 1, 7, "divisor")
        negative = 1 - num2bits(c, dividend + (1 << 8), 9, "sign")[8]
        magnitude = dividend - 2 * (negative * dividend)
        floor = c.advice(magnitude).divide_integers(divisor)[0]
        quotient = c.witness(c.advice(negative).select(floor * (FR - 1), floor), "quotient")
        num2bits(c, quotient + (1 << 8), 9, "quotient")
        remainder = dividend - quotient * divisor
        num2bits(c, remainder + divisor - 1, 9, "remainder")
        _assert_below(c, remainder + divisor - 1, 2 * divisor - 1, 9)
        if sign_bound:
            signed_remainder = remainder - 2 * (negative * remainder)
            with c.rule("RemainderOfTheOtherSign"):
                _in_range(c, signed_remainder, 8, "signed")
        return quotient

    return Circuit("signed_division", define, SIZES)


def _signed_quotient(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    dividend, divisor = inputs["dividend"], inputs["divisor"]
    dividend = dividend - FR if dividend > FR // 2 else dividend
    if not (-256 <= dividend < 256 and 1 <= divisor <= 128):
        return None
    magnitude = abs(dividend) // divisor
    return {"out": (magnitude if dividend >= 0 else -magnitude) % FR}


RISC0_SIGNED = Bug(
    "risc0-signed-division",
    ("B20",),
    "-7 / 2 is -3 and -4: the remainder's sign is not bound to the dividend's",
    "risc0 GHSA-f6rc-24x4-ppxp: two outputs of signed division",
    _signed(sign_bound=False),
    _signed(sign_bound=True),
    _signed_quotient,
    Attack({"dividend": FR - 7, "divisor": 2}, {"quotient": FR - 4}),
    "RemainderOfTheOtherSign",
    ({"dividend": FR - 7, "divisor": 2}, {"dividend": 255, "divisor": 128}, {"dividend": 6, "divisor": 3}),
    (Tool.LIES,),
)


def _modulo_of_words(c: Builder, dividend: Wire, divisor: Wire) -> Wire:
    """The remainder in words of 16 bits, by k * divisor + remainder = dividend modulo 2^16."""
    num2bits(c, dividend, 16, "dividend")
    num2bits(c, divisor, 8, "divisor")
    k = c.witness(c.advice(dividend).divide_integers(divisor)[0], "k")
    num2bits(c, k, 16, "k")
    product = k * divisor
    remainder = c.witness((c.advice(dividend + (1 << 32)) - product).extract(0, 16), "remainder")
    carry = c.witness(c.advice(product + remainder - dividend).extract(16, 16), "carry")
    num2bits(c, remainder, 16, "remainder")
    num2bits(c, carry, 16, "carry")
    _assert_below(c, remainder, divisor, 16)
    c.assert_equal(product + remainder, dividend + (1 << 16) * carry)
    return remainder


def _modulo(c: Builder, dividend: Wire, divisor: Wire) -> Wire:
    with c.rule("WrongQuotient"):
        return divide_floor(c, assert_range(c, dividend, 16), assert_range(c, divisor, 8)).remainder.wire


def _remainder(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    quotient = _quotient(inputs)
    return None if quotient is None else {"out": inputs["dividend"] - quotient["out"] * inputs["divisor"]}


PSE_MODULO = Bug(
    "pse-modulo",
    ("B20",),
    "2^15 mod 3 = 0, since 3 * 2^15 is 2^15 modulo 2^16",
    "0xPARC #15 PSE & Scroll zkEVM: missing overflow constraint",
    Circuit("modulo", _modulo_of_words, SIZES),
    Circuit("modulo", _modulo, SIZES),
    _remainder,
    Attack({"dividend": 1 << 15, "divisor": 3}, {"k": 1 << 15}),
    "WrongQuotient",
    HONEST_INPUTS,
    (Tool.UNIQUENESS,),
    refused=Attack({"dividend": 1 << 15, "divisor": 3}, in_gadget(1 << 15, 0)),
)


BUGS: Final = (AZTEC_CONNECT, POLYGON_REMAINDER, BIG_MOD, RISC0_ZERO, RISC0_SIGNED, PSE_MODULO)
