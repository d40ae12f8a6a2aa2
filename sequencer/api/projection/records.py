"""Orders, trades and operations as they are shown. Records change as events come; nobody outside keeps them.

There are hundreds of thousands of them, and no rings among them: the garbage collector need not look at them.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from msgspec import Struct

from rollup.types.orders import SignedOperation, SignedOrder
from sequencer.matching.requests import TimeInForce


class OrderKey(NamedTuple):
    """What names an order: nonces only grow, so no two orders share one."""

    account: int
    slot: int
    nonce: int

    @property
    def text(self) -> str:
        """As answers write it."""
        return f"{self.account}-{self.slot}-{self.nonce}"


class OrderState(Enum):
    """What became of an order. `TAKEN_BACK`: a fill that had been accepted was refused by the rollup."""

    OPEN = "open"
    FILLED = "filled"
    CANCELLED = "cancelled"
    REPLACED = "replaced"
    EXPIRED = "expired"
    IMMEDIATE = "immediate"
    SELF_TRADE = "self_trade"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"


class TradeKind(Enum):
    """How a trade came about."""

    ORDER = "order"
    QUOTE = "quote"
    LIQUIDATION = "liquidation"


class TradeRecord(Struct, eq=False, gc=False):
    """A fill. `maker` or `taker` is `None` where a liquidated account stands, whose id is in `liquidated`.

    `number` counts the trades of a series from 1. `batch` is 0 until there is one.
    """

    trade_id: str
    series_id: int
    number: int
    kind: TradeKind
    price_e2: int
    size_e4: int
    time_ms: int
    sequence: int
    taker_buys: bool
    maker: OrderKey
    taker: OrderKey | None
    liquidated: int | None = None
    batch: int = 0
    is_taken_back: bool = False

    @property
    def accounts(self) -> tuple[int, int]:
        """Maker and taker, or liquidator and liquidated."""
        other = self.taker.account if self.taker is not None else self.liquidated or 0
        return self.maker.account, other


class OrderRecord(Struct, eq=False, gc=False):
    """An order, from entry `sequence` of the log on. `paid_e6` is the sum of price times size of its fills."""

    key: OrderKey
    signed: SignedOrder
    sequence: int
    time_ms: int
    time_in_force: TimeInForce = TimeInForce.GOOD_TILL_EXPIRY
    post_only: bool = False
    reduce_only: bool = False
    remaining_e4: int = 0
    filled_e4: int = 0
    paid_e6: int = 0
    state: OrderState = OrderState.OPEN
    why: str | None = None
    """The rule for which it was removed."""

    changed_ms: int = 0
    trades: tuple[TradeRecord, ...] = ()

    @property
    def is_resting(self) -> bool:
        """Whether it is in a book."""
        return self.state is OrderState.OPEN


class OperationRecord(Struct, eq=False, gc=False):
    """A signed cancel, transfer or withdrawal that was accepted."""

    operation_id: str
    signed: SignedOperation
    sequence: int
    time_ms: int
    batch: int = 0
    is_taken_back: bool = False


def order_key(signed: SignedOrder) -> OrderKey:
    """The name of a signed order."""
    order = signed.order
    return OrderKey(order.account, order.slot, order.nonce)


def operation_id(signed: SignedOperation) -> str:
    """Its kind and what names it, such as withdrawal-2-0-5."""
    operation = signed.operation
    return f"{operation.kind.name.lower()}-{operation.account}-{operation.slot}-{operation.nonce}"
