"""SPAN's sixteen scenarios, and what an option is worth in them.

CME, "Standard Portfolio Analysis of Risk" (1988). An underlying has a price scan range and a volatility scan range.
Fourteen scenarios move the price by 0, 1/3, 2/3 or the whole of its range, up and down, each with volatility up and
down. The last two move it by three times the range, against options sold so far out of the money that the whole range
does not reach them, and count a third of the change. What a portfolio may lose is its loss in the worst scenario: its
*scan risk*.

A value in a scenario is a mean of two of Black's prices, the mark and the moved one. So within a scenario and under a
flat volatility it inherits what every price has: parity, bounds, falling in the strike for calls, convexity in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rollup.errors import RollupError
from rollup.risk.black76 import price
from rollup.types.series import OptionKind
from rollup.units import SCENARIOS

DAYS_PER_YEAR: Final = 365


class ScanRangeError(RollupError):
    """A scan range that means nothing: names which number, and what it must be."""


class RiskArrayError(RollupError):
    """A risk array that does not have one loss per scenario."""

    def __init__(self, length: int) -> None:
        super().__init__(f"a risk array has {length} losses: it must have {SCENARIOS}, one per scenario")
        self.length = length


@dataclass(frozen=True, slots=True)
class Scenario:
    """Moves in units of the scan ranges; `weight_percent` is the share of the change in value that counts."""

    price_move: float
    volatility_move: int
    weight_percent: int = 100

    def weighed(self, mark: float, moved: float) -> float:
        """The value that counts, of a mark and the value after the moves, in their unit; exact for whole numbers."""
        if self.weight_percent == 100:
            return moved
        return (self.weight_percent * moved + (100 - self.weight_percent) * mark) / 100


EXTREME_MOVE: Final = 3.0
EXTREME_WEIGHT_PERCENT: Final = 33

SPAN: Final = (
    *(Scenario(move, volatility) for move in (0.0, 1 / 3, -1 / 3, 2 / 3, -2 / 3, 1.0, -1.0) for volatility in (1, -1)),
    Scenario(EXTREME_MOVE, 0, EXTREME_WEIGHT_PERCENT),
    Scenario(-EXTREME_MOVE, 0, EXTREME_WEIGHT_PERCENT),
)
"""In SPAN's order: its scenario n, from 1 to 16, is `SPAN[n - 1]`, and column n of the risk table."""


@dataclass(frozen=True, slots=True)
class ScanRange:
    """How far the scenarios move an underlying.

    `price` is a share of the forward. `volatility_up` and `volatility_down` are shares of the volatility at
    `reference_days` to expiry. Volatilities of short terms move more, by (reference / days) ^ short_power, and those of
    long terms less, by the same with long_power; below `shortest_days` they move no further. The powers are those of
    Derive's portfolio manager. Raises `ScanRangeError` for a number that is not finite, is negative, or is 0 where it
    divides.
    """

    price: float
    volatility_up: float
    volatility_down: float
    reference_days: float = 30.0
    short_power: float = 0.30
    long_power: float = 0.13
    shortest_days: float = 1.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            if not math.isfinite(value) or value < 0:
                raise ScanRangeError(f"{name} is {value}: it must be finite and not negative")
        for name, value in (("reference_days", self.reference_days), ("shortest_days", self.shortest_days)):
            if value == 0:
                raise ScanRangeError(f"{name} is 0: it must be positive")

    def moved_forward(self, forward: float, move: float) -> float:
        """The forward after `move` scan ranges, in its unit; what would fall below 0 stops there."""
        return forward * max(0.0, 1 + move * self.price)

    def moved_volatility(self, volatility: float, move: int, days: float) -> float:
        """The volatility of an option with `days` to expiry after a move of -1, 0 or 1; never below 0."""
        if move == 0:
            return volatility
        ratio = self.reference_days / max(days, self.shortest_days)
        scale = math.pow(ratio, self.short_power if ratio > 1 else self.long_power)
        change = self.volatility_up * scale if move > 0 else -self.volatility_down * scale
        return volatility * max(0.0, 1 + change)


def scenario_values(
    kind: OptionKind, forward: float, strike: float, years: float, volatility: float, scan: ScanRange
) -> tuple[float, ...]:
    """What one option is worth in each of SPAN's scenarios, in the unit of forward and strike. Shape: (SCENARIOS,).

    It is the mark plus the scenario's share of the change. Raises `PricingError` as `price` does.
    """
    mark = price(kind, forward, strike, years, volatility)
    values = []
    for scenario in SPAN:
        moved = price(
            kind,
            scan.moved_forward(forward, scenario.price_move),
            strike,
            years,
            scan.moved_volatility(volatility, scenario.volatility_move, years * DAYS_PER_YEAR),
        )
        values.append(scenario.weighed(mark, moved))
    return tuple(values)


def risk_array(
    kind: OptionKind, forward: float, strike: float, years: float, volatility: float, scan: ScanRange
) -> tuple[float, ...]:
    """SPAN's risk array: what one option held loses in each scenario, gains negative. Shape: (SCENARIOS,).

    In the unit of forward and strike. Raises `PricingError` as `price` does.
    """
    mark = price(kind, forward, strike, years, volatility)
    return tuple(mark - value for value in scenario_values(kind, forward, strike, years, volatility, scan))


@dataclass(frozen=True, slots=True)
class ScanRisk:
    """What a portfolio loses in its worst scenario, never below 0, and SPAN's number of it, 0 where none loses."""

    loss: float
    scenario: int


def scan_risk(positions: Iterable[tuple[float, Sequence[float]]]) -> ScanRisk:
    """The scan risk of positions: pairs of a size, negative if sold, and the risk array of one unit.

    In the unit of the arrays; of equal losses the first scenario is named. Raises `RiskArrayError` for an array that is
    not one loss per scenario. Source: CME, as in the module's text.
    """
    losses = [0.0] * SCENARIOS
    for size, array in positions:
        if len(array) != SCENARIOS:
            raise RiskArrayError(len(array))
        losses = [total + size * loss for total, loss in zip(losses, array, strict=True)]
    worst = max(losses)
    return ScanRisk(worst, losses.index(worst) + 1) if worst > 0 else ScanRisk(0.0, 0)
