"""What trades, operations and liquidations that were found good before leave in accounts: sums, no questions.

For reading a long log again. `rollup.transition` comes to the same accounts, and asks whether it may.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from rollup.state import State
from rollup.transition.orders import fee_of
from rollup.types.accounts import EMPTY_POSITION, Account, OrderState, Position
from rollup.types.batches import Batch
from rollup.types.orders import Order, Transfer
from rollup.units import CANCELLED_SIZE_E4, FEE_ACCOUNT, INSURANCE_ACCOUNT


@dataclass(slots=True)
class Sums:
    """By account: cash; positions by position slot, as series and size; what was filled by order slot and nonce."""

    cash_e6: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    sizes_e4: dict[int, dict[int, tuple[int, int]]] = field(default_factory=dict)
    fills: dict[int, dict[int, tuple[int, int]]] = field(default_factory=dict)

    def fill(self, order: Order, slot: int, price_e2: int, size_e4: int, rate_ppm: int) -> None:
        """One side of a trade, and its fee."""
        fee_e6 = fee_of(price_e2 * size_e4, rate_ppm)
        self.cash_e6[FEE_ACCOUNT] += fee_e6
        self.move(order.account, slot, order.series_id, order.sign * size_e4, price_e2, fee_e6)
        self.use(order.account, order.slot, order.nonce, size_e4)

    def move(self, account: int, slot: int, series_id: int, amount_e4: int, price_e2: int, paid_e6: int) -> None:
        """A position for cash, above 0 to buy."""
        self.cash_e6[account] -= amount_e4 * price_e2 + paid_e6
        sizes = self.sizes_e4.setdefault(account, {})
        sizes[slot] = series_id, amount_e4 + (sizes[slot][1] if slot in sizes else 0)

    def use(self, account: int, slot: int, nonce: int, size_e4: int) -> None:
        """A fill of an order slot; only the largest nonce is kept."""
        fills = self.fills.setdefault(account, {})
        last, filled_e4 = fills.get(slot, (0, 0))
        if nonce >= last:
            fills[slot] = nonce, size_e4 + (filled_e4 if nonce == last else 0)


def can_book(batch: Batch) -> bool:
    """Whether a batch has nothing that depends on the state before it."""
    return not batch.queue and not batch.settlements


def booked_accounts(state: State, batch: Batch) -> dict[int, Account]:
    """The accounts after a batch that `can_book`. Raises `LookupError` for one that is not there."""
    sums = Sums()
    maker_ppm, taker_ppm = batch.maker_fee_ppm, batch.taker_fee_ppm
    for trade in batch.trades:
        price_e2, size_e4 = trade.price_e2, trade.size_e4
        sums.fill(trade.maker.order, trade.maker_position_slot, price_e2, size_e4, maker_ppm)
        sums.fill(trade.taker.order, trade.taker_position_slot, price_e2, size_e4, taker_ppm)
    for one in batch.liquidations:
        order, paid_e6 = one.liquidator.order, one.penalty_e6 - one.subsidy_e6
        sums.fill(order, one.liquidator_position_slot, one.price_e2, one.size_e4, taker_ppm)
        sums.move(one.account, one.position_slot, order.series_id, -order.sign * one.size_e4, one.price_e2, paid_e6)
        sums.cash_e6[INSURANCE_ACCOUNT] += paid_e6
    for signed in batch.operations:
        operation = signed.operation
        sums.use(operation.account, operation.slot, operation.nonce, CANCELLED_SIZE_E4)
        sums.cash_e6[operation.account] -= operation.amount_e6
        if isinstance(operation, Transfer):
            sums.cash_e6[operation.to] += operation.amount_e6
    return {account_id: _after(state, sums, account_id, cash_e6) for account_id, cash_e6 in sums.cash_e6.items()}


def _after(state: State, sums: Sums, account_id: int, cash_e6: int) -> Account:
    account = state.account(account_id)
    if account is None:
        raise LookupError(f"no account {account_id}")
    positions, orders = list(account.positions), list(account.orders)
    for slot, (series_id, amount_e4) in sums.sizes_e4.get(account_id, {}).items():
        size_e4 = positions[slot].size_e4 + amount_e4
        if amount_e4:
            positions[slot] = Position(series_id, size_e4) if size_e4 else EMPTY_POSITION
    for slot, (nonce, filled_e4) in sums.fills.get(account_id, {}).items():
        before_e4 = orders[slot].filled_e4 if orders[slot].nonce == nonce else 0
        orders[slot] = OrderState(nonce, before_e4 + filled_e4)
    return Account(account.key, account.cash_e6 + cash_e6, tuple(positions), tuple(orders))
