"""What a batch is made of, by kind: each becomes postings in the ledger.

`position_slot` says where in its account a position is kept. It is the operator's to choose and L1's to read, so that
whoever rebuilds the state puts everything in the same place.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

from primitives.babyjubjub import Point
from rollup.errors import check_range
from rollup.types.accounts import check_key
from rollup.types.orders import SignedOperation, SignedOrder
from rollup.units import (
    ACCOUNT_ID_BITS,
    CASH_BITS,
    POSITION_SLOT_BITS,
    PRICE_BITS,
    SERIES_ID_BITS,
    SIZE_BITS,
)


@dataclass(frozen=True, slots=True)
class Trade:
    """Two signed orders met: maker and taker exchange `size_e4` at `price_e2`."""

    maker: SignedOrder
    taker: SignedOrder
    price_e2: int
    size_e4: int
    maker_position_slot: int
    taker_position_slot: int

    def __post_init__(self) -> None:
        _check_fill(self.price_e2, self.size_e4)
        check_range("maker_position_slot", self.maker_position_slot, POSITION_SLOT_BITS)
        check_range("taker_position_slot", self.taker_position_slot, POSITION_SLOT_BITS)


@dataclass(frozen=True, slots=True)
class Liquidation:
    """A signed order takes over part of an account that was below maintenance margin; nobody signs for that account.

    `penalty_e6` goes from the account to the insurance fund, `subsidy_e6` the other way when losses exceed the cash.
    """

    liquidator: SignedOrder
    account: int
    price_e2: int
    size_e4: int
    position_slot: int
    liquidator_position_slot: int
    penalty_e6: int = 0
    subsidy_e6: int = 0

    def __post_init__(self) -> None:
        _check_fill(self.price_e2, self.size_e4)
        check_range("account", self.account, ACCOUNT_ID_BITS)
        check_range("position_slot", self.position_slot, POSITION_SLOT_BITS)
        check_range("liquidator_position_slot", self.liquidator_position_slot, POSITION_SLOT_BITS)
        check_range("penalty_e6", self.penalty_e6, CASH_BITS)
        check_range("subsidy_e6", self.subsidy_e6, CASH_BITS)


@dataclass(frozen=True, slots=True)
class Settlement:
    """Books a position in a settled series into cash, all of it. Anybody may ask for it."""

    account: int
    position_slot: int
    series_id: int

    def __post_init__(self) -> None:
        check_range("account", self.account, ACCOUNT_ID_BITS)
        check_range("position_slot", self.position_slot, POSITION_SLOT_BITS)
        check_range("series_id", self.series_id, SERIES_ID_BITS, minimum=1)


class QueueKind(IntEnum):
    """What L1 put into the queue."""

    REGISTER = 1
    DEPOSIT = 2
    FORCED_WITHDRAWAL = 3
    FORCED_CLOSE_OUT = 4


@dataclass(frozen=True, slots=True)
class Registration:
    """L1 gave out an account id for a key, with a first deposit."""

    account: int
    amount_e6: int
    key: Point

    kind = QueueKind.REGISTER

    def __post_init__(self) -> None:
        _check_entry(self.account, self.amount_e6)
        check_key(self.key)


@dataclass(frozen=True, slots=True)
class Deposit:
    """L1 received cash for an account that exists."""

    account: int
    amount_e6: int

    kind = QueueKind.DEPOSIT

    def __post_init__(self) -> None:
        _check_entry(self.account, self.amount_e6)


@dataclass(frozen=True, slots=True)
class ForcedWithdrawal:
    """The owner asks on L1 for cash. Served if the state before the batch allows it, else a proved no-op."""

    account: int
    amount_e6: int

    kind = QueueKind.FORCED_WITHDRAWAL

    def __post_init__(self) -> None:
        _check_entry(self.account, self.amount_e6)


@dataclass(frozen=True, slots=True)
class ForcedCloseOut:
    """The owner asks on L1 that the insurance fund takes a position over at its mark. Served if both can bear it."""

    account: int
    position_slot: int
    series_id: int

    kind = QueueKind.FORCED_CLOSE_OUT

    def __post_init__(self) -> None:
        check_range("account", self.account, ACCOUNT_ID_BITS)
        check_range("position_slot", self.position_slot, POSITION_SLOT_BITS)
        check_range("series_id", self.series_id, SERIES_ID_BITS, minimum=1)


QueueEntry: TypeAlias = Registration | Deposit | ForcedWithdrawal | ForcedCloseOut
Transaction: TypeAlias = Trade | SignedOperation | Liquidation | Settlement


def _check_fill(price_e2: int, size_e4: int) -> None:
    check_range("price_e2", price_e2, PRICE_BITS)
    check_range("size_e4", size_e4, SIZE_BITS, minimum=1)


def _check_entry(account: int, amount_e6: int) -> None:
    check_range("account", account, ACCOUNT_ID_BITS)
    check_range("amount_e6", amount_e6, CASH_BITS)
