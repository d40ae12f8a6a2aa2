"""The real SQLite over files that only the test has: a VFS of apsw, and its connections as `sqlite3` would have them.

No shared memory, so a connection has its file for itself (`locking_mode = EXCLUSIVE`); in all else this does what
SQLite's own layer for Unix does, down to the sync of the folder after the first sync of a new journal.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from functools import cache
from random import Random
from typing import Any, Final, Protocol, TypeVar, cast
from weakref import WeakValueDictionary

import apsw

from sequencer.store.connection import Row, Value

JOURNALS: Final = apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL
SECTOR_BYTES: Final = 4096
VFS_NAME: Final = "faulty"
T = TypeVar("T")


class Files(Protocol):
    """What the VFS asks of the disk. Failures are `OSError`s."""

    def exists(self, name: str) -> bool: ...

    def size(self, name: str) -> int: ...

    def read(self, name: str, offset: int, amount: int) -> bytes: ...

    def create(self, name: str) -> None: ...

    def write(self, name: str, offset: int, data: bytes) -> None: ...

    def resize(self, name: str, size: int) -> None: ...

    def sync(self, name: str) -> None: ...

    def delete(self, name: str) -> None: ...

    def sync_names(self) -> None: ...

    def closing(self) -> AbstractContextManager[None]: ...


class OpenFile:
    """A file that SQLite has open."""

    def __init__(self, files: Files, name: str, *, syncs_folder: bool) -> None:
        self.files = files
        self.name = name
        self.syncs_folder = syncs_folder

    def xRead(self, amount: int, offset: int) -> bytes:
        return self.files.read(self.name, offset, amount)

    def xWrite(self, data: bytes, offset: int) -> None:
        try:
            self.files.write(self.name, offset, bytes(data))
        except OSError as error:
            raise failure(error, apsw.SQLITE_IOERR_WRITE) from error

    def xTruncate(self, size: int) -> None:
        try:
            self.files.resize(self.name, size)
        except OSError as error:
            raise failure(error, apsw.SQLITE_IOERR_TRUNCATE) from error

    def xSync(self, flags: int) -> None:
        try:
            self.files.sync(self.name)
            if self.syncs_folder:
                self.syncs_folder = False
                self.files.sync_names()
        except OSError as error:
            raise failure(error, apsw.SQLITE_IOERR_FSYNC) from error

    def xFileSize(self) -> int:
        return self.files.size(self.name)

    def xLock(self, level: int) -> None: ...

    def xUnlock(self, level: int) -> None: ...

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, operation: int, pointer: int) -> bool:
        return False

    def xSectorSize(self) -> int:
        return SECTOR_BYTES

    def xDeviceCharacteristics(self) -> int:
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE

    def xClose(self) -> None: ...


class FaultyVfs(apsw.VFS):
    """All faulty disks of this process: names begin with the number of the disk.

    It is the default one, so that SQLite's own chance is that of the disk which was opened last.
    """

    def __init__(self) -> None:
        self.disks: WeakValueDictionary[str, Files] = WeakValueDictionary()
        self.random = Random(0)
        self._count = 0
        super().__init__(VFS_NAME, "", makedefault=True)

    def add(self, files: Files) -> str:
        """The prefix of all names on that disk."""
        self._count += 1
        self.disks[str(self._count)] = files
        return f"/{self._count}"

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        files, own = self._found(name.filename() if isinstance(name, apsw.URIFilename) else str(name))
        is_new = not files.exists(own)
        if is_new:
            try:
                files.create(own)
            except OSError as error:
                raise apsw.CantOpenError(str(error)) from error
        flags[1] = flags[0]
        return OpenFile(files, own, syncs_folder=is_new and bool(flags[0] & JOURNALS))

    def xDelete(self, name: str, sync_folder: bool) -> None:
        files, own = self._found(name)
        try:
            files.delete(own)
            if sync_folder:
                files.sync_names()
        except OSError as error:
            raise failure(error, apsw.SQLITE_IOERR_DELETE) from error

    def xAccess(self, name: str, flags: int) -> bool:
        files, own = self._found(name)
        return files.exists(own)

    def xFullPathname(self, name: str) -> str:
        return name

    def xRandomness(self, amount: int) -> bytes:
        return self.random.randbytes(amount)

    def _found(self, name: str) -> tuple[Files, str]:
        number, own = name[1:].split("/", 1)
        return self.disks[number], f"/{own}"


@cache
def faulty_vfs() -> FaultyVfs:
    """The one of this process."""
    return FaultyVfs()


class ApswConnection:
    """A connection of apsw with the methods and the errors of `sqlite3`."""

    def __init__(self, name: str, files: Files, random: Random, page_size: int) -> None:
        self._files = files
        faulty_vfs().random = random
        apsw.randomness(0)  # SQLite's generator starts anew, from the disk's chance
        self._connection = self._guarded(lambda: apsw.Connection(name, vfs=VFS_NAME))
        self.execute(f"PRAGMA page_size = {page_size}", ())
        self.execute("PRAGMA locking_mode = EXCLUSIVE", ())

    @property
    def in_transaction(self) -> bool:
        return bool(self._connection.in_transaction)

    def execute(self, sql: str, parameters: Sequence[Value], /) -> list[Row]:
        return self._guarded(lambda: list(self._connection.execute(sql, tuple(parameters))))

    def executemany(self, sql: str, rows: Iterable[Sequence[Value]], /) -> object:
        return self._guarded(lambda: self._connection.executemany(sql, [tuple(row) for row in rows]))

    def close(self) -> None:
        with self._files.closing():
            self._guarded(self._connection.close)

    def __del__(self) -> None:
        with self._files.closing():
            self._connection.close()

    @staticmethod
    def _guarded(call: Callable[[], T]) -> T:
        try:
            return call()
        except apsw.Error as error:
            translated = sqlite3.OperationalError(str(error))
            translated.sqlite_errorcode = getattr(error, "extendedresult", getattr(error, "result", 1))
            translated.sqlite_errorname = type(error).__name__
            raise translated from error
        except UnicodeDecodeError as error:
            raise sqlite3.OperationalError(f"Could not decode to UTF-8: {error}") from error


def failure(error: OSError, code: int) -> apsw.Error:
    """What SQLite's layer for Unix would report: no room is one code of its own, all else is the operation's."""
    is_full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    found: Any = (apsw.FullError if is_full else apsw.IOError)(str(error))
    found.extendedresult = apsw.SQLITE_FULL if is_full else code
    return cast("apsw.Error", found)
