"""Black's model of European options on a forward: prices, Greeks, implied volatility.

Black, "The pricing of commodity contracts", Journal of Financial Economics 3 (1976). With F the forward, K the strike,
T years to expiry, v the volatility per square root of a year and D the discount factor::

    s = v sqrt T,  d1 = ln(F / K) / s + s / 2,  d2 = d1 - s
    call = D (F N(d1) - K N(d2)),  put = D (K N(-d2) - F N(-d1))

A call and a put of one strike have the same time value, the price of whichever is out of the money. So an option is
computed as its intrinsic value plus that: put-call parity holds by construction, and an option deep in the money keeps
the digits of its time value. Prices, forwards and strikes are in one unit of money, whichever; at s = 0 (no volatility,
no time, a forward or a strike of 0) an option is worth its discounted intrinsic value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from rollup.errors import RollupError
from rollup.types.series import OptionKind

SQRT_2: Final = math.sqrt(2.0)
SQRT_2_PI: Final = math.sqrt(2.0 * math.pi)
LARGEST_DEVIATION: Final = 80.0
"""In double precision an option of this much v sqrt T is worth all that it can be, for every forward and strike."""


class PricingError(RollupError):
    """An input without a price, or a price without a volatility: names which, and what it must be."""


@dataclass(frozen=True, slots=True)
class Greeks:
    """Sensitivities of a price to its inputs, for one option.

    `delta` per unit of the forward, `gamma` per its square, `vega` per 1.00 of volatility, `theta` per year that passes
    with the forward unmoved.
    """

    delta: float
    gamma: float
    vega: float
    theta: float


NO_GREEKS: Final = Greeks(delta=0.0, gamma=0.0, vega=0.0, theta=0.0)
"""Of what can no longer change."""


def price(
    kind: OptionKind, forward: float, strike: float, years: float, volatility: float, discount: float = 1.0
) -> float:
    """The price, in the unit of forward and strike: Black's formula, in the module's text.

    Raises `PricingError` unless all are finite, the discount positive and the others not negative.
    """
    _check(forward, strike, years, volatility, discount)
    intrinsic = max(0.0, kind.sign * (forward - strike))
    value = intrinsic + time_value(forward, strike, volatility * math.sqrt(years))
    return discount * min(value, forward if kind is OptionKind.CALL else strike)


def time_value(forward: float, strike: float, deviation: float) -> float:
    """The undiscounted price of the option out of the money, in the unit of forward and strike; deviation is v sqrt T.

    Raises nothing of its own: the callers check. Source: Black's formula, in the module's text.
    """
    if _has_no_time_value(forward, strike, deviation):
        return 0.0
    d1, d2 = _d1_d2(forward, strike, deviation)
    sign = 1 if strike >= forward else -1
    # Two nearly equal products may differ by less than their rounding, and come out below 0.
    return max(0.0, sign * (forward * normal_cdf(sign * d1) - strike * normal_cdf(sign * d2)))


def greeks(
    kind: OptionKind, forward: float, strike: float, years: float, volatility: float, discount: float = 1.0
) -> Greeks:
    """The Greeks, by differentiating Black's formula. Raises as `price` does.

    At v sqrt T = 0 they are those of the discounted intrinsic value, with half a delta at its kink: the limit.
    """
    _check(forward, strike, years, volatility, discount)
    sign = kind.sign
    rate = -math.log(discount) / years if years > 0 else 0.0
    growth = rate * price(kind, forward, strike, years, volatility, discount)
    deviation = volatility * math.sqrt(years)
    if _has_no_time_value(forward, strike, deviation):
        moneyness = sign * (forward - strike)
        share = 0.5 if moneyness == 0 else float(moneyness > 0)
        return Greeks(delta=discount * sign * share, gamma=0.0, vega=0.0, theta=growth)
    d1, _ = _d1_d2(forward, strike, deviation)
    density = discount * normal_density(d1)
    return Greeks(
        delta=discount * sign * normal_cdf(sign * d1),
        gamma=density / forward / deviation,
        vega=forward * density * math.sqrt(years),
        theta=growth - forward * density * volatility / (2 * math.sqrt(years)),
    )


def implied_volatility(
    kind: OptionKind, market_price: float, forward: float, strike: float, years: float, discount: float = 1.0
) -> float:
    """The smallest volatility whose price is `market_price`, per square root of a year: bisection of the time value.

    It has the digits that the time value has: of an option deep in the money, few. Raises `PricingError` when none
    gives the price: below the discounted intrinsic value, from the bound that no option reaches, or without time.
    """
    _check(forward, strike, years, 0.0, discount)
    intrinsic = max(0.0, kind.sign * (forward - strike))
    floor, ceiling = discount * intrinsic, discount * (forward if kind is OptionKind.CALL else strike)
    if years == 0.0 or not floor <= market_price < ceiling:
        raise PricingError(f"no volatility gives {market_price}: it must lie in [{floor}, {ceiling}) before expiry")
    wanted = market_price / discount - intrinsic
    if wanted <= 0.0:
        return 0.0
    low, high = 0.0, LARGEST_DEVIATION
    while low < (middle := (low + high) / 2) < high:
        if time_value(forward, strike, middle) < wanted:
            low = middle
        else:
            high = middle
    return high / math.sqrt(years)


def normal_cdf(x: float) -> float:
    """N(x), the standard normal distribution, to the last digits in both tails."""
    return math.erfc(-x / SQRT_2) / 2


def normal_density(x: float) -> float:
    """N'(x), the standard normal density."""
    return math.exp(-x * x / 2) / SQRT_2_PI


def _has_no_time_value(forward: float, strike: float, deviation: float) -> bool:
    return deviation == 0.0 or forward == 0.0 or strike == 0.0


def _d1_d2(forward: float, strike: float, deviation: float) -> tuple[float, float]:
    # A difference of logarithms, since the quotient may leave the range of floats. What it loses in digits moves no
    # price, because the derivatives by d1 and by d2 cancel: F N'(d1) = K N'(d2).
    distance = (math.log(forward) - math.log(strike)) / deviation
    return distance + deviation / 2, distance - deviation / 2


def _check(forward: float, strike: float, years: float, volatility: float, discount: float) -> None:
    named = {"forward": forward, "strike": strike, "years": years, "volatility": volatility, "discount": discount}
    for name, value in named.items():
        if not math.isfinite(value):
            raise PricingError(f"{name} is {value}: it must be finite")
        if value < 0:
            raise PricingError(f"{name} is {value}: it must not be negative")
    if discount == 0:
        raise PricingError("discount is 0: it must be positive")
