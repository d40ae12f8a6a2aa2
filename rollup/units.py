"""Widths of every quantity, written once: spec, circuit and contracts take them from here.

| quantity | unit | suffix | bits |
|---|---|---|---|
| option price, strike, mark, payoff | 0.01 USD | `_e2` | 40 |
| size of an order or a fill | 0.0001 contract | `_e4` | 40 |
| position | 0.0001 contract | `_e4` | signed, magnitude below 2^39 |
| cash, premium, fee, equity | 0.000001 USDC | `_e6` | below 2^63 |
| time | unix seconds | `_s` | 32 |
| fee rate | parts per million | `_ppm` | 20 |

`price_e2 * size_e4 = cash_e6` exactly, so no step of the state transition divides, except fees, which round up.
"""

from __future__ import annotations

from typing import Final

PRICE_BITS: Final = 40
SIZE_BITS: Final = 40
POSITION_BITS: Final = 39
"""Of the magnitude: a position lies in -2^39 <= size < 2^39."""

CASH_BITS: Final = 63
TIME_BITS: Final = 32
RATE_BITS: Final = 20
SERIES_ID_BITS: Final = 24
ACCOUNT_ID_BITS: Final = 24
NONCE_BITS: Final = 32
ORDER_SLOT_BITS: Final = 3
POSITION_SLOT_BITS: Final = 4
BATCH_NUMBER_BITS: Final = 32

POSITION_SLOTS: Final = 1 << POSITION_SLOT_BITS
ORDER_SLOTS: Final = 1 << ORDER_SLOT_BITS
SCENARIOS: Final = 16
COLUMNS: Final = 1 + SCENARIOS
"""Column 0 is the mark, the others are the scenarios."""

MILLION: Final = 1_000_000
CANCELLED_SIZE_E4: Final = (1 << SIZE_BITS) - 1
"""What a cancel fills an order slot with: more than any order's size, so that nothing can follow under its nonce."""

MAX_ORDER_SIZE_E4: Final = CANCELLED_SIZE_E4 - 1

FEE_ACCOUNT: Final = 0
INSURANCE_ACCOUNT: Final = 1
"""Accounts that the venue itself holds."""

VALUE_BITS: Final = 86
"""V of any account lies in -2^86 <= value_e6 < 2^86: 16 positions of 2^39 at 2^40 are within 2^83, cash within 2^63."""
