"""One sequencer at a time: a lock of the operating system, and an epoch in the database where locks do not reach."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Protocol

from sequencer.store.connection import Connection
from sequencer.store.errors import FencedOff, LogCorrupt

COUNT: Final = (
    "UPDATE store SET generation = generation + 1 WHERE id = 1 AND typeof(generation) = 'integer'"
    " RETURNING epoch, generation"
)
"""One statement, since SQLite lets other threads run at each. It takes a damaged text for 0, and would count on."""

TAKE: Final = "UPDATE store SET epoch = ?, generation = ?, incarnation = ? WHERE id = 1"


class Lock(Protocol):
    """What is held while the store is open for writing."""

    def release(self) -> None:
        """Lets others have it. May be called again."""


class Fence:
    """The right to write. Whoever opened the store last has it; all others learn so at their next transaction."""

    def __init__(self, path: Path, lock: Lock, epoch: int) -> None:
        self.path = path
        self.epoch = epoch
        self._lock = lock

    def enter(self, connection: Connection) -> int:
        """Called first in every transaction: its number in the store's life. Raises `FencedOff`, `LogCorrupt`."""
        for epoch, generation in list(connection.execute(COUNT, ())):
            if epoch != self.epoch:
                raise FencedOff(self.path, self.epoch, epoch)
            return int(generation)
        raise LogCorrupt(self.path, "the row that counts transactions is gone or damaged")

    def release(self) -> None:
        """Gives the lock back."""
        self._lock.release()


def take_epoch(connection: Connection, epoch: int, generation: int, incarnation: bytes) -> None:
    """Fences off whoever had the store before. The caller has the transaction."""
    list(connection.execute(TAKE, (epoch, generation, incarnation)))
