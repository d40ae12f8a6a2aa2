"""Opening a store for writing: the lock, the settings, whether anything is lost, and the fence. In this order."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final

from sequencer.store.connection import Connection, translated
from sequencer.store.database import SqliteDatabase
from sequencer.store.disk import Disk, LocalDisk
from sequencer.store.errors import LogCorrupt, NotAStore, SchemaTooNew, disk_failure
from sequencer.store.fence import Fence, Lock, take_epoch
from sequencer.store.schema import VERSIONS
from sequencer.store.witness import Witness

APPLICATION_ID: Final = 0x7A6B636C
"""`zkcl`, in the header of the file."""
FORMAT: Final = 1
"""Of what is below; rooms have versions of their own (`apply_schema`)."""
# The log's head is in the row that counts transactions, and so on one page with it: pages reach the file one by one,
# and if the write-ahead log rots meanwhile, a page that is new beside one that is old has to be noticed.
CREATE: Final = (
    """CREATE TABLE store (
        id INTEGER PRIMARY KEY CHECK (id = 1), incarnation BLOB,
        epoch INTEGER NOT NULL, generation INTEGER NOT NULL, head INTEGER NOT NULL, head_digest BLOB NOT NULL)""",
    "INSERT INTO store VALUES (1, NULL, 0, 0, 0, x'')",
    VERSIONS,
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {FORMAT}",
)
UNBORN: Final = 0
"""What the witness says until the first transaction of its incarnation is durable."""
SETTINGS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA fullfsync = ON",
    "PRAGMA checkpoint_fullfsync = ON",
    "PRAGMA wal_autocheckpoint = 0",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
)
LOCAL_DISK: Final = LocalDisk()


def open_database(path: Path, disk: Disk = LOCAL_DISK) -> SqliteDatabase:
    """The store at `path`, made if there is none; whoever had it before is fenced off. Four syncs.

    Raises `LockHeld`, `LogCorrupt` (also if durable transactions are missing), `SchemaTooNew`, `NotAStore`,
    `DiskFailed`, `StoreBusy`.
    """
    lock = disk.lock(path)
    try:
        connection = disk.connect(path)
    except sqlite3.Error as error:
        lock.release()
        raise translated(error, path, is_writing=True) from error
    try:
        return _prepared(path, disk, lock, connection)
    except sqlite3.Error as error:
        _give_up(connection, lock)
        raise translated(error, path, is_writing=True) from error
    except OSError as error:
        _give_up(connection, lock)
        raise disk_failure(path, error) from error
    except BaseException:
        _give_up(connection, lock)
        raise


def require_own_format(path: Path, connection: Connection) -> bool:
    """Whether the file holds a store; False if it is new. Raises `NotAStore`, `SchemaTooNew`, `LogCorrupt`."""
    application_id = _number(connection, "PRAGMA application_id")
    found = _number(connection, "PRAGMA user_version")
    if application_id == 0 and _number(connection, "SELECT count(*) FROM sqlite_master") == 0:
        return False
    if application_id != APPLICATION_ID:
        raise NotAStore(path, application_id)
    if found > FORMAT:
        raise SchemaTooNew(path, "store", found, FORMAT)
    if found != FORMAT:
        raise LogCorrupt(path, f"it says that its format is {found}, which never was")
    return True


def recorded(path: Path, connection: Connection) -> tuple[bytes | None, int, int]:
    """Incarnation, epoch and generation. Raises `LogCorrupt`."""
    for incarnation, epoch, generation in connection.execute(
        "SELECT incarnation, epoch, generation FROM store WHERE id = 1", ()
    ):
        if isinstance(incarnation, bytes | None) and isinstance(epoch, int) and isinstance(generation, int):
            return incarnation, epoch, generation
    raise LogCorrupt(path, "the row that counts transactions is gone or damaged")


def require_nothing_lost(path: Path, witness: Witness, generation: int) -> None:
    """Raises `LogCorrupt` if the witness knows of later transactions, or of none."""
    last = witness.last()
    if last is None:
        raise LogCorrupt(path, "its .witness file is missing or belongs to another store")
    if last > generation:
        raise LogCorrupt(path, f"the last {last - generation:,} of {last:,} durable transactions are lost")


def _prepared(path: Path, disk: Disk, lock: Lock, connection: Connection) -> SqliteDatabase:
    is_there = require_own_format(path, connection)
    for setting in SETTINGS:
        list(connection.execute(setting, ()))
    if not is_there:
        _create(connection)
        disk.sync_folder(path)
    incarnation, epoch, generation = recorded(path, connection)
    file = disk.witness_file(path)
    try:
        witness = Witness(path, file, incarnation or disk.new_incarnation())
        if incarnation is None:
            _require_no_witness(path, witness)
            witness.record(UNBORN)
            disk.sync_folder(path)
        else:
            require_nothing_lost(path, witness, generation)
            witness.record(generation)
        list(connection.execute("BEGIN IMMEDIATE", ()))
        take_epoch(connection, epoch + 1, generation + 1, witness.incarnation)
        list(connection.execute("COMMIT", ()))
        witness.record(generation + 1)
    except BaseException:
        file.close()
        raise
    return SqliteDatabase(path, connection, Fence(path, lock, epoch + 1), witness)


def _require_no_witness(path: Path, witness: Witness) -> None:
    """A store without a name of its own has no history that anybody was told of."""
    last = witness.last(of_any=True)
    if last is not None and last != UNBORN:
        raise LogCorrupt(path, f"it is new, and its .witness file knows {last:,} durable transactions")


def _create(connection: Connection) -> None:
    list(connection.execute("BEGIN IMMEDIATE", ()))
    for statement in CREATE:
        list(connection.execute(statement, ()))
    list(connection.execute("COMMIT", ()))


def _number(connection: Connection, sql: str) -> int:
    return next(int(row[0]) for row in connection.execute(sql, ()))


def _give_up(connection: Connection, lock: Lock) -> None:
    with suppress(sqlite3.Error):
        connection.close()
    lock.release()
