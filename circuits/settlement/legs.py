"""Signed legs: an order that is filled, or an operation, each with the signature of its account's key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from circuits.frontend import Builder, Wire, subcircuit
from circuits.gadgets.bits import Bit, Ranged
from circuits.gadgets.eddsa import assert_signature, checked_key
from circuits.gadgets.montgomery import EdwardsPoint, MontgomeryPoint
from circuits.gadgets.poseidon import poseidon
from circuits.gadgets.signature_windows import WINDOWS
from circuits.settlement.fields import below, bits_below, field, packed
from circuits.settlement.records import record
from rollup.errors import FeeAboveCap, LimitViolated, OrderExpired, OrderNotOpen
from rollup.types.accounts import ORDER_STATE_BITS
from rollup.types.orders import KIND_BITS, MessageKind
from rollup.units import (
    ACCOUNT_ID_BITS,
    NONCE_BITS,
    ORDER_SLOT_BITS,
    PRICE_BITS,
    RATE_BITS,
    SIZE_BITS,
    TIME_BITS,
)

SIGNATURE: Final = record(key=(2,), eighth=(2,), r=(2,), windows=(WINDOWS, 2))
ORDER: Final = record(
    account=(),
    limit_price_e2=(),
    size_e4=(),
    max_fee_ppm=(),
    expiry_s=(),
    slot=(),
    nonce=(),
    slot_before=(),
    **dict(SIGNATURE.columns),
)

FOUND_BITS: Final = ORDER_STATE_BITS + 1


@dataclass(frozen=True, slots=True)
class SignedInputs:
    """What a signature check takes besides the message."""

    key: EdwardsPoint
    eighth: MontgomeryPoint
    r: EdwardsPoint
    windows: Sequence[MontgomeryPoint]


@dataclass(frozen=True, slots=True)
class SlotEvent:
    """What an order slot held before and after, and its nonce; `found` binds the state before, for the transcript."""

    before: Wire
    after: Wire
    found: Ranged


@dataclass(frozen=True, slots=True)
class Leg:
    """A signed leg. `signature` is the hash that binds key and message, for the transcript."""

    account: Ranged
    slot: Ranged
    nonce: Ranged
    key: EdwardsPoint
    event: SlotEvent
    signature: Wire


@dataclass(frozen=True, slots=True)
class OrderInputs:
    """An order as it was signed, without series and side, which its fill has."""

    account: Wire
    limit_price_e2: Wire
    size_e4: Wire
    max_fee_ppm: Wire
    expiry_s: Wire
    slot: Wire
    nonce: Wire
    slot_before: Wire
    signed: SignedInputs


@dataclass(frozen=True, slots=True)
class FillInputs:
    """What an order is filled with, and when."""

    series_id: Ranged
    is_buy: Bit
    price_e2: Ranged
    size_e4: Ranged
    rate_ppm: Ranged
    time_s: Ranged
    domain: Wire


def order_inputs(row: Sequence[Wire]) -> OrderInputs:
    """From a row of the `ORDER` record."""
    columns = ORDER.read(row)
    signed = signed_inputs(columns)
    names = [name for name, _ in ORDER.columns if name not in dict(SIGNATURE.columns)]
    return OrderInputs(**{name: columns[name] for name in names}, signed=signed)


def signed_inputs(columns: Mapping[str, Any]) -> SignedInputs:
    """From the columns of the `SIGNATURE` record."""
    return SignedInputs(
        EdwardsPoint(*columns["key"]),
        MontgomeryPoint(*columns["eighth"]),
        EdwardsPoint(*columns["r"]),
        [MontgomeryPoint(u, v) for u, v in columns["windows"]],
    )


@subcircuit
def order_leg(c: Builder, order: OrderInputs, fill: FillInputs) -> Leg:
    """Asserts all that holds for an order wherever it is filled.

    Rules: `FieldOutOfRange`, `LimitViolated`, `OrderExpired`, `FeeAboveCap`, `OrderNotOpen`, and those of
    `check_signature`.
    """
    account, slot, nonce = _place(c, order.account, order.slot, order.nonce)
    limit_price_e2 = field(c, order.limit_price_e2, PRICE_BITS)
    size_e4 = field(c, order.size_e4, SIZE_BITS)
    max_fee_ppm = field(c, order.max_fee_ppm, RATE_BITS)
    expiry_s = field(c, order.expiry_s, TIME_BITS)
    room = limit_price_e2.wire - fill.price_e2.wire
    with c.rule(LimitViolated):
        below(c, 2 * c.product(fill.is_buy.wire, room) - room, PRICE_BITS)
    with c.rule(OrderExpired):
        below(c, expiry_s.wire - fill.time_s.wire, TIME_BITS)
    with c.rule(FeeAboveCap):
        below(c, max_fee_ppm.wire - fill.rate_ppm.wire, RATE_BITS)
    is_buy = Ranged(fill.is_buy.wire, 1)
    fields = (account, fill.series_id, is_buy, limit_price_e2, size_e4, max_fee_ppm, expiry_s, slot, nonce)
    message = poseidon(c, [fill.domain * (1 << KIND_BITS) + int(MessageKind.ORDER), packed(c, fields)])
    signature = check_signature(c, order.signed, message)
    event = slot_event(c, order.slot_before, nonce, size_e4.wire, fill.size_e4.wire)
    return Leg(account, slot, nonce, order.signed.key, event, signature)


@subcircuit
def check_signature(c: Builder, signed: SignedInputs, message: Wire) -> Wire:
    """Asserts that the key's owner signed the message, and gives the hash of both. Cost: 2,480.

    Rules: the gadgets', which stand for `BadSignature`.
    """
    key = checked_key(c, signed.key, signed.eighth)
    return assert_signature(c, key, signed.r, signed.windows, message)


@subcircuit
def slot_event(c: Builder, before: Wire, nonce: Ranged, size_e4: Wire, amount_e4: Wire) -> SlotEvent:
    """Fills an order slot: `amount_e4` of an order of `size_e4` under `nonce`, as `rollup.order_slots.fill_slot`.

    Precondition: `before` is below 2^72, as every state of a slot is. Cost: 114. Rule: `OrderNotOpen`.
    """
    with c.rule(OrderNotOpen):
        fresh = nonce.wire * (1 << SIZE_BITS)
        found = before - fresh + (1 << ORDER_STATE_BITS)
        is_same = bits_below(c, found, FOUND_BITS)[ORDER_STATE_BITS]
        base = fresh + c.product(is_same.wire, before - fresh)
        below(c, size_e4 - amount_e4 - (base - fresh), SIZE_BITS)
    return SlotEvent(before, base + amount_e4, Ranged(found, FOUND_BITS))


def _place(c: Builder, account: Wire, slot: Wire, nonce: Wire) -> tuple[Ranged, Ranged, Ranged]:
    return field(c, account, ACCOUNT_ID_BITS), field(c, slot, ORDER_SLOT_BITS), field(c, nonce, NONCE_BITS)
