"""The database that rooms share: transactions that are whole, fenced and typed."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sequencer.store import (
    ConstraintBroken,
    Database,
    DiskReadOnly,
    LogBroken,
    LogCorrupt,
    NotAStore,
    SchemaTooNew,
    StatementFailed,
    StoreBusy,
    TransactionMisuse,
    apply_schema,
    connection,
    open_database,
    verify,
)
from sequencer.store.database import SqliteDatabase

TABLE = (("CREATE TABLE intents (nonce INTEGER PRIMARY KEY, call BLOB NOT NULL)",),)
INSERT = "INSERT INTO intents VALUES (?, ?)"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqliteDatabase]:
    opened = open_database(tmp_path / "node.db")
    apply_schema(opened, "submitter", TABLE)
    yield opened
    opened.close()


def nonces(database: Database) -> list[int]:
    return [row[0] for row in database.execute("SELECT nonce FROM intents ORDER BY nonce")]


def test_the_settings_are_the_durable_ones(database: SqliteDatabase) -> None:
    assert database.execute("SELECT * FROM pragma_journal_mode") == [("wal",)]
    assert database.execute("SELECT * FROM pragma_synchronous") == [(2,)]
    assert database.execute("SELECT * FROM pragma_fullfsync") == [(1,)]


def test_files_are_for_their_owner_alone(database: SqliteDatabase, tmp_path: Path) -> None:
    files = sorted(tmp_path.iterdir())
    assert [path.name for path in files] == [
        "node.db",
        "node.db-shm",
        "node.db-wal",
        "node.db.lock",
        "node.db.witness",
    ]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_a_transaction_is_whole(database: SqliteDatabase) -> None:
    with database.transaction():
        database.executemany(INSERT, [(1, b"a"), (2, b"b")])

    def interrupted() -> None:
        with database.transaction():
            database.execute(INSERT, (3, b"c"))
            raise KeyError

    with pytest.raises(KeyError):
        interrupted()
    assert nonces(database) == [1, 2]


def test_a_broken_constraint_takes_the_transaction_back_and_no_more(database: SqliteDatabase) -> None:
    with pytest.raises(ConstraintBroken, match="nothing was written"), database.transaction():
        database.executemany(INSERT, [(1, b"a"), (1, b"b")])
    with database.transaction():
        database.execute(INSERT, (1, b"a"))
    assert nonces(database) == [1]


def test_nothing_is_written_outside_a_transaction(database: SqliteDatabase) -> None:
    for misuse in (
        lambda: database.execute(INSERT, (1, b"a")),
        lambda: database.executemany(INSERT, [(1, b"a")]),
        lambda: database.execute("DROP TABLE intents"),
    ):
        with pytest.raises(TransactionMisuse):
            misuse()
    assert nonces(database) == []


def test_no_transaction_inside_a_transaction(database: SqliteDatabase) -> None:
    def nested() -> None:
        with database.transaction():
            database.execute(INSERT, (1, b"a"))
            with database.transaction():
                database.execute(INSERT, (2, b"a"))

    with pytest.raises(TransactionMisuse):
        nested()
    assert nonces(database) == []


def test_a_failure_that_somebody_swallows_still_ends_the_transaction(database: SqliteDatabase) -> None:
    def swallowed() -> None:
        with database.transaction():
            database.execute(INSERT, (1, b"a"))
            database._failure = OSError("as if the disk had failed")

    with pytest.raises(LogBroken):
        swallowed()
    database._failure = None
    assert nonces(database) == []


def test_a_statement_that_is_none(database: SqliteDatabase) -> None:
    with pytest.raises(StatementFailed, match="syntax error"):
        database.execute("SELECT FROM WHERE")
    assert nonces(database) == []


def test_a_closed_database_says_so(database: SqliteDatabase) -> None:
    database.close()
    database.close()
    with pytest.raises(TransactionMisuse, match="closed"):
        database.execute("SELECT 1")


def test_threads_take_turns(database: SqliteDatabase) -> None:
    def insert(first: int) -> None:
        for nonce in range(first, first + 20):
            with database.transaction():
                database.execute(INSERT, (nonce, b""))
                assert nonce in nonces(database)

    threads = [threading.Thread(target=insert, args=(100 * number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(nonces(database)) == 80


def test_another_program_that_holds_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sequencer.store import disk

    monkeypatch.setattr(disk, "BUSY_TIMEOUT_S", 0.05)
    database = open_database(tmp_path / "node.db")
    other = sqlite3.connect(tmp_path / "node.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy, match="another program"), database.transaction():
        database.execute("SELECT 1")
    other.execute("ROLLBACK")
    other.close()
    with database.transaction():
        assert database.execute("SELECT 1") == [(1,)]
    database.close()


def test_the_write_ahead_log_does_not_grow_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "node.db"
    database = open_database(path)
    apply_schema(database, "submitter", TABLE)
    for first in range(0, 200_000, 20_000):
        with database.transaction():
            database.executemany(INSERT, [(nonce, bytes(50)) for nonce in range(first, first + 20_000)])
    assert path.with_name("node.db-wal").stat().st_size < 4_000_000
    assert path.stat().st_size > 10_000_000
    database.close()


def test_files_that_are_no_stores(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    sqlite3.connect(other).execute("CREATE TABLE t (x)").connection.close()
    before = other.read_bytes()
    for read in (open_database, verify):
        with pytest.raises(NotAStore, match="another program"):
            read(other)
    assert other.read_bytes() == before
    with pytest.raises(DiskReadOnly):
        open_database(tmp_path / "missing" / "node.db")
    with pytest.raises(DiskReadOnly, match="no such file"):
        verify(tmp_path / "none.db")


def test_g110_a_file_of_a_later_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "node.db"
    open_database(path).close()
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA user_version = 2")
    raw.close()
    for read in (open_database, verify):
        with pytest.raises(SchemaTooNew, match=r"version 2.*versions up to 1"):
            read(path)


@pytest.mark.parametrize("damaged", ["abc", b"\x01", 1.5])
def test_transactions_are_not_counted_from_a_damaged_number(
    database: SqliteDatabase, damaged: str | bytes | float
) -> None:
    with database.transaction():
        database.execute("UPDATE store SET generation = ?", (damaged,))
    with pytest.raises(LogCorrupt, match="counts transactions"), database.transaction():
        database.execute(INSERT, (1, b"call"))
    with pytest.raises(LogBroken):
        nonces(database)


def test_errors_of_sqlite_by_code() -> None:
    def kind(code: int, *, is_writing: bool = True) -> str:
        error = sqlite3.OperationalError("as told")
        error.sqlite_errorcode = code
        error.sqlite_errorname = "SQLITE_ANY"
        return type(connection.translated(error, Path("node.db"), is_writing=is_writing)).__name__

    assert kind(sqlite3.SQLITE_FULL) == "DiskFull"
    assert kind(sqlite3.SQLITE_IOERR_FSYNC) == "DiskFailed"
    assert kind(sqlite3.SQLITE_IOERR_SHORT_READ) == "DiskFailed"
    assert kind(sqlite3.SQLITE_READONLY) == "DiskReadOnly"
    assert kind(sqlite3.SQLITE_READONLY, is_writing=False) == "TransactionMisuse"
    assert kind(sqlite3.SQLITE_CORRUPT) == "LogCorrupt"
    assert kind(sqlite3.SQLITE_NOTADB) == "LogCorrupt"
    assert kind(sqlite3.SQLITE_BUSY_SNAPSHOT) == "StoreBusy"
    assert kind(sqlite3.SQLITE_CONSTRAINT_UNIQUE) == "ConstraintBroken"
    assert kind(sqlite3.SQLITE_ERROR) == "StatementFailed"
