"""What a demo does when, and who takes part."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rollup.presets import DEMO, Preset

DAY_S: Final = 86_400
DOLLAR_E6: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """Seconds count from the moment when trading begins; shares are of 1.

    `life_s` is how long the short-lived options live; `shock` is by how much the made-up price changes after
    `shock_after_s`, and `withdraw_after_s` when one trader asks for its cash. `seller` has so little cash, and sells
    so many puts, that the shock leaves it below maintenance margin.
    """

    folder: Path
    preset: Preset = DEMO
    makers: int = 4
    takers: int = 5
    deposit_e6: int = 2_000_000 * DOLLAR_E6
    seller_e6: int = 50_000 * DOLLAR_E6
    withdrawal_e6: int = 250_000 * DOLLAR_E6
    first_price: float = 100_000.0
    strikes: int = 3
    step_e2: int = 500_000
    long_life_s: int = 7 * DAY_S
    orders_per_second: float = 5.0
    sell_after_s: float = 3.0
    sell_for_s: float = 6.0
    shock_after_s: float = 10.0
    shock: float = -0.12
    withdraw_after_s: float = 13.0
    life_s: int = 32
    table_every_s: int = 10
    most_unproven: int = 4
    """Traders wait while so many batches wait for their proofs."""

    patience_s: float = 180.0
    workers: int = 1
    port: int = 0
    keys: Path | None = None
    seed: int = 7

    @property
    def traders(self) -> int:
        """All of them, the seller among them."""
        return self.makers + self.takers + 1
