"""The first line of every screen: which run this is, how far it is, and whether something is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.text import Text

from console.tui.figures import age, count
from console.tui.themes import Palette
from sequencer.record.types import RunCounts, RunFacts, RunState

QUIET_MS: Final = 30_000
"""After this much silence a run that has not said that it ended is called quiet."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What the frame says of a run. `alarms` are those in the log, at most a hundred of them."""

    facts: RunFacts
    counts: RunCounts
    state: RunState
    alarms: int


def header(summary: Summary | None, folder: str, now_ms: int, width: int, palette: Palette) -> Text:
    """Facts at the left, health at the right; what does not fit goes, the least telling first."""
    left = Text(no_wrap=True)
    left.append(" zkclear ", f"bold reverse {palette.link}")
    if summary is None:
        left.append(f"  {folder}", palette.faint)
        return left
    facts, state = summary.facts, summary.state
    right = _health(summary, now_ms, palette)
    parts = [
        (f" {facts.preset or 'a run that has not said what it is'}", palette.strong),
        (f" · sealed {count(state.sealed)}", palette.sealed),
        (f" proven {count(state.proven)}", palette.proven),
        (f" executed {count(state.executed)}", palette.executed),
        (f" · {count(summary.counts.trades)} trades", palette.text),
        (f" · chain {facts.chain_id}{' (local)' if facts.is_local else ''}" if facts.preset else "", palette.faint),
        (f" · {folder}", palette.faint),
        (f" · {facts.api_url}" if facts.api_url else "", palette.faint),
    ]
    for said, colour in parts:
        if cell_len(left.plain) + cell_len(said) + cell_len(right.plain) + 2 > width:
            break
        left.append(said, colour)
    gap = max(1, width - cell_len(left.plain) - cell_len(right.plain) - 1)
    left.append(" " * gap)
    left.append_text(right)
    return left


def run_age(summary: Summary, now_ms: int) -> tuple[str, bool]:
    """`live`, `ended 3 m ago`, or `quiet for …`; and whether it lives."""
    if summary.facts.ended_ms is not None:
        return f"ended {age(now_ms - summary.facts.ended_ms)} ago", False
    silence_ms = max(0, now_ms - summary.state.updated_ms)
    return ("live", True) if silence_ms < QUIET_MS else (f"quiet for {age(silence_ms)}", False)


def _health(summary: Summary, now_ms: int, palette: Palette) -> Text:
    text = Text()
    if summary.counts.lost:
        text.append(f"{count(summary.counts.lost)} not recorded  ", palette.caution)
    if summary.alarms:
        text.append(f"! {summary.alarms} alarm{'s' if summary.alarms > 1 else ''}  ", f"bold {palette.bad}")
    said, lives = run_age(summary, now_ms)
    text.append(f"{'●' if lives else '■'} {said}", palette.good if lives else palette.faint)
    return text
