"""Bytes that change on the disk: every one of them is noticed, or makes no difference."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest

from sequencer.store import EventLog, LogCorrupt, LogEntry, ProofCache, StoreError, opening, verify
from tests.support.faulty_disk import FaultyDisk
from tests.support.store_runs import copied_back, open_log

Files = dict[str, bytes]
PAYLOADS = [b"%d:" % number + bytes(20) for number in range(24)]
PROOF = bytes(range(200))


def a_store() -> Files:
    """A third of the log is in the file, the rest in the write-ahead log; and there is a proof."""
    disk = FaultyDisk(Random(103))
    log = open_log(disk)
    log.append(PAYLOADS[:8])
    ProofCache(log.database).put(7, b"signals", PROOF)
    copied_back(log.database)
    for start in range(8, 24, 4):
        log.append(PAYLOADS[start : start + 4])
    return disk.after_kill().start


def flipped(files: Files, name: str, place: int, bit: int) -> Files:
    data = bytearray(files[name])
    data[place] ^= 1 << bit
    return files | {name: bytes(data)}


def silently_wrong(files: Files) -> bool:
    """Whether the store opens, and says what was never written."""
    try:
        log = open_log(FaultyDisk(Random(0), files))
        if [entry.payload for entry in log.entries()] != PAYLOADS:
            return True
    except StoreError:
        return False
    try:
        return ProofCache(log.database).get(7, b"signals") not in {None, PROOF}
    except StoreError:
        return False


def wrong_places(step: int, bits: range | None = None) -> list[tuple[str, int, int]]:
    files, random = a_store(), Random(1)
    return [
        (name, place, bit)
        for name in files
        for place in range(0, len(files[name]), step)
        for bit in (bits or [random.randrange(8)])
        if silently_wrong(flipped(files, name, place, bit))
    ]


def test_g103_any_byte_of_a_store_may_rot() -> None:
    assert {Path(name).name for name in a_store()} == {"node.db", "node.db-wal", "node.db.witness"}
    assert wrong_places(step=2) == []


@pytest.mark.deep
def test_g103_any_bit_of_a_store_may_rot() -> None:
    assert wrong_places(step=1, bits=range(8)) == []


def test_g103_sqlite_alone_does_not_notice_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "require_nothing_lost", lambda path, witness, generation: None)
    places = wrong_places(step=97)
    assert places
    assert {Path(name).name for name, _, _ in places} == {"node.db-wal"}


def test_g103_a_lost_tail_is_noticed_and_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "node.db"
    log = EventLog(path)
    for payload in PAYLOADS:
        log.append([payload])
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("node.db", "node.db-wal", "node.db.witness"):
        shutil.copy(tmp_path / name, copy / name)
    log.close()
    wal = copy / "node.db-wal"
    with wal.open("r+b") as file:
        file.truncate(wal.stat().st_size - 5000)
    for read in (EventLog, verify):
        with pytest.raises(
            LogCorrupt, match=r"durable transactions are lost.*restore a backup.*rebuild the state from L1"
        ):
            read(copy / "node.db")


@pytest.mark.parametrize("name", ["node.db", "node.db-wal", "node.db.witness"])
def test_g103_a_missing_file_is_noticed(tmp_path: Path, name: str) -> None:
    path = tmp_path / "node.db"
    log = EventLog(path)
    log.append(PAYLOADS)
    copy = tmp_path / "copy"
    copy.mkdir()
    for each in {"node.db", "node.db-wal", "node.db.witness"} - {name}:
        shutil.copy(tmp_path / each, copy / each)
    log.close()
    with pytest.raises(LogCorrupt):
        EventLog(copy / "node.db")


def test_g103_the_first_bad_entry_is_named(tmp_path: Path) -> None:
    path = tmp_path / "node.db"
    with EventLog(path) as log:
        log.append(PAYLOADS)
        with log.database.transaction():
            log.database.execute("UPDATE log SET payload = ? WHERE sequence = 5", (b"another",))
        read: list[LogEntry] = []
        with pytest.raises(LogCorrupt) as found:
            read.extend(log.entries())
        assert (found.value.sequence, len(read)) == (5, 4)
    with pytest.raises(LogCorrupt) as found:
        verify(path)
    assert found.value.sequence == 5


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM log WHERE sequence = 9",
        "DELETE FROM log WHERE sequence = 24",
        "DELETE FROM log",
        "INSERT INTO log SELECT 25, payload, digest FROM log WHERE sequence = 24",
        "UPDATE log SET digest = zeroblob(32) WHERE sequence = 24",
        "UPDATE log SET payload = CAST(payload AS TEXT) || '' WHERE sequence = 3",
        "UPDATE log SET sequence = sequence + 100 WHERE sequence > 12",
        "UPDATE store SET head = 23",
        "DELETE FROM store",
        "DROP TABLE log",
    ],
)
def test_g103_a_log_that_somebody_changed_is_not_read(tmp_path: Path, change: str) -> None:
    path = tmp_path / "node.db"
    with EventLog(path) as log:
        log.append(PAYLOADS)
        with log.database.transaction():
            log.database.execute(change)
    with pytest.raises(LogCorrupt):
        verify(path)
    with pytest.raises(LogCorrupt), EventLog(path) as log:
        list(log.entries())
