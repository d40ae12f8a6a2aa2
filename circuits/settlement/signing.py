"""Signatures as the circuit takes them, and those of places that are not used."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from circuits.frontend import InputRefused
from circuits.gadgets.montgomery import montgomery_of
from circuits.gadgets.signature_windows import window_points
from circuits.settlement.legs import ORDER
from primitives import eddsa
from primitives.babyjubjub import SUBGROUP_ORDER, Point, multiply
from primitives.eddsa import Signature
from primitives.poseidon import poseidon
from rollup.packing import Field, packed
from rollup.types.orders import KIND_BITS, Domain, MessageKind
from rollup.units import (
    ACCOUNT_ID_BITS,
    NONCE_BITS,
    ORDER_SLOT_BITS,
    PRICE_BITS,
    RATE_BITS,
    SERIES_ID_BITS,
    SIZE_BITS,
    TIME_BITS,
)

PADDING_SECRET: Final = b"zkclear: a place that is not used".ljust(32)[:32]
"""Everybody's key. It signs orders of nothing, for accounts that nobody looks up."""

PADDING_EXPIRY_S: Final = (1 << TIME_BITS) - 1


def signature_columns(key: Point, signature: Signature) -> dict[str, Any]:
    """The columns of the `SIGNATURE` record, for a key that is one. About 10 ms for a new key, then a look-up.

    Raises `InputRefused` for S >= l: the circuit takes S modulo l and would not notice, so that it is refused here, as
    everywhere outside.
    """
    if signature.s >= SUBGROUP_ORDER:
        raise InputRefused("signature.s", "it is not below l: refused, never reduced")
    return {
        "key": key,
        "eighth": _eighth(key),
        "r": signature.r,
        "windows": window_points(signature.s),
    }


@lru_cache(maxsize=1 << 16)
def _eighth(key: Point) -> Point:
    return montgomery_of(multiply(pow(8, -1, SUBGROUP_ORDER), key))


@lru_cache(maxsize=64)
def padding_order(domain: Domain, *, is_buy: bool) -> Mapping[str, Any]:
    """The columns of an order of nothing, signed."""
    fields = (
        Field("account", 0, ACCOUNT_ID_BITS),
        Field("series_id", 0, SERIES_ID_BITS),
        Field("is_buy", int(is_buy), 1),
        Field("limit_price_e2", 0, PRICE_BITS),
        Field("size_e4", 0, SIZE_BITS),
        Field("max_fee_ppm", (1 << RATE_BITS) - 1, RATE_BITS),
        Field("expiry_s", PADDING_EXPIRY_S, TIME_BITS),
        Field("slot", 0, ORDER_SLOT_BITS),
        Field("nonce", 0, NONCE_BITS),
    )
    named = {field.name: field.value for field in fields}
    del named["series_id"], named["is_buy"]
    return {**named, "slot_before": 0, **_signed(domain.of(MessageKind.ORDER), packed(fields))}


@lru_cache(maxsize=64)
def padding_operation(domain: Domain) -> Mapping[str, Any]:
    """The columns of no operation, signed."""
    return {
        **dict.fromkeys(
            ("is_cancel", "is_transfer", "is_withdrawal", "account", "slot", "nonce", "to", "amount_e6", "slot_before"),
            0,
        ),
        **_signed(domain.element << KIND_BITS, 0),
    }


def order_row(columns: Mapping[str, Any]) -> list[int]:
    """A row of the `ORDER` record."""
    return ORDER.write(columns)


def _signed(domain: int, fields: int) -> dict[str, Any]:
    signature = eddsa.sign(PADDING_SECRET, poseidon([domain, fields]))
    return signature_columns(eddsa.public_key(PADDING_SECRET), signature)
