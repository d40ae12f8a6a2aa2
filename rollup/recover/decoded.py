"""A batch as L1 reads it: without what was signed."""

from __future__ import annotations

from dataclasses import dataclass

from rollup.errors import check_range
from rollup.types.batches import Batch, Roots
from rollup.types.orders import Operation
from rollup.units import NONCE_BITS, SERIES_ID_BITS, SIZE_BITS


@dataclass(frozen=True, slots=True)
class OrderPlace:
    """Which order was filled: all that L1 reads of it."""

    account: int
    slot: int
    nonce: int

    def __post_init__(self) -> None:
        check_range("nonce", self.nonce, NONCE_BITS, minimum=1)


@dataclass(frozen=True, slots=True)
class DecodedTrade:
    """A trade as L1 reads it."""

    maker: OrderPlace
    taker: OrderPlace
    series_id: int
    price_e2: int
    size_e4: int
    maker_is_buy: bool
    maker_position_slot: int
    taker_position_slot: int

    def __post_init__(self) -> None:
        _check_fill(self.series_id, self.size_e4)


@dataclass(frozen=True, slots=True)
class DecodedLiquidation:
    """A liquidation as L1 reads it."""

    account: int
    liquidator: OrderPlace
    series_id: int
    price_e2: int
    size_e4: int
    liquidator_is_buy: bool
    position_slot: int
    liquidator_position_slot: int
    penalty_e6: int
    subsidy_e6: int

    def __post_init__(self) -> None:
        _check_fill(self.series_id, self.size_e4)


@dataclass(frozen=True, slots=True)
class DecodedBatch:
    """A batch as L1 reads it. `unsigned` has the header, the queue entries and the settlements."""

    unsigned: Batch
    roots: Roots
    served: tuple[bool, ...]
    trades: tuple[DecodedTrade, ...]
    operations: tuple[Operation, ...]
    liquidations: tuple[DecodedLiquidation, ...]


def _check_fill(series_id: int, size_e4: int) -> None:
    check_range("series_id", series_id, SERIES_ID_BITS, minimum=1)
    check_range("size_e4", size_e4, SIZE_BITS, minimum=1)
