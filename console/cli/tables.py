"""Tables for people that lose nothing on a narrow terminal: with lines, without, or a block for each row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

LEAST_TEXT: Final = 24
"""Words that are longer, such as hashes, may be broken; numbers never are."""

LINES_OF_A_COLUMN: Final = 3
Rows = Sequence[Sequence[str]]


def table_of(title: str, columns: Sequence[str], rows: Rows, left: Sequence[str], width: int) -> Table:
    """At most `width` cells wide. Columns named in `left` are text, the others numbers, which stand to the right."""
    natural = [max(map(cell_len, (name, *cells))) for name, cells in _by_column(columns, rows)]
    if sum(natural) + LINES_OF_A_COLUMN * len(columns) + 1 <= width:
        table = Table(title=title, title_justify="left", header_style="bold")
        for name in columns:
            table.add_column(name, justify="left" if name in left else "right", no_wrap=True)
    else:
        room = width - len(columns)
        least = [_least(name, cells, is_text=name in left) for name, cells in _by_column(columns, rows)]
        if sum(least) > room:
            return _blocks(title, columns, rows)
        table = Table(title=title, title_justify="left", header_style="bold", box=None, padding=(0, 1, 0, 0))
        for name, wide in zip(columns, _widths(least, natural, room), strict=True):
            table.add_column(name, justify="left" if name in left else "right", width=wide, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _by_column(columns: Sequence[str], rows: Rows) -> list[tuple[str, list[str]]]:
    return [(name, [row[place] for row in rows]) for place, name in enumerate(columns)]


def _least(name: str, cells: Sequence[str], *, is_text: bool) -> int:
    """How narrow a column may be: text goes to the next line between words, and a head as well."""
    head = max(map(cell_len, name.split()), default=0)
    if not is_text:
        return max([head, *map(cell_len, cells)])
    return max(head, min(LEAST_TEXT, max((cell_len(word) for cell in cells for word in cell.split()), default=0)))


def _widths(least: Sequence[int], natural: Sequence[int], room: int) -> list[int]:
    """What is left over goes to the columns that need the least more."""
    found, left = list(least), room - sum(least)
    for place in sorted(range(len(found)), key=lambda place: natural[place] - least[place]):
        more = min(left, max(0, natural[place] - found[place]))
        found[place] += more
        left -= more
    return found


def _blocks(title: str, columns: Sequence[str], rows: Rows) -> Table:
    """A line for each cell that says something, and an empty one after each row."""
    table = Table(title=title, title_justify="left", show_header=False, box=None, padding=(0, 1, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        for name, cell in zip(columns, row, strict=True):
            if cell:
                table.add_row(Text(name), Text(cell))
        table.add_row("", "")
    return table
