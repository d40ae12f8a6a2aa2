"""Margin in integers: the amounts of the report say exactly what the rules of health say."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollup.errors import FieldOutOfRange, RollupError
from rollup.risk.report import MarginReport, SeriesNotInTable, SeriesRepeated, margin_report
from rollup.risk.table import risk_table
from rollup.types.series import SeriesRow
from rollup.units import COLUMNS
from tests.support.source_tree import ROOT
from tests.unit.rollup.risk.markets import CALL, NOW_S, PUT, market_of, series_of

VALUES_E2 = st.lists(st.integers(0, (1 << 40) - 1), min_size=COLUMNS, max_size=COLUMNS).map(tuple)
SIZES_E4 = st.integers(-(1 << 39), (1 << 39) - 1)
SPEC = {"rollup.parameters", "rollup.errors", "rollup.types.series", "rollup.units"}
LEGS = st.lists(st.tuples(VALUES_E2, SIZES_E4), max_size=16)


def row_of(series_id: int, values_e2: tuple[int, ...]) -> SeriesRow:
    return SeriesRow(series_of(series_id, CALL, 150_000), is_settled=False, values_e2=values_e2)


def account_of(legs: list[tuple[tuple[int, ...], int]]) -> tuple[dict[int, int], list[SeriesRow]]:
    """Positions and their rows."""
    table = [row_of(number, values_e2) for number, (values_e2, _) in enumerate(legs, start=1)]
    return {number: size for number, (_, size) in enumerate(legs, start=1)}, table


@given(LEGS, st.integers(-(1 << 63) + 1, (1 << 63) - 1), st.integers(-3, 3))
def test_requirements_say_what_the_rules_say(legs: list[tuple[tuple[int, ...], int]], cash_e6: int, near: int) -> None:
    """At any cash, and at the cash that just meets either rule, and a few units beside it."""
    positions, table = account_of(legs)
    bare = [sum(size_e4 * values_e2[s] for values_e2, size_e4 in legs) for s in range(COLUMNS)]
    initial_just = -min(bare)
    maintenance_just = max(-(-(-bare[0] - 3 * value) // 4) for value in bare)
    for cash in (cash_e6, initial_just + near, maintenance_just + near):
        if abs(cash) >= 1 << 63:
            continue
        report = margin_report(positions, cash, table)
        values = [cash + value for value in bare]
        assert list(report.values_e6) == values
        assert report.passes_initial == all(value >= 0 for value in values)
        assert report.passes_maintenance == all(values[0] + 3 * value >= 0 for value in values)
        assert report.passes_maintenance or not report.passes_initial
        assert 0 <= report.maintenance_requirement_e6 <= report.initial_requirement_e6
        assert values[report.worst_column] == min(values)


def test_by_hand() -> None:
    """One contract sold at 100.00 that one scenario takes to 150.00: 50 USDC initial, 37.5 maintenance."""
    values_e2 = (10_000, *[10_000] * 10, 15_000, *[9_000] * 5)
    report = margin_report({1: -10_000}, 150_000_000, [row_of(1, values_e2)])
    assert report.equity_e6 == 50_000_000
    assert report.worst_column == 11
    assert report.initial_requirement_e6 == 50_000_000
    assert report.maintenance_requirement_e6 == 37_500_000
    assert report.passes_initial
    below = margin_report({1: -10_000}, 149_999_999, [row_of(1, values_e2)])
    assert not below.passes_initial
    assert below.passes_maintenance
    assert margin_report({1: -10_000}, 137_500_000, [row_of(1, values_e2)]).passes_maintenance
    assert not margin_report({1: -10_000}, 137_499_999, [row_of(1, values_e2)]).passes_maintenance


def test_f83_maintenance_rounds_up() -> None:
    """Three quarters of 1, 2, 3 and 4 units are 1, 2, 3 and 3."""
    requirements = [MarginReport((0, *[-loss] * 16)).maintenance_requirement_e6 for loss in range(5)]
    assert requirements == [0, 1, 2, 3, 3]


@given(LEGS, st.integers(0, 1 << 62))
def test_a_position_and_its_opposite_cost_nothing(legs: list[tuple[tuple[int, ...], int]], cash_e6: int) -> None:
    """The accounts of the two sides of a trade: what one has in a column, the other owes."""
    positions, table = account_of(legs)
    opposite = {
        series_id: max(-size_e4, -(1 << 39)) for series_id, size_e4 in positions.items() if size_e4 != -(1 << 39)
    }
    kept = {series_id: positions[series_id] for series_id in opposite}
    held, sold = margin_report(kept, cash_e6, table), margin_report(opposite, cash_e6, table)
    assert [one + other for one, other in zip(held.values_e6, sold.values_e6, strict=True)] == [2 * cash_e6] * COLUMNS


@given(st.integers(1, 10**9), st.integers(0, 10**12))
def test_offsets_within_an_account(size_e4: int, cash_e6: int) -> None:
    """A box, two opposite synthetic futures, is worth the difference of its strikes but for a cent a contract."""
    box = [(CALL, 140_000, 1), (PUT, 140_000, -1), (CALL, 160_000, -1), (PUT, 160_000, 1)]
    listed = [series_of(number, kind, strike_e2) for number, (kind, strike_e2, _) in enumerate(box, start=1)]
    table = risk_table(listed, market_of(), NOW_S)
    report = margin_report({number: sign * size_e4 for number, (*_, sign) in enumerate(box, start=1)}, cash_e6, table)
    for value_e6 in report.values_e6:
        assert abs(value_e6 - cash_e6 - 20_000 * size_e4) < 4 * size_e4
    assert report.initial_requirement_e6 < 6 * size_e4


def test_nothing_held_needs_nothing() -> None:
    report = margin_report({}, 5, [])
    assert report.values_e6 == (5,) * COLUMNS
    assert (report.worst_column, report.initial_requirement_e6, report.maintenance_requirement_e6) == (0, 0, 0)
    assert report.passes_initial
    assert report.passes_maintenance
    in_debt = margin_report({}, -1, [])
    assert not in_debt.passes_initial
    assert not in_debt.passes_maintenance


def test_a_settled_position_has_no_risk() -> None:
    series = series_of(1, CALL, 150_000, days=0)
    table = risk_table([series], market_of(settlements_e2={series.expiry_s: 160_000}), NOW_S)
    report = margin_report({1: -25_000}, 0, table)
    assert set(report.values_e6) == {-25_000 * 10_000}
    assert report.initial_requirement_e6 == 0


def test_a_series_that_is_absent_or_twice_there_is_refused() -> None:
    row = row_of(1, (0,) * COLUMNS)
    with pytest.raises(SeriesNotInTable, match="series 2 is not in"):
        margin_report({2: 1}, 0, [row])
    assert margin_report({2: 0}, 7, [row]).equity_e6 == 7
    with pytest.raises(SeriesRepeated, match="series 1 is in the risk table more than once"):
        margin_report({}, 0, [row, row_of(1, (1,) * COLUMNS)])
    for error in (SeriesNotInTable, SeriesRepeated):
        assert issubclass(error, RollupError)


@pytest.mark.parametrize(
    ("size_e4", "cash_e6", "name"),
    [(1 << 39, 0, "size_e4"), (-(1 << 39) - 1, 0, "size_e4"), (0, 1 << 63, "cash_e6"), (0, -(1 << 63), "cash_e6")],
)
def test_f95_beyond_their_widths_sizes_and_cash_are_refused(size_e4: int, cash_e6: int, name: str) -> None:
    assert margin_report({}, -(1 << 63) + 1, []).equity_e6 == -(1 << 63) + 1
    with pytest.raises(FieldOutOfRange, match=name):
        margin_report({1: size_e4}, cash_e6, [row_of(1, (0,) * COLUMNS)])


def test_margin_knows_integers_only() -> None:
    """No division but the one that rounds, no float, nothing imported that has any."""
    source = ast.parse((ROOT / "rollup" / "risk" / "report.py").read_text(encoding="utf-8"))
    for node in ast.walk(source):
        assert not isinstance(node, ast.Div)
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float))
        assert not (isinstance(node, ast.Name) and node.id == "float")
        if isinstance(node, ast.ImportFrom):
            assert node.module in {"__future__", "collections.abc", "dataclasses", *SPEC}
