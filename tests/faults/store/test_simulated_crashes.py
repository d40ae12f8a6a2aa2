"""Power that fails at every operation of the store, on a disk that keeps what was synced and of the rest anything."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from sequencer.store import DiskFailed, EventLog, LogEntry, LogHead, SqliteDatabase, opening
from tests.support.faulty_disk import DATABASE, FaultyDisk
from tests.support.faulty_disk_faults import SURVIVABLE, Fault, crash_image
from tests.support.faulty_disk_state import DiskState
from tests.support.store_crashes import Tally, recovered, simulated
from tests.support.store_runs import OpenLog, kept_by, open_log, recorded_run

DRAWS = 2
TWIN_SEEDS = 10
PARTS = 10
CRASHES_OF_A_PART = 10_000
DEEP_CRASHES_OF_A_PART = 100_000


def crash(first_seed: int, step: int, crashes: int) -> Tally:
    """Seeds until so many crashes were looked at, or something was found."""
    tally = Tally()
    for seed in count(first_seed, step):
        tally.add(simulated(seed, DRAWS))
        if tally.crashes >= crashes or tally.findings:
            return tally
    raise AssertionError("there are always more seeds")


@pytest.mark.parametrize("part", range(PARTS))
def test_g99_nothing_acknowledged_is_lost_wherever_power_fails(part: int) -> None:
    tally = crash(part, PARTS, CRASHES_OF_A_PART)
    assert not tally.findings
    assert tally.crashes >= CRASHES_OF_A_PART
    assert tally.disks > tally.crashes / 3
    assert tally.noticed > tally.rotten / 8


@pytest.mark.deep
@pytest.mark.parametrize("part", range(PARTS))
def test_g99_nothing_acknowledged_is_lost_ever_so_often(part: int) -> None:
    tally = crash(1_000_000 + part, PARTS, DEEP_CRASHES_OF_A_PART)
    assert not tally.findings
    assert tally.crashes >= DEEP_CRASHES_OF_A_PART


def found_within(opened: OpenLog) -> list[Fault]:
    """The kinds of fault that show a planted defect, by the first seed that does."""
    for seed in range(TWIN_SEEDS):
        tally = simulated(seed, DRAWS, opened)
        if tally.findings:
            return [finding.fault for finding in tally.findings]
    return []


def test_g99_acknowledged_before_it_is_synced_twin() -> None:
    def without_syncs(disk: FaultyDisk) -> EventLog:
        log = open_log(disk)
        assert isinstance(log.database, SqliteDatabase)
        list(log.database._connection.execute("PRAGMA synchronous = OFF", ()))
        return log

    assert found_within(without_syncs)


def test_g99_acknowledged_before_it_is_written_twin() -> None:
    class Promising(EventLog):
        """Keeps a group back until the next one comes."""

        waiting: Sequence[bytes] = ()

        def append(self, payloads: Sequence[bytes]) -> LogHead:
            head = super().append(self.waiting) if self.waiting else self.head
            self.waiting = payloads
            return head

    found = found_within(lambda disk: Promising(disk.path, open_database=disk.open_database))
    assert found


def test_g99_no_checksum_twin() -> None:
    class Trusting(EventLog):
        """Reads what is there."""

        def entries(self, first: int = 1) -> Iterator[LogEntry]:
            for row in self.database.execute("SELECT sequence, payload, digest FROM log WHERE sequence >= ?", (first,)):
                yield LogEntry(*row)

    assert set(found_within(lambda disk: Trusting(disk.path, open_database=disk.open_database))) == {Fault.ROTTEN}


def test_g99_no_witness_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite takes rot in the write-ahead log for its end, and only the witness knows better."""
    monkeypatch.setattr(opening, "require_nothing_lost", lambda path, witness, generation: None)
    assert set(found_within(open_log)) == {Fault.ROTTEN}


def test_g99_appended_twice_twin() -> None:
    class Insisting(EventLog):
        """Tries again without looking whether it is there."""

        def append(self, payloads: Sequence[bytes]) -> LogHead:
            super().append(payloads)
            return super().append(payloads[-1:]) if len(payloads) > 2 else self.head

    assert found_within(lambda disk: Insisting(disk.path, open_database=disk.open_database))


def test_g100_power_that_fails_while_the_store_recovers() -> None:
    """Again and again during an opening; what was acknowledged at first is there at last."""
    random = Random(100)
    disk = FaultyDisk(random)
    open_log(disk).append([b"one", b"two"])
    disk = disk.after_crash(Fault.LOST, random)
    cut = 0
    for operations in range(40):
        disk.cut_power_after(operations)
        try:
            open_log(disk)
        except DiskFailed:
            cut += 1
        for fault in SURVIVABLE:
            left = open_log(disk.after_crash(fault, random))
            assert [entry.payload for entry in left.entries()] == [b"one", b"two"]
        disk = disk.after_crash(Fault.REORDERED, random)
    assert cut > 5


def test_g99_the_same_seed_is_the_same_crash() -> None:
    runs = [recorded_run(Random(9), {}) for _ in range(2)]
    assert runs[0] == runs[1]
    assert runs[0] != recorded_run(Random(10), {})


@pytest.mark.parametrize("seed", range(4))
def test_g99_the_systems_own_sqlite_finds_the_same(seed: int, tmp_path: Path) -> None:
    """Disks after crashes as real files, under the library that the node runs with."""
    folder = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else tmp_path  # where a sync costs nothing
    random = Random(seed)
    run = recorded_run(random, {})
    state = DiskState.holding(run.start)
    for operation in run.journal:
        state.apply(operation)
        images = crash_image(state, random.choice(SURVIVABLE), random)
        with TemporaryDirectory(dir=folder) as place:
            for name, data in images.items():
                (Path(place) / Path(name).name).write_bytes(data)
            with EventLog(Path(place) / DATABASE.name) as log:
                kept = kept_by(log)
                log.append([b"goes on"])
        assert kept == recovered(images)
    assert kept.payloads
