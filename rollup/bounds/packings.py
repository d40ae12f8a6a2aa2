"""What is packed into one field element: leaves, rows, messages, words, and keys of the circuit's books."""

from __future__ import annotations

from typing import Final

from rollup.bounds.bound import Packing
from rollup.presets import XL
from rollup.risk_table import ROW_TAG_SHIFT
from rollup.types import orders, words
from rollup.types.accounts import LEAF_TAG_SHIFT, ORDER_STATE_BITS, PACKED_POSITION_BITS, PER_ELEMENT
from rollup.types.series import UNDERLYING_BITS
from rollup.units import (
    ACCOUNT_ID_BITS,
    BATCH_NUMBER_BITS,
    CASH_BITS,
    NONCE_BITS,
    ORDER_SLOT_BITS,
    POSITION_BITS,
    POSITION_SLOT_BITS,
    PRICE_BITS,
    RATE_BITS,
    SERIES_ID_BITS,
    SIZE_BITS,
    TIME_BITS,
    VALUE_BITS,
)

Parts = tuple[tuple[str, int], ...]

_ACCOUNT, _SERIES, _PRICE, _SIZE = (
    ("account", ACCOUNT_ID_BITS),
    ("series_id", SERIES_ID_BITS),
    ("price_e2", PRICE_BITS),
    ("size_e4", SIZE_BITS),
)
_SLOT, _NONCE, _SIDE, _HELD_IN = (
    ("slot", ORDER_SLOT_BITS),
    ("nonce", NONCE_BITS),
    ("is_buy", 1),
    ("position_slot", POSITION_SLOT_BITS),
)
_EXPIRY, _SETTLED, _MARK = ("expiry_s", TIME_BITS), ("is_settled", 1), ("mark_e2", PRICE_BITS)
_AMOUNT: Final = ("amount_e6", CASH_BITS)
_ORDER: Parts = (_ACCOUNT, _SLOT, _NONCE)
_OPERATION: Parts = (*_ORDER, ("to", ACCOUNT_ID_BITS), _AMOUNT)
_POSITION: Final = ("position", PACKED_POSITION_BITS)
_HOLDING: Parts = (_SERIES, ("position slot, from 1", POSITION_SLOT_BITS + 1), _ACCOUNT)
_DESCRIPTION: Parts = (
    *(_SERIES, _EXPIRY, _SETTLED, _MARK),
    *(("strike_e2", PRICE_BITS), ("kind", 1), ("underlying", UNDERLYING_BITS)),
)

LEAVES: Final = (
    Packing("position", (("size_e4, centred", POSITION_BITS + 2), _SERIES), PACKED_POSITION_BITS),
    Packing("positions", (_POSITION,) * PER_ELEMENT),
    Packing("last position and cash", (_POSITION, _AMOUNT), LEAF_TAG_SHIFT),
    Packing("last position, cash and tag", (_POSITION, _AMOUNT, ("tag", 1))),
    Packing("order slot", (("filled_e4", SIZE_BITS), _NONCE), ORDER_STATE_BITS),
    Packing("description", _DESCRIPTION, ROW_TAG_SHIFT),
    Packing("description and tag", (("description", ROW_TAG_SHIFT), ("tag", 2))),
)
MESSAGES: Final = (
    Packing("domain", (("contract", orders.CONTRACT_BITS), ("chain_id", orders.CHAIN_ID_BITS))),
    Packing("domain and kind", (("kind", orders.KIND_BITS), ("domain", orders.CONTRACT_BITS + orders.CHAIN_ID_BITS))),
    Packing("order", (_ACCOUNT, _SERIES, _SIDE, _PRICE, _SIZE, ("max_fee_ppm", RATE_BITS), _EXPIRY, _SLOT, _NONCE)),
    Packing("operation", _OPERATION),
)
WORDS: Final = (
    Packing(
        "header",
        (
            ("number", BATCH_NUMBER_BITS),
            ("time_s", TIME_BITS),
            ("maker_fee_ppm", RATE_BITS),
            ("taker_fee_ppm", RATE_BITS),
            ("served", XL.queue),
        ),
    ),
    Packing("queue word", (("kind", words.KIND_BITS), _ACCOUNT, _AMOUNT, _HELD_IN, _SERIES)),
    Packing("trade word", (*_ORDER, *_ORDER, _SERIES, _PRICE, _SIZE, _SIDE, _HELD_IN, _HELD_IN)),
    Packing("operation word", (("kind", words.KIND_BITS), *_OPERATION)),
    Packing("liquidation word", (_ACCOUNT, *_ORDER, _SERIES, _PRICE, _SIZE, _SIDE, _HELD_IN, _HELD_IN)),
    Packing("amounts word", (("penalty_e6", CASH_BITS), ("subsidy_e6", CASH_BITS))),
    Packing("settlements word", (_ACCOUNT, _HELD_IN, _SERIES) * words.SETTLEMENTS_PER_WORD),
)
KEYS: Final = (
    Packing("holding_key", _HOLDING),
    Packing("settled_key", (*_HOLDING, ("size_e4, centred", SIZE_BITS + 1))),
    Packing("order_slot_place", (_SLOT, _ACCOUNT)),
    Packing("series_key", (_SERIES, _EXPIRY, _SETTLED, _MARK)),
    Packing("limit_key", (_ACCOUNT, ("limit_e6, centred", VALUE_BITS + 1))),
)
"""Functions of `circuits.settlement.keys`; of cash, the key is that of a holding in slot 0 and series 0."""

PACKINGS: Final = (*LEAVES, *MESSAGES, *WORDS, *KEYS)
