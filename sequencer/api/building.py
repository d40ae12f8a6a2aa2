"""From parameters to what is signed. Each number is checked where its type is made; nothing is reduced or rounded."""

from __future__ import annotations

from typing import Final

from primitives.babyjubjub import SUBGROUP_ORDER, Point
from primitives.eddsa import Signature
from primitives.field import FR
from rollup.errors import check_range
from rollup.types.orders import Order, SignedOrder
from rollup.types.series import Series
from sequencer.api.errors import InvalidParameters, UnknownInstrument
from sequencer.api.numbers import integer
from sequencer.api.projection.market import Market
from sequencer.api.projection.records import OrderKey
from sequencer.api.types import parameters as p
from sequencer.markets.names import instrument_of
from sequencer.matching.requests import OrderRequest, TimeInForce

MOST_ROWS: Final = 1_000
_TIMES_IN_FORCE: Final = {one.value: one for one in TimeInForce}


def series_of(market: Market, name: str) -> Series:
    """The series of an instrument. Raises `UnknownInstrument`, and `BadInstrumentName` for what is no name at all."""
    found = market.names.series(name)
    if found is None:
        instrument_of(name)
        raise UnknownInstrument(instrument_name=name)
    return found


def signature_of(r_x: int | str, r_y: int | str, s: int | str) -> Signature:
    """Raises `FieldOutOfRange` for coordinates from r on, and for an S from the subgroup's order on."""
    point = point_of("signature_r", r_x, r_y)
    found = integer("signature_s", s)
    check_range("signature_s", found, 0, maximum=SUBGROUP_ORDER - 1)
    return Signature(point, found)


def optional_signature(given: p.CancelledOrder | p.DebuggedOrder) -> Signature | None:
    """All three numbers or none. Raises `InvalidParameters`."""
    parts = (given.signature_r_x, given.signature_r_y, given.signature_s)
    if parts == (None, None, None):
        return None
    r_x, r_y, s = parts
    if r_x is None or r_y is None or s is None:
        raise InvalidParameters("a signature has three numbers: signature_r_x, signature_r_y and signature_s")
    return signature_of(r_x, r_y, s)


def point_of(name: str, x: int | str, y: int | str) -> Point:
    """Two field elements; whether they lie on the curve is for the verifier to say. Raises `FieldOutOfRange`."""
    found = integer(name_x := f"{name}_x", x), integer(name_y := f"{name}_y", y)
    check_range(name_x, found[0], 0, maximum=FR - 1)
    check_range(name_y, found[1], 0, maximum=FR - 1)
    return found


def order_of(market: Market, given: p.SignedOrder | p.DebuggedOrder, *, is_buy: bool) -> Order:
    """The order that was signed. Raises `FieldOutOfRange` for the first field that does not fit."""
    series = series_of(market, given.instrument_name)
    return Order(
        integer("account", given.account),
        series.series_id,
        is_buy,
        integer("limit_price_e2", given.limit_price_e2),
        integer("size_e4", given.size_e4),
        integer("max_fee_ppm", given.max_fee_ppm),
        integer("expiry_s", given.expiry_s),
        integer("slot", given.slot),
        integer("nonce", given.nonce),
    )


def signed_order_of(market: Market, given: p.SignedOrder, *, is_buy: bool) -> SignedOrder:
    """Order and signature."""
    order = order_of(market, given, is_buy=is_buy)
    return SignedOrder(order, signature_of(given.signature_r_x, given.signature_r_y, given.signature_s))


def request_of(market: Market, given: p.PlacedOrder, *, is_buy: bool) -> OrderRequest:
    """An order and how to treat it. Raises `InvalidParameters` for post-only at once."""
    signed = signed_order_of(market, given, is_buy=is_buy)
    try:
        return OrderRequest(signed, _TIMES_IN_FORCE[given.time_in_force], given.post_only, given.reduce_only)
    except ValueError as error:
        raise InvalidParameters(str(error)) from error


def key_of(order_id: str) -> OrderKey:
    """What an order's id says. Raises `InvalidParameters` for a text that is no id."""
    parts = order_id.split("-")
    if len(parts) != len(OrderKey._fields):
        raise InvalidParameters("an order's id is account-slot-nonce", parameter="order_id")
    return OrderKey(*(integer("order_id", part) for part in parts))


def count_of(name: str, value: int | str, most: int = MOST_ROWS) -> int:
    """How many to show. Raises `FieldOutOfRange`."""
    found = integer(name, value)
    check_range(name, found, 0, minimum=1, maximum=most)
    return found


def bounded_leg(leg: p.Leg) -> tuple[int, int]:
    """Price and size of a leg; their ranges are checked with the leg."""
    return integer("price_e2", leg.price_e2), integer("size_e4", leg.size_e4)
