"""What a venue is before its first message; it never changes."""

from __future__ import annotations

from dataclasses import dataclass

from rollup.errors import check_range
from rollup.parameters import LIQUIDATION_PENALTY_PPM
from rollup.presets import Preset
from rollup.types.orders import Domain
from rollup.units import MILLION, RATE_BITS, TIME_BITS
from sequencer.matching.requests import SelfTradePolicy


@dataclass(frozen=True, slots=True)
class Genesis:
    """Sizes of batches, deployment, fee rates, and the venue's own rules.

    `report_age_s` is the clearing house's: no batch is later than its risk table by more. `penalty_ppm` of the premium
    of a liquidation goes to the insurance fund, at most what the rollup allows. Raises `FieldOutOfRange`.
    """

    preset: Preset
    domain: Domain
    maker_fee_ppm: int = 0
    taker_fee_ppm: int = 0
    policy: SelfTradePolicy = SelfTradePolicy.CANCEL_NEWEST
    report_age_s: int = 600
    penalty_ppm: int = 10_000

    def __post_init__(self) -> None:
        for name in ("maker_fee_ppm", "taker_fee_ppm"):
            check_range(name, getattr(self, name), RATE_BITS, maximum=MILLION)
        check_range("report_age_s", self.report_age_s, TIME_BITS)
        check_range("penalty_ppm", self.penalty_ppm, RATE_BITS, maximum=LIQUIDATION_PENALTY_PPM)
