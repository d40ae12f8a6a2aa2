"""Copies of a whole store in one file, made while it is in use, and their way back."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sequencer.store.chain import LogHead
from sequencer.store.connection import translated
from sequencer.store.errors import BackupRefused, disk_failure
from sequencer.store.reading import open_reader
from sequencer.store.verification import verify


def back_up(source: Path, target: Path) -> LogHead:
    """Copies the store at `source`, which may be in use, to a file that appears whole, checked and synced, or not.

    It has all that was durable when this began. It needs no other files: `restore_backup` makes a store of it.
    Raises `BackupRefused` if something is there, `LogCorrupt` if the copy does not verify, `DiskFailed`.
    """
    with open_reader(source) as reader, _appearing(target) as temporary:
        try:
            with closing(sqlite3.connect(temporary, isolation_level=None)) as copy:
                reader.connection.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
                copy.execute("UPDATE store SET incarnation = NULL WHERE id = 1")
        except sqlite3.Error as error:
            raise translated(error, target, is_writing=True) from error
        return verify(temporary).head


def restore_backup(backup: Path, path: Path) -> LogHead:
    """Puts a verified copy of a backup where a store will be opened.

    What was accepted after the backup is not in it: compare with L1 before sequencing goes on. Raises `BackupRefused`
    if a store is there, `LogCorrupt`, `DiskFailed`.
    """
    with _appearing(path) as temporary:
        shutil.copyfile(backup, temporary)
        return verify(temporary).head


@contextmanager
def _appearing(target: Path) -> Iterator[Path]:
    """A temporary name whose file becomes `target` if the block ends well, and disappears otherwise."""
    for name in (target.name, target.name + "-wal", target.name + ".witness"):
        if target.with_name(name).exists():
            raise BackupRefused(target.with_name(name))
    temporary = target.with_name(f".{target.name}.{os.urandom(6).hex()}.tmp")
    try:
        yield temporary
        for place in (temporary, target.parent):
            _sync(place)
        os.replace(temporary, target)
        _sync(target.parent)
    except OSError as error:
        raise disk_failure(target, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _sync(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
