"""Liquidations, as `rollup.transition.liquidations`; what holds of the liquidated account is in `examined`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from circuits.frontend import Builder, Wire, subcircuit
from circuits.gadgets.bits import Bit, Ranged
from circuits.gadgets.fractions import Term
from circuits.settlement.fields import assert_canonical, below, field, flag, is_used, packed
from circuits.settlement.keys import cash_key
from circuits.settlement.legs import ORDER, FillInputs, order_inputs, order_leg
from circuits.settlement.records import record
from circuits.settlement.trades import BatchTerms, Fill, assert_distinct, fee, fill_postings, live_series
from rollup.errors import PenaltyTooLarge, PriceOutsideBand
from rollup.parameters import LIQUIDATION_BAND_E2, LIQUIDATION_BAND_PPM, LIQUIDATION_PENALTY_PPM
from rollup.units import (
    ACCOUNT_ID_BITS,
    CASH_BITS,
    INSURANCE_ACCOUNT,
    MILLION,
    POSITION_SLOT_BITS,
    PRICE_BITS,
    SERIES_ID_BITS,
    SIZE_BITS,
)

LIQUIDATION: Final = record(
    account=(),
    price_e2=(),
    size_e4=(),
    series_id=(),
    liquidator_is_buy=(),
    position_slot=(),
    liquidator_position_slot=(),
    penalty_e6=(),
    subsidy_e6=(),
    series_expiry_s=(),
    series_is_settled=(),
    series_mark_e2=(),
    liquidator=(ORDER.size,),
)

_RATE_BITS = MILLION.bit_length()
BAND_BITS: Final = PRICE_BITS + _RATE_BITS + 2
PENALTY_BITS: Final = PRICE_BITS + SIZE_BITS + _RATE_BITS


@dataclass(frozen=True, slots=True)
class Liquidated:
    """A place of the section: its fill, which account it is about, and whether the insurance fund pays in."""

    fill: Fill
    account: Ranged
    is_subsidised: Wire
    amounts_word: Wire


@subcircuit
def liquidation(c: Builder, row: Sequence[Wire], batch: BatchTerms) -> Liquidated:
    """Asserts the rules of one liquidation but those of the account's health.

    Rules: `FieldOutOfRange`, `OwnCounterparty`, `SeriesNotLive`, `PriceOutsideBand`, `PenaltyTooLarge`, and those of an
    order.
    """
    columns = LIQUIDATION.read(row)
    account = field(c, columns["account"], ACCOUNT_ID_BITS)
    price_e2 = field(c, columns["price_e2"], PRICE_BITS)
    size_e4 = field(c, columns["size_e4"], SIZE_BITS)
    series_id = field(c, columns["series_id"], SERIES_ID_BITS)
    is_buy = flag(c, columns["liquidator_is_buy"])
    slot = field(c, columns["position_slot"], POSITION_SLOT_BITS)
    liquidator_slot = field(c, columns["liquidator_position_slot"], POSITION_SLOT_BITS)
    penalty_e6 = field(c, columns["penalty_e6"], CASH_BITS)
    subsidy_e6 = field(c, columns["subsidy_e6"], CASH_BITS)
    used = is_used(c, size_e4.wire)
    claimed = (columns["series_expiry_s"], columns["series_is_settled"], columns["series_mark_e2"])
    series = live_series(c, used, series_id, claimed, batch.time_s)
    premium_e6 = c.product(price_e2.wire, size_e4.wire)
    _assert_fair(c, price_e2, series.mark_e2, premium_e6, penalty_e6)
    fill = FillInputs(series_id, is_buy, price_e2, size_e4, batch.taker_fee_ppm, batch.time_s, batch.domain)
    leg = order_leg(c, order_inputs(columns["liquidator"]), fill)
    assert_distinct(c, leg.account.wire, account.wire, used)
    fee_e6 = fee(c, premium_e6, batch.taker_fee_ppm)
    zero, moved_e6 = c.constant(0), subsidy_e6.wire - penalty_e6.wire
    theirs = fill_postings(c, account, slot, series_id, Bit(1 - is_buy.wire), (size_e4.wire, premium_e6, zero))
    postings = (
        *fill_postings(c, leg.account, liquidator_slot, series_id, is_buy, (size_e4.wire, premium_e6, fee_e6)),
        *theirs,
        Term(moved_e6, c.wire(cash_key(account.wire))),
        Term(-moved_e6, c.wire(cash_key(INSURANCE_ACCOUNT))),
    )
    word = packed(
        c,
        [
            account,
            *(leg.account, leg.slot, leg.nonce),
            series_id,
            price_e2,
            size_e4,
            Ranged(is_buy.wire, 1),
            slot,
            liquidator_slot,
        ],
    )
    amounts = packed(c, [penalty_e6, subsidy_e6])
    assert_canonical(c, used, word, leg.nonce.wire)
    assert_canonical(c, used, amounts)
    return Liquidated(
        Fill(used, (leg,), series, postings, fee_e6, word),
        account,
        is_used(c, subsidy_e6.wire),
        amounts,
    )


def _assert_fair(c: Builder, price_e2: Ranged, mark_e2: Ranged, premium_e6: Wire, penalty_e6: Ranged) -> None:
    room = mark_e2.wire * LIQUIDATION_BAND_PPM + LIQUIDATION_BAND_E2 * MILLION
    distance = (price_e2.wire - mark_e2.wire) * MILLION
    with c.rule(PriceOutsideBand):
        below(c, room - distance, BAND_BITS)
        below(c, room + distance, BAND_BITS)
    with c.rule(PenaltyTooLarge):
        below(c, premium_e6 * LIQUIDATION_PENALTY_PPM - penalty_e6.wire * MILLION, PENALTY_BITS)
