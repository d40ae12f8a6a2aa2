"""The files of a store on the machine's own disk. Tests put a disk of their own in its place."""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path
from typing import Final, Protocol
from weakref import WeakSet

from sequencer.store.connection import BUSY_TIMEOUT_S, Connection
from sequencer.store.errors import LockHeld, disk_failure
from sequencer.store.fence import Lock
from sequencer.store.witness import INCARNATION_BYTES, SmallFile

OWNER_ONLY: Final = 0o600
KEPT_STATEMENTS: Final = 256
"""Prepared ones: as many as a log writes (`event_log.MOST_ROWS`), and what else there is."""


class Disk(Protocol):
    """Where a store keeps its files. Paths are those of the database; other files take their names from it."""

    def lock(self, path: Path) -> Lock:
        """The right to write, for this process alone. Raises `LockHeld`."""

    def connect(self, path: Path) -> Connection:
        """A connection without settings, to a file that is made if it is not there. Raises `sqlite3.Error`."""

    def witness_file(self, path: Path) -> SmallFile:
        """The file of the witness, made if it is not there. Raises `OSError`."""

    def sync_folder(self, path: Path) -> None:
        """Makes the names of all files durable. Raises `OSError`."""

    def new_incarnation(self) -> bytes:
        """16 bytes that no other store has."""


class LocalDisk:
    """`Disk` by the operating system."""

    def lock(self, path: Path) -> Lock:
        """`flock` on a file beside the database, which ends with the process, however that ends."""
        return FileLock(path.with_name(path.name + ".lock"))

    def connect(self, path: Path) -> Connection:
        """The standard library's SQLite; a new file is for its owner alone, and so are those beside it."""
        if not path.exists():
            path.touch(OWNER_ONLY)
        return sqlite3.connect(
            path,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_TIMEOUT_S,
            cached_statements=KEPT_STATEMENTS,
        )

    def witness_file(self, path: Path) -> SmallFile:
        """A file that is written in place."""
        return PlainFile(path.with_name(path.name + ".witness"))

    def sync_folder(self, path: Path) -> None:
        """`fsync` of the folder."""
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def new_incarnation(self) -> bytes:
        """From the system's source of chance."""
        return os.urandom(INCARNATION_BYTES)


class FileLock:
    """Held from the constructor to `release`, or to the end of the process; processes that it forks do not have it."""

    def __init__(self, path: Path) -> None:
        import fcntl

        try:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY)
        except OSError as error:
            raise disk_failure(path, error) from error
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._handle, 20, 0).decode("ascii", "replace").strip()
            os.close(self._handle)
            raise LockHeld(path, holder) from error
        self._is_held = True
        _HELD.add(self)
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Closing the file lets the lock go. May be called again."""
        if self._is_held:
            self._is_held = False
            os.close(self._handle)


_HELD: Final[WeakSet[FileLock]] = WeakSet()


def _let_go() -> None:
    """Else a worker that outlives its node would keep the lock."""
    for lock in list(_HELD):
        lock.release()


os.register_at_fork(after_in_child=_let_go)


class PlainFile:
    """`SmallFile` of the operating system."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY)
        self._is_open = True

    def read(self) -> bytes:
        """All of it."""
        return os.pread(self._handle, os.fstat(self._handle).st_size, 0)

    def write(self, offset: int, data: bytes) -> None:
        """Durable on return."""
        written = os.pwrite(self._handle, data, offset)
        if written != len(data):
            raise OSError(f"{written} of {len(data)} bytes were written")
        sync(self._handle)

    def close(self) -> None:
        """May be called again."""
        if self._is_open:
            self._is_open = False
            os.close(self._handle)


def sync(handle: int) -> None:
    """Asks the disk itself, and not only its cache, to keep what was written."""
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
    else:
        os.fdatasync(handle)
