"""What can go wrong with what the node keeps on disk."""

from __future__ import annotations

import errno
from pathlib import Path

REMEDY = (
    "do not go on with this file: restore a backup with `zkclear node restore`, or rebuild the state from L1 "
    "with `zkclear recover`, and keep the damaged files until it is known what was in them"
)


class StoreError(Exception):
    """Any failure of this package."""


class DiskFailed(StoreError):
    """A write or a sync failed, or wrote less than it was given (EIO and the like)."""

    said = "the disk refused a write, a read or a sync"
    remedy = "see to the disk, then start the node again"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path}: {self.said} ({reason}); nothing of it counts as durable and nothing more is taken: {self.remedy}"
        )
        self.path = path
        self.reason = reason


class DiskFull(DiskFailed):
    """There is no room (ENOSPC, a quota, or a write that came out short)."""

    said = "there is no room left on the disk"
    remedy = "make room, then start the node again"


class DiskReadOnly(DiskFailed):
    """The file or its file system may not be written (EROFS, EACCES)."""

    said = "the file cannot be opened for writing"
    remedy = "mount it writable or mend its permissions, then start the node again"


def disk_failure(path: Path, error: OSError) -> DiskFailed:
    """What a failure that the operating system reports means."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return DiskFull(path, str(error))
    if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.EISDIR}:
        return DiskReadOnly(path, str(error))
    return DiskFailed(path, str(error))


class StoreBusy(StoreError):
    """Another program holds the database for longer than it is waited for; nothing was done."""

    def __init__(self, path: Path, waited_s: float) -> None:
        super().__init__(f"{path}: another program held the database for {waited_s:g} s: end it, or try again")
        self.path = path
        self.waited_s = waited_s


class StatementFailed(StoreError):
    """SQLite does not take a statement: a defect of the program, or a damaged schema."""

    remedy = "a defect of the program, unless `zkclear node check` finds the file damaged"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}: {self.remedy}")
        self.path = path
        self.reason = reason


class ConstraintBroken(StatementFailed):
    """A row breaks a constraint of its table, such as a key that is taken."""

    remedy = "nothing was written; ask for what is there first"


class TransactionMisuse(StoreError):
    """A write outside a transaction, or a transaction inside a transaction."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: write inside `with database.transaction():`, one at a time")
        self.what = what


class LogBroken(StoreError):
    """It failed before, so that nobody knows what is on the disk until it is read again."""

    def __init__(self, path: Path, failure: BaseException) -> None:
        super().__init__(
            f"{path} stopped for good after a failure ({failure}): nothing more is taken; "
            "see to the cause, then start the node again, which reads what was kept"
        )
        self.path = path
        self.failure = failure


class LogCorrupt(StoreError):
    """What is on the disk is not what was written. `sequence` is the first bad entry where one is known."""

    def __init__(self, path: Path, found: str, sequence: int | None = None) -> None:
        where = "" if sequence is None else f" at entry {sequence:,}"
        super().__init__(f"{path} is damaged{where}: {found}; {REMEDY}")
        self.path = path
        self.found = found
        self.sequence = sequence


class FencedOff(StoreError):
    """Another sequencer has taken over: this one may write nothing more."""

    def __init__(self, path: Path, own_epoch: int, epoch: int) -> None:
        super().__init__(
            f"{path}: another sequencer took over (epoch {epoch}, this one has {own_epoch}): "
            "nothing more is taken here; end this process"
        )
        self.path = path
        self.own_epoch = own_epoch
        self.epoch = epoch


class LockHeld(StoreError):
    """Another process of this machine has the store open for writing."""

    def __init__(self, path: Path, holder: str) -> None:
        who = f"process {holder}" if holder else "another process"
        super().__init__(f"{path} is held by {who}: one sequencer at a time; end that one first")
        self.path = path
        self.holder = holder


class NotAStore(StoreError):
    """A database, but none of these."""

    def __init__(self, path: Path, application_id: int) -> None:
        super().__init__(
            f"{path} is a database of another program (application id {application_id:#x}): name another file"
        )
        self.path = path
        self.application_id = application_id


class SchemaTooNew(StoreError):
    """A later version of this program has written here."""

    def __init__(self, path: Path, room: str, found: int, known: int) -> None:
        super().__init__(
            f"{path}: the tables of {room} are of version {found}, and this program knows versions up to {known}: "
            "run the version that wrote them, or a later one; there is no way back but a backup from before"
        )
        self.path = path
        self.room = room
        self.found = found
        self.known = known


class BackupRefused(StoreError):
    """A backup would be written, or restored, over something that is there."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is there already: move it away with its -wal and .witness files, or name another path"
        )
        self.path = path
