"""What may be on a disk after a crash: all that a sync covers, unless it rots, and of the rest anything."""

from __future__ import annotations

from enum import Enum
from random import Random
from typing import Final

from tests.support.faulty_disk_state import (
    Change,
    DiskState,
    FileState,
    Resize,
    Write,
    applied,
    apply_resize,
    apply_write,
)

SECTOR_BYTES: Final = 512


class Fault(Enum):
    """What becomes of changes that no sync covers; of each file, and of the folder, by itself."""

    KEPT = "kept"
    """All reach the disk: only the process died."""
    LOST = "lost"
    """None does."""
    TORN = "torn"
    """Those before some place in time do, and of the next one the bytes up to some place."""
    REORDERED = "reordered"
    """Any sectors do, and any do not."""
    ZERO_TAILED = "zero-tailed"
    """The file has its new length, and zeros where data did not come."""
    FLIPPED = "flipped"
    """They do, with bits flipped."""
    STALE = "stale"
    """Some sectors do; the others hold what somebody wrote long ago."""
    ROTTEN = "rotten"
    """All reach the disk or none does, and a bit of it flips, synced or not: this may only be noticed, not survived."""


SURVIVABLE: Final = tuple(fault for fault in Fault if fault is not Fault.ROTTEN)
CERTAIN: Final = (Fault.KEPT, Fault.LOST)
"""Those in which no chance is involved."""


def crash_image(state: DiskState, fault: Fault, random: Random) -> dict[str, bytes]:
    """All files that are there when the power is back, by name."""
    if fault is Fault.ROTTEN:
        return _rotten(crash_image(state, random.choice(CERTAIN), random), random)
    names = state.with_names_kept(_names_kept(state, fault, random))
    return {name: _file_image(file, fault, random) for name, file in names.items()}


def _names_kept(state: DiskState, fault: Fault, random: Random) -> int:
    if fault is Fault.LOST:
        return 0
    if fault is Fault.KEPT:
        return len(state.pending_names)
    return random.randint(0, len(state.pending_names))


def _file_image(file: FileState, fault: Fault, random: Random) -> bytes:
    if not file.pending or fault is Fault.LOST:
        return file.synced
    match fault:
        case Fault.KEPT:
            return file.content()
        case Fault.TORN:
            return applied(file.synced, _torn(file.pending, random))
        case Fault.ZERO_TAILED:
            return _zero_tailed(file, random)
        case Fault.FLIPPED:
            return applied(file.synced, tuple(_flipped(change, random) for change in file.pending))
        case _:
            return _by_sectors(file, random, is_stale=fault is Fault.STALE)


def _torn(pending: tuple[Change, ...], random: Random) -> tuple[Change, ...]:
    whole = random.randrange(len(pending))
    last = pending[whole]
    if isinstance(last, Resize):
        return pending[:whole]
    return (*pending[:whole], Write(last.name, last.offset, last.data[: random.randrange(len(last.data) + 1)]))


def _zero_tailed(file: FileState, random: Random) -> bytes:
    """A prefix of the changes, then zeros up to where the file would have ended."""
    kept = bytearray(applied(file.synced, file.pending[: random.randrange(len(file.pending))]))
    length = len(file.content())
    if length > len(kept):
        apply_resize(kept, length)
    return bytes(kept)


def _by_sectors(file: FileState, random: Random, *, is_stale: bool) -> bytes:
    """Every sector of every change comes or does not, each with a chance that is drawn for all."""
    data = bytearray(file.synced)
    chance = random.random()
    for change in file.pending:
        if isinstance(change, Resize):
            if random.random() < chance:
                apply_resize(data, change.size)
            continue
        for offset, piece in _sectors(change):
            if random.random() < chance:
                apply_write(data, offset, piece)
            elif is_stale:
                apply_write(data, offset, random.randbytes(len(piece)))
    return bytes(data)


def _sectors(write: Write) -> list[tuple[int, bytes]]:
    pieces = []
    start = 0
    while start < len(write.data):
        end = start + SECTOR_BYTES - (write.offset + start) % SECTOR_BYTES
        pieces.append((write.offset + start, write.data[start:end]))
        start = end
    return pieces


def _flipped(change: Change, random: Random) -> Change:
    if isinstance(change, Resize) or not change.data or random.random() < 0.5:
        return change
    data = bytearray(change.data)
    for _ in range(random.randint(1, 3)):
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return Write(change.name, change.offset, bytes(data))


def _rotten(images: dict[str, bytes], random: Random) -> dict[str, bytes]:
    names = [name for name in sorted(images) if images[name]]
    if not names:
        return images
    name = random.choice(names)
    data = bytearray(images[name])
    data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return images | {name: bytes(data)}
