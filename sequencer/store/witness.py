"""What was durable last, in a small file beside the database.

SQLite takes a damaged tail of its write-ahead log for a crash and forgets it without a word. So every transaction has a
number, and when it is durable the number is written here, durably too, before anybody is told. A database that knows
fewer transactions than its witness has lost some.

Two slots take turns: a torn write leaves the one before. A slot is magic, incarnation of the store, number, checksum.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

from sequencer.store.errors import disk_failure

MAGIC: Final = b"zkcwit01"
INCARNATION_BYTES: Final = 16
NUMBER_BYTES: Final = 8
SLOT_BYTES: Final = len(MAGIC) + INCARNATION_BYTES + NUMBER_BYTES + 32
SLOT_DISTANCE: Final = 4096
"""No disk writes less than a sector or more than a page at once, so slots do not share one."""


class SmallFile(Protocol):
    """A file that is overwritten in place. Its failures are `OSError`s."""

    def read(self) -> bytes:
        """All of it; empty if it is new."""

    def write(self, offset: int, data: bytes) -> None:
        """Durable on return."""

    def close(self) -> None:
        """May be called again."""


class Witness:
    """The number of the last durable transaction."""

    def __init__(self, path: Path, file: SmallFile, incarnation: bytes) -> None:
        self._path = path
        self._file = file
        self.incarnation = incarnation

    def record(self, generation: int) -> None:
        """Durable on return. Raises `DiskFailed`."""
        slot = slot_bytes(self.incarnation, generation)
        try:
            self._file.write(SLOT_DISTANCE * (generation % 2), slot)
        except OSError as error:
            raise disk_failure(self._path, error) from error

    def last(self, *, of_any: bool = False) -> int | None:
        """The largest number recorded for this incarnation, or for any; None if there is none. Raises `DiskFailed`."""
        try:
            return last_recorded(self._file.read(), None if of_any else self.incarnation)
        except OSError as error:
            raise disk_failure(self._path, error) from error

    def close(self) -> None:
        """May be called again."""
        self._file.close()


def slot_bytes(incarnation: bytes, generation: int) -> bytes:
    """A slot as it is written: `SLOT_BYTES` bytes."""
    content = MAGIC + incarnation + generation.to_bytes(NUMBER_BYTES, "big")
    return content + sha256(content).digest()


def last_recorded(data: bytes, incarnation: bytes | None) -> int | None:
    """The largest number in whole slots of this incarnation, or of any."""
    found: list[int] = []
    for start in (0, SLOT_DISTANCE):
        slot = data[start : start + SLOT_BYTES]
        number = int.from_bytes(slot[len(MAGIC) + INCARNATION_BYTES :][:NUMBER_BYTES], "big")
        own = slot[len(MAGIC) :][:INCARNATION_BYTES] if incarnation is None else incarnation
        if slot == slot_bytes(own, number):
            found.append(number)
    return max(found, default=None)
