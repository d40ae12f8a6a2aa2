"""An order at work: what is left of it, and when it came."""

from __future__ import annotations

from dataclasses import dataclass, field

from rollup.types.orders import SignedOrder


@dataclass(slots=True, eq=False)
class RestingOrder:
    """A signed order with `remaining_e4` still to fill. `sequence` grows with every order: the smaller came first.

    `is_open` while it is in a book. What is read at every match is copied out of the signed order once.
    """

    signed: SignedOrder
    sequence: int
    remaining_e4: int
    reduce_only: bool = False
    account: int = field(init=False)
    series_id: int = field(init=False)
    slot: int = field(init=False)
    nonce: int = field(init=False)
    is_buy: bool = field(init=False)
    price_e2: int = field(init=False)
    filled_e4: int = field(init=False, default=0)
    is_open: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        order = self.signed.order
        self.account, self.series_id, self.slot, self.nonce = order.account, order.series_id, order.slot, order.nonce
        self.is_buy, self.price_e2 = order.is_buy, order.limit_price_e2
