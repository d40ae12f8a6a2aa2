"""The forced close-out, as `rollup.transition.queue.can_close_out`: served exactly if the state before allows it.

A batch answers at most one. The insurance fund then takes the first of the examined places, and the account the second,
so that what they hold is at hand. Whether both could bear it is read off two more rows of the margin product: what each
would be worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from circuits.frontend import Builder, Wire, subcircuit
from circuits.gadgets.bits import Bit, Ranged, all_of, logical_and, logical_not, logical_or
from circuits.gadgets.compare import is_equal, is_zero
from circuits.gadgets.fractions import Term
from circuits.gadgets.matrix_product import inner_product
from circuits.gadgets.select import index_bits, mux
from circuits.settlement.accounts import TouchedAccount
from circuits.settlement.fields import bits_below, field, flag
from circuits.settlement.keys import cash_key, holding_key, series_key
from circuits.settlement.margin import Holdings
from circuits.settlement.queue import Entry
from circuits.settlement.records import record
from circuits.settlement.trades import assert_distinct
from rollup.errors import WrongQueueResult
from rollup.units import (
    CASH_BITS,
    COLUMNS,
    INSURANCE_ACCOUNT,
    POSITION_BITS,
    POSITION_SLOTS,
    PRICE_BITS,
    TIME_BITS,
    VALUE_BITS,
)

CLOSE_OUT: Final = record(
    series_expiry_s=(),
    series_is_settled=(),
    series_mark_e2=(),
    account_values=(COLUMNS,),
    insurance_values=(COLUMNS,),
)

WORTH_BITS: Final = VALUE_BITS + 1
PAID_BITS: Final = PRICE_BITS + POSITION_BITS + 1


@dataclass(frozen=True, slots=True)
class Request:
    """What the batch's one request is about; `is_made` is 0 for a batch without one."""

    is_made: Wire
    account: Wire
    position_slot: Wire
    series_id: Wire


@dataclass(frozen=True, slots=True)
class CloseOut:
    """The answer: postings, what it claims of its series, what both would be worth, and all that for the transcript."""

    served: Wire
    postings: tuple[Term, ...]
    series_claim: Term
    holdings: tuple[Holdings, Holdings]
    absorbed: tuple[Ranged, ...]


def request_of(c: Builder, entries: Sequence[Entry]) -> Request:
    """The one entry that asks for a close-out. Rule: `FieldOutOfRange` if there are two."""
    flags = [entry.is_close_out for entry in entries]
    made = flag(c, c.sum(flags))
    account, slot, series = (
        inner_product(c, flags, wires)
        for wires in (
            [entry.account.wire for entry in entries],
            [entry.position_slot.wire for entry in entries],
            [entry.series_id.wire for entry in entries],
        )
    )
    return Request(made.wire, account, slot, series)


@subcircuit
def close_out(
    c: Builder,
    row: Sequence[Wire],
    request: Request,
    insurance: TouchedAccount,
    account: TouchedAccount,
    time_s: Ranged,
) -> CloseOut:
    """Asserts what becomes of a request, if there is one. Rules: `WrongQueueResult`, `OwnCounterparty`."""
    columns = CLOSE_OUT.read(row)
    assert_distinct(c, request.account, c.constant(INSURANCE_ACCOUNT), request.is_made)
    with c.rule(WrongQueueResult):
        c.assert_product(request.is_made, insurance.account - INSURANCE_ACCOUNT, 0)
        c.assert_product(request.is_made, account.account - request.account, 0)
        place = index_bits(c, request.position_slot, n=POSITION_SLOTS)
        held, theirs = (mux(c, place, [slot.before for slot in one.slots]) for one in (account, insurance))
        held_series, their_series = (
            mux(c, place, [slot.series_id.wire for slot in one.slots]) for one in (account, insurance)
        )
        is_same = logical_and(c, is_equal(c, held_series, request.series_id), logical_not(c, is_zero(c, held)))
        is_there = logical_and(c, Bit(request.is_made), is_same)
        is_free = logical_or(c, is_zero(c, theirs), is_equal(c, their_series, request.series_id))
        expiry_s = field(c, columns["series_expiry_s"], TIME_BITS)
        is_settled = flag(c, columns["series_is_settled"])
        mark_e2 = field(c, columns["series_mark_e2"], PRICE_BITS)
        is_before = _is_not_negative(c, expiry_s.wire - time_s.wire - 1, TIME_BITS)
        size = c.product(is_there.wire, held)
        paid = c.product(size, mark_e2.wire)
        conditions = [
            is_there,
            is_free,
            logical_not(c, is_settled),
            is_before,
            *_fits(c, theirs + size, -(1 << POSITION_BITS), 1 << POSITION_BITS, POSITION_BITS + 2),
            *_fits(c, account.cash_before.wire + paid, 0, 1 << CASH_BITS, PAID_BITS),
            *_fits(c, insurance.cash_before.wire - paid, 0, 1 << CASH_BITS, PAID_BITS),
        ]
        worth = [columns["account_values"], columns["insurance_values"]]
        conditions += [_is_not_negative(c, value, WORTH_BITS) for values in worth for value in values]
        served = all_of(c, conditions)
    moved, moved_cash = c.product(served.wire, size), c.product(served.wire, paid)
    postings = []
    for one, sign in ((account.account, -1), (insurance.account, 1)):
        postings.append(Term(sign * moved, holding_key(one, request.position_slot, request.series_id)))
        postings.append(Term(-sign * moved_cash, c.wire(cash_key(one))))
    holdings = tuple(
        Holdings(
            one.cash_before.wire - sign * paid,
            (*((slot.series_id.wire, slot.before) for slot in one.slots), (request.series_id, sign * size)),
            tuple(values),
        )
        for one, sign, values in ((account, -1, worth[0]), (insurance, 1, worth[1]))
    )
    key = series_key(request.series_id, expiry_s.wire, is_settled.wire, mark_e2.wire)
    parts = (expiry_s, Ranged(is_settled.wire, 1), mark_e2)
    centred = [Ranged(value + (1 << WORTH_BITS), WORTH_BITS + 1) for values in worth for value in values]
    return CloseOut(
        served.wire,
        tuple(postings),
        Term(is_there.wire, key),
        (holdings[0], holdings[1]),
        (*parts, *centred),
    )


@subcircuit
def _is_not_negative(c: Builder, value: Wire, bits: int) -> Bit:
    """1 for 0 <= value < 2^bits, 0 for -2^bits <= value < 0; asserts that it is one of both. Cost: bits + 1."""
    return bits_below(c, value + (1 << bits), bits + 1)[bits]


def _fits(c: Builder, value: Wire, low: int, high: int, bits: int) -> list[Bit]:
    """Whether low <= value < high."""
    return [_is_not_negative(c, value - low, bits), _is_not_negative(c, high - 1 - value, bits)]
