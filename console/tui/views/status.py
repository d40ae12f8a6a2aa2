"""How far a batch has come: a sign, a word and a colour for each status, and where the time went between them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rich.text import Text

from console.tui.figures import DASH, bar, duration
from console.tui.themes import Palette
from sequencer.record.types import BatchRow, BatchStatus, StageTimes

SIGNS: Final = {
    BatchStatus.SEALED: "○",
    BatchStatus.PROVED: "◔",
    BatchStatus.COMMITTED: "◑",
    BatchStatus.PROVEN: "◕",
    BatchStatus.EXECUTED: "●",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """Something that happened to a batch: when it began and ended after it was sealed; None for what is not over."""

    name: str
    began_ms: int
    ended_ms: int | None

    @property
    def spent_ms(self) -> int | None:
        """How long it took."""
        return None if self.ended_ms is None else self.ended_ms - self.began_ms


def status_text(row: BatchRow, palette: Palette) -> Text:
    """`● executed`, faint once nothing can undo it."""
    colour = {
        BatchStatus.SEALED: palette.sealed,
        BatchStatus.PROVED: palette.sealed,
        BatchStatus.COMMITTED: palette.committed,
        BatchStatus.PROVEN: palette.proven,
        BatchStatus.EXECUTED: palette.executed,
    }[row.status]
    return Text(f"{SIGNS[row.status]} {row.status.value}", colour)


def stages(times: StageTimes) -> tuple[Stage, ...]:
    """What happened in the order in which it did; the first begins when the batch is sealed.

    A proof may be made before the batch is committed or after: each stage begins where the one before it ended.
    """
    named = (
        ("proof made", times.proved_ms),
        ("committed", times.committed_ms),
        ("proven on L1", times.proven_ms),
        ("executed", times.executed_ms),
    )
    there = sorted(((name, at) for name, at in named if at is not None), key=lambda one: one[1])
    missing = [name for name, at in named if at is None]
    moments = [times.sealed_ms, *(at for _, at in there)]
    found = [
        Stage(name, began - times.sealed_ms, ended - times.sealed_ms)
        for (name, _), (began, ended) in zip(there, pairwise(moments), strict=True)
    ]
    last = moments[-1] - times.sealed_ms
    return (*found, *(Stage(name, last, None) for name in missing))


def stage_lines(times: StageTimes, now_ms: int | None, width: int, palette: Palette) -> Text:
    """A line for each stage: its name, how long it took, and where it lies in the whole."""
    found = stages(times)
    whole = max((one.ended_ms or 0 for one in found), default=0)
    if now_ms is not None and any(one.ended_ms is None for one in found):
        whole = max(whole, now_ms - times.sealed_ms)
    room = max(8, width - 26)
    text = Text(no_wrap=True)
    for index, one in enumerate(found):
        waits = one.ended_ms is None and one.began_ms == found[index - 1].began_ms if index else False
        text.append(f"{one.name:<13}", palette.text if one.ended_ms is not None else palette.faint)
        if one.ended_ms is None:
            is_next = not waits and now_ms is not None
            spent = duration(now_ms - times.sealed_ms - one.began_ms) if is_next and now_ms is not None else DASH
            text.append(f"{spent:>10}  ", palette.faint)
            text.append("waits" if is_next else "", palette.caution)
        else:
            text.append(f"{duration(one.spent_ms):>10}  ")
            before = round(room * one.began_ms / whole) if whole else 0
            share = (one.ended_ms - one.began_ms) / whole if whole else 0.0
            text.append("·" * before, palette.faint)
            text.append(bar(share, room - before).rstrip() or "▏", _colour(one.name, palette))
        text.append("\n")
    text.right_crop(1)
    return text


def stages_in_a_line(times: StageTimes, palette: Palette) -> Text:
    """The same with nothing but durations."""
    text = Text(no_wrap=True)
    for one in stages(times):
        text.append(f"{one.name} ", palette.faint)
        spent = duration(one.spent_ms) if one.ended_ms is not None else DASH
        text.append(f"{spent}  ", _colour(one.name, palette) if one.ended_ms is not None else palette.faint)
    return text


def between(first_ms: int | None, second_ms: int | None) -> str:
    """How long from one to the other; a dash while one of them has not happened."""
    return DASH if first_ms is None or second_ms is None else duration(max(0, second_ms - first_ms))


def _colour(stage: str, palette: Palette) -> str:
    return {
        "proof made": palette.sealed,
        "committed": palette.committed,
        "proven on L1": palette.proven,
        "executed": palette.executed,
    }[stage]
