"""Columns of a table: which of them fit, and what a row looks like in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeAlias, TypeVar

from rich.cells import cell_len
from rich.text import Text

R = TypeVar("R")
Cell: TypeAlias = str | Text

GAP = 2


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """A head with its unit, and what stands below it. Of columns that do not all fit, those with the largest rank go
    first. A column that grows takes what is left, by its share.
    """

    head: str
    width: int
    cell: Callable[[R], Cell]
    align: Literal["left", "right"] = "right"
    rank: int = 0
    grow: int = 0


@dataclass(frozen=True, slots=True)
class Fitted(Generic[R]):
    """A column and the cells that it got."""

    column: Column[R]
    width: int


def fitted(columns: Sequence[Column[R]], width: int) -> tuple[Fitted[R], ...]:
    """The columns that fit into so many cells, in their order; those of rank 0 stay in any case."""
    chosen = list(columns)
    while len(chosen) > 1 and _needed(chosen) > width:
        largest = max(column.rank for column in chosen)
        if largest == 0:
            break
        last = max(index for index, column in enumerate(chosen) if column.rank == largest)
        del chosen[last]
    left, shares = width - _needed(chosen), sum(column.grow for column in chosen)
    given = []
    for column in chosen:
        extra = max(0, left) * column.grow // shares if shares and column.grow else 0
        given.append(Fitted(column, column.width + extra))
    return tuple(given)


def head_line(columns: Sequence[Fitted[R]]) -> Text:
    """The heads."""
    return _joined([_padded(Text(one.column.head), one) for one in columns])


def row_line(columns: Sequence[Fitted[R]], row: R) -> Text:
    """One row; what is too wide for its column loses its end, and says so by an ellipsis."""
    cells = []
    for one in columns:
        cell = one.column.cell(row)
        cells.append(_padded(Text(cell) if isinstance(cell, str) else cell, one))
    return _joined(cells)


def _needed(columns: Sequence[Column[R]]) -> int:
    return sum(column.width for column in columns) + GAP * max(0, len(columns) - 1)


def _joined(cells: Sequence[Text]) -> Text:
    line = Text(no_wrap=True, end="")
    for index, cell in enumerate(cells):
        if index:
            line.append(" " * GAP)
        line.append_text(cell)
    return line


def _padded(text: Text, column: Fitted[R]) -> Text:
    taken = cell_len(text.plain)
    if taken > column.width:
        short = text.copy()
        short.truncate(column.width, overflow="ellipsis")
        return short
    blank = " " * (column.width - taken)
    padded = Text(end="")
    if column.column.align == "right":
        padded.append(blank)
        padded.append_text(text)
    else:
        padded.append_text(text)
        padded.append(blank)
    return padded
