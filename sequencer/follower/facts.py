"""Small numbers that a node keeps beside its log; each can be found out again, and is kept to be found out sooner."""

from __future__ import annotations

from typing import Final

from sequencer.store import Database, apply_schema

SCHEMA: Final = (("CREATE TABLE facts (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",),)
EXECUTED: Final = "executed for good"


class Facts:
    """By name."""

    def __init__(self, database: Database) -> None:
        self._database = database
        apply_schema(database, "facts", SCHEMA)

    @property
    def executed(self) -> int:
        """Batches up to this one are executed on L1 for good: nobody needs to prove them again."""
        rows = self._database.execute("SELECT value FROM facts WHERE name = ?", (EXECUTED,))
        return int(rows[0][0]) if rows else 0

    def note_executed(self, number: int) -> None:
        """Durable on return."""
        with self._database.transaction():
            self._database.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (EXECUTED, number))
