"""The first line of every screen: which run this is, how far it is, and whether something is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.text import Text

from console.tui.figures import age, count, date_and_clock
from console.tui.themes import Palette
from sequencer.record.types import RunCounts, RunFacts, RunState

QUIET_MS: Final = 30_000
"""After this much silence a run that has not said that it ended is called quiet."""
LONG_MS: Final = 2 * 24 * 3_600_000
"""From here on days are named, not counted."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What the frame says of a run. `alarms` are those in the log, at most a hundred of them."""

    facts: RunFacts
    counts: RunCounts
    state: RunState
    alarms: int


def header(
    summary: Summary | None, folder: str, now_ms: int, width: int, palette: Palette, seen_ms: int | None = None
) -> Text:
    """Facts at the left, health at the right; what does not fit goes, the least telling first."""
    left = Text(no_wrap=True)
    left.append(" zkclear ", f"bold reverse {palette.link}")
    if summary is None:
        left.append(f"  {folder}", palette.faint)
        return left
    facts, state = summary.facts, summary.state
    right = _health(summary, run_age(summary, now_ms, seen_ms), palette)
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


def run_age(summary: Summary, now_ms: int, seen_ms: int | None = None) -> tuple[str, bool]:
    """`live`, `ended 3 m ago`, or `quiet for …`; and whether it lives.

    `seen_ms` is when something new was seen last, by the same clock as `now_ms`: a node may live in a time of its own.
    """
    if summary.facts.ended_ms is not None:
        return f"ended {_when(now_ms - summary.facts.ended_ms, summary.facts.ended_ms)}", False
    updated_ms = summary.state.updated_ms
    silence_ms = now_ms - (updated_ms if seen_ms is None else seen_ms)
    if -QUIET_MS < silence_ms < QUIET_MS:
        return "live", True
    return (
        f"quiet for {age(silence_ms)}" if 0 < silence_ms < LONG_MS else f"last heard of on {_day(updated_ms)}"
    ), False


def _when(ago_ms: int, at_ms: int) -> str:
    return f"{age(ago_ms)} ago" if ago_ms < LONG_MS else f"on {_day(at_ms)}"


def _day(at_ms: int) -> str:
    return date_and_clock(at_ms).split(" ")[0]


def _health(summary: Summary, how: tuple[str, bool], palette: Palette) -> Text:
    text = Text()
    if summary.counts.lost:
        text.append(f"{count(summary.counts.lost)} not recorded  ", palette.caution)
    if summary.alarms:
        text.append(f"! {summary.alarms} alarm{'s' if summary.alarms > 1 else ''}  ", f"bold {palette.bad}")
    said, lives = how
    text.append(f"{'●' if lives else '■'} {said}", palette.good if lives else palette.faint)
    return text
