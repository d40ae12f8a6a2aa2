"""No volatility, no time, a price of 0, strikes at the ends of the floats: every one has a price."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import pytest

from rollup.risk.black76 import greeks, implied_volatility, normal_cdf, price
from rollup.types.series import OptionKind

CALL, PUT = OptionKind.CALL, OptionKind.PUT
SMALLEST, TINY, HUGE = 5e-324, 1e-300, 1e300
EXTREMES = (0.0, SMALLEST, TINY, 1e-9, 1.0, 1e5, 1e13, HUGE, 1.7e308)
TIMES = (0.0, SMALLEST, 1e-9, 1.0, 1e3, 1e20)
Pricer = Callable[[OptionKind, float, float, float, float], float]


def ends_of_the_floats(pricer: Pricer) -> list[str]:
    """The cases of every extreme with every other in which a pricer fails, or leaves its bounds."""
    failures = []
    for kind, forward, strike, years, volatility in itertools.product(OptionKind, EXTREMES, EXTREMES, TIMES, TIMES):
        case = f"{kind.name} F={forward} K={strike} T={years} v={volatility}"
        try:
            value = pricer(kind, forward, strike, years, volatility)
        except (ArithmeticError, ValueError) as error:
            failures.append(f"{case}: {error}")
            continue
        if not max(0.0, kind.sign * (forward - strike)) <= value <= (forward if kind is CALL else strike):
            failures.append(f"{case}: {value} is outside its bounds")
    return failures


def test_f94_every_extreme_has_a_price_within_its_bounds() -> None:
    assert ends_of_the_floats(price) == []


def test_f94_every_extreme_has_a_price_within_its_bounds_twin() -> None:
    """The formula as textbooks print it divides by zero, and takes logarithms of it."""

    def printed(kind: OptionKind, forward: float, strike: float, years: float, volatility: float) -> float:
        deviation = volatility * math.sqrt(years)
        d1 = (math.log(forward / strike) + volatility**2 * years / 2) / deviation
        d2 = d1 - deviation
        return kind.sign * (forward * normal_cdf(kind.sign * d1) - strike * normal_cdf(kind.sign * d2))

    failures = ends_of_the_floats(printed)
    for reason in ("division by zero", "math domain error"):
        assert any(reason in failure for failure in failures), reason


def test_f94_every_extreme_has_greeks() -> None:
    for kind, forward, strike, years, volatility in itertools.product(
        OptionKind, EXTREMES[:-2], EXTREMES[:-2], TIMES, TIMES
    ):
        found = greeks(kind, forward, strike, years, volatility)
        assert 0.0 <= kind.sign * found.delta <= 1.0
        assert found.gamma >= 0.0
        assert 0.0 <= found.vega < math.inf
        assert -math.inf < found.theta <= 0.0


@pytest.mark.parametrize(("years", "volatility"), [(1.0, 0.0), (0.0, 0.5), (0.0, 0.0)])
def test_f94_without_time_or_volatility_an_option_is_its_payoff(years: float, volatility: float) -> None:
    for kind, forward in itertools.product(OptionKind, (0.0, 99.0, 100.0, 101.0)):
        payoff = max(0.0, kind.sign * (forward - 100.0))
        assert price(kind, forward, 100.0, years, volatility) == payoff
        assert price(kind, forward, 100.0, years, volatility, 0.5) == payoff / 2
        found = greeks(kind, forward, 100.0, years, volatility)
        share = 0.5 if forward == 100.0 else float(payoff > 0)
        assert (found.delta, found.gamma, found.vega, found.theta) == (kind.sign * share, 0.0, 0.0, 0.0)


def test_f94_without_volatility_a_discounted_payoff_still_grows() -> None:
    """D = e^(-r T) grows by r a year: half of a payoff of 10 at r = ln 2."""
    found = greeks(CALL, 110.0, 100.0, 1.0, 0.0, 0.5)
    assert found.theta == pytest.approx(5.0 * math.log(2))
    assert found.delta == 0.5
    assert greeks(CALL, 110.0, 100.0, 0.0, 0.5, 0.5).theta == 0.0


def test_f94_a_strike_of_zero_is_the_forward() -> None:
    assert price(CALL, 100.0, 0.0, 1.0, 0.5) == 100.0
    assert price(PUT, 100.0, 0.0, 1.0, 0.5) == 0.0
    assert greeks(CALL, 100.0, 0.0, 1.0, 0.5).delta == 1.0


def test_f94_a_forward_of_zero_stays_there() -> None:
    assert price(CALL, 0.0, 100.0, 1.0, 0.5) == 0.0
    assert price(PUT, 0.0, 100.0, 1.0, 0.5) == 100.0
    assert greeks(PUT, 0.0, 100.0, 1.0, 0.5).delta == -1.0


def test_f94_deep_in_the_money_keeps_the_digits_of_the_time_value() -> None:
    """The time value of a call far in the money is the price of the put."""
    time_value = price(PUT, 100.0, 50.0, 1.0, 0.1)
    assert 0.0 < time_value < 1e-10
    assert price(CALL, 100.0, 50.0, 1.0, 0.1) == 50.0 + time_value


def test_f94_deep_out_of_the_money_falls_to_nothing_without_a_sign() -> None:
    values = [price(CALL, 100.0, 100.0 * 2.0**power, 1.0, 0.2) for power in range(60)]
    assert values == sorted(values, reverse=True)
    assert values[5] > 0.0
    assert values[-1] == 0.0
    assert not any(math.copysign(1.0, value) < 0 for value in values)


def test_f94_implied_volatility_of_the_smallest_and_the_largest_price() -> None:
    smallest = implied_volatility(CALL, SMALLEST, 100.0, 1000.0, 1.0)
    assert 0.05 < smallest < 0.1
    assert price(CALL, 100.0, 1000.0, 1.0, smallest) < 1e-300
    largest = implied_volatility(CALL, math.nextafter(100.0, 0.0), 100.0, 1000.0, 1.0)
    assert 15.0 < largest < 20.0
