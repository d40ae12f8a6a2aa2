"""A disk that forgets what was not synced, for the real store and the real SQLite.

Use it in three ways.

1. A crash somewhere in a run of one's own (a scheduler with a seed, several rooms on one store)::

       disk = FaultyDisk(Random(seed))
       log = EventLog(disk.path, open_database=disk.open_database)    # rooms share `log.database`
       log.append([...])
       disk = disk.after_crash(Fault.TORN, Random(seed))               # power is gone: what is left is a new disk
       log = EventLog(disk.path, open_database=disk.open_database)

   Never close what was open on the old disk: it is dead, and nothing it does is seen by the new one.

2. Every crash point of a run: `disk.journal` has all operations in their order; replay them on
   `DiskState.holding(disk.start)` one by one, and after each ask `crash_image` what may be left.

3. Errors while it runs: `disk.on_operation = hook`. It is called before each operation, with its number in the journal;
   an `OSError` that it raises is what the store gets (ENOSPC, EIO…), and the operation does not happen, or of a write
   only the beginning if it is a `ShortWrite`. `disk.cut_power_after(n)` does so for every operation after the next n,
   with which a crash in the middle of an append is simulated: the append raises `DiskFailed`, then ask `after_crash`.

All chance comes from the `Random` that is passed in, SQLite's own too. One thread; one connection to a file at a time.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Final

from sequencer.store import SqliteDatabase, open_database
from sequencer.store.errors import LockHeld
from tests.support.faulty_disk_faults import Fault, crash_image
from tests.support.faulty_disk_state import (
    Create,
    Delete,
    DiskState,
    Operation,
    Resize,
    Sync,
    SyncFolder,
    Write,
    apply_resize,
    apply_write,
)
from tests.support.faulty_disk_vfs import ApswConnection, faulty_vfs

__all__ = ["DATABASE", "Fault", "FaultyDisk", "ShortWrite"]

DATABASE: Final = Path("/node.db")
SMALL_PAGE: Final = 512
CAPACITY_BYTES: Final = 1 << 26
"""Of each file: rot in a journal may ask for a page that is half a terabyte away."""


class ShortWrite(OSError):
    """There was room for the beginning."""

    def __init__(self, written: int) -> None:
        super().__init__(errno.ENOSPC, f"only {written} bytes were written")
        self.written = written


class FaultyDisk:
    """`Disk` in memory; see the module for how to use it."""

    def __init__(self, random: Random, files: dict[str, bytes] | None = None, *, page_size: int = SMALL_PAGE) -> None:
        self.path = DATABASE
        self.random = random
        self.start = dict(files or {})
        self.journal: list[Operation] = []
        self.on_operation: Callable[[int, Operation], None] | None = None
        self._page_size = page_size
        self._contents = {name: bytearray(data) for name, data in self.start.items()}
        self._prefix = faulty_vfs().add(self)
        self._is_locked = False
        self._is_closing = False
        self._is_over = False

    def open_database(self, path: Path) -> SqliteDatabase:
        """What `EventLog` takes as `open_database`."""
        return open_database(path, self)

    def after_crash(self, fault: Fault, random: Random) -> FaultyDisk:
        """What is left if power fails now; nothing that is open on this disk counts any more."""
        state = DiskState.holding(self.start)
        for operation in self.journal:
            state.apply(operation)
        return FaultyDisk(self.random, crash_image(state, fault, random), page_size=self._page_size)

    def after_kill(self) -> FaultyDisk:
        """What is left if only the process dies: everything that was written."""
        files = {name: bytes(data) for name, data in self._contents.items()}
        return FaultyDisk(self.random, files, page_size=self._page_size)

    def cut_power_after(self, operations: int) -> None:
        """So many more operations happen, and then none."""
        last = len(self.journal) + operations

        def cut(number: int, operation: Operation) -> None:
            if number >= last:
                raise OSError(errno.EIO, f"power is gone before {type(operation).__name__}")

        self.on_operation = cut

    # -- what the store asks for -----------------------------------------------------------------------------------

    def lock(self, path: Path) -> DiskLock:
        """Gone with the crash, like a lock of the operating system."""
        if self._is_locked:
            raise LockHeld(path, "")
        self._is_locked = True
        return DiskLock(self)

    def unlock(self) -> None:
        self._is_locked = False

    def connect(self, path: Path) -> ApswConnection:
        return ApswConnection(f"{self._prefix}{path}", self, self.random, self._page_size)

    def witness_file(self, path: Path) -> DiskFile:
        name = f"{path}.witness"
        if not self.exists(name):
            self.create(name)
        return DiskFile(self, name)

    def sync_folder(self, path: Path) -> None:
        self.sync_names()

    def new_incarnation(self) -> bytes:
        return self.random.randbytes(16)

    # -- what SQLite asks for --------------------------------------------------------------------------------------

    def exists(self, name: str) -> bool:
        return name in self._contents

    def size(self, name: str) -> int:
        return len(self._contents[name])

    def read(self, name: str, offset: int, amount: int) -> bytes:
        return bytes(self._contents[name][offset : offset + amount])

    def create(self, name: str) -> None:
        if self._happens(Create(name)):
            self._contents[name] = bytearray()

    def write(self, name: str, offset: int, data: bytes) -> None:
        _require_room(offset + len(data))
        try:
            if self._happens(Write(name, offset, data)):
                apply_write(self._contents[name], offset, data)
        except ShortWrite as error:
            beginning = data[: error.written]
            self.journal.append(Write(name, offset, beginning))
            apply_write(self._contents[name], offset, beginning)
            raise

    def resize(self, name: str, size: int) -> None:
        _require_room(size)
        if self._happens(Resize(name, size)):
            apply_resize(self._contents[name], size)

    def sync(self, name: str) -> None:
        self._happens(Sync(name))

    def delete(self, name: str) -> None:
        if self._happens(Delete(name)):
            del self._contents[name]

    def sync_names(self) -> None:
        self._happens(SyncFolder())

    @contextmanager
    def closing(self) -> Iterator[None]:
        """SQLite tells nobody of what fails while it closes a file: its last checkpoint just ends there."""
        self._is_closing = True
        try:
            yield
        finally:
            self._is_closing = self._is_over = False

    def _happens(self, operation: Operation) -> bool:
        if self.on_operation is not None and not self._is_over:
            try:
                self.on_operation(len(self.journal), operation)
            except OSError:
                if not self._is_closing:
                    raise
                self._is_over = True
        if not self._is_over:
            self.journal.append(operation)
        return not self._is_over


class DiskLock:
    """`Lock` of a faulty disk."""

    def __init__(self, disk: FaultyDisk) -> None:
        self._disk = disk

    def release(self) -> None:
        self._disk.unlock()


class DiskFile:
    """`SmallFile` of a faulty disk."""

    def __init__(self, disk: FaultyDisk, name: str) -> None:
        self._disk = disk
        self._name = name

    def read(self) -> bytes:
        return self._disk.read(self._name, 0, self._disk.size(self._name))

    def write(self, offset: int, data: bytes) -> None:
        self._disk.write(self._name, offset, data)
        self._disk.sync(self._name)

    def close(self) -> None: ...


def _require_room(size: int) -> None:
    if size > CAPACITY_BYTES:
        raise OSError(errno.ENOSPC, f"{size:,} bytes are more than a file may have here")
