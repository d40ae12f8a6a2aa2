"""Parameters that would be unsound are refused while the circuit is written."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from circuits.frontend import Builder, Circuit, CircuitDefinitionError, Wire, compile_circuit, private
from circuits.gadgets.bits import Bit, Ranged, assert_range, from_bits, to_bits
from circuits.gadgets.compare import is_less
from circuits.gadgets.fixed_point import Signed, assert_signed, divide_floor, rescale_floor, signed_product, signed_sum
from circuits.gadgets.fractions import assert_look_up, pack_key
from circuits.gadgets.matrix_product import assert_matrix_product, assert_sparse_matrix_product
from circuits.gadgets.merkle import merkle_root
from circuits.gadgets.poseidon import poseidon
from circuits.gadgets.select import look_up_constants, mux, one_hot, select_by_index

REFUSED: dict[str, Callable[[Builder, Wire], object]] = {
    "b17_254_bits": lambda c, x: to_bits(c, x, n=254),
    "b17_no_bits": lambda c, x: to_bits(c, x, n=0),
    "b17_range_of_254_bits": lambda c, x: assert_range(c, x, 254),
    "b17_sum_of_254_bits": lambda c, x: from_bits(c, [Bit(x)] * 254),
    "b18_comparing_253_bits": lambda c, x: is_less(c, Ranged(x, 253), Ranged(x, 253)),
    "b20_quotient_beyond_r": lambda c, x: divide_floor(c, Ranged(x, 190), Ranged(x, 64)),
    "b20_rescaling_beyond_r": lambda c, x: rescale_floor(c, Ranged(x, 253), 1000),
    "b20_rescaling_by_one": lambda c, x: rescale_floor(c, Ranged(x, 8), 1),
    "b22_signed_253_bits": lambda c, x: assert_signed(c, x, 252),
    "b22_sum_that_wraps": lambda c, x: signed_sum(c, [Signed(x, 252), Signed(x, 252)]),
    "b23_product_that_wraps": lambda c, x: signed_product(c, Signed(x, 127), Signed(x, 126)),
    "b35_key_of_241_bits": lambda c, x: pack_key(c, [Ranged(x, 114), Ranged(x, 127)]),
    "b35_key_with_large_domain": lambda c, x: pack_key(c, [Ranged(x, 40)], domain=1 << 13),
    "b35_key_with_negative_domain": lambda c, x: pack_key(c, [Ranged(x, 40)], domain=-1),
    "b36_table_of_three": lambda c, x: mux(c, [Bit(x), Bit(x)], [x, x, x]),
    "b36_constants_of_three": lambda c, x: look_up_constants(c, [Bit(x)], tables=((1, 2, 3),)),
    "b36_one_place": lambda c, x: one_hot(c, x, n=1),
    "b36_table_of_one": lambda c, x: select_by_index(c, x, [x]),
    "look_up_without_multiplicity": lambda c, x: assert_look_up(c, [x], [x, x], [x], x),
    "matrices_that_do_not_fit": lambda c, x: assert_matrix_product(c, [[x, x]], [[x]], [[x]], x, x),
    "matrix_with_a_short_row": lambda c, x: assert_matrix_product(c, [[x], [x]], [[x, x]], [[x, x], [x]], x, x),
    "matrices_of_nothing": lambda c, x: assert_matrix_product(c, [], [[x]], [], x, x),
    "sums_that_do_not_fit": lambda c, x: assert_sparse_matrix_product(c, [[]], [x], [[x]], [[x]], [], (x, x, x)),
    "a11_path_without_levels": lambda c, x: merkle_root(c, x, []),
    "a10_seventeen_inputs": lambda c, x: poseidon(c, [x] * 17),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused(name: str) -> None:
    def define(c: Builder, x: Wire) -> None:
        REFUSED[name](c, x)
        c.assert_zero(x)

    with pytest.raises(CircuitDefinitionError):
        compile_circuit(Circuit(f"refused_{name}", define, {"x": private()}))


def test_it_is_refused_twin() -> None:
    """One bit less passes."""

    def define(c: Builder, x: Wire) -> None:
        to_bits(c, x, n=253)
        is_less(c, Ranged(x, 252), Ranged(x, 252))
        divide_floor(c, Ranged(x, 187), Ranged(x, 64))
        signed_product(c, Signed(x, 126), Signed(x, 126))
        pack_key(c, [Ranged(x, 113), Ranged(x, 127)], domain=(1 << 13) - 1)
        assert_signed(c, x, 251)
        signed_sum(c, [Signed(x, 251), Signed(x, 251)])

    assert compile_circuit(Circuit("not_refused", define, {"x": private()})).n_constraints > 800
