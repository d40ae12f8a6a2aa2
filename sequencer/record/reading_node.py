"""Facts, counts, the queue, workers and log lines out of the record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sequencer.record.encoding import value_of
from sequencer.record.node_types import LogRow, QueueRow, RunCounts, RunFacts, RunState, WorkerRow
from sequencer.record.record_file import RecordFile
from sequencer.record.run_file import facts_of

QUEUE: Final = (
    "SELECT place, kind, account, amount_e6, series_id, position_slot, received_ms, batch, is_served FROM queue",
)
WORKERS: Final = """SELECT name, time_ms, state, phase, number, for_s, process_id, proofs, failures, last_failure
    FROM workers ORDER BY name"""
FIRST_AND_LAST: Final = """SELECT COALESCE((SELECT MIN(number) FROM batches), 0),
    COALESCE((SELECT MAX(number) FROM batches), 0)"""  # asked for together, SQLite would count through all of them
FIRST_WITHOUT_PROOF: Final = """SELECT MIN(number) FROM batches LEFT JOIN stages USING (number)
    WHERE proved_ms IS NULL AND proven_ms IS NULL AND number > ?"""
NO_FACTS: Final = RunFacts(preset="", chain_id=0, contracts={}, started_ms=0)


class NodeReading(RecordFile):
    """What is not about one batch or one price."""

    def facts(self) -> RunFacts:
        """What does not change; `preset` is empty as long as nobody has said anything. Raises `RecordDamaged`."""
        found = self._fact("run")
        return NO_FACTS if found is None else facts_of(found, self.path)

    def counts(self) -> RunCounts:
        """All that was counted."""
        found: dict[str, dict[str, int]] = {}
        for kind, name, value in self._rows("SELECT kind, name, value FROM counts"):
            found.setdefault(kind, {})[name] = value
        fills = found.get("fill", {})
        return RunCounts(
            messages=found.get("message", {}),
            refused=found.get("refused", {}),
            removals=found.get("removal", {}),
            trades=fills.get("trades", 0),
            liquidations=fills.get("liquidations", 0),
            lost=found.get("lost", {}).get("things", 0),
        )

    def state(self) -> RunState:
        """How far everything is. A fraction of a millisecond as long as proofs keep up."""
        ((first, sealed),) = self._rows(FIRST_AND_LAST)
        executed = self._furthest("executed_ms IS NOT NULL")
        proven = max(executed, self._furthest("proven_ms IS NOT NULL"))
        ((without,),) = self._rows(FIRST_WITHOUT_PROOF, (proven,))
        return RunState(
            first_batch=first,
            sealed=sealed,
            proved=sealed if without is None else without - 1,
            committed=max(proven, self._furthest("committed_ms IS NOT NULL")),
            proven=proven,
            executed=executed,
            final_executed=self._furthest("is_final = 1"),
            updated_ms=int(self._fact("updated_ms") or 0),
        )

    def queue(
        self, before: int | None = None, limit: int = 100, *, batch: int | None = None, only_waiting: bool = False
    ) -> tuple[QueueRow, ...]:
        """L1's queue, below place `before`, the newest first."""
        conditions: list[tuple[str, Any]] = [
            ("place < ?", before),
            ("batch = ?", batch),
            ("batch IS NULL AND 1 = ?", 1 if only_waiting else None),
        ]
        return self._made(_entry, self._page(QUEUE, conditions, "place DESC", limit))

    def workers(self) -> tuple[WorkerRow, ...]:
        """By name."""
        return tuple(WorkerRow(*row) for row in self._rows(WORKERS))

    def log(
        self,
        before: int | None = None,
        limit: int = 100,
        *,
        levels: Sequence[str] | None = None,
        contains: str | None = None,
        after: int | None = None,
    ) -> tuple[LogRow, ...]:
        """Below id `before` and above `after`, the newest first; `contains` in the text or the fields."""
        marks = ", ".join("?" * len(levels or ()))
        asked = [f"level IN ({marks})"] if levels is not None else []
        if contains is not None:
            asked.append("INSTR(LOWER(text || ' ' || source || ' ' || fields), LOWER(?))")
        asked += ["id < ?"] * (before is not None) + ["id > ?"] * (after is not None)
        given = [*(levels or ()), *(value for value in (contains, before, after) if value is not None), limit]
        where = ["WHERE", " AND ".join(asked)] if asked else []
        what = ["SELECT id, time_ms, level, source, text, fields FROM log", *where, "ORDER BY id DESC LIMIT ?"]
        return tuple(
            LogRow(number, time_ms, level, source, text, value_of(fields))
            for number, time_ms, level, source, text, fields in self._rows(" ".join(what), given)
        )

    def _furthest(self, condition: str) -> int:
        """The last batch for which something holds; those behind it are few."""
        what = ["SELECT number FROM stages WHERE", condition, "ORDER BY number DESC LIMIT 1"]
        rows = self._rows(" ".join(what))
        return int(rows[0][0]) if rows else 0


def _entry(row: tuple[Any, ...]) -> QueueRow:
    values = list(row)
    values[8] = None if row[8] is None else bool(row[8])
    return QueueRow(*values)
