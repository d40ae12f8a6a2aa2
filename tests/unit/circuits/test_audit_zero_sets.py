"""Zeros of forms in boxes are all of them; factors of rows are the same only if no integers tell them apart."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from circuits.audit.boxes import zeros_in
from circuits.audit.structure import structure_of
from circuits.audit.system import Constraint, Form, system_of_relation
from circuits.audit.zero_sets import ZeroSets
from circuits.frontend import Builder, Circuit, CompiledCircuit, Wire, compile_circuit, private
from circuits.gadgets.bits import assert_boolean
from circuits.settlement.fields import below
from prover.bn254 import FR

PRIME = 10_007
BITS = 4


@pytest.mark.parametrize("seed", range(200))
def test_zeros_in_boxes_are_those_of_trying_all(seed: int) -> None:
    random = Random(seed)
    wires = range(1, random.randrange(2, 5))
    form = tuple((wire, random.choice((1, 2, 40, PRIME - 40, random.randrange(1, PRIME)))) for wire in (0, *wires))
    boxes = {wire: (low := random.randrange(-6, 6), low + random.randrange(7)) for wire in wires}
    found = zeros_in(form, boxes, PRIME)
    expected = []
    for values in product(*(range(low, high + 1) for low, high in boxes.values())):
        chosen = dict(zip(boxes, values, strict=True))
        if sum(value * (chosen | {0: 1})[wire] for wire, value in form) % PRIME == 0:
            expected.append(chosen)
    assert all(one in expected for one in found.found)
    assert not found.is_all or sorted(found.found, key=str) == sorted(expected, key=str)
    assert found.is_all or len(expected) > 1


def test_of_zeros_that_may_be_many_some_are_known() -> None:
    found = zeros_in(((1, 1), (2, PRIME - 1)), {1: (0, 5_000), 2: (0, 5_000)}, PRIME)
    assert not found.is_all
    assert found.found


def test_what_divides_all_other_terms_decides() -> None:
    boxes = {1: (0, 3), 2: (-(1 << 20), 1 << 20), 3: (0, 1 << 60)}
    assert zeros_in(((0, 16), (1, 1), (2, 32), (3, 1 << 30)), boxes, FR).is_all


def _define(c: Builder, there: Wire, held: Wire, size: Wire, other: Wire) -> None:
    """What is not there holds nothing: `there` a bit, `size` signed and 0 unless `held`, `other` a number."""
    for bit in (there, held):
        assert_boolean(c, bit)
    below(c, size + (1 << BITS), BITS + 1)
    below(c, other, BITS)
    c.assert_product(1 - held, size, 0)
    c.assert_product(1 - there, held * (2 << BITS) + size + other * (4 << BITS), 0)


def _compiled() -> tuple[CompiledCircuit, dict[str, int]]:
    names = ("there", "held", "size", "other")
    compiled = compile_circuit(Circuit("holding", _define, {name: private() for name in names}))
    wires = {compiled.name_of_wire(wire): wire for wire in range(compiled.relation.n_wires)}
    return compiled, {name: wires[name] for name in names}


def _altered(weights: dict[str, int], constant: int = 0) -> tuple[bool, list[dict[str, int]]]:
    """Whether the last row with other coefficients is the same, and what passes it wrongly."""
    compiled, wires = _compiled()
    structure = structure_of(system_of_relation(compiled.relation))
    row = len(structure.system.constraints) - 1
    original = structure.system.constraints[row]
    factor: Form = tuple(sorted((wires[name], value % FR) for name, value in weights.items()))
    is_second = wires["held"] in dict(original.b)
    shared = original.a if is_second else original.b
    altered = Constraint(shared, ((0, constant), *factor) if constant else factor, ())
    names = {wire: name for name, wire in wires.items()}
    sets = ZeroSets(structure)
    passing = [{names[wire]: value for wire, value in found.items()} for found in sets.passing(row, original, altered)]
    return sets.same(row, original, altered), passing


@pytest.mark.parametrize(("held", "other"), [(33, 64), (31, 64), (32, 65), (32, 63), (64, 128), (-32, -64)])
def test_coefficients_that_keep_contents_apart_say_the_same(held: int, other: int) -> None:
    sign = 1 if held > 0 else -1
    assert _altered({"held": held, "size": sign, "other": other}) == (True, [])


def test_coefficients_that_let_contents_cancel_do_not() -> None:
    is_same, passing = _altered({"held": 32, "size": 2, "other": 64})
    assert not is_same
    assert passing == [{"held": 1, "size": -16, "other": 0}]


def test_a_content_left_out_is_noticed() -> None:
    is_same, _ = _altered({"held": 32, "size": 1})
    assert not is_same


def test_what_the_shared_factor_says_counts() -> None:
    assert _altered({"held": 32, "other": 64, "there": 1}) == (True, [])


def test_a_constant_is_noticed() -> None:
    is_same, _ = _altered({"held": 32, "size": 1, "other": 64}, constant=1)
    assert not is_same


def test_a_factor_that_is_assumed_not_to_be_zero_says_nothing() -> None:
    compiled, wires = _compiled()
    structure = structure_of(system_of_relation(compiled.relation))
    shared: Form = ((wires["size"], 1),)
    assumed: Form = ((0, FR - 3), (wires["other"], 1))
    double = tuple((wire, 2 * value % FR) for wire, value in assumed)
    original, altered = Constraint(shared, ((0, 1),), ()), Constraint(shared, double, ())
    assert ZeroSets(structure, [assumed]).same(0, original, altered)
    assert not ZeroSets(structure).same(0, original, altered)
    assert not ZeroSets(structure, [assumed]).same(0, original, Constraint(shared, ((wires["other"], 1),), ()))
