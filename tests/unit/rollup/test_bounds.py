"""No number outgrows the place that it is put into: every row of the table of bounds, and that the table is whole."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from random import Random
from types import FrameType
from typing import Any

import pytest

from circuits.frontend import Builder, Circuit, Wire, compile_circuit, constraint_builder, private, run_on_integers
from circuits.gadgets.bits import Bit, Ranged
from circuits.settlement import close_outs, fields, health, legs, liquidations
from circuits.settlement.statement import settlement_circuit
from circuits.settlement.trades import fee
from primitives.field import FR
from rollup.bounds import Bound, Refuses, Widths, bounds_of
from rollup.presets import TINY
from rollup.transition.orders import fee_of
from rollup.units import PRICE_BITS, RATE_BITS, SIZE_BITS

BOUNDS = {bound.name: bound for bound in bounds_of(Widths())}
EACH = pytest.mark.parametrize("name", BOUNDS)

OF_INPUTS = {
    ("accounts.account_step", 63),
    ("accounts.position_slot", 40),
    ("series_rows.series_row", 24),
    ("series_rows.series_row", 32),
    ("series_rows.series_row", 40),
    ("series_rows.series_row", 57),
}
"""Ranges of the prover's own inputs, besides `field`: any number is one of them, and there is no other to mistake."""


@EACH
def test_every_bound_holds_at_all_corners(name: str) -> None:
    assert BOUNDS[name].faults() == []


@EACH
def test_corners_are_where_bounds_are_reached(name: str) -> None:
    """Along each variable the expression is a straight line, wherever the others are."""
    bound, random = BOUNDS[name], Random(name)
    for moving in bound.variables:
        at = {other: random.randint(*interval) for other, interval in bound.variables.items()}
        low, high = bound.variables[moving]
        middle = random.randint(low, high)
        first, between, last = (bound.expression(**{**at, moving: x}) for x in (low, middle, high))
        assert (between - first) * (high - low) == (last - first) * (middle - low)


@EACH
def test_every_bound_is_proved_by_a_solver(name: str) -> None:
    z3: Any = pytest.importorskip("z3")
    bound = BOUNDS[name]
    variables = {each: z3.Int(each) for each in bound.variables}
    inside = [z3.And(low <= variables[each], variables[each] <= high) for each, (low, high) in bound.variables.items()]
    value = z3.IntVal(0) + bound.expression(**variables) - bound.low
    for claim in claims_of(bound, value, z3):
        solver = z3.Solver()
        solver.set("timeout", 60_000)
        solver.add(*inside, z3.Not(claim))
        assert solver.check() == z3.unsat, (claim, solver.reason_unknown())


def claims_of(bound: Bound, value: Any, z3: Any) -> Iterator[Any]:
    """That nothing modulo r is mistaken for a number inside, and that what should be inside is."""
    beyond = 1 << bound.bits
    yield z3.And(value < FR, value >= beyond - FR)
    if bound.refuses is not Refuses.OUTSIDE:
        yield value < beyond
    if bound.refuses is Refuses.NOTHING:
        yield value >= 0


def test_the_circuit_claims_what_the_table_claims() -> None:
    """Every range of the settlement circuit is a row of the table, or one of an input."""
    named = {(bound.where, bound.bits) for bound in BOUNDS.values() if bound.where}
    assert ranges_of_circuit() == named | OF_INPUTS


def test_constants_of_the_circuit_are_those_of_the_table() -> None:
    assert liquidations.BAND_BITS == BOUNDS["band above"].bits == BOUNDS["band below"].bits
    assert BOUNDS["room of the penalty"].bits == liquidations.PENALTY_BITS
    assert BOUNDS["cash paid, from below"].bits == close_outs.PAID_BITS + 1
    assert BOUNDS["V with it"].bits == close_outs.WORTH_BITS + 1
    assert BOUNDS["state that a fill finds"].bits == legs.FOUND_BITS
    assert BOUNDS["forced requests of an account"].bits == health.COUNT_BITS


@cache
def ranges_of_circuit() -> set[tuple[str, int]]:
    """The function and the bits of each range that compiling the circuit asserts, `field` apart."""
    found: set[tuple[str, int]] = set()
    original = fields._below

    def noted(c: Builder, wire: Wire, *, bits: int) -> list[Bit]:
        where = caller(sys._getframe(1))
        if where is not None:
            found.add((where, bits))
        return original(c, wire, bits=bits)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fields, "_below", noted)
        patch.setattr(constraint_builder, "_templates", {})  # what another test compiled would not be noted
        compile_circuit(settlement_circuit.__wrapped__(TINY))
    return found


def caller(frame: FrameType | None) -> str | None:
    """Who called `below` or `bits_below`, as `module.function`; nobody for `field`."""
    while frame is not None and frame.f_globals["__name__"] == fields.__name__:
        if frame.f_code.co_name == "field":
            return None
        frame = frame.f_back
    assert frame is not None
    return f"{frame.f_globals['__name__'].rpartition('.')[2]}.{frame.f_code.co_qualname.partition('.')[0]}"


def test_the_largest_fee_fits_the_circuit() -> None:
    def define(c: Builder, premium: Wire, rate: Wire) -> Wire:
        return fee(c, premium, Ranged(rate, RATE_BITS))

    circuit = Circuit("fee", define, {"premium": private(), "rate": private()})
    most = ((1 << PRICE_BITS) - 1) * ((1 << SIZE_BITS) - 1)
    for premium, rate in product((0, 1, most), (0, 1, (1 << RATE_BITS) - 1)):
        found = run_on_integers(circuit, {"premium": premium, "rate": rate}).outputs["out"]
        assert found == fee_of(premium, rate) < 1 << Widths().fee


@pytest.mark.parametrize(
    ("width", "wider"), [("price", 44), ("position", 44), ("cash", 88), ("size", 200), ("rate", 180)]
)
def test_a_field_that_grows_too_far_is_noticed_twin(width: str, wider: int) -> None:
    grown = bounds_of(replace(Widths(), **{width: wider}))
    assert [fault for bound in grown for fault in bound.faults()]


def test_two_bits_more_of_a_price_fit_and_four_do_not_twin() -> None:
    def faults(price: int) -> list[str]:
        return [fault for bound in bounds_of(replace(Widths(), price=price)) for fault in bound.faults()]

    assert faults(PRICE_BITS + 2) == []
    assert any(fault.startswith("V:") for fault in faults(PRICE_BITS + 4))


@pytest.mark.parametrize("name", ["premium", "band above", "room of the penalty", "V", "V with it", "fee numerator"])
def test_a_wider_price_in_one_row_is_noticed_twin(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bound = BOUNDS[name]
    wide = dict.fromkeys(("price_e2", "mark_e2"), (0, (1 << 50) - 1))
    monkeypatch.setitem(BOUNDS, name, replace(bound, ranges={**bound.ranges, **wide}))
    with pytest.raises(AssertionError):
        test_every_bound_holds_at_all_corners(name)


def test_a_range_as_wide_as_the_field_is_noticed_twin() -> None:
    """Complete, and worth nothing: -1 is inside."""
    assert replace(BOUNDS["limit of who buys"], bits=253).faults() == []
    (fault,) = replace(BOUNDS["limit of who buys"], bits=254).faults()
    assert fault.endswith("has an alias in 254 bits")


def test_a_range_that_is_a_bit_short_is_noticed_twin() -> None:
    for bound in BOUNDS.values():
        if max(bound.corners()) - bound.low >> bound.bits - 1 and bound.refuses is not Refuses.OUTSIDE:
            assert replace(bound, bits=bound.bits - 1).faults(), bound.name
