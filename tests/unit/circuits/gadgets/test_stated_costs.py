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
from circuits.gadgets.matrix_product import Position
from circuits.gadgets.montgomery import EdwardsPoint, MontgomeryPoint
from circuits.gadgets.signature_windows import WINDOWS, sum_of_windows
from circuits.gadgets.transcript import Transcript, challenge_cost

Gadget = Callable[[Builder, Sequence[Wire]], object]


def _point(x: Sequence[Wire], at: int = 0) -> MontgomeryPoint:
    return MontgomeryPoint(x[2 * at], x[2 * at + 1])


def _terms(x: Sequence[Wire]) -> list[fractions.Term]:
    return [fractions.Term(x[i], x[i + 3]) for i in range(3)]


def _level(x: Sequence[Wire]) -> merkle.Level:
    return merkle.Level((x[0], x[1], x[2], x[3]), (x[4], x[5]))


COSTS: dict[str, tuple[int, Gadget]] = {
    "assert_boolean": (1, lambda c, x: bits.assert_boolean(c, x[0])),
    "to_bits 64": (64, lambda c, x: bits.to_bits(c, x[0], n=64)),
    "to_bits_canonical": (507, lambda c, x: bits.to_bits_canonical(c, x[0])),
    "assert_bits_at_most": (7, lambda c, x: bits.assert_bits_at_most(c, [Bit(w) for w in x], maximum=200)),
    "assert_bits_at_most 103": (4, lambda c, x: bits.assert_bits_at_most(c, [Bit(w) for w in x], maximum=103)),
    "assert_bits_at_most 255": (0, lambda c, x: bits.assert_bits_at_most(c, [Bit(w) for w in x], maximum=255)),
    "pack": (0, lambda c, x: bits.pack(c, [Ranged(w, 64) for w in x])),
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
    "index_bits 5": (5, lambda c, x: select.index_bits(c, x[0], n=5)),
    "index_bits 8": (3, lambda c, x: select.index_bits(c, x[0], n=8)),
    "select_by_index 5": (4 + 5, lambda c, x: select.select_by_index(c, x[0], x[1:6])),
    "select_by_index 7": (6 + 5, lambda c, x: select.select_by_index(c, x[0], x[1:8])),
    "select_by_index 8": (7 + 3, lambda c, x: select.select_by_index(c, x[0], x)),
    "assert_signed": (41, lambda c, x: fixed_point.assert_signed(c, x[0], 40)),
    "signed_product": (1, lambda c, x: fixed_point.signed_product(c, Signed(x[0], 40), Signed(x[1], 40))),
    "assert_signed_with_sign": (41, lambda c, x: fixed_point.assert_signed_with_sign(c, x[0], 40)),
    "assert_not_negative": (40, lambda c, x: fixed_point.assert_not_negative(c, Signed(x[0], 40))),
    "with_offset": (0, lambda c, x: fixed_point.with_offset(Signed(x[0], 40))),
    "maximum": (43, lambda c, x: fixed_point.maximum(c, Signed(x[0], 40), Signed(x[1], 40))),
    "is_negative": (41, lambda c, x: fixed_point.is_negative(c, Signed(x[0], 40))),
    "absolute": (42, lambda c, x: fixed_point.absolute(c, Signed(x[0], 40))),
    "positive_part": (42, lambda c, x: fixed_point.positive_part(c, Signed(x[0], 40))),
    "minimum": (43, lambda c, x: fixed_point.minimum(c, Signed(x[0], 40), Signed(x[1], 40))),
    "divide_floor": (2 + 64 + 80, lambda c, x: fixed_point.divide_floor(c, Ranged(x[0], 64), Ranged(x[1], 40))),
    "rescale_floor by 100": (34 + 2 * 7, lambda c, x: fixed_point.rescale_floor(c, Ranged(x[0], 40), 100)),
    "rescale_floor by 128": (33 + 7, lambda c, x: fixed_point.rescale_floor(c, Ranged(x[0], 40), 128)),
    "rescale_ceil by 100": (34 + 2 * 7, lambda c, x: fixed_point.rescale_ceil(c, Ranged(x[0], 40), 100)),
    "assert_at_most 1000005": (2 * 20 - 1 - 1, lambda c, x: compare.assert_at_most(c, x[0], 1000005)),
    "assert_less_or_equal": (40, lambda c, x: compare.assert_less_or_equal(c, Ranged(x[0], 40), Ranged(x[1], 9))),
    "sum_of_fractions": (3, lambda c, x: fractions.sum_of_fractions(c, _terms(x), x[7])),
    "assert_balanced": (4, lambda c, x: fractions.assert_balanced(c, _terms(x), x[7])),
    "assert_look_up": (3 + 2 + 1, lambda c, x: fractions.assert_look_up(c, x[:3], x[3:5], x[5:7], x[7])),
    "pack_key": (0, lambda c, x: fractions.pack_key(c, [Ranged(w, 24) for w in x], domain=3)),
    "polynomial": (7, lambda c, x: matrix_product.polynomial(c, x, x[0])),
    "assert_matrix_product": (
        2 * 4 + 4 * 1 + 4 + 3 * 2 - 1 + 1,  # n, k, m = 3, 4, 2
        lambda c, x: matrix_product.assert_matrix_product(c, [x[:4]] * 3, [x[:2]] * 4, [x[:2]] * 3, x[6], x[7]),
    ),
    "assert_sparse_matrix_product": (
        2 * 5 + (3 + 1) * 4 + (2 - 1) + 2 * 3 - 1 + 2,  # n, k, m = 2, 4, 3, with 5 positions in each row
        lambda c, x: matrix_product.assert_sparse_matrix_product(
            c, [[Position(x[0], x[1])] * 5] * 2, x[:4], [x[:3]] * 4, [x[:3]] * 2, x[4:8], (x[5], x[6], x[7])
        ),
    ),
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


@pytest.mark.parametrize("maximum", range(16))
def test_a_comparison_with_a_constant_costs_what_its_bits_say(maximum: int) -> None:
    def gadget(c: Builder, x: Sequence[Wire]) -> None:
        bits.assert_bits_at_most(c, [Bit(w) for w in x[:4]], maximum=maximum)

    assert cost_of(f"at most {maximum}", gadget) == bits.at_most_cost(4, maximum)


@pytest.mark.parametrize("n", range(2, 9))
def test_an_index_costs_what_its_bits_say(n: int) -> None:
    def gadget(c: Builder, x: Sequence[Wire]) -> None:
        select.index_bits(c, x[0], n=n)

    assert cost_of(f"index below {n}", gadget) == select.index_cost(n)


@pytest.mark.parametrize("n", [0, 1, 14, 15, 29, 30])
def test_a_challenge_costs_its_hashes(n: int) -> None:
    def gadget(c: Builder, x: Sequence[Wire]) -> None:
        transcript = Transcript(c, "cost")
        transcript.absorb("x", [x[i % 8] for i in range(n)])
        transcript.challenge("alpha")

    assert cost_of(f"challenge after {n}", gadget) == challenge_cost(n)


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
