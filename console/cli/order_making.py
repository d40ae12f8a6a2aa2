"""Orders from what people write: what is signed, for how long, in which slot."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from console.amounts import price_e2, size_e4
from console.cli.account_trader import LAST_NONCE, Place, Trader
from console.cli.market_node import NodeRefused
from console.errors import CommandError
from rollup.types.orders import Order
from sequencer.matching.requests import TimeInForce

if TYPE_CHECKING:
    from console.cli.market_node import NodeClient

TRIES: Final = 3
"""Two programs of one trader may choose the same slot at the same moment."""

LAST_TIME_S: Final = (1 << 32) - 1
LARGEST_SERIES: Final = (1 << 24) - 1


class BadOrder(CommandError):
    """Options that do not go together."""


class UnknownInstrument(CommandError):
    """The node lists no such instrument."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"there is no instrument {name}: `zkclear market list` prints all", rule="UnknownInstrument", name=name
        )
        self.name = name


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order as it was written on the command line, with prices and sizes still as text."""

    is_buy: bool
    instrument: str
    size: str
    price: str
    good_for_s: int
    max_fee_ppm: int
    slot: int | None = None
    nonce: int | None = None
    time_in_force: TimeInForce = TimeInForce.GOOD_TILL_EXPIRY
    post_only: bool = False
    reduce_only: bool = False
    price_e2: int = field(init=False)
    size_e4: int = field(init=False)

    def __post_init__(self) -> None:
        """Raises `BadAmount` and `BadOrder`."""
        object.__setattr__(self, "price_e2", price_e2(self.price))
        object.__setattr__(self, "size_e4", size_e4(self.size))
        if self.post_only and self.time_in_force is not TimeInForce.GOOD_TILL_EXPIRY:
            raise BadOrder("an order that only rests cannot be for at once: leave --post-only out")

    def order(self, account: int, series_id: int, place: Place, now_s: int) -> Order:
        """What is signed."""
        expiry_s = min(now_s + self.good_for_s, LAST_TIME_S)
        return Order(
            account,
            series_id,
            self.is_buy,
            self.price_e2,
            self.size_e4,
            self.max_fee_ppm,
            expiry_s,
            place.slot,
            place.nonce,
        )


def time_in_force(*, immediate: bool, fill_or_kill: bool) -> TimeInForce:
    """Of two flags, at most one. Raises `BadOrder`."""
    if immediate and fill_or_kill:
        raise BadOrder("--immediate and --fill-or-kill are two things: choose one")
    if immediate:
        return TimeInForce.IMMEDIATE_OR_CANCEL
    return TimeInForce.FILL_OR_KILL if fill_or_kill else TimeInForce.GOOD_TILL_EXPIRY


def series_of(node: NodeClient, instrument: str) -> int:
    """The number that is signed. Raises `UnknownInstrument`."""
    for one in node.call("public/get_instruments", include_settled=True):
        if one["instrument_name"] == instrument:
            return int(one["series_id"])
    raise UnknownInstrument(instrument)


def now_of(node: NodeClient) -> int:
    """The later one of this machine's clock and that of the venue, whose chain may be ahead."""
    return max(int(time.time()), int(node.call("public/get_time")["venue_time_s"]))


def placed(trader: Trader, wanted: Wanted) -> dict[str, Any]:
    """Signs and sends. If somebody took the slot that was chosen, another one is. Raises `NodeRefused` and so on."""
    series_id, now_s = series_of(trader.node, wanted.instrument), now_of(trader.node)
    is_chosen_here = wanted.nonce is None
    for left in reversed(range(TRIES)):
        place = trader.free_place(wanted.slot, wanted.nonce)
        order = wanted.order(trader.signer.account, series_id, place, now_s)
        given = trader.signer.order(
            order, wanted.instrument, wanted.time_in_force, post_only=wanted.post_only, reduce_only=wanted.reduce_only
        )
        try:
            found: dict[str, Any] = trader.node.given("private/buy" if wanted.is_buy else "private/sell", given)
        except NodeRefused as refusal:
            if not (left and is_chosen_here and refusal.rule in ("OrderNotOpen", "AlreadyKnown")):
                raise
            continue
        if not (found["is_repeated"] and left and is_chosen_here):
            return found
    raise BadOrder("other programs of this wallet took every slot that was chosen: name one by --slot")


def checked_place(slot: int | None, nonce: int | None) -> Place:
    """For signing without a node. Raises `BadOrder`."""
    found = Place(0 if slot is None else slot, 1 if nonce is None else nonce)
    if not 1 <= found.nonce <= LAST_NONCE:
        raise BadOrder(f"a nonce lies between 1 and {LAST_NONCE}")
    return found
