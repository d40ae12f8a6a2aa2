"""Trades, as `rollup.transition.trades`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from circuits.frontend import Builder, Wire, subcircuit
from circuits.gadgets.bits import Bit, Ranged
from circuits.gadgets.fixed_point import rescale_ceil
from circuits.gadgets.fractions import Term
from circuits.settlement.fields import assert_canonical, below, field, flag, is_used, packed
from circuits.settlement.keys import cash_key, holding_key, series_key
from circuits.settlement.legs import ORDER, FillInputs, Leg, order_inputs, order_leg
from circuits.settlement.records import record
from rollup.errors import OwnCounterparty, SeriesNotLive
from rollup.units import MILLION, POSITION_SLOT_BITS, PRICE_BITS, SERIES_ID_BITS, SIZE_BITS, TIME_BITS

TRADE: Final = record(
    price_e2=(),
    size_e4=(),
    series_id=(),
    maker_is_buy=(),
    maker_position_slot=(),
    taker_position_slot=(),
    series_expiry_s=(),
    series_is_settled=(),
    series_mark_e2=(),
    maker=(ORDER.size,),
    taker=(ORDER.size,),
)


@dataclass(frozen=True, slots=True)
class BatchTerms:
    """What holds for all of a batch."""

    time_s: Ranged
    maker_fee_ppm: Ranged
    taker_fee_ppm: Ranged
    domain: Wire


@dataclass(frozen=True, slots=True)
class LiveSeries:
    """A series that a fill names: its key in the risk table, its mark, and its parts for the transcript."""

    key: Wire
    mark_e2: Ranged
    parts: tuple[Ranged, ...]


@dataclass(frozen=True, slots=True)
class Fill:
    """A place of the section: whether it is used, its legs, postings, fees, and its word."""

    used: Wire
    legs: tuple[Leg, ...]
    series: LiveSeries
    postings: tuple[Term, ...]
    fees_e6: Wire
    word: Wire


@subcircuit
def trade(c: Builder, row: Sequence[Wire], batch: BatchTerms) -> Fill:
    """Asserts the rules of one trade. A place that is not used has size 0 and the padding orders."""
    columns = TRADE.read(row)
    price_e2 = field(c, columns["price_e2"], PRICE_BITS)
    size_e4 = field(c, columns["size_e4"], SIZE_BITS)
    series_id = field(c, columns["series_id"], SERIES_ID_BITS)
    maker_is_buy = flag(c, columns["maker_is_buy"])
    slots = [field(c, columns[f"{side}_position_slot"], POSITION_SLOT_BITS) for side in ("maker", "taker")]
    used = is_used(c, size_e4.wire)
    series = live_series(
        c,
        used,
        series_id,
        (columns["series_expiry_s"], columns["series_is_settled"], columns["series_mark_e2"]),
        batch.time_s,
    )
    premium_e6 = c.product(price_e2.wire, size_e4.wire)
    fees, legs, postings = [], [], []
    for side, slot, is_buy, rate_ppm in (
        ("maker", slots[0], maker_is_buy, batch.maker_fee_ppm),
        ("taker", slots[1], Bit(1 - maker_is_buy.wire), batch.taker_fee_ppm),
    ):
        fill = FillInputs(series_id, is_buy, price_e2, size_e4, rate_ppm, batch.time_s, batch.domain)
        leg = order_leg(c, order_inputs(columns[side]), fill)
        fee_e6 = fee(c, premium_e6, rate_ppm)
        legs.append(leg)
        fees.append(fee_e6)
        postings += fill_postings(c, leg.account, slot, series_id, is_buy, (size_e4.wire, premium_e6, fee_e6))
    assert_distinct(c, legs[0].account.wire, legs[1].account.wire, used)
    word = packed(
        c,
        [
            *(part for leg in legs for part in (leg.account, leg.slot, leg.nonce)),
            series_id,
            price_e2,
            size_e4,
            Ranged(maker_is_buy.wire, 1),
            *slots,
        ],
    )
    assert_canonical(c, used, word, *(leg.nonce.wire for leg in legs))
    return Fill(used, tuple(legs), series, tuple(postings), c.sum(fees), word)


def live_series(
    c: Builder, used: Wire, series_id: Ranged, claimed: tuple[Wire, Wire, Wire], time_s: Ranged
) -> LiveSeries:
    """Asserts that a series is before its expiry, if its row is the claimed (expiry, settled, mark).

    That it is, is what looking up the key says. Cost: 106. Rule: `SeriesNotLive`.
    """
    expiry_s, is_settled = field(c, claimed[0], TIME_BITS), flag(c, claimed[1])
    mark_e2 = field(c, claimed[2], PRICE_BITS)
    with c.rule(SeriesNotLive):
        below(c, expiry_s.wire - time_s.wire - used, TIME_BITS)
        c.assert_product(used, is_settled.wire, 0)
    key = series_key(series_id.wire, expiry_s.wire, is_settled.wire, mark_e2.wire)
    return LiveSeries(key, mark_e2, (expiry_s, Ranged(is_settled.wire, 1), mark_e2))


def fee(c: Builder, premium_e6: Wire, rate_ppm: Ranged) -> Wire:
    """The fee on a premium, rounded up, as `rollup.transition.orders.fee_of`. Cost: 122."""
    with c.rule("FeeRounding"):
        charged = Ranged(c.product(premium_e6, rate_ppm.wire), PRICE_BITS + SIZE_BITS + rate_ppm.bits)
        return rescale_ceil(c, charged, MILLION).wire


def fill_postings(
    c: Builder,
    account: Ranged,
    slot: Ranged,
    series_id: Ranged,
    is_buy: Bit,
    amounts: tuple[Wire, Wire, Wire],
) -> list[Term]:
    """What a filled order posts: size, and premium and fee. `amounts` are size, premium, fee. Cost: 2."""
    size_e4, premium_e6, fee_e6 = amounts
    bought = 2 * c.product(is_buy.wire, size_e4) - size_e4
    paid = 2 * c.product(is_buy.wire, premium_e6) - premium_e6
    return [
        Term(bought, holding_key(account.wire, slot.wire, series_id.wire)),
        Term(-paid - fee_e6, c.wire(cash_key(account.wire))),
    ]


def assert_distinct(c: Builder, one: Wire, other: Wire, used: Wire) -> None:
    """Asserts that two accounts differ, where the place is used. Cost: 2. Rule: `OwnCounterparty`."""
    with c.rule(OwnCounterparty):
        difference = c.product(used, one - other) + 1 - used
        c.assert_product(difference, c.witness(c.advice(difference).inverse(), "inverse"), 1)
