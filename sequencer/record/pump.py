"""A bounded queue and one thread that writes what waits in groups: one transaction each."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import structlog

from sequencer.record.connection import close_writer, make_tables, open_writer
from sequencer.record.origin import is_of_log
from sequencer.record.scribe import Scribe
from sequencer.record.writing_node import UPDATED, prune, read_reached, write_counts, write_fact, write_reached

Item: TypeAlias = tuple[Callable[..., None], tuple[Any, ...]]
"""A method of `Scribe`, and what it is called with."""

Reached: TypeAlias = tuple[int, bytes]
NOTHING: Final = (0, b"")
MOST_REFUSALS: Final = 500
MOST_LINES: Final = 20_000
PRUNE_EVERY: Final = 200
"""Groups."""
TROUBLES: Final = (sqlite3.Error, OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
"""What must not end the thread: a disk that is full, and whatever is handed in that is not as it should be."""


class Pump:
    """Owns the connection. `put`, `count` and `refuse` are for any thread; they cost about a microsecond."""

    def __init__(self, path: Path, clock_ms: Callable[[], int], group_s: float, most_waiting: int) -> None:
        """Opens the record, or makes one. Raises `RecordError`s."""
        self._path, self._clock_ms, self._group_s, self._most_waiting = path, clock_ms, group_s, most_waiting
        self._connection = open_writer(path)
        self._scribe = Scribe(self._connection)
        self._log = structlog.get_logger("record")
        reached = read_reached(self._scribe.sheet)
        if not is_of_log(path, *reached):
            self._log.warning("the record was of another log: it begins anew", path=str(path))
            make_tables(self._connection, path, anew=True)
            reached = NOTHING
        self.reached = self._first_reached = reached
        """The last entry of the log that was put, and the log's digest after it."""
        self._counts: Counter[tuple[str, str]] = Counter()
        self._counting = threading.Lock()
        self._waiting: deque[Item] = deque()
        self._refusals: deque[Item] = deque(maxlen=MOST_REFUSALS)
        self._held: list[Item] = []
        self._flushes: deque[threading.Event] = deque()
        self._groups = 0
        self._is_failing = False
        self.lost = 0
        self._wake, self._closed = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def is_open(self) -> bool:
        """Whether anything is taken."""
        return not self._closed.is_set()

    def put(self, method: Callable[..., None], *given: Any) -> None:
        """Something to be written; lost when too much waits."""
        if not self.is_open or len(self._waiting) >= self._most_waiting:
            self.lose(1)
            return
        self._waiting.append((method, given))
        self._wake.set()

    def refuse(self, method: Callable[..., None], *given: Any) -> None:
        """As `put`, for what may push out an older one."""
        self._refusals.append((method, given))
        self._wake.set()

    def count(self, *counted: tuple[str, str]) -> None:
        """One more of each kind and name."""
        with self._counting:
            for key in counted:
                self._counts[key] += 1

    def lose(self, many: int) -> None:
        """So many things are not in the record."""
        with self._counting:
            self.lost += many
            self._counts["lost", "things"] += many

    def flush(self, wait_s: float) -> bool:
        """Waits until all that was put so far was written, or could not be."""
        done = threading.Event()
        self._flushes.append(done)
        self._wake.set()
        return not self._thread.is_alive() or done.wait(wait_s)

    def close(self) -> None:
        """Writes what waits, and closes the file."""
        self._closed.set()
        self._wake.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        while not self._closed.is_set():
            self._wake.wait()
            if not self._flushes:
                self._closed.wait(self._group_s)
            self._wake.clear()
            self._take_group()
        self._take_group()
        close_writer(self._connection)
        self._tell_flushed(len(self._flushes))

    def _take_group(self) -> None:
        flushes, reached = len(self._flushes), self.reached  # before what waits is looked at
        items = self._held + [self._waiting.popleft() for _ in range(len(self._waiting))]
        self._held = []
        items += [self._refusals.popleft() for _ in range(len(self._refusals))]
        with self._counting:
            counts, self._counts = self._counts, Counter()
        trouble = self._write(items, counts, reached)
        if trouble is None:
            self._is_failing = False
        else:
            self._give_up(items, counts, trouble)
        self._groups += 1
        if self._groups % PRUNE_EVERY == 0:
            self._write([(_prune, ())], {}, reached)
        self._tell_flushed(flushes)

    def _write(
        self, items: Sequence[Item], counts: Mapping[tuple[str, str], int], reached: Reached
    ) -> Exception | None:
        """All of it in one transaction, or nothing: then why. `reached` is the last entry of the log among them."""
        scribe = self._scribe
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for method, given in items:
                method(scribe, *given)
            write_counts(scribe.sheet, counts)
            write_fact(scribe.sheet, UPDATED, self._clock_ms())
            if reached > self._first_reached:
                write_reached(scribe.sheet, *reached)
            scribe.sheet.flush()
            self._connection.execute("COMMIT")
        except TROUBLES as error:
            scribe.forget()
            if self._connection.in_transaction:
                self._connection.rollback()
            self._tell_trouble(error)
            return error
        return None

    def _give_up(self, items: list[Item], counts: Mapping[tuple[str, str], int], trouble: Exception) -> None:
        """Waits for another writer; gives up what the disk does not take; finds the one that nobody could write."""
        with self._counting:
            self._counts.update(counts)
        code = getattr(trouble, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and self.is_open:
            self._held = items[: self._most_waiting]
            self.lose(len(items) - len(self._held))
            self._wake.set()
        elif isinstance(trouble, sqlite3.OperationalError | OSError):
            self.lose(len(items))
        else:
            self.lose(sum(self._write([item], {}, self._first_reached) is not None for item in items))

    def _tell_trouble(self, error: Exception) -> None:
        if not self._is_failing:
            self._is_failing = True
            self._log.error("the record is not whole", path=str(self._path), why=f"{type(error).__name__}: {error}")

    def _tell_flushed(self, count: int) -> None:
        for _ in range(count):
            self._flushes.popleft().set()


def _prune(scribe: Scribe) -> None:
    prune(scribe.sheet, MOST_LINES, MOST_REFUSALS)
