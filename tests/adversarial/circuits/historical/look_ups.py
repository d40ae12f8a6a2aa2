"""Tables, one-hot flags, positions: an index that is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from circuits.frontend import Builder, Circuit, Wire, private, public
from circuits.gadgets.poseidon import poseidon
from circuits.gadgets.select import RULE_INDEX, one_hot
from primitives.poseidon import poseidon as poseidon_of_integers
from tests.adversarial.circuits.historical.bug import Attack, Bug, Tool
from tests.adversarial.circuits.historical.parts import assert_boolean, from_bits, is_equal, num2bits

TABLE: Final = (500, 700, 1100, 1300)


def _look_up(c: Builder, index: Wire) -> Wire:
    """TABLE[index]."""
    flags = one_hot(c, index, n=len(TABLE))
    return c.linear((entry, flag.wire) for entry, flag in zip(TABLE, flags, strict=True))


def _look_up_anything(c: Builder, index: Wire) -> Wire:
    return c.linear((entry, is_equal(c, index, c.constant(place))) for place, entry in enumerate(TABLE))


LOOK_UP: Final = Circuit("look_up", _look_up, {"index": public()})


def _entry(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    return {"out": TABLE[inputs["index"]]} if inputs["index"] < len(TABLE) else None


UNKNOWN_INDEX = Bug(
    "index-beyond-table",
    ("B36",),
    "an unknown instrument has margin 0: an index beyond the table selects nothing",
    "checklist B36: index >= table size (selfxyz indices; Herodotus mmr_*)",
    Circuit("look_up", _look_up_anything, {"index": public()}),
    LOOK_UP,
    _entry,
    Attack({"index": 4}),
    RULE_INDEX,
    ({"index": 3}, {"index": 0}),
    (Tool.DIFFERENTIAL,),
)


def _one_hot(c: Builder, index: Wire) -> Wire:
    """TABLE[index] by flags of the prover's."""
    flags = [c.witness((c.advice(index) - place).is_zero(), f"flag{place}") for place in range(len(TABLE))]
    assert_boolean(c, *flags)
    c.assert_equal(c.linear(enumerate(flags)), index)
    return c.linear(zip(TABLE, flags, strict=True))


ONE_HOT = Bug(
    "scroll-one-hot",
    ("B19", "B36"),
    "3 is 1 and 2 at once",
    "SC1 Scroll mpt-circuit (Trail of Bits): the OneHot primitive allows more than one value at once",
    Circuit("one_hot", _one_hot, {"index": public()}),
    LOOK_UP,
    _entry,
    Attack({"index": 3}, {"flag3": 0, "flag1": 1, "flag2": 1}),
    RULE_INDEX,
    ({"index": 3}, {"index": 1}),
    (Tool.LIES, Tool.UNIQUENESS),
    refused=Attack({"index": 3}, {"one_hot(n=4)[0]/is3": 0, "one_hot(n=4)[0]/is1": 1, "one_hot(n=4)[0]/is2": 1}),
)


def _decoder(*, complete: bool) -> Circuit:
    """Four flags of which the one at `index` is 1; `success` is 0 for an index beyond them."""

    def define(c: Builder, index: Wire) -> dict[str, Any]:
        if complete:
            with c.rule("NotTheFlag"):
                flags = [is_equal(c, index, c.constant(place)) for place in range(4)]
        else:
            flags = [c.witness((c.advice(index) - place).is_zero(), f"flag{place}") for place in range(4)]
            for place, flag in enumerate(flags):
                c.assert_product(flag, index - place, 0)
        success = c.sum(flags)
        assert_boolean(c, success)
        return {"flags": flags, "success": success}

    return Circuit("decoder", define, {"index": public()})


DECODER = Bug(
    "circomlib-decoder",
    ("B16", "B36"),
    "all flags 0 and success 0, for any index",
    "circomlib V-CIRCOMLIB-VUL-001: decoder accepting bogus output signal",
    _decoder(complete=False),
    _decoder(complete=True),
    lambda x: {**{f"flags[{place}]": int(x["index"] == place) for place in range(4)}, "success": int(x["index"] < 4)},
    Attack({"index": 2}, {"flag2": 0}),
    "NotTheFlag",
    ({"index": 2}, {"index": 9}, {"index": 0}),
    (Tool.LIES, Tool.UNIQUENESS),
    refused=Attack({"index": 2}, {"is_zero[2]/zero": 0}),
)


def _nullifier(*, in_range: bool) -> Circuit:
    """The nullifier of the note at `index`, whose lower 8 bits say where it is."""

    def define(c: Builder, index: Wire, notes: Sequence[Wire]) -> dict[str, Wire]:
        bits = [c.witness(bit, f"bit{i}") for i, bit in enumerate(c.advice(index).bits(8))]
        rest = c.witness(c.advice(index).extract(8, 245), "rest")
        assert_boolean(c, *bits)
        c.assert_equal(from_bits(c, bits) + 256 * rest, index)
        if in_range:
            with c.rule("IndexOutOfRange"):
                c.assert_zero(rest)
        flags = [is_equal(c, from_bits(c, bits), c.constant(place)) for place in range(2)]
        with c.rule("NoSuchNote"):
            c.assert_equal(c.sum(flags), 1)
        note = flags[0] * notes[0] + flags[1] * notes[1]
        return {"note": note, "nullifier": poseidon(c, [index, note])}

    return Circuit("nullifier", define, {"index": private(), "notes": private(2)})


def _spent(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    if inputs["index"] > 1:
        return None
    note = inputs["notes"][inputs["index"]]
    return {"note": note, "nullifier": poseidon_of_integers([inputs["index"], note])}


AZTEC_NULLIFIER = Bug(
    "aztec-nullifier",
    ("B27", "B36"),
    "the index of a note has more bits than the tree's depth, and each choice of them is another nullifier",
    "0xPARC #6 Aztec 2.0: missing bit length check / nondeterministic nullifier",
    _nullifier(in_range=False),
    _nullifier(in_range=True),
    _spent,
    Attack({"index": 257, "notes": (51, 52)}),
    "IndexOutOfRange",
    ({"index": 1, "notes": (51, 52)}, {"index": 0, "notes": (51, 52)}),
    (Tool.DIFFERENTIAL,),
    varied=("index",),
)


def _position(*, in_range: bool) -> Circuit:
    """Which of a mountain range's peaks (of 8, 4, 2, 1 leaves) holds a position, 1-based; below `length`."""

    def define(c: Builder, position: Wire, length: Wire) -> Wire:
        bits = num2bits(c, length, 4, "length")
        if in_range:
            num2bits(c, length - 1 - position, 4, "left")
            num2bits(c, position, 4, "position")
        return from_bits(c, bits) * 16 + position

    return Circuit("position", define, {"position": private(), "length": public()})


HERODOTUS_POSITION = Bug(
    "herodotus-position",
    ("B36",),
    "a position beyond the end of the mountain range is looked for, and found somewhere",
    "ZB Herodotus: behaviour is undefined if position is not range checked",
    _position(in_range=False),
    _position(in_range=True),
    lambda x: {"out": x["length"] * 16 + x["position"]} if x["length"] < 16 and x["position"] < x["length"] else None,
    Attack({"position": 9, "length": 9}),
    "OutOfRange",
    ({"position": 8, "length": 9}, {"position": 0, "length": 15}),
    (Tool.DIFFERENTIAL,),
)

BUGS: Final = (UNKNOWN_INDEX, ONE_HOT, DECODER, AZTEC_NULLIFIER, HERODOTUS_POSITION)
