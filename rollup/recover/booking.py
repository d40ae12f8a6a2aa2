"""Books a decoded batch.

What a proof has shown is not asked again: signatures, limits, margin. What follows from state and words is booked by
the same functions as in the transition, and the root must come out as the words say.
"""

from __future__ import annotations

from rollup.errors import RollupError, WrongQueueResult
from rollup.ledger import Holding, booked
from rollup.order_slots import Fill, cancelling, fill_slots, last_states
from rollup.recover.decoded import DecodedBatch, OrderPlace
from rollup.referee import Referee
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.transition.bench import Bench
from rollup.transition.liquidations import post_liquidated
from rollup.transition.operations import post_operation
from rollup.transition.orders import post_fill
from rollup.transition.queue import apply_queue_entry
from rollup.transition.settlements import apply_settlement
from rollup.types.accounts import Account
from rollup.types.transactions import Registration
from rollup.units import CANCELLED_SIZE_E4


class RootMismatch(RollupError):
    """A root in the words is not the one that there is."""

    def __init__(self, name: str, claimed: int, found: int) -> None:
        super().__init__(f"{name}: the words say {claimed:#x}, but it is {found:#x}")
        self.name, self.claimed, self.found = name, claimed, found


def replay(state: State, table: RiskTable, decoded: DecodedBatch) -> None:
    """Changes the state by a batch that was proved. If it raises, nothing has changed.

    Raises `RootMismatch` if a root is not as the words say, and the rule that is broken for words that nothing proves.
    """
    _require_root("state before", decoded.roots.before, state.root)
    _require_root("risk table", decoded.roots.risk, table.root)
    bench = Bench(state, table, decoded.unsigned, Referee())
    _post_everything(bench, decoded)
    accounts = _booked(bench)
    bench.referee.verdict()
    before = {account_id: state.account(account_id) for account_id in accounts}
    state.put(accounts)
    try:
        _require_root("state after", decoded.roots.after, state.root)
    except RootMismatch:
        state.put(before)
        raise


def _post_everything(bench: Bench, decoded: DecodedBatch) -> None:
    batch, ledger = decoded.unsigned, bench.ledger
    bench.register([entry for entry in batch.queue if isinstance(entry, Registration)])
    for i, (entry, served) in enumerate(zip(batch.queue, decoded.served, strict=True)):
        apply_queue_entry(bench, entry, f"queue entry {i}")
        bench.referee.require(bench.served[i] == served, WrongQueueResult, f"queue entry {i}")
    for i, trade in enumerate(decoded.trades):
        bought_e4 = trade.size_e4 if trade.maker_is_buy else -trade.size_e4
        for side, order, slot, amount_e4, rate_ppm in (
            ("maker", trade.maker, trade.maker_position_slot, bought_e4, batch.maker_fee_ppm),
            ("taker", trade.taker, trade.taker_position_slot, -bought_e4, batch.taker_fee_ppm),
        ):
            bench.fills.append(_fill_of(order, trade.size_e4, f"trade {i}, {side}"))
            post_fill(ledger, order.account, Holding(slot, trade.series_id), amount_e4, trade.price_e2, rate_ppm)
    for i, operation in enumerate(decoded.operations):
        bench.fills.append(cancelling(f"operation {i}", operation.account, operation.slot, operation.nonce))
        post_operation(ledger, operation)
    for i, one in enumerate(decoded.liquidations):
        bought_e4 = one.size_e4 if one.liquidator_is_buy else -one.size_e4
        order, theirs = one.liquidator, Holding(one.liquidator_position_slot, one.series_id)
        bench.fills.append(_fill_of(order, one.size_e4, f"liquidation {i}"))
        post_fill(ledger, order.account, theirs, bought_e4, one.price_e2, batch.taker_fee_ppm)
        holding = Holding(one.position_slot, one.series_id)
        post_liquidated(ledger, one.account, holding, -bought_e4, one.price_e2, one.penalty_e6 - one.subsidy_e6)
    for i, settlement in enumerate(batch.settlements):
        apply_settlement(bench, settlement, f"settlement {i}")


def _fill_of(order: OrderPlace, amount_e4: int, where: str) -> Fill:
    """What the order was signed for is not known any more, only that this was within it."""
    return Fill(where, order.account, order.slot, order.nonce, CANCELLED_SIZE_E4, amount_e4)


def _booked(bench: Bench) -> dict[int, Account]:
    nets = bench.ledger.nets()
    states = last_states(bench.fills, fill_slots(bench.fills, bench.before, bench.referee))
    accounts = {}
    for account_id in sorted({*nets, *states, *bench.registered}):
        start = bench.known(account_id, f"account {account_id}")
        if start is not None:
            moved = booked(account_id, start, nets.get(account_id, {}), bench.referee)
            accounts[account_id] = moved.with_orders(states.get(account_id, {}))
    return accounts


def _require_root(name: str, claimed: int, found: int) -> None:
    if claimed != found:
        raise RootMismatch(name, claimed, found)
