"""Keys under which the arguments keep their books: one integer for several, each in bits of its own.

Parts are ranged, so that no two things have one key, as long as every argument has a sum of its own.
"""

from __future__ import annotations

from circuits.frontend import Wire
from rollup.units import (
    ACCOUNT_ID_BITS,
    ORDER_SLOT_BITS,
    POSITION_SLOT_BITS,
    SERIES_ID_BITS,
    SIZE_BITS,
    TIME_BITS,
)

_HOLDING_BITS = SERIES_ID_BITS + POSITION_SLOT_BITS + 1


def cash_key(account: Wire | int) -> Wire | int:
    """An account's cash."""
    return account * (1 << _HOLDING_BITS)


def holding_key(account: Wire, position_slot: Wire | int, series_id: Wire) -> Wire:
    """An account's position slot and what is in it; slots count from 1, so that cash is apart."""
    return account * (1 << _HOLDING_BITS) + (position_slot + 1) * (1 << SERIES_ID_BITS) + series_id


def settled_key(holding: Wire, size_e4: Wire) -> Wire:
    """A holding and its size, which may be negative."""
    return holding + (size_e4 + (1 << SIZE_BITS)) * (1 << _HOLDING_BITS + ACCOUNT_ID_BITS)


def order_slot_place(account: Wire, slot: Wire | int) -> Wire:
    """An account's order slot, below 2^27."""
    return account * (1 << ORDER_SLOT_BITS) + slot


def series_key(series_id: Wire, expiry_s: Wire, is_settled: Wire, mark_e2: Wire) -> Wire:
    """The lowest 97 bits of a row's description."""
    after_expiry = SERIES_ID_BITS + TIME_BITS
    return (
        series_id
        + expiry_s * (1 << SERIES_ID_BITS)
        + is_settled * (1 << after_expiry)
        + mark_e2 * (1 << after_expiry + 1)
    )


def limit_key(account: Wire, limit: Wire) -> Wire:
    """An account and what may be withdrawn from it."""
    return account + limit * (1 << ACCOUNT_ID_BITS)
