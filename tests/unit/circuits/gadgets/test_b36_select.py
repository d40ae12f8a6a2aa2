"""Choices against Python; an index that is none has no witness (B36)."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest

from circuits.frontend import Builder, Wire
from circuits.gadgets import select
from circuits.gadgets.bits import assert_boolean, decompose, to_bits
from prover.bn254 import FR
from tests.support.gadgets import Gadget

TABLE = [Random(4).randrange(FR) for _ in range(9)]


def test_select_and_swap_agree_with_python() -> None:
    def define(c: Builder, bit: Wire, a: Wire, b: Wire) -> dict[str, Wire]:
        chosen = assert_boolean(c, bit)
        first, second = select.swap(c, chosen, a, b)
        return {
            "selected": select.select(c, chosen, a, b),
            "constant": select.select(c, chosen, 7, 9),
            "first": first,
            "second": second,
        }

    gadget = Gadget("choice", define, bit=0, a=0, b=0)
    for a, b in ((5, 8), (FR - 1, 0), (3, 3)):
        gadget.gives({"bit": 1, "a": a, "b": b}, {"selected": a, "constant": 7, "first": b, "second": a})
        gadget.gives({"bit": 0, "a": a, "b": b}, {"selected": b, "constant": 9, "first": a, "second": b})


@pytest.mark.parametrize("n", [1, 2, 3])
def test_tables_agree_with_python(n: int) -> None:
    constants = tuple(Random(n).choice((0, 1, FR - 1, Random(n + i).randrange(FR))) for i in range(1 << n))
    tables = (constants, tuple(range(1 << n)), (5,) * (1 << n))

    def define(c: Builder, index: Wire, table: Sequence[Wire]) -> dict[str, Wire | list[Wire]]:
        bits = to_bits(c, index, n=n)
        return {"mux": select.mux(c, bits, table), "found": select.look_up_constants(c, bits, tables=tables)}

    gadget = Gadget("tables", define, index=0, table=1 << n)
    for index in range(1 << n):
        expected = {f"found[{i}]": table[index] for i, table in enumerate(tables)}
        gadget.gives({"index": index, "table": TABLE[: 1 << n]}, {"mux": TABLE[index], **expected})


def by_index(n: int, *, compared: bool = True) -> Gadget:
    def define(c: Builder, index: Wire, table: Sequence[Wire]) -> Wire:
        return select.select_by_index(c, index, table)

    def without_comparison(c: Builder, index: Wire, table: Sequence[Wire]) -> Wire:
        bits = decompose(c, index, (n - 1).bit_length())
        return select.mux(c, bits, [*table, *[c.constant(0)] * ((1 << len(bits)) - n)])

    return Gadget("by_index", define if compared else without_comparison, index=0, table=n)


@pytest.mark.parametrize("n", range(2, 10))
def test_b36_an_index_is_inside_its_table(n: int) -> None:
    gadget, table = by_index(n), TABLE[:n]
    for index in range(n):
        gadget.gives({"index": index, "table": table}, {"out": table[index]})
    for index in {n, n + 1, (1 << (n - 1).bit_length()) - 1, 1 << (n - 1).bit_length(), FR - 1} - {n - 1}:
        gadget.refuses({"index": index, "table": table}, select.RULE_INDEX)
    assert gadget.is_unique()


def test_b36_an_index_is_inside_its_table_twin() -> None:
    """Padded with zeros and not compared, a table of five has an entry 5: an instrument without margin."""
    by_index(5, compared=False).gives({"index": 5, "table": TABLE[:5]}, {"out": 0})


@pytest.mark.parametrize("n", [2, 3, 5, 8])
def test_b36_flags_agree_with_python(n: int) -> None:
    def define(c: Builder, index: Wire) -> dict[str, list[Wire]]:
        return {"flags": [flag.wire for flag in select.one_hot(c, index, n=n)]}

    gadget = Gadget("flags", define, index=0)
    for index in range(n):
        gadget.gives({"index": index}, {f"flags[{i}]": int(i == index) for i in range(n)})
    for index in (n, FR - 1, (FR + 1) // 2):
        gadget.refuses({"index": index}, select.RULE_INDEX)
    assert gadget.is_unique()


FORGED = (
    (3, {"is1": 1, "is2": 1, "is3": 0}),  # 1 + 2
    (0, {"is3": 1}),
    (2, {"is1": 2, "is2": 0}),
    (2, {"is2": 0, "is4": (FR + 1) // 2}),
)


def flags_pass(*, one_at_most: bool) -> list[bool]:
    def define(c: Builder, index: Wire) -> None:
        select.one_hot(c, index, n=5)

    def any_flags(c: Builder, index: Wire) -> None:
        flags = [c.witness((c.advice(index) - i).is_zero(), f"one_hot(n=5)[0]/is{i}") for i in range(1, 5)]
        for flag in flags:
            assert_boolean(c, flag)
        c.assert_equal(c.linear(enumerate(flags, start=1)), index)

    gadget = Gadget("flags", define if one_at_most else any_flags, index=0)
    named = [(index, {f"one_hot(n=5)[0]/{name}": lie for name, lie in lies.items()}) for index, lies in FORGED]
    return [gadget.accepts_lies({"index": index}, lies) for index, lies in named]


def test_b36_one_flag_is_set() -> None:
    assert flags_pass(one_at_most=True) == [False] * 4


def test_b36_one_flag_is_set_twin() -> None:
    """Without the flag of index 0, which is what the others leave, 1 and 2 are 3."""
    assert flags_pass(one_at_most=False) == [True, False, False, False]
