"""Rows on their way into the record: many of one table with one statement."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeVar

T = TypeVar("T")
MOST_ROWS: Final = 128
"""Of one statement."""

LARGEST_INTEGER: Final = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table to add rows to; with `replaces`, one row in the place of another of the same key."""

    name: str
    columns: int
    replaces: bool = False


@cache
def insert_of(table: Table, rows: int) -> str:
    """One statement for so many rows: SQLite lets other threads run at every step, and a step a row is one too many."""
    row = f"({', '.join(['?'] * table.columns)})"
    verb = "INSERT OR REPLACE INTO" if table.replaces else "INSERT INTO"
    return " ".join([verb, table.name, "VALUES", ", ".join([row] * rows)])


class Sheet:
    """What a transaction writes. Rows are kept until a statement might look at them, or until `flush`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._rows: dict[Table, list[Sequence[Any]]] = {}

    def add(self, table: Table, *rows: Sequence[Any]) -> None:
        """Rows with all columns of a table, in its order."""
        self._rows.setdefault(table, []).extend(rows)

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """All rows of a statement, which sees all that was added before. Raises `sqlite3.Error`."""
        self.flush()
        return self._connection.execute(sql, parameters).fetchall()

    def flush(self) -> None:
        """Writes what was added. Raises `sqlite3.Error`."""
        for table, rows in self._rows.items():
            for some in in_powers_of_two(rows):
                self._connection.execute(insert_of(table, len(some)), [value for row in some for value in row])
        self._rows.clear()

    def forget(self) -> None:
        """Of a transaction that is taken back."""
        self._rows.clear()


def stored(number: int | None) -> int | None:
    """None for what is beyond SQLite's integers: amounts that are only shown must not keep a row out."""
    return number if number is None or abs(number) <= LARGEST_INTEGER else None


def in_powers_of_two(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """All rows in parts of 128, 64, …, 1: few statements, and few different ones."""
    first, size = 0, MOST_ROWS
    while first < len(rows):
        while size > len(rows) - first:
            size //= 2
        yield rows[first : first + size]
        first += size
