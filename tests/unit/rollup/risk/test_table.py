"""The bridge to integers: who is rounded against, and by how much; what is expired, settled, or missing."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollup.errors import RollupError
from rollup.risk.black76 import PricingError, price
from rollup.risk.report import margin_report
from rollup.risk.scenarios import SPAN, ScanRange, scenario_values
from rollup.risk.table import (
    CENTS,
    LARGEST_VALUE_E2,
    SECONDS_PER_YEAR,
    Market,
    MarketIncomplete,
    SettledEarly,
    UnderlyingMarket,
    risk_table,
    round_from_mark,
    series_report,
)
from rollup.types.series import OptionKind, Series
from rollup.units import COLUMNS
from tests.unit.rollup.risk.markets import CALL, DAY_S, NOW_S, PUT, SCAN, market_of, series_of

KINDS = st.sampled_from(OptionKind)
STRIKES_E2 = st.integers(1, 1_000_000)
DAYS = st.floats(-1.0, 700.0)
INDEXES = st.floats(1.0, 10_000.0)
VOLATILITIES = st.floats(0.0, 3.0)
SIZES_E4 = st.integers(-(10**9), 10**9)


def model_values_e2(series: Series, index: float, volatility: float) -> tuple[float, ...]:
    """Mark and scenarios in cents before rounding."""
    years = max(0, series.expiry_s - NOW_S) / SECONDS_PER_YEAR
    option = (series.kind, CENTS * index, float(series.strike_e2), years, volatility if years else 0.0)
    return (price(*option), *scenario_values(*option, SCAN))


@given(KINDS, STRIKES_E2, DAYS, INDEXES, VOLATILITIES)
def test_rounding_is_against_whoever_loses_and_less_than_a_cent(
    kind: OptionKind, strike_e2: int, days: float, index: float, volatility: float
) -> None:
    series = series_of(1, kind, strike_e2, days)
    (row,) = risk_table([series], market_of(index, volatility), NOW_S)
    mark, *values = model_values_e2(series, index, volatility)
    assert abs(row.mark_e2 - mark) <= 0.5
    for value_e2, value in zip(row.values_e2[1:], values, strict=True):
        if value < mark:
            assert value_e2 <= value  # an option held loses here
        if value > mark:
            assert value_e2 >= value  # an option sold loses here
        assert value_e2 in {math.floor(value), math.ceil(value)}


def test_rounding_is_against_whoever_loses_twin() -> None:
    """To the nearest cent, 9.6 would be 10 to who holds it and has lost one, and 11.4 would be 11 to who sold it."""
    assert round_from_mark(9.6, 10.6) == 9 < 9.6 < round(9.6)
    assert round_from_mark(11.4, 10.6) == 12 > 11.4 > round(11.4)
    assert round_from_mark(10.6, 10.6) == 11


@given(st.floats(0.0, 1e12), st.floats(0.0, 1e12))
def test_round_from_mark(value: float, mark: float) -> None:
    rounded = round_from_mark(value, mark)
    assert rounded in {math.floor(value), math.ceil(value)}
    assert (rounded - value) * (value - mark) >= 0.0


@given(st.lists(st.tuples(KINDS, STRIKES_E2, DAYS, SIZES_E4), min_size=1, max_size=16), INDEXES, st.floats(0.0, 2.0))
def test_a_portfolio_is_off_by_less_than_a_cent_per_contract(
    legs: list[tuple[OptionKind, int, float, int]], index: float, volatility: float
) -> None:
    """A size of 1 in 0.0001 contracts times a cent is 0.000001 USDC: the bound is the sum of the sizes' magnitudes."""
    listed = [series_of(number, kind, strike, days) for number, (kind, strike, days, _) in enumerate(legs, start=1)]
    positions = {series.series_id: leg[3] for series, leg in zip(listed, legs, strict=True)}
    report = margin_report(positions, 0, risk_table(listed, market_of(index, volatility), NOW_S))
    modelled = [model_values_e2(series, index, volatility) for series in listed]
    gross = sum(map(abs, positions.values()))
    for column in range(COLUMNS):
        exact = math.fsum(positions[series.series_id] * of[column] for series, of in zip(listed, modelled, strict=True))
        bound = gross / 2 if column == 0 else gross
        assert abs(report.values_e6[column] - exact) <= bound * (1 + 1e-9)


@given(STRIKES_E2, st.integers(1, 100_000), DAYS, INDEXES, VOLATILITIES)
def test_calls_fall_and_puts_rise_with_the_strike_but_for_a_cent(
    strike_e2: int, more_e2: int, days: float, index: float, volatility: float
) -> None:
    for kind in OptionKind:
        listed = [series_of(1, kind, strike_e2, days), series_of(2, kind, strike_e2 + more_e2, days)]
        near, far = risk_table(listed, market_of(index, volatility), NOW_S)
        assert kind.sign * (near.mark_e2 - far.mark_e2) >= 0
        for first, second in zip(near.values_e2, far.values_e2, strict=True):
            assert kind.sign * (first - second) >= -1


def test_a_row_by_hand() -> None:
    """One day after expiry at 1,500 a call of 1,400 is its payoff, moved by 75 for each third of a range of 15 %."""
    series = series_of(1, CALL, 140_000, days=-1)
    (row,) = risk_table([series], market_of(1_500.0), NOW_S)
    thirds = [17_500, 17_500, 2_500, 2_500, 25_000, 25_000, 0, 0, 32_500, 32_500, 0, 0]
    extremes = [(33 * 77_500 + 67 * 10_000) // 100, 67 * 10_000 // 100]
    assert row.values_e2 == (10_000, 10_000, 10_000, *thirds, *extremes)
    assert not row.is_settled


@pytest.mark.parametrize(("days", "is_expired"), [(1 / DAY_S, False), (0, True), (-1 / DAY_S, True), (-400, True)])
def test_expired_is_from_the_second_of_expiry_on(days: float, is_expired: bool) -> None:
    series = series_of(1, PUT, 150_000, days)
    unasked = Market({7: UnderlyingMarket(1_500.0, {}, SCAN)})
    if is_expired:
        (row,) = risk_table([series], unasked, NOW_S)
        assert row.mark_e2 == 0
        assert series_report(series, unasked, NOW_S).implied_volatility is None
    else:
        with pytest.raises(MarketIncomplete, match="lacks its volatility"):
            risk_table([series], unasked, NOW_S)


@given(KINDS, STRIKES_E2, st.integers(0, (1 << 40) - 1), st.integers(0, 10**8))
def test_a_settled_row_is_its_payoff_in_every_column(
    kind: OptionKind, strike_e2: int, settlement_price_e2: int, late_s: int
) -> None:
    series = series_of(1, kind, strike_e2, days=0)
    market = market_of(settlements_e2={series.expiry_s: settlement_price_e2})
    (row,) = risk_table([series], market, NOW_S + late_s)
    assert row.is_settled
    assert set(row.values_e2) == {max(0, kind.sign * (settlement_price_e2 - strike_e2))}
    report = series_report(series, market, NOW_S + late_s)
    assert (report.mark_e2, report.implied_volatility) == (row.mark_e2, None)
    assert (report.delta, report.gamma, report.vega, report.theta) == (0.0, 0.0, 0.0, 0.0)


def test_a_settlement_before_expiry_is_refused() -> None:
    series = series_of(1, CALL, 150_000, days=1)
    with pytest.raises(SettledEarly, match="expires at"):
        risk_table([series], market_of(settlements_e2={series.expiry_s: 150_000}), NOW_S)


def test_rows_follow_the_order_and_each_its_own_expiry_and_underlying() -> None:
    near, far, other = series_of(5, CALL, 0, 10), series_of(2, CALL, 0, 20), series_of(9, CALL, 0, 10, underlying=8)
    underlyings = dict(market_of(1_500.0, forwards={far.expiry_s: 1_600.25}).underlyings)
    market = Market(underlyings | {8: UnderlyingMarket(28_000.0, {9: 0.5}, SCAN)})
    rows = risk_table([near, far, other], market, NOW_S)
    assert [(row.series, row.mark_e2) for row in rows] == [(near, 150_000), (far, 160_025), (other, 2_800_000)]


def test_the_surface_is_asked_by_series() -> None:
    listed = [series_of(number, CALL, 150_000) for number in (1, 2)]
    by_surface = UnderlyingMarket(1_500.0, lambda series: series.series_id / 4, SCAN)
    by_series = UnderlyingMarket(1_500.0, {1: 0.25, 2: 0.5}, SCAN)
    rows = risk_table(listed, Market({7: by_surface}), NOW_S)
    assert rows == risk_table(listed, Market({7: by_series}), NOW_S)
    assert rows[0].mark_e2 < rows[1].mark_e2


def test_what_the_market_lacks_is_named() -> None:
    with pytest.raises(MarketIncomplete, match="series 3 of underlying 6: the market lacks its underlying"):
        risk_table([series_of(3, CALL, 150_000, underlying=6)], market_of(), NOW_S)
    for error in (MarketIncomplete, SettledEarly):
        assert issubclass(error, RollupError)


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_f94_an_oracles_price_of_zero_is_refused(value: float) -> None:
    with pytest.raises(PricingError, match="index is"):
        market_of(index=value)
    with pytest.raises(PricingError, match=f"forward of {NOW_S} is"):
        market_of(forwards={NOW_S: value})
    if value != 0.0:
        with pytest.raises(PricingError, match="volatility is"):
            risk_table([series_of(1, CALL, 150_000)], market_of(volatility=value), NOW_S)


@pytest.mark.parametrize("strike_e2", [0, 1, LARGEST_VALUE_E2])
@pytest.mark.parametrize("index", [0.01, 1_500.0, 1e10, 1e13, 1e305])
@pytest.mark.parametrize("volatility", [0.0, 0.5, 1e6])
@pytest.mark.parametrize("days", [-1, 0, 1 / DAY_S, 30, 20_000])
def test_f94_every_extreme_has_a_row(strike_e2: int, index: float, volatility: float, days: float) -> None:
    """A row checks the width of its values itself, so it is enough that there is one."""
    for kind in OptionKind:
        series = series_of(1, kind, strike_e2, days)
        (row,) = risk_table([series], market_of(index, volatility), NOW_S)
        report = series_report(series, market_of(index, volatility), NOW_S)
        assert report.mark_e2 == row.mark_e2
        assert 0.0 <= kind.sign * report.delta <= 1.0


def test_f94_values_beyond_their_width_are_cut() -> None:
    (row,) = risk_table([series_of(1, CALL, 0)], market_of(index=1e13), NOW_S)
    assert set(row.values_e2) == {LARGEST_VALUE_E2} == {(1 << 40) - 1}


def test_report_by_hand() -> None:
    """At the money with v sqrt T = 2: d1 = 1, d2 = -1, N'(1) = 0.2419707245, N(1) = 0.8413447461."""
    series = series_of(1, CALL, 10_000, days=365)
    report = series_report(series, market_of(100.0, 2.0), NOW_S)
    assert report.mark_e2 == round(10_000 * (2 * 0.8413447461 - 1)) == 6_827
    assert report.implied_volatility == pytest.approx(2.0, abs=1e-4)
    assert report.delta == pytest.approx(0.8413447461)
    assert report.gamma == pytest.approx(0.2419707245 / (100 * 2))
    assert report.vega == pytest.approx(100 * 0.2419707245)
    assert report.theta == pytest.approx(-100 * 0.2419707245 * 2 / 2)


def test_the_worst_of_a_short_strangle_is_an_extreme_and_of_a_calendar_a_volatility() -> None:
    """The scenarios do what they are there for, in integers."""
    listed = [series_of(1, CALL, 250_000, 3), series_of(2, PUT, 90_000, 3), series_of(3, CALL, 150_000, 7)]
    table = risk_table(listed, market_of(1_500.0, 0.5), NOW_S)
    strangle = margin_report({1: -10_000, 2: -10_000}, 0, table)
    assert SPAN[strangle.worst_column - 1].price_move == -3.0
    assert SPAN[margin_report({3: 10_000}, 0, table).worst_column - 1].price_move == -1.0


@given(KINDS, STRIKES_E2, INDEXES)
def test_without_scan_ranges_every_scenario_is_the_mark_but_for_a_cent(
    kind: OptionKind, strike_e2: int, index: float
) -> None:
    still = ScanRange(price=0.0, volatility_up=0.0, volatility_down=0.0)
    (row,) = risk_table([series_of(1, kind, strike_e2)], market_of(index, scan=still), NOW_S)
    assert set(row.values_e2[:15]) == {row.mark_e2}
    assert all(abs(value_e2 - row.mark_e2) <= 1 for value_e2 in row.values_e2)
