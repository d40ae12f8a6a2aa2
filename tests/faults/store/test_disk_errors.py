"""A disk that says no, once: nothing of it counts as durable, and the log takes nothing more."""

from __future__ import annotations

import errno
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from sequencer.store import DiskFailed, DiskFull, EventLog, LogBroken, LogHead, StoreError
from tests.support.faulty_disk import FaultyDisk, ShortWrite
from tests.support.faulty_disk_faults import SURVIVABLE
from tests.support.faulty_disk_state import Operation, Sync, Write
from tests.support.store_runs import OpenLog, copied_back, open_log

BEFORE, DURING, AFTER = [b"before"], [b"during 1", b"during 2" * 100], [b"after"]
MANY_OPERATIONS = 60


class FailsOnce:
    """The operation with this number fails, and all others go well."""

    def __init__(self, number: int, error: OSError) -> None:
        self.number = number
        self.error = error
        self.failed: Operation | None = None

    def __call__(self, number: int, operation: Operation) -> None:
        if self.failed is None and number >= self.number and self._fits(operation):
            self.failed = operation
            raise self.error

    def _fits(self, operation: Operation) -> bool:
        return isinstance(operation, Write) or not isinstance(self.error, ShortWrite)


def errors() -> list[OSError]:
    return [OSError(code, "as told") for code in (errno.EIO, errno.ENOSPC, errno.EROFS, errno.EDQUOT)] + [ShortWrite(9)]


def payloads(log: EventLog) -> list[bytes]:
    return [entry.payload for entry in log.entries()]


def stops_for_good(number: int, error: OSError, opened: OpenLog) -> bool:
    """One append with one failing operation. False if it has no such operation; asserts all that must hold."""
    disk = FaultyDisk(Random(number))
    log = opened(disk)
    log.append(BEFORE)
    if number % 2:
        copied_back(log.database)
    failing = FailsOnce(len(disk.journal) + number, error)
    disk.on_operation = failing
    failure = None
    try:
        log.append(DURING)
    except DiskFailed as found:
        failure = found
    if failing.failed is None:
        assert failure is None
        return False
    assert failure is not None, "an operation failed, and the append was acknowledged"
    assert isinstance(failure, DiskFull) == (error.errno in {errno.ENOSPC, errno.EDQUOT})
    assert "start the node again" in str(failure)
    with pytest.raises(LogBroken, match="stopped for good"):
        log.append(AFTER)
    with pytest.raises(LogBroken):
        list(log.entries())
    for left in (disk.after_kill(), *(disk.after_crash(fault, Random(number)) for fault in SURVIVABLE)):
        again = open_log(left)
        assert payloads(again) in (BEFORE, BEFORE + DURING)
        again.append(AFTER)
    return True


@pytest.mark.parametrize("error", errors(), ids=["EIO", "ENOSPC", "EROFS", "EDQUOT", "short write"])
def test_g102_a_log_stops_when_one_operation_fails(error: OSError) -> None:
    failed = [stops_for_good(number, error, open_log) for number in range(MANY_OPERATIONS)]
    assert failed.count(True) >= 6
    assert not failed[-1]


def test_g102_goes_on_after_a_failure_twin() -> None:
    class Carefree(EventLog):
        """Thinks that a sync which failed may be asked for again."""

        def append(self, payloads: Sequence[bytes]) -> LogHead:
            try:
                return super().append(payloads)
            except DiskFailed:
                return LogHead(self.head.sequence + len(payloads), b"")

    with pytest.raises(AssertionError):
        stops_for_good(0, OSError(errno.EIO, "as told"), lambda disk: Carefree(disk.path, disk.open_database))


def test_g102_a_sync_that_fails_is_not_asked_for_again() -> None:
    """The kernel forgets what it could not write: a second sync succeeds, and says nothing of the first one's data."""
    disk = FaultyDisk(Random(1))
    log = open_log(disk)
    failing = FailsOnce(len(disk.journal), OSError(errno.EIO, "as told"))
    disk.on_operation = lambda number, operation: failing(number, operation) if isinstance(operation, Sync) else None
    with pytest.raises(DiskFailed):
        log.append(BEFORE)
    assert not [operation for operation in disk.journal[failing.number :] if isinstance(operation, Sync)]


@pytest.mark.parametrize("error", errors(), ids=["EIO", "ENOSPC", "EROFS", "EDQUOT", "short write"])
def test_g102_an_opening_that_fails_leaves_what_was_there(error: OSError) -> None:
    whole = FaultyDisk(Random(1))
    open_log(whole).append(BEFORE)
    for files in ({}, whole.after_kill().start):
        refused = 0
        for number in range(MANY_OPERATIONS):
            disk = FaultyDisk(Random(number), files)
            disk.on_operation = FailsOnce(number, error)
            try:
                open_log(disk)
            except StoreError:
                refused += 1
            assert payloads(open_log(disk.after_kill())) == (BEFORE if files else [])
        assert refused >= 5


def test_g102_a_real_file_that_may_not_grow(tmp_path: Path) -> None:
    """The system's own SQLite, with a limit on the size of files: the child acknowledges until the disk says no."""
    path = tmp_path / "node.db"
    program = f"""
import resource, signal
from pathlib import Path
from sequencer.store import DiskFailed, EventLog, LogBroken
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
log = EventLog(Path({str(path)!r}))
try:
    while True:
        print(log.append([b"x" * 500] * 3).sequence, flush=True)
except DiskFailed as error:
    print(type(error).__name__)
try:
    log.append([b"y"])
except LogBroken:
    print("broken")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    *acknowledged, kind, after = done.stdout.split()
    assert kind in {"DiskFailed", "DiskFull"}
    assert after == "broken"
    with EventLog(path) as log:
        assert log.head.sequence in {int(acknowledged[-1]), int(acknowledged[-1]) + 3}
        assert {entry.payload for entry in log.entries()} == {b"x" * 500}
