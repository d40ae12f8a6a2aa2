"""Black's prices equal published ones and an integral that knows no formula; Greeks equal differences."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rollup.errors import RollupError
from rollup.risk.black76 import PricingError, greeks, implied_volatility, normal_cdf, normal_density, price
from rollup.types.series import OptionKind
from tests.unit.rollup.risk.published import published_vectors

CALL, PUT = OptionKind.CALL, OptionKind.PUT
KINDS = st.sampled_from(OptionKind)
PRICES = st.floats(1.0, 1e6)
MONEYNESS = st.floats(0.2, 5.0)
YEARS = st.floats(1e-5, 5.0)
VOLATILITIES = st.floats(0.01, 3.0)
DISCOUNTS = st.floats(0.5, 1.0)


def test_haugs_table() -> None:
    """Generalized Black-Scholes on an asset S with a yield q is Black on F = S e^((r - q) T)."""
    rows = published_vectors("haug_bs_vectors.json")
    assert len(rows) == 43
    for row in rows:
        kind = CALL if row["type"] == "C" else PUT
        forward = row["S"] * math.exp((row["r"] - row["q"]) * row["T"])
        value = price(kind, forward, row["K"], row["T"], row["vol"], math.exp(-row["r"] * row["T"]))
        assert value == pytest.approx(row["expected"], abs=1e-4), row
        assert value == pytest.approx(row["computed"], abs=1e-9), row


@pytest.mark.parametrize(
    ("kind", "forward", "strike", "years", "volatility", "discount", "value"),
    [
        # At the money a call is worth F (2 N(s / 2) - 1), and N(1) = 0.841344746068543 from any table.
        (CALL, 100, 100, 1, 2, 1, 100 * (2 * 0.841344746068543 - 1)),
        (PUT, 100, 100, 4, 1, 1, 100 * (2 * 0.841344746068543 - 1)),
        (PUT, 100, 100, 4, 1, 0.9, 90 * (2 * 0.841344746068543 - 1)),
        # F / K = e^(s^2 / 2) makes d2 = 0: a call is worth F N(s) - K / 2.
        (CALL, math.exp(0.5), 1, 1, 1, 1, math.exp(0.5) * 0.841344746068543 - 0.5),
        (PUT, math.exp(0.5), 1, 1, 1, 1, 0.5 - math.exp(0.5) * (1 - 0.841344746068543)),
    ],
)
def test_prices_by_hand(
    kind: OptionKind, forward: float, strike: float, years: float, volatility: float, discount: float, value: float
) -> None:
    assert price(kind, forward, strike, years, volatility, discount) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("kind", OptionKind)
@pytest.mark.parametrize("strike", [40.0, 90.0, 100.0, 115.0, 300.0])
@pytest.mark.parametrize("deviation", [0.05, 0.4, 1.5])
def test_price_is_the_mean_payoff(kind: OptionKind, strike: float, deviation: float) -> None:
    """The mean of the payoff of F exp(s z - s^2 / 2) over normal z, by the midpoint rule."""
    steps, widest = 40_000, 10.0
    width = 2 * widest / steps
    mean = 0.0
    for step in range(steps):
        z = -widest + (step + 0.5) * width
        settlement = 100.0 * math.exp(deviation * z - deviation**2 / 2)
        mean += width * normal_density(z) * max(0.0, kind.sign * (settlement - strike))
    assert price(kind, 100.0, strike, 1.0, deviation) == pytest.approx(mean, abs=1e-5)


@given(PRICES, MONEYNESS, YEARS, VOLATILITIES, DISCOUNTS)
def test_put_call_parity(forward: float, ratio: float, years: float, volatility: float, discount: float) -> None:
    strike = forward * ratio
    call, put = (price(kind, forward, strike, years, volatility, discount) for kind in (CALL, PUT))
    assert call - put == pytest.approx(discount * (forward - strike), abs=1e-12 * (forward + strike))


@given(KINDS, PRICES, MONEYNESS, YEARS, VOLATILITIES, DISCOUNTS)
def test_price_lies_between_its_bounds(
    kind: OptionKind, forward: float, ratio: float, years: float, volatility: float, discount: float
) -> None:
    strike = forward * ratio
    value = price(kind, forward, strike, years, volatility, discount)
    assert discount * max(0.0, kind.sign * (forward - strike)) <= value
    assert value <= discount * (forward if kind is CALL else strike)


@given(KINDS, PRICES, MONEYNESS, YEARS, VOLATILITIES)
def test_price_is_monotonic_and_convex_in_strike(
    kind: OptionKind, forward: float, ratio: float, years: float, volatility: float
) -> None:
    strike, slack = forward * ratio, 1e-12 * forward * max(1.0, ratio)
    low, middle, high = (price(kind, forward, strike * by, years, volatility) for by in (0.9, 1.0, 1.1))
    assert kind.sign * (low - middle) >= -slack
    assert kind.sign * (middle - high) >= -slack
    assert low + high - 2 * middle >= -4 * slack


@given(KINDS, PRICES, MONEYNESS, YEARS, VOLATILITIES)
def test_price_rises_with_volatility_and_time(
    kind: OptionKind, forward: float, ratio: float, years: float, volatility: float
) -> None:
    value = price(kind, forward, forward * ratio, years, volatility)
    slack = 1e-12 * forward * max(1.0, ratio)
    assert price(kind, forward, forward * ratio, years, volatility * 1.1) >= value - slack
    assert price(kind, forward, forward * ratio, years * 1.1, volatility) >= value - slack


@given(KINDS, PRICES, st.floats(0.5, 2.0), st.floats(0.05, 3.0), st.floats(0.1, 1.5), st.floats(0.0, 0.1))
def test_greeks_are_differences(
    kind: OptionKind, forward: float, ratio: float, years: float, volatility: float, rate: float
) -> None:
    strike = forward * ratio

    def value(at: float = forward, after: float = 0.0, more: float = 0.0) -> float:
        left = years - after
        return price(kind, at, strike, left, volatility + more, math.exp(-rate * left))

    found = greeks(kind, forward, strike, years, volatility, math.exp(-rate * years))
    step, moment, point = 1e-4 * forward, 1e-5 * years, 1e-5
    bend = 1e-3 * forward
    second = (value(forward + bend) + value(forward - bend) - 2 * value()) / bend**2
    assert found.delta == pytest.approx((value(forward + step) - value(forward - step)) / (2 * step), abs=1e-6)
    assert found.gamma * forward == pytest.approx(second * forward, rel=1e-3, abs=1e-3)
    assert found.vega / forward == pytest.approx(
        (value(more=point) - value(more=-point)) / (2 * point) / forward, abs=1e-6
    )
    assert found.theta / forward == pytest.approx(
        (value(after=moment) - value(after=-moment)) / (2 * moment) / forward, abs=1e-6
    )


@given(KINDS, PRICES, st.floats(0.5, 2.0), st.floats(0.01, 5.0), st.floats(0.05, 2.0), DISCOUNTS)
def test_implied_volatility_comes_back(
    kind: OptionKind, forward: float, ratio: float, years: float, volatility: float, discount: float
) -> None:
    strike = forward * ratio
    value = price(kind, forward, strike, years, volatility, discount)
    vega = greeks(kind, forward, strike, years, volatility, discount).vega
    assume(vega > 1e-4 * forward)  # below that, the price has no digits of the volatility
    assert implied_volatility(kind, value, forward, strike, years, discount) == pytest.approx(volatility, abs=1e-9)


@given(KINDS, PRICES, MONEYNESS, YEARS, st.floats(0.0, 0.999999), DISCOUNTS)
def test_a_price_within_its_bounds_has_a_volatility(
    kind: OptionKind, forward: float, ratio: float, years: float, share: float, discount: float
) -> None:
    strike = forward * ratio
    floor = discount * max(0.0, kind.sign * (forward - strike))
    ceiling = discount * (forward if kind is CALL else strike)
    wanted = floor + share * (ceiling - floor)
    assume(wanted < ceiling)
    volatility = implied_volatility(kind, wanted, forward, strike, years, discount)
    assert price(kind, forward, strike, years, volatility, discount) == pytest.approx(wanted, abs=1e-12 * ceiling)


@pytest.mark.parametrize("kind", OptionKind)
def test_prices_without_a_volatility_are_refused(kind: OptionKind) -> None:
    ceiling = 110.0 if kind is CALL else 100.0
    floor = 10.0 if kind is CALL else 0.0
    assert implied_volatility(kind, floor, 110.0, 100.0, 1.0) == 0.0
    for wanted in (math.nextafter(floor, -1.0), ceiling, ceiling + 1, math.nan, math.inf):
        with pytest.raises(PricingError, match="no volatility gives"):
            implied_volatility(kind, wanted, 110.0, 100.0, 1.0)
    with pytest.raises(PricingError, match="no volatility gives"):
        implied_volatility(kind, 10.0, 110.0, 100.0, 0.0)


@pytest.mark.parametrize("name", ["forward", "strike", "years", "volatility", "discount"])
@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf, -math.inf])
def test_inputs_without_a_price_are_refused(name: str, value: float) -> None:
    good = {"forward": 100.0, "strike": 100.0, "years": 1.0, "volatility": 0.5, "discount": 1.0}
    for function in (price, greeks):
        with pytest.raises(PricingError, match=f"^{name} is"):
            function(CALL, **(good | {name: value}))
    with pytest.raises(PricingError, match=r"^discount is 0"):
        price(CALL, **(good | {"discount": 0.0}))
    assert issubclass(PricingError, RollupError)


def test_normal_distribution_in_its_tails() -> None:
    """Published to ten digits: N(-10) = 7.619853024e-24, N(-37) = 5.725571e-300."""
    assert normal_cdf(-10.0) == pytest.approx(7.619853024e-24, rel=1e-9)
    assert normal_cdf(-37.0) == pytest.approx(5.725571e-300, rel=1e-6)
    assert normal_cdf(0.0) == 0.5
    assert normal_cdf(40.0) == 1.0
    assert normal_density(0.0) == pytest.approx(0.3989422804014327, rel=1e-15)
