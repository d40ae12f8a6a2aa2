"""Traces of batches with few and large calls of the hash: what `rollup.trace` makes account by account.

Between two accounts of a batch nothing but their own paths changes. So all paths are followed one level at a time: the
hashes of a level depend on the level below alone, and are asked for all at once.
"""

from __future__ import annotations

from rollup.batch_application import AppliedBatch
from rollup.presets import Preset
from rollup.risk_table import RiskTable
from rollup.trace import AccountStep, RowStep, Trace, slot_series
from rollup.transition import transition
from rollup.transition.transition import series_of
from rollup.types.accounts import Account
from rollup.types.batches import Batch, Roots
from sequencer.venue.deferred_state import DeferredState


def trace_batch(state: DeferredState, table: RiskTable, batch: Batch, preset: Preset) -> Trace:
    """As `rollup.trace.trace_batch`: changes the state, or raises and has not."""
    outcome = transition(state, table, batch, preset)
    before, account_crown = state.root, state.crown(preset.account_crown)
    steps: list[tuple[int, Account | None]] = [(one.account_id, one.after) for one in outcome.touched]
    examined, look = sum(one.is_examined for one in outcome.touched), (preset.max_accounts, None)
    paths = state.replace_in_turn([*steps[:examined], look, *steps[examined:], look])
    between, after = paths.pop(examined), paths.pop()
    roots = Roots(before, state.root, table.root)
    accounts = (AccountStep(one, path, slot_series(one)) for one, path in zip(outcome.touched, paths, strict=True))
    rows = (
        RowStep(row, table.path(series_id))
        for series_id in series_of(batch, outcome.touched)
        if (row := table.row(series_id))
    )
    return Trace(
        preset,
        AppliedBatch(outcome, roots, preset),
        tuple(accounts),
        tuple(rows),
        no_account=(between, after),
        no_row=table.path(preset.max_series),
        account_crown=account_crown,
        row_crown=table.crown(preset.series_crown),
    )
