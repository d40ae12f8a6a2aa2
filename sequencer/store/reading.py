"""Looking at a store without opening it for writing: nothing is taken over and nothing is changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from sequencer.store.connection import BUSY_TIMEOUT_S, Row, Value, translated
from sequencer.store.errors import DiskReadOnly, NotAStore
from sequencer.store.opening import require_own_format


class Reader:
    """Statements that read, over one snapshot."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.connection = connection

    def execute(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """All rows. Raises `StoreError`s."""
        try:
            return list(self.connection.execute(sql, parameters))
        except sqlite3.Error as error:
            raise translated(error, self.path, is_writing=False) from error


@contextmanager
def open_reader(path: Path) -> Iterator[Reader]:
    """One snapshot of the store at `path`, which may be in use. Raises `StoreError`s, `NotAStore` for a new file."""
    if not path.is_file():
        raise DiskReadOnly(path, "there is no such file")
    try:
        with closing(_connected(path)) as connection:
            if not require_own_format(path, connection):
                raise NotAStore(path, 0)
            connection.execute("BEGIN")
            yield Reader(path, connection)
    except sqlite3.Error as error:
        raise translated(error, path, is_writing=True) from error


def _connected(path: Path) -> sqlite3.Connection:
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    return sqlite3.connect(address, uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_S, check_same_thread=False)
