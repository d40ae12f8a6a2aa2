"""What happens on a bad day or an ordinary one, by the second. Windows are (from, until) in seconds after the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sequencer.stress.errors import UnknownScenario

Knots = Sequence[tuple[int, float]]
Window = tuple[int, int]
NEVER: Final[Window] = (0, 0)
STEADY: Final[Knots] = ((0, 1.0),)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Factors of price and of volatility through knots of time; windows in which something is missing, or too much."""

    name: str
    says: str
    seconds: int
    price: Knots = STEADY
    volatility: Knots = STEADY
    outage: Window = NEVER
    flood: Window = NEVER
    flood_factor: float = 10.0
    provers_lost: Window = NEVER


FLOW: Final = Scenario("flow", "an ordinary day: orders, trades and batches, and nothing else", 300)
CRASH: Final = Scenario(
    "crash",
    "the price falls by 30 % in ten minutes, and volatility doubles",
    1_020,
    price=((0, 1.0), (120, 1.0), (720, 0.7)),
    volatility=((0, 1.0), (120, 1.0), (720, 2.0)),
)
VOLATILITY_SPIKE: Final = Scenario(
    "volatility-spike",
    "volatility trebles in a minute, at the same price",
    600,
    volatility=((0, 1.0), (120, 1.0), (180, 3.0), (480, 3.0), (600, 1.5)),
)
ORACLE_OUTAGE: Final = Scenario(
    "oracle-outage",
    "no table for eleven minutes, in which the price falls by 12 %",
    1_020,
    price=((0, 1.0), (150, 1.0), (750, 0.88)),
    volatility=((0, 1.0), (150, 1.0), (750, 1.4)),
    outage=(120, 780),
)
FLOOD: Final = Scenario("flood", "ten times as many orders for three minutes", 420, flood=(120, 300))
PROVER_LOSS: Final = Scenario("prover-loss", "no prover for five minutes", 720, provers_lost=(120, 420))

SCENARIOS: Final[Mapping[str, Scenario]] = {
    one.name: one for one in (FLOW, CRASH, VOLATILITY_SPIKE, ORACLE_OUTAGE, FLOOD, PROVER_LOSS)
}


def scenario_named(name: str) -> Scenario:
    """Raises `UnknownScenario`."""
    found = SCENARIOS.get(name)
    if found is None:
        raise UnknownScenario(name, tuple(SCENARIOS))
    return found


def is_inside(second: float, window: Window) -> bool:
    """Whether a second lies in a window."""
    return window[0] <= second < window[1]
