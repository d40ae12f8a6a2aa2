"""The state transition: a table of contents of what a batch does."""

from __future__ import annotations

from dataclasses import dataclass

from rollup.errors import SectionFull
from rollup.ledger import Posting, booked
from rollup.margin import Values, account_values, require_rows
from rollup.order_slots import Fill, SlotChange, fill_slots, last_states
from rollup.presets import Preset
from rollup.referee import Referee
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.transition.bench import Bench
from rollup.transition.health import check_health
from rollup.transition.liquidations import apply_liquidation, check_liquidated
from rollup.transition.operations import apply_operation
from rollup.transition.queue import apply_queue_entry
from rollup.transition.settlements import apply_settlement
from rollup.transition.trades import apply_trade
from rollup.types.accounts import Account
from rollup.types.batches import Batch
from rollup.types.transactions import ForcedCloseOut, Registration
from rollup.units import INSURANCE_ACCOUNT


@dataclass(frozen=True, slots=True)
class Touched:
    """An account of the batch. `before` is `None` for one that the batch registers; V as `rollup.margin` says."""

    account_id: int
    before: Account | None
    after: Account
    values_before: Values
    values_after: Values
    is_examined: bool
    is_liquidated: bool
    is_subsidised: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a good batch does: accounts (examined ones first, then by id), all postings, fills and queue results."""

    batch: Batch
    touched: tuple[Touched, ...]
    postings: tuple[Posting, ...]
    fills: tuple[Fill, ...]
    slot_changes: tuple[SlotChange, ...]
    served: tuple[bool, ...]

    @property
    def accounts(self) -> dict[int, Account]:
        """The accounts after the batch."""
        return {one.account_id: one.after for one in self.touched}


def transition(state: State, table: RiskTable, batch: Batch, preset: Preset, referee: Referee | None = None) -> Outcome:
    """What a batch does to a state, which is not changed.

    Raises the first broken rule in the order of `rollup.errors.RULES`, and `SectionFull` for more than the preset
    holds. With a referee of the caller's, broken rules are collected there and not raised.
    """
    batch.check_fits(preset)
    bench = Bench(state, table, batch, Referee() if referee is None else referee)
    bench.register([entry for entry in batch.queue if isinstance(entry, Registration)])
    bench.verify_signatures()
    _post_everything(bench)
    changes = fill_slots(bench.fills, bench.before, bench.referee)
    touched = _book(bench, changes)
    _check_counts(bench, touched, preset)
    if referee is None:
        bench.referee.verdict()
    return Outcome(
        batch, touched, tuple(bench.ledger.postings), tuple(bench.fills), tuple(changes), tuple(bench.served)
    )


def _post_everything(bench: Bench) -> None:
    for i, entry in enumerate(bench.batch.queue):
        apply_queue_entry(bench, entry, f"queue entry {i}")
    for i, trade in enumerate(bench.batch.trades):
        apply_trade(bench, trade, f"trade {i}")
    for i, signed in enumerate(bench.batch.operations):
        apply_operation(bench, signed, f"operation {i}")
    for i, liquidation in enumerate(bench.batch.liquidations):
        apply_liquidation(bench, liquidation, f"liquidation {i}")
    for i, settlement in enumerate(bench.batch.settlements):
        apply_settlement(bench, settlement, f"settlement {i}")


def _book(bench: Bench, changes: list[SlotChange]) -> tuple[Touched, ...]:
    nets, states = bench.ledger.nets(), last_states(bench.fills, changes)
    touched = []
    for account_id in sorted({*nets, *states, *bench.registered, *bench.examined}):
        start = bench.known(account_id, f"account {account_id}")
        if start is not None:
            moved = booked(account_id, start, nets.get(account_id, {}), bench.referee)
            after = moved.with_orders(states.get(account_id, {}))
            touched.append(_looked_at(bench, account_id, start, after))
    return tuple(sorted(touched, key=lambda one: (not one.is_examined, _rank(bench.batch, one), one.account_id)))


def _rank(batch: Batch, one: Touched) -> int:
    """A forced close-out has the insurance fund first, and the account second."""
    asked = [entry.account for entry in batch.queue if isinstance(entry, ForcedCloseOut)]
    if not asked or not one.is_examined:
        return 0
    return 0 if one.account_id == INSURANCE_ACCOUNT else 1 if one.account_id in asked else 2


def _looked_at(bench: Bench, account_id: int, start: Account, after: Account) -> Touched:
    row, where = bench.table.row, f"account {account_id}"
    before_v = after_v = account_values(None, row)
    if all(require_rows(account, row, bench.referee, where) for account in (start, after)):
        before_v, after_v = account_values(start, row), account_values(after, row)
        check_liquidated(bench, account_id, start, after, (before_v, after_v))
        check_health(bench, account_id, before_v, after_v)
    return Touched(
        account_id,
        bench.state.account(account_id),
        after,
        before_v,
        after_v,
        account_id in bench.examined,
        account_id in bench.liquidated,
        account_id in bench.subsidised,
    )


def _check_counts(bench: Bench, touched: tuple[Touched, ...], preset: Preset) -> None:
    examined = sum(one.is_examined for one in touched)
    if examined > preset.examined:
        raise SectionFull("examined accounts", examined, preset.examined)
    if len(touched) - examined > preset.accounts - preset.examined:
        raise SectionFull("other touched accounts", len(touched) - examined, preset.accounts - preset.examined)
    series = len(series_of(bench.batch, touched))
    if series > preset.series:
        raise SectionFull("series", series, preset.series)


def series_of(batch: Batch, touched: tuple[Touched, ...]) -> list[int]:
    """The series whose rows a batch needs: held by touched accounts before or after, or named by a transaction."""
    accounts = [account for one in touched for account in (one.before, one.after) if account is not None]
    held = {position.series_id for account in accounts for position in account.positions if position.size_e4}
    named = {
        *(trade.maker.order.series_id for trade in batch.trades),
        *(liquidation.liquidator.order.series_id for liquidation in batch.liquidations),
        *(settlement.series_id for settlement in batch.settlements),
    }
    return sorted(held | named)
