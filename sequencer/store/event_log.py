"""The log of accepted messages: append-only, chained by hashes, durable when `append` returns. It is the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from sequencer.store.backup import back_up
from sequencer.store.chain import LogEntry, LogHead, chained
from sequencer.store.database import Database
from sequencer.store.errors import LogBroken
from sequencer.store.log_reader import read_head, verified_entries
from sequencer.store.opening import open_database as open_local_database
from sequencer.store.schema import apply_schema

SCHEMA: Final = (("CREATE TABLE log (sequence INTEGER PRIMARY KEY, payload BLOB NOT NULL, digest BLOB NOT NULL)",),)
MOST_ROWS: Final = 128
"""Of one statement; SQLite's connection keeps one prepared for each number of rows (`sequencer.store.disk`)."""

MOVE_HEAD: Final = "UPDATE store SET head = ?, head_digest = ? WHERE id = 1"


class EventLog:
    """The log in the store at `path`, opened for writing: whoever had it open before is fenced off.

    One thread appends. Raises what `open_database` raises, and `LogCorrupt` if the log's end is not what was written;
    the rest is checked where it is read (`entries`).
    """

    def __init__(self, path: Path, open_database: Callable[[Path], Database] = open_local_database) -> None:
        self.path = path
        self.database = open_database(path)
        self._failure: BaseException | None = None
        try:
            apply_schema(self.database, "log", SCHEMA)
            self._head = read_head(self.database.execute, path)
        except BaseException:
            self.database.close()
            raise

    @property
    def head(self) -> LogHead:
        """The last durable entry."""
        return self._head

    @property
    def failure(self) -> BaseException | None:
        """Why the log is broken for good; None while it is well."""
        return self._failure

    def append(self, payloads: Sequence[bytes]) -> LogHead:
        """Adds them in their order, all or none, durable on return: then, and not before, they may be acknowledged.

        Costs two syncs, one of the write-ahead log and one of the witness, and about 3 microseconds a payload;
        nothing for no payloads. After any failure the log is broken for good (`LogBroken`), and whether these payloads
        are in it is known when it is opened again. Raises `DiskFailed`, `DiskFull`, `FencedOff`, `StoreBusy`.
        """
        if self._failure is not None:
            raise LogBroken(self.path, self._failure)
        if not payloads:
            return self._head
        try:
            self._head = self._append(payloads)
        except BaseException as error:
            self._failure = error
            raise
        return self._head

    def entries(self, first: int = 1) -> Iterator[LogEntry]:
        """Entries from number `first` up to the head of now, in order, each checked against the one before.

        Raises `LogCorrupt` at the first that is missing or is not what was written; those before it were right.
        """
        return verified_entries(self.database.execute, self.path, self._head, first)

    def backup(self, target: Path) -> LogHead:
        """A copy of the whole store in one file, while this one goes on; see `back_up`. For any thread."""
        return back_up(self.path, target)

    def close(self) -> None:
        """Closes the store, and lets others open it. May be called again."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _append(self, payloads: Sequence[bytes]) -> LogHead:
        rows = [(entry.sequence, entry.payload, entry.digest) for entry in chained(self._head, payloads)]
        sequence, _, digest = rows[-1]
        with self.database.transaction():
            for first in range(0, len(rows), MOST_ROWS):
                some = rows[first : first + MOST_ROWS]
                self.database.execute(insert_of(len(some)), [value for row in some for value in row])
            self.database.execute(MOVE_HEAD, (sequence, digest))
        return LogHead(sequence, digest)


@cache
def insert_of(rows: int) -> str:
    """One statement for so many rows: SQLite lets other threads run at every step, and a step a row is one too many."""
    return " ".join(["INSERT INTO log VALUES", ", ".join(["(?, ?, ?)"] * rows)])
