"""One SQLite file for all rooms that must not forget: transactions that are durable when they end, or fail for good.

Every transaction is fenced (`Fence`) and counted (`Witness`), so that a second writer and a lost tail are noticed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Final, Protocol

from sequencer.store.connection import Connection, Row, Value, translated
from sequencer.store.errors import (
    DiskFailed,
    FencedOff,
    LogBroken,
    LogCorrupt,
    StoreError,
    TransactionMisuse,
)
from sequencer.store.fence import Fence
from sequencer.store.witness import Witness

CHECKPOINT_AFTER: Final = 16_384
"""Rows after which the write-ahead log is copied into the database file; a transaction counts as 64 at least."""
ROWS_OF_A_TRANSACTION: Final = 64
READING: Final = "SELECT"
"""How a statement begins that can change nothing."""

FINAL: Final = (DiskFailed, FencedOff, LogCorrupt)
"""Failures after which nobody knows, or nobody may know, what is on the disk."""


class Database(Protocol):
    """What a room may do with the file. Safe to share between threads: one transaction at a time, others wait.

    All methods raise `StoreError`s; after a `DiskFailed`, a `FencedOff` or a failed commit every call is `LogBroken`.
    """

    @property
    def path(self) -> Path:
        """The database file."""

    def execute(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """All rows of one statement. Outside a transaction it may only read (`TransactionMisuse`)."""

    def executemany(self, sql: str, rows: Sequence[Sequence[Value]]) -> None:
        """One statement for many rows, inside a transaction."""

    def transaction(self) -> AbstractContextManager[None]:
        """All statements of the block or none; durable when the block has ended. An exception rolls it back."""

    def close(self) -> None:
        """Closes the file and lets others open it. May be called again."""


class SqliteDatabase:
    """`Database` over one connection to SQLite in WAL mode with synchronous=FULL; see `open_database`."""

    def __init__(self, path: Path, connection: Connection, fence: Fence, witness: Witness) -> None:
        self._path = path
        self._connection = connection
        self._fence = fence
        self._witness = witness
        self._turn = RLock()
        self._is_inside = False
        self._is_closed = False
        self._failure: BaseException | None = None
        self._rows_in_log = 0

    @property
    def path(self) -> Path:
        """The database file."""
        return self._path

    @property
    def epoch(self) -> int:
        """How often the store was opened for writing; the sequencer with the largest one is the one that counts."""
        return self._fence.epoch

    def execute(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """All rows of one statement. Outside a transaction it may only read (`TransactionMisuse`)."""
        with self._turn:
            self._require_well()
            if not (self._is_inside or sql.startswith(READING)):
                raise TransactionMisuse("a write outside a transaction")
            try:
                return list(self._connection.execute(sql, parameters))
            except sqlite3.Error as error:
                raise self._failed(error) from error

    def executemany(self, sql: str, rows: Sequence[Sequence[Value]]) -> None:
        """One statement for many rows, inside a transaction."""
        with self._turn:
            self._require_well()
            if not self._is_inside:
                raise TransactionMisuse("a write outside a transaction")
            self._rows_in_log += len(rows)
            try:
                self._connection.executemany(sql, rows)
            except sqlite3.Error as error:
                raise self._failed(error) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All statements of the block or none; durable when the block has ended. An exception rolls it back."""
        with self._turn:
            self._require_well()
            if self._is_inside:
                raise TransactionMisuse("a transaction inside a transaction")
            self._is_inside = True
            try:
                generation = self._begin()
                yield
                self._require_well()
            except BaseException as error:
                self._roll_back(error)
                raise
            finally:
                self._is_inside = False
            self._commit(generation)

    def checkpoint(self) -> None:
        """Copies the write-ahead log into the database file. Done by itself every few thousand rows."""
        with self._turn:
            self._require_well()
            self._rows_in_log = 0
            try:
                list(self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)", ()))
            except sqlite3.Error as error:
                raise self._failed(error) from error

    def close(self) -> None:
        """Closes the file and lets others open it. May be called again."""
        with self._turn:
            if self._is_closed:
                return
            self._is_closed = True
            try:
                if self._failure is None:  # SQLite would do so by itself, and tell nobody if that failed
                    list(self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)", ()))
                self._connection.close()
            except sqlite3.Error as error:
                with suppress(sqlite3.Error):
                    self._connection.close()
                raise translated(error, self._path, is_writing=True) from error
            finally:
                self._witness.close()
                self._fence.release()

    def _begin(self) -> int:
        try:
            list(self._connection.execute("BEGIN IMMEDIATE", ()))
            return self._fence.enter(self._connection)
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def _roll_back(self, error: BaseException) -> None:
        if isinstance(error, FINAL):
            self._failure = error
        try:
            with suppress(sqlite3.ProgrammingError):
                if self._connection.in_transaction:
                    list(self._connection.execute("ROLLBACK", ()))
        except sqlite3.Error as failure:
            self._failure = self._failure or translated(failure, self._path, is_writing=True)

    def _commit(self, generation: int) -> None:
        try:
            list(self._connection.execute("COMMIT", ()))
            self._witness.record(generation)
            self._rows_in_log += ROWS_OF_A_TRANSACTION
            if self._rows_in_log >= CHECKPOINT_AFTER:
                self.checkpoint()
        except sqlite3.Error as error:
            failure = translated(error, self._path, is_writing=True)
            self._failure = failure
            raise failure from error
        except BaseException as error:
            self._failure = error
            raise

    def _failed(self, error: sqlite3.Error) -> StoreError:
        failure = translated(error, self._path, is_writing=self._is_inside)
        if isinstance(failure, FINAL):
            self._failure = failure
        return failure

    def _require_well(self) -> None:
        if self._failure is not None:
            raise LogBroken(self._path, self._failure)
        if self._is_closed:
            raise TransactionMisuse("the database was closed")
