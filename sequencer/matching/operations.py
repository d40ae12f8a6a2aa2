"""Cancels, transfers and withdrawals, as far as they move what orders rest on."""

from __future__ import annotations

from rollup.errors import OrderNotOpen, OwnCounterparty
from rollup.types.orders import Cancel, SignedOperation, Transfer
from rollup.units import COLUMNS
from sequencer.matching.booking import collect
from sequencer.matching.coverage import require_change, require_room
from sequencer.matching.errors import InLiquidation
from sequencer.matching.floor import Floor
from sequencer.matching.requests import Ending
from sequencer.matching.signatures import SignatureCheck
from sequencer.matching.standing import Standing


def operate(floor: Floor, signed: SignedOperation, signatures: SignatureCheck) -> None:
    """Takes an operation: cash leaves at once, and its order slot is closed up to its nonce.

    Cash that open orders may need does not leave. Raises `OwnCounterparty`, `UnknownAccount`, `BadSignature`,
    `OrderNotOpen`, `InLiquidation`, `CashOutOfRange`, `BelowInitialMargin`, `ShortfallGrew`, `EquityOutOfRange`.
    """
    operation = signed.operation
    if isinstance(operation, Transfer) and operation.to == operation.account:
        raise OwnCounterparty("operation", account=operation.to)
    standing = floor.standing(operation.account)
    receiver = floor.standing(operation.to) if isinstance(operation, Transfer) else None
    signatures.require([signed], [standing.key])
    _check_nonce(standing, signed)
    if standing.is_liquidated and not isinstance(operation, Cancel):
        raise InLiquidation(operation.account)
    if operation.amount_e6:
        if receiver is not None:
            require_room(receiver, floor.terms, operation.amount_e6)
        _pay_out(floor, standing, operation.amount_e6)
        if receiver is not None:
            collect(receiver, operation.amount_e6)
    standing.nonces[operation.slot] = max(standing.nonces[operation.slot], operation.nonce)
    order = standing.open.get(operation.slot)
    if order is not None:
        floor.drop(order, Ending.CANCELLED)


def _check_nonce(standing: Standing, signed: SignedOperation) -> None:
    """A cancel may carry the nonce of an order of which nothing is filled; all else needs a larger one."""
    operation = signed.operation
    order = standing.open.get(operation.slot)
    if isinstance(operation, Cancel) and order is not None and order.nonce == operation.nonce and not order.filled_e4:
        return
    if operation.nonce <= standing.nonces[operation.slot]:
        raise OrderNotOpen(
            "operation", account=operation.account, nonce=operation.nonce, slot_nonce=standing.nonces[operation.slot]
        )


def _pay_out(floor: Floor, standing: Standing, amount_e6: int) -> None:
    if standing.slack_e6 < amount_e6:
        require_change(standing, floor.terms, [-amount_e6] * (COLUMNS + 1))
    standing.cash_e6 -= amount_e6
    standing.slack_e6 -= amount_e6
    standing.has_traded = True
