"""A record that is open for reading."""

from __future__ import annotations

import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from sequencer.record.connection import open_reader, translated
from sequencer.record.encoding import unsqueezed, value_of
from sequencer.record.errors import RecordDamaged

T = TypeVar("T")

LARGEST: Final = {
    "accounts": "SELECT MAX(account) FROM accounts",
    "batches": "SELECT MAX(number) FROM batches",
    "books": "SELECT MAX(series_id) FROM books",
    "proofs": "SELECT MAX(number) FROM proofs",
    "tables": "SELECT MAX(time_s) FROM tables",
}


class RecordFile:
    """Statements over the file, each a snapshot of its own. Safe from any thread."""

    def __init__(self, path: Path) -> None:
        """Costs a millisecond. Raises `NoRecord`, `NotARecord`, `RecordTooNew`, `RecordDamaged`."""
        self.path = path
        self._connection = open_reader(path)
        self._lock = threading.Lock()
        self._version = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """May be called again."""
        with self._lock:
            self._connection.close()

    def changed(self) -> bool:
        """Whether anything was written since this was asked last, the first time in any case. Some microseconds."""
        version = int(self._rows("PRAGMA data_version")[0][0])
        before, self._version = self._version, version
        return before != version

    def _rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """All rows. Raises `RecordError`s."""
        try:
            with self._lock:
                return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise translated(error, self.path) from error

    def _page(self, what: Sequence[str], conditions: Sequence[tuple[str, Any]], order: str, limit: int) -> list[Any]:
        """A page: the parts of a statement, its conditions with what they compare to (None: not asked for)."""
        asked = [(condition, value) for condition, value in conditions if value is not None]
        where = ["WHERE", " AND ".join(condition for condition, _ in asked)] if asked else []
        return self._rows(" ".join([*what, *where, "ORDER BY", order, "LIMIT ?"]), [*(v for _, v in asked), limit])

    def _made(self, make: Callable[[Any], T], stored: Iterable[Any]) -> tuple[T, ...]:
        """What rows or columns say. Raises `RecordDamaged` for what nobody wrote: SQLite has no checksums."""
        try:
            return tuple(map(make, stored))
        except (zlib.error, ValueError) as error:
            raise RecordDamaged(self.path, str(error)) from error

    def _unsqueezed(self, data: bytes) -> Any:
        return self._made(unsqueezed, (data,))[0]

    def _fact(self, name: str) -> Any:
        rows = self._rows("SELECT value FROM facts WHERE name = ?", (name,))
        return self._made(value_of, rows[0])[0] if rows else None

    def _last(self, of: str) -> int | None:
        """The largest key of a table."""
        rows = self._rows(LARGEST[of])
        return None if rows[0][0] is None else int(rows[0][0])
