"""The whole screen, for any size from 80 columns and 24 lines on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from console.demo import panels
from console.demo.look import Look

WIDE: Final = 120
LEAST_LINES: Final = 20
Part = tuple[Callable[[Look, int], Table], int, int]
"""What makes it, how many lines it needs at least (its heads among them), and how many it can use."""

NARROW_PARTS: Final[tuple[Part, ...]] = (
    (panels.proving, 2, 2),
    (panels.books, 4, 9),
    (panels.batches, 4, 9),
    (panels.transactions, 3, 7),
    (panels.accounts, 4, 11),
    (panels.notes, 4, 8),
)
LEFT_PARTS: Final[tuple[Part, ...]] = ((panels.books, 5, 10), (panels.trades, 4, 14), (panels.accounts, 5, 12))
RIGHT_PARTS: Final[tuple[Part, ...]] = (
    (panels.proving, 2, 3),
    (panels.batches, 5, 12),
    (panels.transactions, 4, 12),
    (panels.promises, 2, 8),
)
HEADLESS: Final = (panels.notes, panels.promises)
WIDE_NOTES: Final = 6


def screen(look: Look, width: int, height: int) -> RenderableType:
    """At most `height - 1` lines, so that nothing scrolls; nothing is wider than `width`."""
    lines = max(LEAST_LINES, height - 1)
    if width < WIDE:
        return Group(panels.head(look, width), *_stack(NARROW_PARTS, look, lines - 1))
    columns = Table.grid(expand=True, padding=(0, 2))
    columns.add_column(ratio=1)
    columns.add_column(ratio=1)
    inner = lines - 2 - WIDE_NOTES
    columns.add_row(Group(*_stack(LEFT_PARTS, look, inner)), Group(*_stack(RIGHT_PARTS, look, inner)))
    return Group(panels.head(look, width), Text(), columns, panels.notes(look, WIDE_NOTES))


def _stack(parts: Sequence[Part], look: Look, lines: int) -> list[Table]:
    """All parts, one below the other; what is left over goes to those that can use it, from the first on."""
    given = [least for _, least, _ in parts]
    left = max(0, lines - sum(given))
    for place, (_, least, most) in enumerate(parts):
        more = min(left, most - least)
        given[place] += more
        left -= more
    return [
        make(look, count if make in HEADLESS else count - 1)
        for (make, _, _), count in zip(parts, given, strict=True)
        if count > 0
    ]
