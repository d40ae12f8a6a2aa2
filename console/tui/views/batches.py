"""The list of batches, and what is said beside it of the one under the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from console.tui.figures import DASH, clock, count, duration, hash_text
from console.tui.themes import Palette
from console.tui.views.status import between, stage_lines, status_text
from console.tui.widgets.columns import Column
from sequencer.record.types import BatchRow


def batch_columns(palette: Palette) -> Sequence[Column[BatchRow]]:
    """In 78 cells there is room for the first rank; the times by phase come from 110 on."""
    return (
        Column("batch", 6, lambda row: count(row.number)),
        Column("status", 11, lambda row: status_text(row, palette), "left"),
        Column("sealed UTC", 10, lambda row: clock(row.times.sealed_ms), rank=2),
        Column("trades", 6, lambda row: count(row.counts.trades)),
        Column("ops", 4, lambda row: _some(row.counts.operations), rank=7),
        Column("liq", 4, lambda row: _some(row.counts.liquidations), rank=6),
        Column("settled", 7, lambda row: _some(row.counts.settlements), rank=7),
        Column("queue", 5, lambda row: _some(row.counts.queue), rank=7),
        Column("gas", 10, lambda row: count(row.gas)),
        Column("gas/trade", 9, lambda row: count(_whole(row.gas_per_trade)), rank=5),
        Column("proving", 8, lambda row: _seconds(row.proving_s)),
        Column("to commit", 9, lambda row: between(row.times.sealed_ms, row.times.committed_ms), rank=3),
        Column("to proven", 9, lambda row: between(row.times.committed_ms, row.times.proven_ms), rank=3),
        Column("to executed", 11, lambda row: between(row.times.proven_ms, row.times.executed_ms), rank=4),
        Column("state root", 15, lambda row: Text(hash_text(row.root_after), palette.faint), "left", rank=1),
    )


def batch_words(row: BatchRow) -> str:
    """What a filter looks into."""
    return (
        f"{row.number} {row.status.value} {row.root_after:#066x} {row.root_before:#066x} {clock(row.times.sealed_ms)}"
    )


def batch_preview(row: BatchRow | None, now_ms: int | None, width: int, palette: Palette) -> Text:
    """Status, contents, roots, gas, and the time of each phase."""
    if row is None:
        return Text("No batch under the cursor.", palette.faint)
    counts = row.counts
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(f"Batch {row.number}  ", palette.strong)
    text.append_text(status_text(row, palette))
    if row.is_final:
        text.append("  final", palette.good)
    if row.is_mock:
        text.append("  mock proof", palette.bad)
    text.append("\n\n")
    text.append_text(stage_lines(row.times, now_ms, width, palette))
    text.append("\n\n")
    contents = (
        ("trades", counts.trades),
        ("operations", counts.operations),
        ("liquidations", counts.liquidations),
        ("settlements", counts.settlements),
        ("queue entries", counts.queue),
        ("accounts touched", counts.accounts),
        ("words in use", counts.words),
    )
    facts = [(name, count(number)) for name, number in contents]
    facts += [
        ("gas", count(row.gas)),
        ("gas / trade", count(_whole(row.gas_per_trade))),
        ("proving", _seconds(row.proving_s)),
    ]
    for name, value in facts:
        text.append(f"{name:<18}", palette.faint)
        text.append(f"{value:>14}\n")
    text.append("\n")
    for name, root in (("root before", row.root_before), ("root after", row.root_after), ("risk root", row.risk_root)):
        text.append(f"{name:<13}", palette.faint)
        text.append(hash_text(root, max(6, (width - 18) // 2)) + "\n", palette.link)
    return text


def _some(number: int) -> str:
    return count(number) if number else DASH


def _whole(number: float | None) -> int | None:
    return None if number is None else round(number)


def _seconds(spent_s: float | None) -> str:
    return duration(None if spent_s is None else spent_s * 1_000)
