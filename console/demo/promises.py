"""What a demo promises to show, by name."""

from __future__ import annotations

from typing import Final

REGISTERED: Final = "traders registered with Ethereum keys"
SHOCK: Final = "the oracles saw the shock"
LIQUIDATION: Final = "a proven liquidation"
WITHDRAWAL: Final = "a withdrawal was paid"
SETTLEMENT: Final = "a series expired and was settled"
ALL_EXECUTED: Final = "every batch is proven and executed"
SAME_STATE: Final = "L1 alone gives the same state"
ALL_DOLLARS: Final = "every dollar is accounted for"
ON_L1: Final = "L1's data show it all"

MADE_UP: Final = (
    REGISTERED,
    SHOCK,
    LIQUIDATION,
    WITHDRAWAL,
    SETTLEMENT,
    ALL_EXECUTED,
    SAME_STATE,
    ALL_DOLLARS,
    ON_L1,
)
"""Of a demo on a market that is made up."""

CLEARED: Final = "all trades of the data were cleared"
BALANCES: Final = "every balance is as calculated"
PAID_OUT: Final = "all money was paid out on L1"

REAL_DATA: Final = (CLEARED, ALL_EXECUTED, SETTLEMENT, BALANCES, PAID_OUT, SAME_STATE, ALL_DOLLARS)
"""Of a demo on real trades."""
