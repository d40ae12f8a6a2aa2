"""Operations of one account, as `rollup.transition.operations`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from circuits.frontend import Builder, Wire, subcircuit
from circuits.gadgets.bits import Ranged
from circuits.gadgets.fractions import Term
from circuits.gadgets.poseidon import poseidon
from circuits.settlement.fields import assert_canonical, field, flag, is_used, packed
from circuits.settlement.keys import cash_key
from circuits.settlement.legs import SIGNATURE, Leg, check_signature, signed_inputs, slot_event
from circuits.settlement.records import record
from circuits.settlement.trades import assert_distinct
from rollup.errors import FieldOutOfRange
from rollup.types.orders import KIND_BITS, MessageKind
from rollup.types.words import KIND_BITS as WORD_KIND_BITS
from rollup.units import ACCOUNT_ID_BITS, CANCELLED_SIZE_E4, CASH_BITS, NONCE_BITS, ORDER_SLOT_BITS

OPERATION: Final = record(
    is_cancel=(),
    is_transfer=(),
    is_withdrawal=(),
    account=(),
    slot=(),
    nonce=(),
    to=(),
    amount_e6=(),
    slot_before=(),
    **dict(SIGNATURE.columns),
)


@dataclass(frozen=True, slots=True)
class Operation:
    """A place of the section. `withdrawn_e6` leaves to L1."""

    used: Wire
    leg: Leg
    postings: tuple[Term, ...]
    word: Wire


@subcircuit
def operation(c: Builder, row: Sequence[Wire], domain: Wire) -> Operation:
    """Asserts the rules of one operation; a place that is not used has no kind and the padding signature.

    No place has two kinds: `used` is a bit, since a nonce says the same.

    Cost: 2,989. Rules: `FieldOutOfRange`, `OwnCounterparty`, `OrderNotOpen`, and those of a signature.
    """
    columns = OPERATION.read(row)
    cancel, transfer, withdrawal = (flag(c, columns[f"is_{kind}"]) for kind in ("cancel", "transfer", "withdrawal"))
    used = cancel.wire + transfer.wire + withdrawal.wire
    account = field(c, columns["account"], ACCOUNT_ID_BITS)
    slot = field(c, columns["slot"], ORDER_SLOT_BITS)
    nonce = field(c, columns["nonce"], NONCE_BITS)
    to = field(c, columns["to"], ACCOUNT_ID_BITS)
    amount_e6 = field(c, columns["amount_e6"], CASH_BITS)
    with c.rule(FieldOutOfRange):
        c.assert_product(1 - transfer.wire, to.wire, 0)
        c.assert_equal(is_used(c, amount_e6.wire), transfer.wire + withdrawal.wire)
    kind = (
        int(MessageKind.CANCEL) * cancel.wire
        + int(MessageKind.TRANSFER) * transfer.wire
        + int(MessageKind.WITHDRAWAL) * withdrawal.wire
    )
    signed = signed_inputs(columns)
    message = poseidon(c, [domain * (1 << KIND_BITS) + kind, packed(c, (account, slot, nonce, to, amount_e6))])
    signature = check_signature(c, signed, message)
    closed = CANCELLED_SIZE_E4 * used
    event = slot_event(c, columns["slot_before"], nonce, closed, closed)
    assert_distinct(c, account.wire, to.wire, transfer.wire)
    sent = c.product(transfer.wire, amount_e6.wire)
    postings = (
        Term(-amount_e6.wire, c.wire(cash_key(account.wire))),
        Term(sent, c.wire(cash_key(to.wire))),
    )
    word = packed(c, (Ranged(kind, WORD_KIND_BITS), account, slot, nonce, to, amount_e6))
    assert_canonical(c, used, word, nonce.wire)
    return Operation(used, Leg(account, slot, nonce, signed.key, event, signature), postings, word)
