"""What all scenarios share, and may be chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from rollup.presets import LARGE, Preset
from sequencer.markets.collateral import FeeRates
from sequencer.stress.population import DOLLAR_E6

Progress = Callable[[str, int, int], None]
"""What is being done, how far it is, and how far it goes."""


@dataclass(frozen=True, slots=True)
class StressSettings:
    """What all scenarios share. `with_traces` makes what proofs are made of, as a node does, which costs time;
    `heeds_stress`: the venue is told when its oracles see stress.

    At the door `orders_per_s` are let in, and `burst` at once: the rest is refused, as by an API's limit.
    """

    preset: Preset = LARGE
    fees: FeeRates = field(default_factory=lambda: FeeRates(100, 300))
    insurance_e6: int = 2_000_000 * DOLLAR_E6
    strikes: int = 6
    batch_every_s: int = 5
    report_age_s: int = 600
    orders_per_s: float = 100.0
    burst: int = 500
    arrivals_per_account: float = 0.01
    provers: int = 2
    proof_s: float = 3.3
    with_traces: bool = False
    heeds_stress: bool = True
