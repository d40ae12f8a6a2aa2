"""What a simulated trader means to do: everything that is signed but the signature."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TypeAlias

from rollup.types.orders import Order
from rollup.units import ORDER_SLOTS
from sequencer.matching.requests import TimeInForce


@dataclass(frozen=True, slots=True)
class OrderIntent:
    """An order to be signed by the account's trader, and how to treat it; `time_ms` in unix milliseconds."""

    time_ms: int
    account: int
    series_id: int
    is_buy: bool
    price_e2: int
    size_e4: int
    slot: int
    nonce: int
    expiry_s: int
    time_in_force: TimeInForce = TimeInForce.GOOD_TILL_EXPIRY
    post_only: bool = False
    reduce_only: bool = False

    def order(self, max_fee_ppm: int) -> Order:
        """What is signed. Raises `FieldOutOfRange`."""
        return Order(
            self.account,
            self.series_id,
            self.is_buy,
            self.price_e2,
            self.size_e4,
            max_fee_ppm,
            self.expiry_s,
            self.slot,
            self.nonce,
        )


@dataclass(frozen=True, slots=True)
class CancelIntent:
    """To take an order out of its book, if it still rests there."""

    time_ms: int
    account: int
    slot: int
    nonce: int


Intent: TypeAlias = OrderIntent | CancelIntent


class Nonces:
    """The next nonce of each order slot, and slots in turn for those who do not care which."""

    def __init__(self) -> None:
        self._last: defaultdict[tuple[int, int], int] = defaultdict(int)
        self._turn: defaultdict[int, int] = defaultdict(int)

    def next(self, account: int, slot: int) -> int:
        """Larger than all before in this slot."""
        self._last[account, slot] += 1
        return self._last[account, slot]

    def slot(self, account: int) -> int:
        """The account's slots, one after the other."""
        turn = self._turn[account]
        self._turn[account] = (turn + 1) % ORDER_SLOTS
        return turn
