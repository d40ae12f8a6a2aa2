"""What a gadget's documentation says that it costs is what it costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from circuits.frontend import Builder, Circuit, Wire, compile_circuit, private
from circuits.gadgets import (
    babyjubjub,
    bits,
    compare,
    fixed_point,
    fractions,
    matrix_product,
    merkle,
    montgomery,
    poseidon,
    select,
)
from circuits.gadgets.bits import Bit, Ranged
from circuits.gadgets.challenge_multiple import challenge_multiple
from circuits.gadgets.fixed_point import Signed
from circuits.gadgets.montgomery import EdwardsPoint, MontgomeryPoint
from circuits.gadgets.signature_windows import WINDOWS, sum_of_windows

Gadget = Callable[[Builder, Sequence[Wire]], object]


def _point(x: Sequence[Wire], at: int = 0) -> MontgomeryPoint:
    return MontgomeryPoint(x[2 * at], x[2 * at + 1])


def _level(x: Sequence[Wire]) -> merkle.Level:
    return merkle.Level((x[0], x[1], x[2], x[3]), (x[4], x[5]))


COSTS: dict[str, tuple[int, Gadget]] = {
    "assert_boolean": (1, lambda c, x: bits.assert_boolean(c, x[0])),
    "to_bits 64": (64, lambda c, x: bits.to_bits(c, x[0], n=64)),
    "to_bits_canonical": (507, lambda c, x: bits.to_bits_canonical(c, x[0])),
    "assert_bits_at_most": (7, lambda c, x: bits.assert_bits_at_most(c, [Bit(w) for w in x], maximum=200)),
    "assert_range 40": (40, lambda c, x: bits.assert_range(c, x[0], 40)),
    "logical_and": (1, lambda c, x: bits.logical_and(c, Bit(x[0]), Bit(x[1]))),
    "logical_or": (1, lambda c, x: bits.logical_or(c, Bit(x[0]), Bit(x[1]))),
    "logical_xor": (1, lambda c, x: bits.logical_xor(c, Bit(x[0]), Bit(x[1]))),
    "all_of": (7, lambda c, x: bits.all_of(c, [Bit(w) for w in x])),
    "is_zero": (3, lambda c, x: compare.is_zero(c, x[0])),
    "is_equal": (3, lambda c, x: compare.is_equal(c, x[0], x[1])),
    "assert_not_zero": (1, lambda c, x: compare.assert_not_zero(c, x[0])),
    "is_less": (41, lambda c, x: compare.is_less(c, Ranged(x[0], 40), Ranged(x[1], 30))),
    "is_less_or_equal": (41, lambda c, x: compare.is_less_or_equal(c, Ranged(x[0], 30), Ranged(x[1], 40))),
    "assert_less": (40, lambda c, x: compare.assert_less(c, Ranged(x[0], 40), Ranged(x[1], 40))),
    "select": (1, lambda c, x: select.select(c, Bit(x[0]), x[1], x[2])),
    "swap": (1, lambda c, x: select.swap(c, Bit(x[0]), x[1], x[2])),
    "mux": (3, lambda c, x: select.mux(c, [Bit(x[0]), Bit(x[1])], x[2:6])),
    "look_up_constants": (4, lambda c, x: select.look_up_constants(c, [Bit(w) for w in x[:3]], tables=((1,) * 8,))),
    "one_hot": (6, lambda c, x: select.one_hot(c, x[0], n=5)),
    "select_by_index": (10, lambda c, x: select.select_by_index(c, x[0], x[1:6])),
    "assert_signed": (41, lambda c, x: fixed_point.assert_signed(c, x[0], 40)),
    "signed_product": (1, lambda c, x: fixed_point.signed_product(c, Signed(x[0], 40), Signed(x[1], 40))),
    "is_negative": (41, lambda c, x: fixed_point.is_negative(c, Signed(x[0], 40))),
    "absolute": (42, lambda c, x: fixed_point.absolute(c, Signed(x[0], 40))),
    "positive_part": (42, lambda c, x: fixed_point.positive_part(c, Signed(x[0], 40))),
    "minimum": (43, lambda c, x: fixed_point.minimum(c, Signed(x[0], 40), Signed(x[1], 40))),
    "divide_floor": (2 + 64 + 80, lambda c, x: fixed_point.divide_floor(c, Ranged(x[0], 64), Ranged(x[1], 40))),
    "fraction": (1, lambda c, x: fractions.fraction(c, x[0], x[1])),
    "powers": (6, lambda c, x: matrix_product.powers(c, x[0], 8)),
    "poseidon 2": (239, lambda c, x: poseidon.poseidon(c, x[:2])),
    "parent": (298, lambda c, x: merkle.parent(c, x[6], _level(x))),
    "parents": (596, lambda c, x: merkle.parents(c, x[6], x[7], _level(x))),
    "add": (3, lambda c, x: montgomery.add(c, _point(x), _point(x, 1))),
    "double": (4, lambda c, x: montgomery.double(c, _point(x))),
    "double_and_add": (5, lambda c, x: montgomery.double_and_add(c, _point(x), _point(x, 1))),
    "assert_on_curve": (3, lambda c, x: montgomery.assert_on_curve(c, _point(x))),
    "assert_same_point": (2, lambda c, x: montgomery.assert_same_point(c, _point(x), EdwardsPoint(x[2], x[3]))),
    "edwards assert_on_curve": (3, lambda c, x: babyjubjub.assert_on_curve(c, EdwardsPoint(x[0], x[1]))),
    "edwards add": (6, lambda c, x: babyjubjub.add(c, EdwardsPoint(x[0], x[1]), EdwardsPoint(x[2], x[3]))),
    "edwards double": (5, lambda c, x: babyjubjub.double(c, EdwardsPoint(x[0], x[1]))),
    "edwards multiply": (
        2 + 3 * 13,
        lambda c, x: babyjubjub.multiply(c, [Bit(w) for w in x[:4]], EdwardsPoint(x[4], x[5])),
    ),
    "challenge_multiple": (1694, lambda c, x: challenge_multiple(c, x[0], _point(x, 1))),
    "sum_of_windows": (437, lambda c, x: sum_of_windows(c, [_point(x, i % 4) for i in range(WINDOWS)])),
}


def cost_of(name: str, gadget: Gadget) -> int:
    def define(c: Builder, x: Sequence[Wire]) -> None:
        gadget(c, x)
        c.assert_zero(x[0])

    return compile_circuit(Circuit(f"cost of {name}", define, {"x": private(8)})).n_constraints - 1


@pytest.mark.parametrize("name", COSTS)
def test_the_stated_cost_is_the_cost(name: str) -> None:
    cost, gadget = COSTS[name]
    assert cost_of(name, gadget) == cost


@pytest.mark.parametrize("arity", range(1, 17))
def test_poseidon_costs_three_constraints_an_s_box_less_one_a_pair(arity: int) -> None:
    def define(c: Builder, x: Sequence[Wire]) -> Wire:
        return poseidon.poseidon(c, x)

    compiled = compile_circuit(Circuit(f"cost of poseidon {arity}", define, {"x": private(arity)}))
    assert compiled.n_constraints - 1 == poseidon.poseidon_cost(arity)


@pytest.mark.parametrize(("depth", "most_for_one", "most_for_both"), [(1, 300, 600), (5, 1500, 3000)])
def test_a_merkle_level_costs_at_most_300_and_600_for_old_and_new(
    depth: int, most_for_one: int, most_for_both: int
) -> None:
    """The bits of the position included."""

    def one(c: Builder, leaf: Wire, children: Sequence[Sequence[Wire]], positions: Sequence[Sequence[Wire]]) -> None:
        path = merkle.levels(children, positions)
        merkle.assert_positions(c, path)
        merkle.merkle_root(c, leaf, path)

    def both(c: Builder, leaf: Wire, children: Sequence[Sequence[Wire]], positions: Sequence[Sequence[Wire]]) -> None:
        path = merkle.levels(children, positions)
        merkle.assert_positions(c, path)
        merkle.updated_roots(c, leaf, leaf + 1, path)

    shape = {"leaf": private(), "children": private(depth, 4), "positions": private(depth, 2)}
    assert compile_circuit(Circuit(f"path of {depth}", one, shape)).n_constraints <= most_for_one
    assert compile_circuit(Circuit(f"paths of {depth}", both, shape)).n_constraints <= most_for_both
