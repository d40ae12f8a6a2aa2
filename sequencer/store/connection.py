"""What is needed of a connection to SQLite, and what its errors mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

from sequencer.store.errors import (
    ConstraintBroken,
    DiskFailed,
    DiskFull,
    DiskReadOnly,
    LogCorrupt,
    StatementFailed,
    StoreBusy,
    StoreError,
    TransactionMisuse,
)

Value: TypeAlias = int | float | str | bytes | None
Row: TypeAlias = tuple[Any, ...]

BUSY_TIMEOUT_S: Final = 5.0
PRIMARY: Final = 0xFF
"""The low byte of SQLite's extended codes is the code without details."""


class Connection(Protocol):
    """The part of `sqlite3.Connection`, opened with `isolation_level=None`, that the store uses.

    Every failure is a `sqlite3.Error` with `sqlite_errorcode`.
    """

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""

    def execute(self, sql: str, parameters: Sequence[Value], /) -> Iterable[Row]:
        """The rows of one statement."""

    def executemany(self, sql: str, rows: Iterable[Sequence[Value]], /) -> object:
        """One statement for many rows."""

    def close(self) -> None:
        """Closes the file; the last connection copies the write-ahead log into the database."""


def translated(error: sqlite3.Error, path: Path, *, is_writing: bool) -> StoreError:
    """What an error of SQLite means for the store; `is_writing` says whether a transaction was open."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    name = f"{getattr(error, 'sqlite_errorname', type(error).__name__)}: {error}"
    match code & PRIMARY:
        case sqlite3.SQLITE_FULL:
            return DiskFull(path, name)
        case sqlite3.SQLITE_READONLY if not is_writing:
            return TransactionMisuse("a write outside a transaction")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return DiskReadOnly(path, name)
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_NOMEM | sqlite3.SQLITE_PROTOCOL | sqlite3.SQLITE_NOLFS:
            return DiskFailed(path, name)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreBusy(path, BUSY_TIMEOUT_S)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_FORMAT:
            return LogCorrupt(path, name)
        case sqlite3.SQLITE_CONSTRAINT:
            return ConstraintBroken(path, name)
        case _:
            return StatementFailed(path, name)
