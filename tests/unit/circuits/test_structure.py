"""Arguments of sub-circuits: taken apart into wires and a key, and put together again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.frontend import Builder, Circuit, CircuitDefinitionError, Wire, compile_circuit, private, subcircuit
from circuits.frontend.constraint_builder import ConstraintBuilder
from circuits.frontend.structure import put_together, statics, take_apart


@dataclass(frozen=True)
class Point:
    x: Any
    y: Any


@dataclass(frozen=True)
class Pair:
    x: Any
    y: Any


class NamedPoint(NamedTuple):
    x: Any
    y: Any


class Place:
    """Stands for a wire in a drawn value."""


constants = st.one_of(st.integers(), st.booleans(), st.text(max_size=3), st.none())
shapes = st.recursive(
    st.one_of(st.builds(Place), constants),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=2), inner, max_size=3),
        st.builds(Point, inner, inner),
        st.builds(NamedPoint, inner, inner),
    ),
    max_leaves=8,
)


def with_wires(value: Any, wires: list[Wire], builder: ConstraintBuilder) -> Any:
    if isinstance(value, Place):
        wires.append(builder.input(len(wires)))
        return wires[-1]
    if isinstance(value, Point | NamedPoint):
        return type(value)(with_wires(value.x, wires, builder), with_wires(value.y, wires, builder))
    if isinstance(value, dict):
        return {key: with_wires(item, wires, builder) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(with_wires(item, wires, builder) for item in value)
    return value


def same(a: Any, b: Any) -> bool:
    """Equality that compares wires by identity."""
    if isinstance(a, Wire) or isinstance(b, Wire):
        return a is b
    if type(a) is not type(b):
        return False
    if isinstance(a, Point | NamedPoint):
        return same(a.x, b.x) and same(a.y, b.y)
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return bool(a == b)


def key_of(value: Any) -> Any:
    return take_apart(value, [])


@given(shapes)
def test_what_is_taken_apart_is_put_together(value: Any) -> None:
    builder = ConstraintBuilder("test", 99, inputs_are_wires=True)
    wires: list[Wire] = []
    filled = with_wires(value, wires, builder)
    found: list[Wire] = []
    structure = take_apart(filled, found)
    assert same(found, wires)
    hash(structure)
    assert same(put_together(structure, iter(found)), filled)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (1, True),
        (0, False),
        (1, 1.0),
        ([1], (1,)),
        (Point(1, 2), Pair(1, 2)),
        (NamedPoint(1, 2), (1, 2)),
        ({"a": 1}, {"b": 1}),
        ("1", 1),
        (None, ()),
        ((1, (2,)), (1, 2)),
    ],
)
def test_different_constants_are_different_sub_circuits(a: Any, b: Any) -> None:
    assert key_of(a) != key_of(b)
    assert key_of(a) == key_of(a)


@pytest.mark.parametrize("bad", [{1, 2}, bytearray(b"x")])
def test_what_has_no_hash_is_refused(bad: Any) -> None:
    with pytest.raises(CircuitDefinitionError):
        key_of(bad)


def test_statics_are_named_for_people() -> None:
    assert statics(key_of((None, {"n": 64, "deep": [True, "x" * 40]}))) == ["n=64", "deep=True", "deep=xxxxxxxx…"]


@subcircuit
def swap(c: Builder, point: Point, *, times: int) -> Point:
    return Point(point.y * times, point.x * point.x)


def test_a_dataclass_goes_in_and_comes_out() -> None:
    def define(c: Builder, xy: Sequence[Wire]) -> dict[str, Wire]:
        swapped = swap(c, Point(xy[0], xy[1]), times=3)
        return {"x": swapped.x, "y": swapped.y}

    compiled = compile_circuit(Circuit("swap", define, {"xy": private(2)}))
    assert compiled.output_names == ("x", "y")
    assert compiled.outline.name_of_wire(0) == "swap(times=3)[0]/w0"
