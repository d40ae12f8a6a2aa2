"""Queue entries, as `rollup.transition.queue`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from circuits.frontend import Builder, Wire, subcircuit
from circuits.gadgets.bits import Ranged
from circuits.gadgets.fractions import Term
from circuits.settlement.fields import assert_canonical, bits_below, field, flag, packed
from circuits.settlement.keys import cash_key, limit_key
from circuits.settlement.records import record
from rollup.errors import FieldOutOfRange, WrongQueueResult
from rollup.types.transactions import QueueKind
from rollup.types.words import KIND_BITS
from rollup.units import ACCOUNT_ID_BITS, CASH_BITS, POSITION_SLOT_BITS, SERIES_ID_BITS, VALUE_BITS

QUEUE_ENTRY: Final = record(
    is_registration=(),
    is_deposit=(),
    is_forced_withdrawal=(),
    is_close_out=(),
    account=(),
    amount_e6=(),
    position_slot=(),
    series_id=(),
    key=(2,),
    limit_e6=(),
)

LIMIT_BITS: Final = VALUE_BITS + 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A place of the section. `limit` is what the account may withdraw, centred, if the entry asks for it.

    `served` and `words` are those of all entries but close-outs, which `close_outs` answers.
    """

    account: Ranged
    key: tuple[Wire, Wire]
    is_registration: Wire
    is_forced_withdrawal: Wire
    is_close_out: Wire
    position_slot: Ranged
    series_id: Ranged
    limit_key: Wire
    limit: Ranged
    postings: tuple[Term, ...]
    served: Wire
    words: tuple[Wire, Wire, Wire]


@subcircuit
def queue_entry(c: Builder, row: Sequence[Wire]) -> Entry:
    """Asserts the rules of one entry; a place that is not used has no kind.

    No place has two kinds: `used` would be 2 or more, and the word of such a place is 0, which has no kind at all.

    Cost: 268. Rules: `FieldOutOfRange`, `WrongQueueResult`; that the limit is the account's is for the argument.
    """
    columns = QUEUE_ENTRY.read(row)
    registration, deposit, forced, close_out = (
        flag(c, columns[f"is_{name}"]) for name in ("registration", "deposit", "forced_withdrawal", "close_out")
    )
    used = registration.wire + deposit.wire + forced.wire + close_out.wire
    account = field(c, columns["account"], ACCOUNT_ID_BITS)
    amount_e6 = field(c, columns["amount_e6"], CASH_BITS)
    position_slot = field(c, columns["position_slot"], POSITION_SLOT_BITS)
    series_id = field(c, columns["series_id"], SERIES_ID_BITS)
    first, second = columns["key"]
    with c.rule(FieldOutOfRange):
        c.assert_product(1 - registration.wire, first, 0)
        c.assert_product(1 - registration.wire, second, 0)
        c.assert_product(close_out.wire, amount_e6.wire, 0)
        c.assert_product(1 - close_out.wire, position_slot.wire + series_id.wire * (1 << POSITION_SLOT_BITS), 0)
    limit = Ranged(columns["limit_e6"] + (1 << VALUE_BITS), LIMIT_BITS)
    with c.rule(WrongQueueResult):
        bits_below(c, limit.wire, LIMIT_BITS)
        is_possible = bits_below(c, columns["limit_e6"] - amount_e6.wire + (1 << LIMIT_BITS), LIMIT_BITS + 1)[
            LIMIT_BITS
        ]
    paid = c.product(forced.wire, is_possible.wire)
    amount = c.product(1 - forced.wire - paid, amount_e6.wire)
    kind = (
        int(QueueKind.REGISTER) * registration.wire
        + int(QueueKind.DEPOSIT) * deposit.wire
        + int(QueueKind.FORCED_WITHDRAWAL) * forced.wire
        + int(QueueKind.FORCED_CLOSE_OUT) * close_out.wire
    )
    word = packed(c, (Ranged(kind, KIND_BITS), account, amount_e6, position_slot, series_id))
    assert_canonical(c, used, word)
    return Entry(
        account,
        (first, second),
        registration.wire,
        forced.wire,
        close_out.wire,
        position_slot,
        series_id,
        limit_key(account.wire, limit.wire),
        limit,
        (Term(amount, c.wire(cash_key(account.wire))),),
        registration.wire + deposit.wire + paid,
        (word, first, second),
    )
