"""Settlements, as `rollup.transition.settlements`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from circuits.frontend import Builder, Wire, subcircuit
from circuits.gadgets.bits import Ranged
from circuits.gadgets.fractions import Term
from circuits.settlement.fields import assert_canonical, field, flag, is_used, packed
from circuits.settlement.keys import cash_key, holding_key, series_key, settled_key
from circuits.settlement.records import record
from rollup.errors import NothingToSettle, SeriesNotSettled
from rollup.units import (
    ACCOUNT_ID_BITS,
    POSITION_BITS,
    POSITION_SLOT_BITS,
    PRICE_BITS,
    SERIES_ID_BITS,
    TIME_BITS,
)

SETTLEMENT: Final = record(
    account=(), position_slot=(), series_id=(), size_e4=(), series_expiry_s=(), series_is_settled=(), series_mark_e2=()
)


@dataclass(frozen=True, slots=True)
class Settled:
    """A place of the section: postings, the position that it closes, the row that it names, and its part of a word."""

    used: Wire
    postings: tuple[Term, ...]
    position_key: Wire
    series_key: Wire
    absorbed: tuple[Ranged, ...]
    word_parts: tuple[Ranged, ...]


@subcircuit
def settlement(c: Builder, row: Sequence[Wire]) -> Settled:
    """Asserts the rules of one settlement; a place that is not used has series 0, and no account, slot or size.

    Rules: `FieldOutOfRange`, `SeriesNotSettled`, `NothingToSettle`; that the slot held just this is for the argument.
    """
    columns = SETTLEMENT.read(row)
    account = field(c, columns["account"], ACCOUNT_ID_BITS)
    slot = field(c, columns["position_slot"], POSITION_SLOT_BITS)
    series_id = field(c, columns["series_id"], SERIES_ID_BITS)
    size_e4 = columns["size_e4"]
    centred = field(c, size_e4 + (1 << POSITION_BITS), POSITION_BITS + 1)
    expiry_s = field(c, columns["series_expiry_s"], TIME_BITS)
    is_settled = flag(c, columns["series_is_settled"])
    payoff_e2 = field(c, columns["series_mark_e2"], PRICE_BITS)
    used = is_used(c, series_id.wire)
    with c.rule(SeriesNotSettled):
        c.assert_product(used, 1 - is_settled.wire, 0)
    with c.rule(NothingToSettle):
        c.assert_equal(is_used(c, size_e4), used)
    assert_canonical(c, used, packed(c, (account, slot)))
    holding = holding_key(account.wire, slot.wire, series_id.wire)
    postings = (
        Term(-size_e4, holding),
        Term(c.product(size_e4, payoff_e2.wire), c.wire(cash_key(account.wire))),
    )
    return Settled(
        used,
        postings,
        settled_key(holding, size_e4),
        series_key(series_id.wire, expiry_s.wire, is_settled.wire, payoff_e2.wire),
        (centred, expiry_s, Ranged(is_settled.wire, 1), payoff_e2),
        (account, slot, series_id),
    )
