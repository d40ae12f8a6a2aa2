"""Values that the prover computes, and that too few rows hold him to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from circuits.frontend import Builder, Circuit, Wire, private, public
from circuits.gadgets.poseidon import poseidon
from primitives.poseidon import poseidon as poseidon_of_integers
from tests.adversarial.circuits.historical.bug import Attack, Bug, Tool
from tests.adversarial.circuits.historical.parts import assert_boolean, from_bits, is_equal, less_than, num2bits


def _hash(*, constrained: bool) -> Circuit:
    def define(c: Builder, left: Wire, right: Wire) -> Wire:
        digest = poseidon(c, [left, right])
        out = c.witness(c.advice(digest), "out")
        if constrained:
            with c.rule("NotTheHash"):
                c.assert_equal(out, digest)
        return out

    return Circuit("hash", define, {"left": private(), "right": private()})


TORNADO_MIMC = Bug(
    "tornado-mimc",
    ("B16",),
    "the hash's output is assigned, not constrained: any root, anybody's money",
    "0xPARC #14 circomlib MiMC in Tornado.cash: assigned but not constrained",
    _hash(constrained=False),
    _hash(constrained=True),
    lambda x: {"out": poseidon_of_integers([x["left"], x["right"]])},
    Attack({"left": 1, "right": 2}, {"out": 123456789}),
    "NotTheHash",
    ({"left": 1, "right": 2},),
    (Tool.LIES, Tool.UNIQUENESS),
)


def _exclusive_or(*, constrained: bool) -> Circuit:
    def define(c: Builder, a: Sequence[Wire], b: Sequence[Wire]) -> Wire:
        assert_boolean(c, *a, *b)
        bits: list[Wire] = []
        for x, y in zip(a, b, strict=True):
            product = x * y
            bit = c.witness(c.advice(x + y - 2 * product), f"bit{len(bits)}")
            if constrained:
                with c.rule("NotTheExclusiveOr"):
                    c.assert_equal(bit, x + y - 2 * product)
            bits.append(bit)
        return from_bits(c, bits)

    return Circuit("exclusive_or", define, {"a": private(4), "b": private(4)})


def _xor(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    if not {*inputs["a"], *inputs["b"]} <= {0, 1}:
        return None
    return {"out": sum((x ^ y) << i for i, (x, y) in enumerate(zip(inputs["a"], inputs["b"], strict=True)))}


ARRAY_XOR = Bug(
    "telepathy-array-xor",
    ("B16",),
    "each bit of the exclusive or is assigned with <--",
    "ZB telepathy (Veridise): ArrayXOR is under-constrained",
    _exclusive_or(constrained=False),
    _exclusive_or(constrained=True),
    _xor,
    Attack({"a": (1, 0, 1, 0), "b": (1, 1, 0, 0)}, {"bit0": 1}),
    "NotTheExclusiveOr",
    ({"a": (1, 0, 1, 0), "b": (1, 1, 0, 0)},),
    (Tool.LIES, Tool.UNIQUENESS),
)


def _selected(*, beginning_constrained: bool) -> Circuit:
    """Whether a key is one of four cases: the product of differences, begun with 1."""

    def define(c: Builder, key: Wire, cases: Sequence[Wire]) -> Wire:
        accumulator = c.witness(c.advice(1), "beginning")
        if beginning_constrained:
            with c.rule("NotOne"):
                c.assert_equal(accumulator, 1)
        for case in cases:
            accumulator = accumulator * (key - case)
        return is_equal(c, accumulator, c.constant(0))

    return Circuit("selected", define, {"key": public(), "cases": public(3)})


LURK_ACCUMULATOR = Bug(
    "lurk-accumulator",
    ("B16",),
    "the product begins with a number of the prover's: with 0 every key is selected",
    "ZB lurk-rs: accumulator's initial value 1 not enforced",
    _selected(beginning_constrained=False),
    _selected(beginning_constrained=True),
    lambda x: {"out": int(x["key"] in x["cases"])},
    Attack({"key": 9, "cases": (1, 2, 3)}, {"beginning": 0}),
    "NotOne",
    ({"key": 9, "cases": (1, 2, 3)}, {"key": 2, "cases": (1, 2, 3)}),
    (Tool.LIES, Tool.UNIQUENESS),
)


def _member(*, begins_with_element: bool) -> Circuit:
    """Asserts that an element is in a set."""

    def define(c: Builder, element: Wire, others: Sequence[Wire]) -> None:
        product = element if begins_with_element else c.constant(1)
        for other in others:
            product = product * (element - other)
        with c.rule("NotInTheSet"):
            c.assert_zero(product)

    return Circuit("member", define, {"element": private(), "others": public(3)})


SET_MEMBERSHIP = Bug(
    "tangle-set-membership",
    ("B15",),
    "the product begins with the element, so that 0 is in every set",
    "ZB tangle-network protocol-solidity: incorrect initialization in membership circuits",
    _member(begins_with_element=True),
    _member(begins_with_element=False),
    lambda x: {} if x["element"] in x["others"] else None,
    Attack({"element": 0, "others": (5, 6, 7)}),
    "NotInTheSet",
    ({"element": 6, "others": (5, 6, 7)},),
    (Tool.DIFFERENTIAL,),
)


def _shift(*, bound: bool) -> Circuit:
    """value << shift in 16 bits, 0 for a shift of 16 or more."""

    def define(c: Builder, value: Wire, shift: Wire) -> Wire:
        value_bits, shift_bits = num2bits(c, value, 8, "value"), num2bits(c, shift, 8, "shift")
        used = c.witness(c.advice(from_bits(c, shift_bits[:3])), "used")
        if bound:
            with c.rule("NotTheShift"):
                c.assert_equal(used, from_bits(c, shift_bits[:3]))
        flags = [is_equal(c, used, c.constant(amount)) for amount in range(8)]
        with c.rule("OutOfRange"):
            c.assert_equal(c.sum(flags), 1)
        power = c.linear((1 << amount, flag) for amount, flag in enumerate(flags))
        return power * from_bits(c, value_bits) * less_than(c, shift, c.constant(8), n=8)

    return Circuit("shift", define, {"value": public(), "shift": public()})


PSE_SHIFT = Bug(
    "pse-shift",
    ("B16",),
    "2 << 1 = 8: the amount that the power of two is made of is not the amount on the stack",
    "0xPARC #16 PSE & Scroll zkEVM: missing constraint in SHL/SHR",
    _shift(bound=False),
    _shift(bound=True),
    lambda x: {"out": x["value"] << x["shift"] if x["shift"] < 8 else 0} if max(x["value"], x["shift"]) < 256 else None,
    Attack({"value": 2, "shift": 1}, {"used": 2}),
    "NotTheShift",
    ({"value": 2, "shift": 1}, {"value": 255, "shift": 14}),
    (Tool.LIES, Tool.UNIQUENESS),
)


def _padded(*, enforced: bool) -> Circuit:
    """The hash of two words, filled up with zeros to four."""

    def define(c: Builder, words: Sequence[Wire]) -> Wire:
        padding = [c.witness(c.advice(0), f"padding{i}") for i in range(2)]
        if enforced:
            with c.rule("PaddingNotZero"):
                for word in padding:
                    c.assert_zero(word)
        return poseidon(c, [*words, *padding])

    return Circuit("padded", define, {"words": private(2)})


NEPTUNE_PADDING = Bug(
    "neptune-padding",
    ("B16", "B25"),
    "the zeros of the padding are witnesses that nothing makes zero",
    "ZB neptune: zero padding not enforced",
    _padded(enforced=False),
    _padded(enforced=True),
    lambda x: {"out": poseidon_of_integers([*x["words"], 0, 0])},
    Attack({"words": (1, 2)}, {"padding1": 3}),
    "PaddingNotZero",
    ({"words": (1, 2)},),
    (Tool.LIES, Tool.UNIQUENESS),
)


def _minimum(*, bound: bool) -> Circuit:
    """The lesser of two numbers of 8 bits."""

    def define(c: Builder, a: Wire, b: Wire) -> Wire:
        num2bits(c, a, 8, "a")
        num2bits(c, b, 8, "b")
        least = c.witness(c.advice(a).less_than(b).select(a, b), "least")
        with c.rule("NeitherOfThem"):
            c.assert_product(least - a, least - b, 0)
        if bound:
            with c.rule("NotTheLeast"):
                c.assert_equal(least, b + less_than(c, a, b, n=8) * (a - b))
        return least

    return Circuit("minimum", define, {"a": public(), "b": public()})


TRACE_AND_CONSTRAINTS = Bug(
    "zkfuzz-minimum",
    ("B38",),
    "the program computes the minimum, the constraints say either of the two",
    "zkFuzz TCCT: computation and constraints differ",
    _minimum(bound=False),
    _minimum(bound=True),
    lambda x: {"out": min(x["a"], x["b"])} if max(x["a"], x["b"]) < 256 else None,
    Attack({"a": 3, "b": 200}, {"least": 200}),
    "NotTheLeast",
    ({"a": 3, "b": 200}, {"a": 1, "b": 0}, {"a": 2, "b": 1}, {"a": 7, "b": 7}),
    (Tool.LIES, Tool.UNIQUENESS),
)

BUGS: Final = (
    TORNADO_MIMC,
    ARRAY_XOR,
    LURK_ACCUMULATOR,
    SET_MEMBERSHIP,
    PSE_SHIFT,
    NEPTUNE_PADDING,
    TRACE_AND_CONSTRAINTS,
)
