"""The table of bounds: products, sums and differences, in the order of the circuit's modules."""

from __future__ import annotations

from typing import Any, Final

from rollup.bounds.bound import Bound, Expression, Refuses
from rollup.bounds.widths import Widths
from rollup.parameters import (
    LIQUIDATION_BAND_E2,
    LIQUIDATION_BAND_PPM,
    LIQUIDATION_PENALTY_PPM,
    MAINTENANCE_WEIGHT,
)
from rollup.presets import XL
from rollup.units import MILLION, POSITION_SLOTS, VALUE_BITS

RATE_ONE_BITS: Final = MILLION.bit_length()
BAND_E6: Final = LIQUIDATION_BAND_E2 * MILLION
FILLS: Final = 2 * (XL.trades + XL.liquidations)
"""More fills than any account can be in, in the largest batch."""

Row = tuple[str, str, Expression, int, int, Refuses]
"""Name, where, expression, bits, low, and what is refused: a `Bound` without the ranges of its variables."""

_ALL, _BELOW, _OUTSIDE = Refuses.NOTHING, Refuses.BELOW, Refuses.OUTSIDE


def bounds_of(w: Widths) -> tuple[Bound, ...]:
    """All bounds, for these widths; what is claimed follows the widths as it does in the circuit."""
    ranges = w.ranges()
    rows = [*_fills(w), *_liquidations(w), *_values(w), *_close_outs(w), *_counts(), *_sums(w)]
    return tuple(
        Bound(name, where, expression, bits, ranges, low, refuses)
        for name, where, expression, bits, low, refuses in rows
    )


def _fills(w: Widths) -> list[Row]:
    p, s = w.price, w.size
    largest_fee_e6 = (1 << w.fee) - 1
    return [
        ("premium", "", lambda price_e2, size_e4: price_e2 * size_e4, p + s, 0, _ALL),
        (
            "fee numerator",
            "",
            lambda price_e2, size_e4, rate_ppm: price_e2 * size_e4 * rate_ppm,
            p + s + w.rate,
            0,
            _ALL,
        ),
        (
            "room for the fee, rounded up",
            "",
            lambda price_e2, size_e4, rate_ppm: largest_fee_e6 * MILLION - price_e2 * size_e4 * rate_ppm,
            w.fee + RATE_ONE_BITS,
            0,
            _ALL,
        ),
        ("fee with remainder", "", lambda fee_e6, remainder: fee_e6 * MILLION + remainder, w.fee + 21, 0, _ALL),
        ("limit of who buys", "legs.order_leg", lambda limit_e2, price_e2: limit_e2 - price_e2, p, 0, _BELOW),
        ("limit of who sells", "legs.order_leg", lambda limit_e2, price_e2: price_e2 - limit_e2, p, 0, _BELOW),
        ("order's expiry", "legs.order_leg", lambda expiry_s, time_s: expiry_s - time_s, w.time, 0, _BELOW),
        ("fee cap", "legs.order_leg", lambda cap_ppm, rate_ppm: cap_ppm - rate_ppm, w.rate, 0, _BELOW),
        ("series' expiry", "trades.live_series", lambda expiry_s, time_s: expiry_s - time_s - 1, w.time, 0, _BELOW),
        (
            "state that a fill finds",
            "legs.slot_event",
            lambda state, nonce: state - nonce * (1 << s) + (1 << w.state),
            w.state + 1,
            0,
            _ALL,
        ),
        ("rest of an order", "legs.slot_event", lambda size_e4, fill_e4, gone: size_e4 - fill_e4 - gone, s, 0, _BELOW),
        ("state that a fill leaves", "", lambda nonce, filled_e4: nonce * (1 << s) + filled_e4, w.state, 0, _ALL),
    ]


def _liquidations(w: Widths) -> list[Row]:
    where, band = "liquidations._assert_fair", w.price + RATE_ONE_BITS + 2

    def room(mark_e2: Any) -> Any:
        return mark_e2 * LIQUIDATION_BAND_PPM + BAND_E6

    return [
        (
            "band above",
            where,
            lambda mark_e2, price_e2: room(mark_e2) - (price_e2 - mark_e2) * MILLION,
            band,
            0,
            _BELOW,
        ),
        (
            "band below",
            where,
            lambda mark_e2, price_e2: room(mark_e2) + (price_e2 - mark_e2) * MILLION,
            band,
            0,
            _BELOW,
        ),
        (
            "room of the penalty",
            where,
            lambda price_e2, size_e4, penalty_e6: price_e2 * size_e4 * LIQUIDATION_PENALTY_PPM - penalty_e6 * MILLION,
            w.price + w.size + RATE_ONE_BITS,
            0,
            _BELOW,
        ),
        ("what may be left", "", lambda kept_e4, taken_e4: kept_e4 * taken_e4, 2 * w.position + 1, 0, _ALL),
        ("reducing", "health.reducing", lambda after_e4, drop_e4: after_e4 * drop_e4, 2 * w.position + 1, 0, _OUTSIDE),
    ]


def _values(w: Widths) -> list[Row]:
    v, low = VALUE_BITS, -(1 << VALUE_BITS)
    return [
        (
            "V",
            "health._signed_values",
            lambda cash_e6, held_e4, price_e2: cash_e6 + POSITION_SLOTS * held_e4 * price_e2,
            v + 1,
            low,
            _ALL,
        ),
        ("V that is sound", "health.healthy", lambda worth_e6: worth_e6, w.cash, 0, _OUTSIDE),
        ("V against a shortfall", "health.examined", lambda worth_e6, debt_e6: worth_e6 - debt_e6, v + 1, 0, _BELOW),
        (
            "V below maintenance",
            "health.examined",
            lambda worth_e6, other_e6: -worth_e6 - MAINTENANCE_WEIGHT * other_e6 - 1,
            v + MAINTENANCE_WEIGHT.bit_length(),
            0,
            _BELOW,
        ),
        ("V of who is subsidised", "health.examined", lambda worth_e6: -worth_e6, v, 0, _BELOW),
        (
            "V against the least",
            "health.withdrawable",
            lambda worth_e6, other_e6: worth_e6 - other_e6,
            v + 2,
            0,
            _BELOW,
        ),
        ("what may be withdrawn", "queue.queue_entry", lambda worth_e6: worth_e6, v + 1, low, _ALL),
        (
            "request against it",
            "queue.queue_entry",
            lambda limit_e6, amount_e6: limit_e6 - amount_e6,
            v + 2,
            2 * low,
            _ALL,
        ),
    ]


def _close_outs(w: Widths) -> list[Row]:
    """Bits of which the highest says whether a number is 0 or more."""
    where, paid, value = "close_outs._is_not_negative", w.price + w.position + 1, VALUE_BITS + 1
    centre = 1 << w.position

    def row(name: str, expression: Expression, bits: int) -> Row:
        return name, where, expression, bits + 1, -(1 << bits), _ALL

    return [
        row("close-out before expiry", lambda expiry_s, time_s: expiry_s - time_s - 1, w.time),
        row("fund's position, from below", lambda held_e4, after_e4: held_e4 + after_e4 + centre, w.position + 2),
        row("fund's position, from above", lambda held_e4, after_e4: centre - 1 - held_e4 - after_e4, w.position + 2),
        row("cash received, from below", lambda cash_e6, held_e4, mark_e2: cash_e6 + held_e4 * mark_e2, paid),
        row("cash paid, from below", lambda cash_e6, held_e4, mark_e2: cash_e6 - held_e4 * mark_e2, paid),
        row(
            "cash received, from above",
            lambda cash_e6, held_e4, mark_e2: (1 << w.cash) - 1 - cash_e6 - held_e4 * mark_e2,
            paid,
        ),
        row(
            "cash paid, from above",
            lambda cash_e6, held_e4, mark_e2: (1 << w.cash) - 1 - cash_e6 + held_e4 * mark_e2,
            paid,
        ),
        row(
            "V without it",
            lambda worth_e6, held_e4, price_e2, mark_e2: worth_e6 - held_e4 * (price_e2 - mark_e2),
            value,
        ),
        row("V with it", lambda worth_e6, held_e4, price_e2, mark_e2: worth_e6 + held_e4 * (price_e2 - mark_e2), value),
    ]


def _counts() -> list[Row]:
    """How often the largest batch can look something up."""
    return [
        (
            "look-ups of a row",
            "series_rows.series_row",
            lambda: XL.trades + XL.liquidations + XL.settlements + 1,
            12,
            0,
            _ALL,
        ),
        ("signatures of a key", "", lambda: FILLS + XL.operations, 12, 0, _ALL),
        ("liquidations of an account", "", lambda: XL.liquidations, 6, 0, _ALL),
        ("forced requests of an account", "", lambda: XL.queue, 6, 0, _ALL),
    ]


def _sums(w: Widths) -> list[Row]:
    """What an argument adds up under one key in the largest batch: no wrap modulo r, so that sums are of integers."""
    cash, size = w.price + w.size + 12, w.size + 11

    def posted(price_e2: Any, held_e4: Any, size_e4: Any, fee_e6: Any, cash_e6: Any) -> Any:
        fills = FILLS * (price_e2 * size_e4 + 2 * fee_e6)
        others = 2 * (XL.operations + XL.liquidations) + XL.queue + 1
        return fills + others * cash_e6 - (XL.settlements + 2) * held_e4 * price_e2

    return [
        ("cash posted to an account", "", posted, cash + 1, -(1 << cash), _ALL),
        (
            "sizes posted to a slot",
            "",
            lambda size_e4, held_e4: FILLS * size_e4 - (XL.settlements + 3) * held_e4,
            size + 1,
            -(1 << size),
            _ALL,
        ),
    ]
