"""What the modules of the transition work on: one batch, its ledger, and what is to be looked at afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rollup.crypto import Claim
from rollup.errors import BadSignature, SeriesNotLive, UnknownAccount, UnknownSeries
from rollup.ledger import Ledger
from rollup.order_slots import Fill
from rollup.referee import Referee
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.types.accounts import Account
from rollup.types.batches import Batch
from rollup.types.orders import Order, SignedOperation, SignedOrder, operation_message_inputs
from rollup.types.series import SeriesRow
from rollup.types.transactions import Registration


@dataclass(slots=True)
class Bench:
    """One batch at work. `fills` are kept in the order of the batch's signed legs: trades, operations, liquidations."""

    state: State
    table: RiskTable
    batch: Batch
    referee: Referee
    ledger: Ledger = field(default_factory=Ledger)
    fills: list[Fill] = field(default_factory=list)
    served: list[bool] = field(default_factory=list)
    registered: dict[int, Account] = field(default_factory=dict)
    examined: set[int] = field(default_factory=set)
    liquidated: set[int] = field(default_factory=set)
    subsidised: set[int] = field(default_factory=set)
    settled: set[tuple[int, int]] = field(default_factory=set)
    signed: dict[int, bool] = field(default_factory=dict)

    def before(self, account_id: int) -> Account | None:
        """The account at the start of the batch; one that the batch registers has its key and nothing else."""
        found = self.state.account(account_id)
        return self.registered.get(account_id) if found is None else found

    def known(self, account_id: int, where: str) -> Account | None:
        """As `before`. Broken rule: `UnknownAccount`."""
        found = self.before(account_id)
        self.referee.require(found is not None, UnknownAccount, where, account=account_id)
        return found

    def row(self, series_id: int, where: str) -> SeriesRow | None:
        """The row of a series. Broken rule: `UnknownSeries`."""
        found = self.table.row(series_id)
        self.referee.require(found is not None, UnknownSeries, where, series_id=series_id)
        return found

    def live_row(self, series_id: int, where: str) -> SeriesRow | None:
        """The row of a series that is traded. Broken rules: `UnknownSeries`, `SeriesNotLive`."""
        found = self.row(series_id, where)
        if found is not None:
            is_live = not found.is_settled and self.batch.time_s < found.series.expiry_s
            self.referee.require(is_live, SeriesNotLive, where, series_id=series_id)
        return found

    def check_signature(self, signed: SignedOrder | SignedOperation, account_id: int, where: str) -> None:
        """Broken rule: `BadSignature`. All signatures of the batch were verified at once before."""
        good = self.signed.get(id(signed), True)
        self.referee.require(good, BadSignature, where, account=account_id)

    def verify_signatures(self) -> None:
        """Verifies every signature of the batch whose account is known."""
        batch = self.batch
        signed: list[SignedOrder | SignedOperation] = [
            *(order for trade in batch.trades for order in (trade.maker, trade.taker)),
            *batch.operations,
            *(liquidation.liquidator for liquidation in batch.liquidations),
        ]
        found = [(one, self.before(_account_of(one))) for one in signed]
        known = [(one, account) for one, account in found if account is not None]
        if not known:
            return
        claims = [Claim(account.key, self._message_inputs(one), one.signature) for one, account in known]
        for (one, _), good in zip(known, self.state.crypto.verify_many(claims), strict=True):
            self.signed[id(one)] = good

    def register(self, entries: Sequence[Registration]) -> None:
        """Makes the keys of new accounts known to the whole batch."""
        for entry in entries:
            self.registered.setdefault(entry.account, Account(entry.key))

    def _message_inputs(self, signed: SignedOrder | SignedOperation) -> tuple[int, int]:
        if isinstance(signed, SignedOrder):
            return signed.order.message_inputs(self.batch.domain)
        return operation_message_inputs(signed.operation, self.batch.domain)


def fill_of(order: Order, amount_e4: int, where: str) -> Fill:
    """A fill of an order."""
    return Fill(where, order.account, order.slot, order.nonce, order.size_e4, amount_e4)


def _account_of(signed: SignedOrder | SignedOperation) -> int:
    return signed.order.account if isinstance(signed, SignedOrder) else signed.operation.account
