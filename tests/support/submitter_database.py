"""A database in memory that survives the submitter's crashes, as a file survives a process."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sequencer.store.schema import VERSIONS


class MemoryDatabase:
    """`store.database.Database`. `hook` is called before and after each transaction becomes durable."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.execute(VERSIONS)
        self.hook: Callable[[str], None] = lambda _: None

    @property
    def path(self) -> Path:
        return Path("memory")

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, parameters).fetchall()

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self._connection.executemany(sql, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN")
        try:
            yield
            self.hook("before commit")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
        self.hook("after commit")

    def close(self) -> None:
        self._connection.close()
