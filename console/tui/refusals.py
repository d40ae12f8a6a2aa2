"""What was refused around one batch: at the door while it was open, and when it was cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sequencer.record.reader import RecordReader
from sequencer.record.types import BatchDetail, DroppedRow, RefusalRow

MOST_REFUSALS: Final = 2_000
"""Refusals at the door that are shown of one batch: the latest."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that did not come into a batch, and the rule that it broke."""

    key: str
    time_ms: int
    what: str
    rule: str
    reason: str
    accounts: tuple[int, ...]
    at_cutting: bool
    """Matching had taken it, and the rollup refused it when the batch was cut."""


def batch_and_refusals(reader: RecordReader, number: int | None) -> tuple[BatchDetail, tuple[Refused, ...]] | None:
    """The batch, the newest for None, and what was refused while it was open or when it was cut; None before the first.

    Raises `NoSuchRow`.
    """
    wanted = reader.state().sealed if number is None else number
    if number is None and not reader.batches(limit=1):
        return None
    detail = reader.detail(wanted)
    earlier = reader.batches(before=wanted, limit=1)
    since_ms = earlier[0].times.sealed_ms if earlier else 0
    until_ms = detail.row.times.sealed_ms
    at_door = [_at_door(row) for row in refusals_between(reader, since_ms, until_ms)]
    return detail, (*(_at_cutting(row) for row in detail.dropped), *at_door)


def refusals_between(reader: RecordReader, since_ms: int, until_ms: int) -> list[RefusalRow]:
    """Those with since < time <= until, newest first, at most `MOST_REFUSALS`: by halving, since ids rise with time."""
    newest = reader.refusals(limit=1)
    if not newest:
        return []
    low, high = 0, newest[0].id + 1
    while low < high:
        middle = (low + high + 1) // 2
        below = reader.refusals(before=middle, limit=1)
        low, high = (middle, high) if not below or below[0].time_ms <= until_ms else (low, middle - 1)
    found = reader.refusals(before=low, limit=MOST_REFUSALS)
    return [row for row in found if since_ms < row.time_ms <= until_ms]


def _at_cutting(row: DroppedRow) -> Refused:
    kinds = (("trade", row.trades), ("operation", row.operations), ("liquidation", row.liquidations))
    what = ", ".join(f"{number} {name}{'s' if number > 1 else ''}" for name, number in kinds if number)
    return Refused(f"cut {row.id}", row.time_ms, what, row.rule, row.reason, row.accounts, at_cutting=True)


def _at_door(row: RefusalRow) -> Refused:
    accounts = () if row.account is None else (row.account,)
    return Refused(f"door {row.id}", row.time_ms, row.what, row.rule, row.reason, accounts, at_cutting=False)
