"""The variables of the table, and what each lies in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rollup.bounds.bound import Interval
from rollup.units import (
    CASH_BITS,
    MILLION,
    NONCE_BITS,
    POSITION_BITS,
    POSITION_SLOTS,
    PRICE_BITS,
    RATE_BITS,
    SIZE_BITS,
    TIME_BITS,
    VALUE_BITS,
)


@dataclass(frozen=True, slots=True)
class Widths:
    """Those of `rollup.units`, so that one can ask what would become of others."""

    price: int = PRICE_BITS
    size: int = SIZE_BITS
    position: int = POSITION_BITS
    cash: int = CASH_BITS
    time: int = TIME_BITS
    rate: int = RATE_BITS
    nonce: int = NONCE_BITS

    @property
    def state(self) -> int:
        """Of an order slot's state."""
        return self.nonce + self.size

    @property
    def fee(self) -> int:
        """Of the largest fee, rounded up."""
        numerator = self.price + self.size + self.rate
        return next(bits for bits in range(numerator) if MILLION << bits > 1 << numerator)

    def ranges(self) -> Mapping[str, Interval]:
        """What each variable of the table lies in."""
        price, cash, held = _unsigned(self.price), _unsigned(self.cash), _signed(self.position)
        worth = POSITION_SLOTS << self.price + self.position
        return {
            **dict.fromkeys(("price_e2", "mark_e2", "limit_e2"), price),
            **dict.fromkeys(("size_e4", "fill_e4", "filled_e4"), _unsigned(self.size)),
            **dict.fromkeys(("held_e4", "after_e4"), held),
            **dict.fromkeys(("kept_e4", "taken_e4"), (0, 1 << self.position)),
            "drop_e4": _signed(self.position + 1),
            **dict.fromkeys(("cash_e6", "penalty_e6", "amount_e6"), cash),
            **dict.fromkeys(("worth_e6", "other_e6"), (-worth, worth + cash[1])),
            "debt_e6": (-worth, 0),
            **dict.fromkeys(("rate_ppm", "cap_ppm"), _unsigned(self.rate)),
            **dict.fromkeys(("time_s", "expiry_s"), _unsigned(self.time)),
            "nonce": _unsigned(self.nonce),
            **dict.fromkeys(("state", "gone"), _unsigned(self.state)),
            "fee_e6": _unsigned(self.fee),
            "remainder": _unsigned((MILLION - 1).bit_length()),
            "limit_e6": _signed(VALUE_BITS),
        }


def _unsigned(bits: int) -> Interval:
    return 0, (1 << bits) - 1


def _signed(bits: int) -> Interval:
    return -(1 << bits), (1 << bits) - 1
