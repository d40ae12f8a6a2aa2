"""What a batch touched, in the order in which the circuit looks at it."""

from __future__ import annotations

from dataclasses import dataclass

from rollup.batch_application import AppliedBatch
from rollup.presets import Preset
from rollup.referee import Referee
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.transition import Touched, transition
from rollup.transition.transition import series_of
from rollup.tree import Path
from rollup.types.accounts import Account
from rollup.types.batches import Batch, Roots
from rollup.types.series import SeriesRow
from rollup.units import POSITION_SLOTS


@dataclass(frozen=True, slots=True)
class AccountStep:
    """One account is replaced in the tree. `path` is the one before it, after all earlier steps.

    `slot_series` has the series of each position slot during the batch, 0 for one that stays empty; shape (16,).
    """

    touched: Touched
    path: Path
    slot_series: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RowStep:
    """A series row that the batch looks at, and where it stands in the risk table."""

    row: SeriesRow
    path: Path


@dataclass(frozen=True, slots=True)
class Trace:
    """All that a proof of the batch is made from. `no_account` and `no_row` lead to places that are never used.

    The first path of `no_account` is that after all examined accounts were replaced, the second after all.
    The crowns are the nodes near the root before the batch.
    """

    preset: Preset
    applied: AppliedBatch
    accounts: tuple[AccountStep, ...]
    rows: tuple[RowStep, ...]
    no_account: tuple[Path, Path]
    no_row: Path
    account_crown: tuple[int, ...]
    row_crown: tuple[int, ...]

    @property
    def batch(self) -> Batch:
        """The batch."""
        return self.applied.outcome.batch


def trace_batch(state: State, table: RiskTable, batch: Batch, preset: Preset, referee: Referee | None = None) -> Trace:
    """As `apply_batch`, account by account. With a referee, a broken batch is traced too: for tests of refusals."""
    outcome = transition(state, table, batch, preset, referee)
    before, account_crown, steps = state.root, state.crown(preset.account_crown), []
    between = state.path(preset.max_accounts)
    for touched in outcome.touched:
        path = state.path(touched.account_id)
        state.put({touched.account_id: touched.after})
        steps.append(AccountStep(touched, path, slot_series(touched)))
        between = state.path(preset.max_accounts) if touched.is_examined else between
    roots = Roots(before, state.root, table.root)
    rows = [
        RowStep(row, table.path(series_id))
        for series_id in series_of(batch, outcome.touched)
        if (row := table.row(series_id))
    ]
    return Trace(
        preset,
        AppliedBatch(outcome, roots, preset),
        tuple(steps),
        tuple(rows),
        no_account=(between, state.path(preset.max_accounts)),
        no_row=table.path(preset.max_series),
        account_crown=account_crown,
        row_crown=table.crown(preset.series_crown),
    )


def slot_series(touched: Touched) -> tuple[int, ...]:
    """The series of each position slot: what it held before, else what it holds after."""
    before: Account | None = touched.before
    held = (0,) * POSITION_SLOTS if before is None else tuple(one.series_id for one in before.positions)
    after = (one.series_id for one in touched.after.positions)
    return tuple(old or new for old, new in zip(held, after, strict=True))
