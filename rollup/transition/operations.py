"""Operations of one account: cancel, transfer, withdraw. Each closes its order slot under its nonce."""

from __future__ import annotations

from rollup.errors import OwnCounterparty
from rollup.ledger import CASH, Ledger
from rollup.order_slots import cancelling
from rollup.transition.bench import Bench
from rollup.types.orders import Operation, SignedOperation, Transfer, Withdrawal


def apply_operation(bench: Bench, signed: SignedOperation, where: str) -> None:
    """Posts what leaves the account, and closes the slot.

    Broken rules: `OwnCounterparty`, `UnknownAccount`, `BadSignature`.
    """
    operation = signed.operation
    if bench.known(operation.account, where) is not None:
        bench.check_signature(signed, operation.account, where)
    bench.fills.append(cancelling(where, operation.account, operation.slot, operation.nonce))
    if isinstance(operation, Transfer):
        bench.referee.require(operation.to != operation.account, OwnCounterparty, where, account=operation.to)
        bench.known(operation.to, where)
    post_operation(bench.ledger, operation)


def post_operation(ledger: Ledger, operation: Operation) -> None:
    """Cash goes to another account, or out to L1, or stays where it is."""
    if isinstance(operation, Transfer):
        ledger.pay(operation.account, operation.to, operation.amount_e6)
    elif isinstance(operation, Withdrawal):
        ledger.post(operation.account, CASH, -operation.amount_e6)
