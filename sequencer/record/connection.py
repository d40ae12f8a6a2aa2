"""Opening a record, to write or to read."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sequencer.record.errors import NoRecord, NotARecord, RecordBusy, RecordDamaged, RecordError, RecordTooNew
from sequencer.record.schema import APPLICATION_ID, RECORD_NAME, TABLES, VERSION

WRITE_PATIENCE_S: Final = 5.0
"""How long one writer waits for another: a node may record from two processes."""
READ_PATIENCE_S: Final = 5.0
CLOSE_PATIENCE_MS: Final = 1_000
SETTINGS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = OFF",  # derived: whatever a crash of the machine takes is in the log
    "PRAGMA temp_store = MEMORY",
    "PRAGMA trusted_schema = OFF",
)


def record_path(folder: Path) -> Path:
    """Where the record of the node in a folder is; a path that is a file already is its own."""
    return folder if folder.is_file() else folder / RECORD_NAME


def open_writer(path: Path) -> sqlite3.Connection:
    """The record at `path`, made if there is none, and made anew if it is of an older version.

    For one thread, which need not be the caller's. Raises `NotARecord`, `RecordTooNew`, `RecordDamaged`, `RecordBusy`.
    """
    try:
        connection = sqlite3.connect(path, timeout=WRITE_PATIENCE_S, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise translated(error, path) from error
    try:
        found = _version(connection, path)
        for setting in SETTINGS:
            connection.execute(setting)
        if found != VERSION:
            make_tables(connection, path)
    except sqlite3.Error as error:
        connection.close()
        raise translated(error, path) from error
    except RecordError:
        connection.close()
        raise
    return connection


def open_reader(path: Path) -> sqlite3.Connection:
    """The record at `path`, read only, whether or not somebody writes it.

    Raises `NoRecord`, `NotARecord`, `RecordTooNew`, `RecordDamaged` (also for one of an older version).
    """
    if not path.is_file():
        raise NoRecord(path)
    has_log = path.with_name(path.name + "-wal").exists()
    # SQLite keeps an index beside a write-ahead log, for which a folder that cannot be written has no place.
    is_still = not has_log and not os.access(path.parent, os.W_OK)
    address = f"file:{quote(str(path.absolute()))}?{'immutable=1' if is_still else 'mode=ro'}"
    try:
        connection = sqlite3.connect(
            address, uri=True, timeout=READ_PATIENCE_S, isolation_level=None, check_same_thread=False
        )
        try:
            found = _version(connection, path)
            if found == 0 and not _number(connection, "PRAGMA application_id"):
                raise NoRecord(path)  # whoever writes it has not begun
            if found != VERSION:
                raise RecordDamaged(path, "an older version of the program has written it")
            return connection
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise translated(error, path) from error


def close_writer(connection: sqlite3.Connection) -> None:
    """Leaves all in one file: alone where nobody else has it open, beside an empty log where somebody reads.

    Raises nothing.
    """
    with closing(connection), suppress(sqlite3.Error):
        connection.execute(f"PRAGMA busy_timeout = {CLOSE_PATIENCE_MS}")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA busy_timeout = 0")
        connection.execute("PRAGMA journal_mode = DELETE")


def translated(error: sqlite3.Error, path: Path) -> RecordError:
    """What SQLite says, as an error that says what to do."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_NOTADB:
        return NotARecord(path)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return RecordBusy(path)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR):
        return RecordDamaged(path, str(error))
    return RecordError(path, f"{error}: look at the disk and at the rights of the folder")


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """0 of a file that is new. Raises `NotARecord`, `RecordTooNew`."""
    application_id = _number(connection, "PRAGMA application_id")
    if application_id != APPLICATION_ID:
        if application_id or _number(connection, "SELECT COUNT(*) FROM sqlite_master"):
            raise NotARecord(path)
        return 0
    version = _number(connection, "PRAGMA user_version")
    if version > VERSION:
        raise RecordTooNew(path, version, VERSION)
    return version


def _number(connection: sqlite3.Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])


def make_tables(connection: sqlite3.Connection, path: Path, *, anew: bool = False) -> None:
    """Drops what is there and makes all tables, in one transaction; not if another process just did, unless `anew`.

    Raises `sqlite3.Error`, `RecordTooNew`.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        if anew or _version(connection, path) != VERSION:
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                connection.execute(f"DROP TABLE {name}")
            for statement in TABLES:
                connection.execute(statement)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
