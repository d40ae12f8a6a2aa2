"""What an account holds, and money that leaves it."""

from __future__ import annotations

from rollup.types.orders import Operation, SignedOperation, Transfer, Withdrawal
from sequencer.api.account_views import margins, positions, summary
from sequencer.api.building import signature_of
from sequencer.api.errors import InvalidParameters, Undecided, UnknownRecord
from sequencer.api.methods.market import views
from sequencer.api.methods.method import Access, Method, method
from sequencer.api.numbers import integer
from sequencer.api.projection.records import operation_id
from sequencer.api.services import Call
from sequencer.api.types import answers as a
from sequencer.api.types import parameters as p
from sequencer.messages import Operate
from sequencer.venue.errors import AlreadyKnown


async def get_positions(call: Call, _: p.NoParameters) -> a.Positions:
    """What the caller holds, with all fills that are durable."""
    found = await call.services.account(call.account())
    return a.Positions(positions=positions(call.services.projection, found.positions), sequence=found.sequence)


async def get_margins(call: Call, _: p.NoParameters) -> a.Margins:
    """The caller's equity in every scenario, and what must be kept of it."""
    return margins(await call.services.account(call.account()))


async def get_account_summary(call: Call, _: p.NoParameters) -> a.AccountSummary:
    """The caller's account at one glance, with the nonces that are used up."""
    found = await call.services.account(call.account())
    return summary(call.services.projection, found)


async def withdraw(call: Call, given: p.Withdrawal) -> a.Operation:
    """Takes cash out to L1, to the owner's address, once the batch is executed. Signed by the account's key."""
    return await _operate(call, given, Withdrawal(*_common(given), integer("amount_e6", given.amount_e6)))


async def transfer(call: Call, given: p.Transfer) -> a.Operation:
    """Sends cash to another account. Signed by the account's key."""
    to, amount_e6 = integer("to", given.to), integer("amount_e6", given.amount_e6)
    return await _operate(call, given, Transfer(*_common(given), to, amount_e6))


def _common(given: p.Withdrawal) -> tuple[int, int, int]:
    return integer("account", given.account), integer("slot", given.slot), integer("nonce", given.nonce)


async def _operate(call: Call, given: p.Withdrawal, operation: Operation) -> a.Operation:
    signature = signature_of(given.signature_r_x, given.signature_r_y, given.signature_s)
    return await operate(call, SignedOperation(operation, signature))


async def operate(call: Call, signed: SignedOperation) -> a.Operation:
    """Hands in what the caller's key has signed. Exactly the same again changes nothing."""
    call.require_owner(signed.operation.account)
    is_repeated = False
    try:
        await call.services.submit(Operate(signed), signed.operation.account)
    except AlreadyKnown:
        is_repeated = True
    shown = views(call)
    record = call.services.projection.fills.operation(operation_id(signed))
    if record is None:
        raise Undecided
    return shown.operation(record, is_repeated=is_repeated)


async def get_operation_state(call: Call, given: p.OneOperation) -> a.Operation:
    """One of the caller's cancels, transfers and withdrawals, and how far it has come."""
    parts = given.operation_id.split("-")
    if len(parts) != len(("kind", "account", "slot", "nonce")):
        raise InvalidParameters("an operation's id is kind-account-slot-nonce", parameter="operation_id")
    call.require_owner(integer("operation_id", parts[1]))
    shown = views(call)
    record = call.services.projection.fills.operation(given.operation_id)
    if record is None:
        raise UnknownRecord(operation_id=given.operation_id)
    return shown.operation(record)


METHODS: tuple[Method, ...] = (
    method("private/get_positions", p.NoParameters, a.Positions, get_positions, cost=2),
    method("private/get_margins", p.NoParameters, a.Margins, get_margins, cost=2),
    method("private/get_account_summary", p.NoParameters, a.AccountSummary, get_account_summary, cost=2),
    method("private/withdraw", p.Withdrawal, a.Operation, withdraw, access=Access.ACCOUNT_KEY),
    method("private/transfer", p.Transfer, a.Operation, transfer, access=Access.ACCOUNT_KEY),
    method("private/get_operation_state", p.OneOperation, a.Operation, get_operation_state),
)
