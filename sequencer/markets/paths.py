"""Where the price of an underlying goes, second by second: by chance, or as a script says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Protocol

from sequencer.markets.errors import BadSetting

YEAR_S = 365 * 24 * 60 * 60


class Path(Protocol):
    """Prices in USD from `start_s` to `end_s`, unix seconds."""

    @property
    def start_s(self) -> int:
        """The first second."""
        ...

    @property
    def end_s(self) -> int:
        """The last second that has a price of its own."""
        ...

    def price(self, time_s: float) -> float:
        """The price at a time."""
        ...


@dataclass(frozen=True, slots=True)
class PricePath:
    """Prices in USD, one a second from `start_s`; before and after, the first and the last."""

    start_s: int
    prices: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.prices or not all(math.isfinite(price) and price > 0 for price in self.prices):
            raise BadSetting("prices", len(self.prices), "at least one, all finite and positive")

    @property
    def end_s(self) -> int:
        """The last second that has a price of its own."""
        return self.start_s + len(self.prices) - 1

    def price(self, time_s: float) -> float:
        """The price at a time, that of the second in which it lies."""
        place = min(max(int(time_s) - self.start_s, 0), len(self.prices) - 1)
        return self.prices[place]

    def times(self, other: PricePath) -> PricePath:
        """Second by second the product with another path, whose prices then are factors."""
        return PricePath(
            self.start_s, tuple(price * other.price(self.start_s + i) for i, price in enumerate(self.prices))
        )


class ShockedPath:
    """A path that can be moved while it is looked at: all its prices from a second on, by a factor.

    Any thread may move it, and any look. What it said of seconds before stays as it was.
    """

    def __init__(self, path: PricePath) -> None:
        self._path = path
        self._shocks: tuple[tuple[int, float], ...] = ()

    @property
    def start_s(self) -> int:
        """The first second."""
        return self._path.start_s

    @property
    def end_s(self) -> int:
        """The last second that has a price of its own."""
        return self._path.end_s

    @property
    def shocks(self) -> tuple[tuple[int, float], ...]:
        """Pairs of the first second moved, and the factor."""
        return self._shocks

    def price(self, time_s: float) -> float:
        """The price at a time, that of the second in which it lies, with all shocks until then."""
        second = int(time_s)
        return self._path.price(second) * math.prod(factor for from_s, factor in self._shocks if from_s <= second)

    def shock(self, from_s: int, factor: float) -> None:
        """Moves all prices from a second on. Raises `BadSetting` for a factor that is not finite and positive."""
        if not math.isfinite(factor) or factor <= 0:
            raise BadSetting("factor", factor, "finite and positive")
        self._shocks = (*self._shocks, (from_s, factor))


@dataclass(frozen=True, slots=True)
class PathPart:
    """The seconds of a path from one to another, both included: what somebody sees who comes later."""

    path: Path
    start_s: int
    end_s: int

    def __post_init__(self) -> None:
        if self.end_s < self.start_s:
            raise BadSetting("end_s", self.end_s, f"at least start_s, {self.start_s}")

    def price(self, time_s: float) -> float:
        """As the path says it."""
        return self.path.price(time_s)


@dataclass(frozen=True, slots=True)
class Diffusion:
    """Merton's jump diffusion: a geometric Brownian motion with jumps of normal logarithm, on average without drift.

    Merton, "Option pricing when underlying stock returns are discontinuous", Journal of Financial Economics 3 (1976).
    """

    volatility: float = 0.6
    jumps_per_day: float = 2.0
    jump_mean: float = -0.005
    jump_deviation: float = 0.01

    def __post_init__(self) -> None:
        for name in ("volatility", "jumps_per_day", "jump_deviation"):
            value = getattr(self, name)
            if not math.isfinite(value) or value < 0:
                raise BadSetting(name, value, "finite and not negative")

    def path(self, start_s: int, seconds: int, first_price: float, rng: Random) -> PricePath:
        """One path of so many seconds after the first. Two to three draws a second."""
        step_years = 1 / YEAR_S
        jump_chance = self.jumps_per_day / (24 * 60 * 60)
        mean_jump = math.expm1(self.jump_mean + self.jump_deviation**2 / 2)
        drift = -(self.volatility**2) / 2 * step_years - jump_chance * mean_jump
        deviation = self.volatility * math.sqrt(step_years)
        logarithm, prices = math.log(first_price), [first_price]
        for _ in range(seconds):
            logarithm += drift + deviation * rng.gauss(0.0, 1.0)
            if rng.random() < jump_chance:
                logarithm += rng.gauss(self.jump_mean, self.jump_deviation)
            prices.append(math.exp(logarithm))
        return PricePath(start_s, tuple(prices))


def scripted(start_s: int, knots: Sequence[tuple[int, float]]) -> PricePath:
    """A path through knots of (seconds after the start, price), in between straight in the logarithm.

    Knots ascend from second 0. `scripted(t, [(0, 1.0), (600, 0.7)])` are factors that fall by 30 % in ten minutes.
    """
    if not knots or knots[0][0] != 0:
        raise BadSetting("knots", list(knots[:1]), "at least one, the first at second 0")
    prices = [knots[0][1]]
    for (first, before), (last, after) in pairwise(knots):
        if last <= first:
            raise BadSetting("knots", (first, last), "ascending in time")
        growth = math.log(after / before) / (last - first)
        prices += [before * math.exp(growth * second) for second in range(1, last - first)] + [after]
    return PricePath(start_s, tuple(prices))
