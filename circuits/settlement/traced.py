"""A trace as those see it who fill in inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rollup.ledger import net_postings
from rollup.margin import withdrawable_e6
from rollup.trace import Trace
from rollup.transition import Touched
from rollup.types.accounts import EMPTY_POSITION, Position
from rollup.types.transactions import ForcedCloseOut

NO_KEY: Final = (0, 0)


class Traced:
    """What a trace says, by account and by series."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.preset, self.batch, self.outcome = trace.preset, trace.batch, trace.applied.outcome
        self.touched = {one.account_id: one for one in self.outcome.touched}
        self.nets = net_postings(self.outcome.postings)
        self.rows = {step.row.series.series_id: step.row for step in trace.rows}

    def series_columns(self, series_id: int) -> dict[str, int]:
        """What a fill or settlement claims of its series."""
        row = self.rows[series_id]
        return {
            "series_expiry_s": row.series.expiry_s,
            "series_is_settled": int(row.is_settled),
            "series_mark_e2": row.mark_e2,
        }

    def is_held(self, entry: ForcedCloseOut) -> bool:
        """Whether the account held what is to be closed out."""
        return self.held(entry).series_id == entry.series_id

    def held(self, entry: ForcedCloseOut) -> Position:
        """What the slot held at the start."""
        before = self.touched[entry.account].before
        return EMPTY_POSITION if before is None else before.positions[entry.position_slot]


def limit_e6(touched: Touched) -> int:
    """What could be withdrawn from an account before the batch."""
    return withdrawable_e6(touched.before, touched.values_before)


def padded(rows: Sequence[Any], nothing: Any, count: int) -> list[Any]:
    """A section, its unused places filled."""
    return [*rows, *([nothing] * (count - len(rows)))]
