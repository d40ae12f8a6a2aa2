"""A surface of volatilities without arbitrage: SSVI with a term structure that reverts to a mean.

Gatheral and Jacquier, "Arbitrage-free SVI volatility surfaces", Quantitative Finance 14 (2014). With k the logarithm of
strike over forward, theta the total variance at the money and phi = eta / sqrt(theta)::

    w(k, theta) = theta / 2 (1 + rho phi k + sqrt((phi k + rho)^2 + 1 - rho^2))

No butterfly can be bought for nothing if theta phi (1 + |rho|) < 4 and theta phi^2 (1 + |rho|) <= 4, which is
sqrt(theta) eta (1 + |rho|) < 4 and eta^2 (1 + |rho|) <= 4; and no calendar spread, since theta grows with time::

    theta(T) = long^2 T + (short^2 - long^2) (1 - exp(-speed T)) / speed
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sequencer.markets.errors import BadSetting, NotArbitrageFree

LONGEST_YEARS = 2.0
"""Expiries further away are not asked about."""

FOUR = 4.0
TotalVariance = Callable[[float, float], float]
"""w of log-moneyness and years."""


@dataclass(frozen=True, slots=True)
class VolatilitySurface:
    """`short` and `long`: volatility at the money now and far away; `skew` is rho, `curvature` eta of the text.

    Raises `BadSetting` for numbers without a meaning, `NotArbitrageFree` for a smile too steep.
    """

    short: float = 0.60
    long: float = 0.55
    speed: float = 6.0
    skew: float = -0.25
    curvature: float = 0.9

    def __post_init__(self) -> None:
        for name in ("short", "long", "speed", "curvature"):
            value = getattr(self, name)
            if not math.isfinite(value) or value <= 0:
                raise BadSetting(name, value, "finite and positive")
        if not -1 < self.skew < 1:
            raise BadSetting("skew", self.skew, "between -1 and 1")
        width = 1 + abs(self.skew)
        steepest = math.sqrt(self.variance_at_the_money(LONGEST_YEARS)) * self.curvature * width
        if self.curvature**2 * width > FOUR or steepest >= FOUR:
            raise NotArbitrageFree(f"skew {self.skew} with curvature {self.curvature} allows butterflies for nothing")

    def variance_at_the_money(self, years: float) -> float:
        """theta: the total variance at the money."""
        decay = -math.expm1(-self.speed * years) / self.speed
        return self.long**2 * years + (self.short**2 - self.long**2) * decay

    def total_variance(self, log_moneyness: float, years: float) -> float:
        """w: volatility squared times years."""
        theta = self.variance_at_the_money(years)
        if theta <= 0:
            return 0.0
        tilt = self.curvature / math.sqrt(theta) * log_moneyness
        return theta / 2 * (1 + self.skew * tilt + math.sqrt((tilt + self.skew) ** 2 + 1 - self.skew**2))

    def volatility(self, forward: float, strike: float, years: float) -> float:
        """Per square root of a year; 0 without time. Forward and strike in one unit of money, above 0."""
        if years <= 0:
            return 0.0
        return math.sqrt(self.total_variance(math.log(strike / forward), years) / years)

    def shifted(self, factor: float) -> VolatilitySurface:
        """The same smile with all volatilities at the money times `factor`: what a rush for options does."""
        return replace(self, short=self.short * factor, long=self.long * factor)


def check_butterflies(variance: TotalVariance, years: float, moneyness: Sequence[float], step: float = 1e-4) -> None:
    """That the density which a slice implies is nowhere negative: Gatheral's g(k) >= 0, by central differences.

    Raises `NotArbitrageFree` at the first k where it is.
    """
    for k in moneyness:
        below, here, above = (variance(k + shift, years) for shift in (-step, 0.0, step))
        slope, bend = (above - below) / (2 * step), (above - 2 * here + below) / step**2
        density = (1 - k * slope / (2 * here)) ** 2 - slope**2 / 4 * (1 / here + 1 / 4) + bend / 2
        if density < 0:
            raise NotArbitrageFree(f"at log-moneyness {k} and {years} years a butterfly costs less than nothing")


def check_calendars(variance: TotalVariance, years: Sequence[float], moneyness: Sequence[float]) -> None:
    """That total variance nowhere falls with time. Raises `NotArbitrageFree` at the first place where it does."""
    for sooner, later in pairwise(years):
        for k in moneyness:
            if variance(k, later) < variance(k, sooner):
                raise NotArbitrageFree(f"at log-moneyness {k} a calendar spread to {later} years costs less than 0")
