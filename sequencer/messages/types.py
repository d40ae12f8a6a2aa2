"""Messages: what traders, L1, the oracles and the operator's clock say, in the one order in which the venue takes it.

Whoever puts a message into the log has checked what the venue cannot check again: that L1 said so, that the oracles'
signatures are good, that whoever cancels may. Signatures of orders and operations are the venue's own business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from msgspec import Struct

from primitives.babyjubjub import Point
from rollup.errors import check_range
from rollup.types.accounts import check_key
from rollup.types.orders import SignedOperation
from rollup.types.series import UNDERLYING_BITS, SeriesRow
from rollup.types.transactions import QueueEntry
from rollup.units import ACCOUNT_ID_BITS, NONCE_BITS, ORDER_SLOT_BITS, PRICE_BITS, TIME_BITS
from sequencer.matching.quotes import QuoteLeg
from sequencer.matching.requests import OrderRequest

QUEUE_INDEX_BITS: Final = 40
COUNT_BITS: Final = 16
"""Of legs, entries, rows and prices in one message."""


class PlaceOrder(Struct, frozen=True):
    """A trader's signed order."""

    request: OrderRequest


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Takes an order out of its book; what was signed stays good for its nonce, which is used up."""

    account: int
    slot: int
    nonce: int

    def __post_init__(self) -> None:
        check_range("account", self.account, ACCOUNT_ID_BITS)
        check_range("slot", self.slot, ORDER_SLOT_BITS)
        check_range("nonce", self.nonce, NONCE_BITS, minimum=1)


@dataclass(frozen=True, slots=True)
class Operate:
    """A trader's signed cancel, transfer or withdrawal."""

    signed: SignedOperation


@dataclass(frozen=True, slots=True)
class TakeQuote:
    """All legs of a quote that was accepted, each signed by both of its sides."""

    legs: tuple[QuoteLeg, ...]

    def __post_init__(self) -> None:
        check_range("number of legs", len(self.legs), COUNT_BITS, minimum=1)


@dataclass(frozen=True, slots=True)
class ReceiveQueue:
    """The next entries of L1's queue, final there; `first_index` is the place of the first."""

    first_index: int
    entries: tuple[QueueEntry, ...]

    def __post_init__(self) -> None:
        check_range("first_index", self.first_index, QUEUE_INDEX_BITS)
        check_range("number of entries", len(self.entries), COUNT_BITS, minimum=1)


@dataclass(frozen=True, slots=True)
class NewTable:
    """A risk table that a quorum of oracles signed at `time_s`. `spots` are pairs of underlying and price_e2."""

    time_s: int
    rows: tuple[SeriesRow, ...]
    spots: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        check_range("time_s", self.time_s, TIME_BITS)
        check_range("number of rows", len(self.rows), COUNT_BITS)
        check_range("number of spots", len(self.spots), COUNT_BITS)
        for underlying, price_e2 in self.spots:
            check_range("underlying", underlying, UNDERLYING_BITS)
            check_range("price_e2", price_e2, PRICE_BITS)


@dataclass(frozen=True, slots=True)
class SetStress:
    """Under stress only what reduces risk is taken."""

    is_under_stress: bool


@dataclass(frozen=True, slots=True)
class EndBatch:
    """What was matched so far becomes batches; the next begins at `time_s`, never earlier than the one before."""

    time_s: int

    def __post_init__(self) -> None:
        check_range("time_s", self.time_s, TIME_BITS)


@dataclass(frozen=True, slots=True)
class AllowSession:
    """An account lets another key speak for it at the API, until `expiry_s` included: never for money or orders."""

    account: int
    key: Point
    expiry_s: int

    def __post_init__(self) -> None:
        check_range("account", self.account, ACCOUNT_ID_BITS)
        check_range("expiry_s", self.expiry_s, TIME_BITS)
        check_key(self.key)


@dataclass(frozen=True, slots=True)
class EndSession:
    """That key speaks for the account no more."""

    account: int
    key: Point

    def __post_init__(self) -> None:
        check_range("account", self.account, ACCOUNT_ID_BITS)
        check_key(self.key)


Message: TypeAlias = (
    PlaceOrder
    | CancelOrder
    | Operate
    | TakeQuote
    | ReceiveQueue
    | NewTable
    | SetStress
    | EndBatch
    | AllowSession
    | EndSession
)
