"""What a trader asks for, beyond what is signed, and what becomes of it."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from rollup.errors import RollupError
from rollup.types.orders import SignedOrder
from rollup.types.transactions import Liquidation, Trade
from sequencer.matching.errors import MatchingError


class TimeInForce(Enum):
    """What happens to what is not filled at once."""

    GOOD_TILL_EXPIRY = "good_till_expiry"
    IMMEDIATE_OR_CANCEL = "immediate_or_cancel"
    FILL_OR_KILL = "fill_or_kill"


class SelfTradePolicy(Enum):
    """Whose order gives way when two of one account meet."""

    CANCEL_NEWEST = "cancel_newest"
    CANCEL_OLDEST = "cancel_oldest"
    CANCEL_BOTH = "cancel_both"


class OrderRequest(Struct, frozen=True):
    """A signed order and how to treat it. Post-only goes with no other time in force than `GOOD_TILL_EXPIRY`."""

    signed: SignedOrder
    time_in_force: TimeInForce = TimeInForce.GOOD_TILL_EXPIRY
    post_only: bool = False
    reduce_only: bool = False

    def __post_init__(self) -> None:
        if self.post_only and self.time_in_force is not TimeInForce.GOOD_TILL_EXPIRY:
            raise ValueError(f"post-only never fills at once, {self.time_in_force.value} only at once: choose one")


class Ending(Enum):
    """Why an order left the book without being filled whole."""

    CANCELLED = "cancelled"
    REPLACED = "replaced"
    EXPIRED = "expired"
    IMMEDIATE = "immediate"
    SELF_TRADE = "self_trade"
    REFUSED = "refused"


class Removal(Struct, frozen=True):
    """An order that is no longer open, with what was left of it; `error` says more where something was refused."""

    signed: SignedOrder
    remaining_e4: int
    ending: Ending
    error: RollupError | MatchingError | None = None


class Report(Struct, frozen=True):
    """What one call did, in order. `is_atomic`: its transactions belong into one batch, or into none.

    `resting_e4` is what of the order stayed in the book.
    """

    trades: tuple[Trade, ...] = ()
    liquidations: tuple[Liquidation, ...] = ()
    removals: tuple[Removal, ...] = ()
    resting_e4: int = 0
    is_atomic: bool = False
