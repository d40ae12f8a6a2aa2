"""A batch: what the operator puts together, and what it claims of it on L1."""

from __future__ import annotations

from dataclasses import dataclass

from rollup.errors import SectionFull, check_range
from rollup.presets import Preset
from rollup.types.orders import Domain, SignedOperation
from rollup.types.transactions import ForcedCloseOut, Liquidation, QueueEntry, Settlement, Trade
from rollup.units import BATCH_NUMBER_BITS, RATE_BITS, TIME_BITS


@dataclass(frozen=True, slots=True)
class Batch:
    """Transactions that happen at once: one time, one risk table, one booking. Their order has no meaning.

    Queue entries alone have an order, which is L1's.
    """

    number: int
    time_s: int
    domain: Domain
    maker_fee_ppm: int = 0
    taker_fee_ppm: int = 0
    queue: tuple[QueueEntry, ...] = ()
    trades: tuple[Trade, ...] = ()
    operations: tuple[SignedOperation, ...] = ()
    liquidations: tuple[Liquidation, ...] = ()
    settlements: tuple[Settlement, ...] = ()

    def __post_init__(self) -> None:
        check_range("batch number", self.number, BATCH_NUMBER_BITS)
        check_range("time_s", self.time_s, TIME_BITS)
        check_range("maker_fee_ppm", self.maker_fee_ppm, RATE_BITS)
        check_range("taker_fee_ppm", self.taker_fee_ppm, RATE_BITS)

    def check_fits(self, preset: Preset) -> None:
        """Raises `SectionFull` for the first kind with more than the preset has room for."""
        for section, count, capacity in (
            ("queue entries", len(self.queue), preset.queue),
            ("forced close-outs", sum(isinstance(entry, ForcedCloseOut) for entry in self.queue), 1),
            ("trades", len(self.trades), preset.trades),
            ("operations", len(self.operations), preset.operations),
            ("liquidations", len(self.liquidations), preset.liquidations),
            ("settlements", len(self.settlements), preset.settlements),
        ):
            if count > capacity:
                raise SectionFull(section, count, capacity)


@dataclass(frozen=True, slots=True)
class Roots:
    """The state before and after, and the risk table by which it is judged."""

    before: int
    after: int
    risk: int
