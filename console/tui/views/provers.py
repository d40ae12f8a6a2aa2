"""Workers that prove, and where the time of proofs goes."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Final

from rich.text import Text

from console.tui.figures import DASH, bar, count, duration
from console.tui.themes import Palette
from console.tui.widgets.columns import Column
from sequencer.record.types import ProofRow, WorkerRow

_FEW: Final = 100
"""Proofs that medians are of."""


def worker_columns(palette: Palette) -> Sequence[Column[WorkerRow]]:
    """A line for each place of a worker."""
    return (
        Column("worker", 12, lambda row: row.name, "left"),
        Column("state", 11, lambda row: _state(row, palette), "left"),
        Column("phase", 22, lambda row: row.phase or DASH, "left"),
        Column("batch", 7, lambda row: count(row.number)),
        Column("for", 9, lambda row: duration(row.for_s * 1_000)),
        Column("proofs", 6, lambda row: count(row.proofs)),
        Column("failures", 8, lambda row: _failures(row, palette), rank=1),
        Column("process", 8, lambda row: DASH if row.process_id is None else str(row.process_id), rank=2),
        Column("last failure", 20, lambda row: Text(row.last_failure or DASH, palette.faint), "left", rank=2, grow=1),
    )


def proof_phases(proofs: Sequence[ProofRow], width: int, palette: Palette) -> Text:
    """Medians by phase over the latest proofs, as bars of one length together."""
    text = Text(no_wrap=True, overflow="ellipsis")
    if not proofs:
        return text.append("no proofs yet", palette.faint)
    latest = proofs[:_FEW]
    medians = phase_medians(latest)
    whole = sum(medians.values()) or 1.0
    text.append(f"median of the latest {len(latest)} proofs\n", palette.faint)
    for name, spent_s in medians.items():
        text.append(f"{name[:14]:<15}")
        text.append(f"{duration(spent_s * 1_000):>10}  ")
        text.append(bar(spent_s / whole, max(4, min(50, width - 28))).rstrip() + "\n", palette.proven)
    spent = [proof.proving_s for proof in latest]
    text.append(f"{'a whole proof':<15}{duration(median(spent) * 1_000):>10}", palette.strong)
    text.append(f"  from {duration(min(spent) * 1_000)} to {duration(max(spent) * 1_000)}", palette.faint)
    return text


def phase_medians(proofs: Sequence[ProofRow]) -> dict[str, float]:
    """Seconds by phase, in the order of the first proof that has it."""
    names: dict[str, list[float]] = {}
    for proof in proofs:
        for name, spent_s in proof.seconds.items():
            names.setdefault(name, []).append(spent_s)
    return {name: median(spent) for name, spent in names.items()}


def proof_columns(palette: Palette) -> Sequence[Column[ProofRow]]:
    """Proofs, newest first."""
    return (
        Column("batch", 7, lambda row: count(row.number)),
        Column("worker", 12, lambda row: row.worker or DASH, "left", rank=1),
        Column("proving", 10, lambda row: duration(row.proving_s * 1_000)),
        Column("check", 9, lambda row: duration(_check_ms(row)), rank=2),
        Column("tries", 5, lambda row: count(row.tries), rank=3),
        Column("", 10, lambda row: Text("mock" if row.is_mock else "verified", _kind(row, palette)), "left"),
    )


def _state(row: WorkerRow, palette: Palette) -> Text:
    colours = {"proving": palette.proven, "checking": palette.proven, "idle": palette.good}
    if row.state in ("broken", "stopped"):
        return Text(row.state, palette.bad)
    return Text(row.state, colours.get(row.state, palette.caution))


def _failures(row: WorkerRow, palette: Palette) -> Text:
    return Text(count(row.failures), palette.bad if row.failures else palette.faint)


def _check_ms(row: ProofRow) -> float | None:
    return None if row.verification_s is None else row.verification_s * 1_000


def _kind(row: ProofRow, palette: Palette) -> str:
    return palette.bad if row.is_mock else palette.good
