"""Backups of a log in use, their way back, and versions that come and go."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from sequencer.store import (
    BackupRefused,
    EventLog,
    LogCorrupt,
    ProofCache,
    SchemaTooNew,
    StatementFailed,
    apply_schema,
    backup,
    event_log,
    restore_backup,
    verify,
)
from sequencer.store.schema import version_of

OLD_STORE = Path(__file__).with_name("version_1.db")
OLD_PAYLOADS = [b"entry %d" % number for number in range(1, 21)]
LATER = (("ALTER TABLE log ADD COLUMN written_s INTEGER",), ("CREATE TABLE notes (sequence INTEGER PRIMARY KEY)",))


def payloads(log: EventLog) -> list[bytes]:
    return [entry.payload for entry in log.entries()]


def test_g110_a_backup_of_a_log_in_use(tmp_path: Path) -> None:
    """Appends go on while copies are made; each has at least what was durable when it began, and a good chain."""
    log = EventLog(tmp_path / "node.db")
    ProofCache(log.database).put(1, b"signals", b"proof")
    log.append([b"%d" % number for number in range(2000)])
    stop = threading.Event()

    def go_on() -> None:
        while not stop.is_set():
            log.append([b"%d" % (log.head.sequence + number) for number in range(10)])

    appending = threading.Thread(target=go_on)
    appending.start()
    try:
        for number in range(5):
            before = log.head.sequence
            head = log.backup(tmp_path / f"backup_{number}.db")
            assert before <= head.sequence <= log.head.sequence + 10
    finally:
        stop.set()
        appending.join()
    log.close()
    found = verify(tmp_path / "backup_4.db")
    assert (found.head, found.is_backup) == (head, True)
    assert restore_backup(tmp_path / "backup_4.db", tmp_path / "restored.db") == head
    with EventLog(tmp_path / "restored.db") as restored:
        assert payloads(restored) == [b"%d" % number for number in range(head.sequence)]
        assert ProofCache(restored.database).get(1, b"signals") == b"proof"
        restored.append([b"goes on"])
    assert not verify(tmp_path / "restored.db").is_backup


def test_g110_nothing_is_overwritten(tmp_path: Path) -> None:
    with EventLog(tmp_path / "node.db") as log:
        log.append([b"one"])
        log.backup(tmp_path / "backup.db")
        for target in (tmp_path / "backup.db", tmp_path / "node.db"):
            with pytest.raises(BackupRefused, match="is there already"):
                log.backup(target)
            with pytest.raises(BackupRefused):
                restore_backup(tmp_path / "backup.db", target)
    (tmp_path / "other.db.witness").touch()
    with pytest.raises(BackupRefused, match="witness"):
        restore_backup(tmp_path / "backup.db", tmp_path / "other.db")


def test_g110_a_damaged_store_gives_no_backup_and_a_damaged_backup_no_store(tmp_path: Path) -> None:
    with EventLog(tmp_path / "node.db") as log:
        log.append([b"one", b"two"])
        log.backup(tmp_path / "backup.db")
        with log.database.transaction():
            log.database.execute("UPDATE log SET payload = ? WHERE sequence = 1", (b"another",))
        with pytest.raises(LogCorrupt):
            log.backup(tmp_path / "second.db")
    data = (tmp_path / "backup.db").read_bytes()
    assert data.count(b"two") == 1
    (tmp_path / "backup.db").write_bytes(data.replace(b"two", b"2wo"))
    with pytest.raises(LogCorrupt):
        restore_backup(tmp_path / "backup.db", tmp_path / "restored.db")
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"node.db", "node.db.lock", "node.db.witness", "backup.db"}


def test_g110_a_backup_that_nobody_verified_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "verify", lambda path: verify(OLD_STORE))
    with EventLog(tmp_path / "node.db") as log:
        log.append([b"one"])
        with log.database.transaction():
            log.database.execute("UPDATE log SET payload = ? WHERE sequence = 1", (b"another",))
        log.backup(tmp_path / "backup.db")
    with pytest.raises(LogCorrupt):
        verify(tmp_path / "backup.db")


def test_g110_an_old_store_is_read_and_goes_on(tmp_path: Path) -> None:
    """A file that version 1 wrote; it stays in the repository, whatever becomes of the schema."""
    path = tmp_path / "node.db"
    shutil.copy(OLD_STORE, path)
    assert verify(path).head.sequence == len(OLD_PAYLOADS)
    with EventLog(path) as log:
        assert payloads(log) == OLD_PAYLOADS
        assert ProofCache(log.database).get(3, b"signals") == b"a proof"
        log.append([b"new"])
    assert verify(path).head.sequence == len(OLD_PAYLOADS) + 1


def test_g110_an_upgrade_and_no_way_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "node.db"
    shutil.copy(OLD_STORE, path)
    with monkeypatch.context() as later:
        later.setattr(event_log, "SCHEMA", (*event_log.SCHEMA, *LATER))
        for _ in range(2):
            with EventLog(path) as log:
                assert payloads(log) == OLD_PAYLOADS
                assert version_of(log.database, "log") == 3
                assert log.database.execute("SELECT count(*) FROM notes") == [(0,)]
    with pytest.raises(SchemaTooNew, match=r"tables of log are of version 3.*versions up to 1"):
        EventLog(path)
    assert verify(path).head.sequence == len(OLD_PAYLOADS)


def test_g110_an_upgrade_that_fails_leaves_the_old_version(tmp_path: Path) -> None:
    with EventLog(tmp_path / "node.db") as log:
        apply_schema(log.database, "room", [["CREATE TABLE a (x)"]])
        with pytest.raises(StatementFailed, match="incomplete input"):
            apply_schema(log.database, "room", [["CREATE TABLE a (x)"], ["CREATE TABLE b (x)"], ["CREATE"]])
        assert version_of(log.database, "room") == 1
        assert log.database.execute("SELECT name FROM sqlite_master WHERE name IN ('a', 'b')") == [("a",)]
        log.append([b"well"])
