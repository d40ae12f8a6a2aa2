"""SPAN's scan: the textbook's portfolios, positions whose answer is known in closed form, and the term structure."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollup.errors import RollupError
from rollup.risk.black76 import price
from rollup.risk.scenarios import (
    SPAN,
    RiskArrayError,
    ScanRange,
    ScanRangeError,
    risk_array,
    scan_risk,
    scenario_values,
)
from rollup.types.series import OptionKind
from rollup.units import SCENARIOS

CALL, PUT = OptionKind.CALL, OptionKind.PUT
SCAN = ScanRange(price=0.10, volatility_up=0.4, volatility_down=0.25)
THIRDS = (0.0, 0.0, 1 / 3, 1 / 3, -1 / 3, -1 / 3, 2 / 3, 2 / 3, -2 / 3, -2 / 3, 1.0, 1.0, -1.0, -1.0)
"""SPAN's price moves, in its order, before the two extreme ones."""

LONG_FUTURE = ((1.0, CALL), (-1.0, PUT))


# fmt: off
CALL_OF_THE_TEXTBOOK = [
    -900.0, 900.0, -2_900.0, -1_200.0, 900.0, 2_200.0, -5_300.0, -3_900.0,
    2_300.0, 3_200.0, -8_060.0, -6_900.0, 3_380.0, 3_990.0, -7_500.0, 3_500.0,
]
# fmt: on


def future(price_range: float) -> list[float]:
    """The risk array of one future held: it loses what the price falls, and a third of the extreme fall."""
    return [-move * price_range for move in THIRDS] + [-0.99 * price_range, 0.99 * price_range]


def test_sixteen_scenarios_in_spans_order() -> None:
    assert len(SPAN) == SCENARIOS
    assert [scenario.price_move for scenario in SPAN] == [*THIRDS, 3.0, -3.0]
    assert [scenario.volatility_move for scenario in SPAN] == [1, -1] * 7 + [0, 0]
    assert [scenario.weight_percent for scenario in SPAN] == [100] * 14 + [33] * 2


def test_spans_textbook_portfolios() -> None:
    """A future held 10,000, a call held 3,990, a call sold 8,060, a covered write 6,620.

    Those four give three losses of the call: 3,990 as price and volatility fall, 10,000 - 6,620 = 3,380 as the price
    falls and volatility rises, -8,060 as both rise. The other losses are ours, in between.
    """
    held = future(10_000.0)
    portfolios = [[(1.0, held)], [(1.0, CALL_OF_THE_TEXTBOOK)], [(-1.0, CALL_OF_THE_TEXTBOOK)]]
    portfolios.append([(1.0, held), (-1.0, CALL_OF_THE_TEXTBOOK)])
    risks = [scan_risk(portfolio) for portfolio in portfolios]
    assert [risk.loss for risk in risks] == pytest.approx([10_000, 3_990, 8_060, 6_620])
    assert [risk.scenario for risk in risks] == [13, 14, 11, 13]


@given(st.floats(0.01, 0.33), st.floats(0.5, 2.0), st.floats(0.05, 2.0), st.floats(0.01, 3.0))
def test_a_synthetic_future_loses_what_a_future_does(
    share: float, ratio: float, volatility: float, years: float
) -> None:
    """A call held and a put sold of one strike are a future: thirds of the range R, then 0.33 * 3 R."""
    forward, scan = 3_700.0, ScanRange(share, 0.4, 0.25)
    options = [
        (size, risk_array(kind, forward, forward * ratio, years, volatility, scan)) for size, kind in LONG_FUTURE
    ]
    losses = [sum(size * array[column] for size, array in options) for column in range(SCENARIOS)]
    assert losses == pytest.approx(future(share * forward), abs=1e-9 * forward)
    assert scan_risk(options).loss == pytest.approx(share * forward)
    assert scan_risk([(-size, array) for size, array in options]).loss == pytest.approx(share * forward)


def test_the_extreme_moves_find_what_is_sold_far_out_of_the_money() -> None:
    """Two scan ranges away and near expiry the whole range costs nothing; three ranges cost 0.33 of one."""
    array = risk_array(CALL, 100.0, 120.0, 1 / 365, 0.05, SCAN)
    assert max(map(abs, array[:14])) < 1e-9
    assert scan_risk([(-1.0, array)]).loss == pytest.approx(0.33 * (130 - 120))
    assert scan_risk([(-1.0, array)]).scenario == 15
    assert scan_risk([(-1.0, risk_array(PUT, 100.0, 80.0, 1 / 365, 0.05, SCAN))]).scenario == 16


def test_a_straddle_is_scanned_in_volatility() -> None:
    """Held, it loses where volatility falls; sold, where volatility rises."""
    straddle = [(1.0, risk_array(kind, 100.0, 100.0, 0.25, 0.5, ScanRange(0.02, 0.4, 0.25))) for kind in OptionKind]
    assert SPAN[scan_risk(straddle).scenario - 1].volatility_move == -1
    assert SPAN[scan_risk([(-size, array) for size, array in straddle]).scenario - 1].volatility_move == 1


@given(st.sampled_from(OptionKind), st.floats(0.3, 3.0), st.floats(0.0, 2.0), st.floats(0.0, 2.0), st.floats(-1e3, 1e3))
def test_a_position_and_its_opposite_cost_nothing(
    kind: OptionKind, ratio: float, years: float, volatility: float, size: float
) -> None:
    array = risk_array(kind, 100.0, 100.0 * ratio, years, volatility, SCAN)
    assert scan_risk([(size, array), (-size, array)]) == scan_risk([])
    assert (scan_risk([]).loss, scan_risk([]).scenario) == (0.0, 0)
    assert scan_risk([(size, array)]).loss >= 0.0


def test_a_loss_however_small_is_a_loss() -> None:
    risk = scan_risk([(1.0, [0.0] * 15 + [1e-9])])
    assert (risk.loss, risk.scenario) == (1e-9, 16)


@given(st.floats(0.0, 2.0), st.floats(0.0, 2.0), st.floats(0.3, 3.0), st.floats(1.0, 1.5))
def test_calls_fall_and_puts_rise_with_the_strike(years: float, volatility: float, ratio: float, by: float) -> None:
    for kind in OptionKind:
        near, far = (
            scenario_values(kind, 100.0, strike, years, volatility, SCAN) for strike in (100 * ratio, 100 * ratio * by)
        )
        assert all(kind.sign * (first - second) >= -1e-10 for first, second in zip(near, far, strict=True))


@given(st.floats(0.0, 2.0), st.floats(0.0, 2.0), st.floats(0.01, 3.0), st.floats(0.0, 1.0))
def test_values_lie_within_their_bounds(years: float, volatility: float, ratio: float, share: float) -> None:
    """A call is worth no more than the forward that the scenario moves to, a put no more than its strike."""
    scan, forward, strike = ScanRange(share, 0.4, 0.25), 100.0, 100.0 * ratio
    for scenario, call, put in zip(
        SPAN, *(scenario_values(kind, forward, strike, years, volatility, scan) for kind in OptionKind), strict=True
    ):
        moved = scenario.weighed(forward, scan.moved_forward(forward, scenario.price_move))
        assert 0.0 <= call <= moved * (1 + 1e-12)
        assert 0.0 <= put <= strike * (1 + 1e-12)


def test_a_move_of_nothing_gives_the_price_to_the_last_bit() -> None:
    values = scenario_values(CALL, 3_700.65, 3_750.0, 0.1, 0.3, ScanRange(0.0, 0.0, 0.0))
    assert set(values[:14]) == {price(CALL, 3_700.65, 3_750.0, 0.1, 0.3)}


def test_short_terms_move_more_and_long_terms_less() -> None:
    """30 days as given; at 1 and 20 days 30 ^ 0.30 and 1.5 ^ 0.30 times as much, at 300 days 10 ^ 0.13 times less."""
    assert SCAN.moved_volatility(0.5, 1, 30) == pytest.approx(0.7)
    assert SCAN.moved_volatility(0.5, -1, 30) == pytest.approx(0.375)
    assert SCAN.moved_volatility(0.5, 1, 1) == pytest.approx(0.5 * (1 + 0.4 * 2.774191))
    assert SCAN.moved_volatility(0.5, 1, 20) == pytest.approx(0.5 * (1 + 0.4 * 1.129346))
    assert SCAN.moved_volatility(0.5, 1, 300) == pytest.approx(0.5 * (1 + 0.4 / 1.3489629))
    assert SCAN.moved_volatility(0.5, 1, 0) == SCAN.moved_volatility(0.5, 1, 1)
    assert SCAN.moved_volatility(0.5, 0, 1) == 0.5
    assert ScanRange(0.1, 0.4, 0.9).moved_volatility(0.5, -1, 1) == 0.0
    moved = [SCAN.moved_volatility(0.5, 1, days) for days in range(1, 1000, 7)]
    assert moved == sorted(moved, reverse=True)


def test_f94_a_fall_below_nothing_stops_at_nothing() -> None:
    """At a range of 40 % the extreme fall would be 120 %: a put is worth its strike there, a call nothing."""
    scan = ScanRange(0.4, 0.4, 0.25)
    assert scan.moved_forward(100.0, -3.0) == 0.0
    call, put = (scenario_values(kind, 100.0, 90.0, 0.0, 0.0, scan)[15] for kind in (CALL, PUT))
    assert call == pytest.approx(0.67 * 10)
    assert put == pytest.approx(0.33 * 90)


@pytest.mark.parametrize(
    "name",
    ["price", "volatility_up", "volatility_down", "reference_days", "short_power", "long_power", "shortest_days"],
)
def test_scan_ranges_without_a_meaning_are_refused(name: str) -> None:
    good = {"price": 0.1, "volatility_up": 0.4, "volatility_down": 0.25}
    for value in (-0.1, math.nan, math.inf):
        with pytest.raises(ScanRangeError, match=f"^{name} is"):
            ScanRange(**(good | {name: value}))
    if name.endswith("_days"):
        with pytest.raises(ScanRangeError, match="it must be positive"):
            ScanRange(**(good | {name: 0.0}))


@pytest.mark.parametrize("length", [0, 15, 17])
def test_arrays_of_another_length_are_refused(length: int) -> None:
    with pytest.raises(RiskArrayError, match=f"has {length} losses"):
        scan_risk([(1.0, [0.0] * length)])
    assert issubclass(RiskArrayError, RollupError)
    assert issubclass(ScanRangeError, RollupError)
