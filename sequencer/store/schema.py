"""Tables of each room, by version: old ones are brought up to date, newer ones are left alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from sequencer.store.errors import LogCorrupt, SchemaTooNew

if TYPE_CHECKING:
    from sequencer.store.database import Database

VERSIONS: Final = "CREATE TABLE versions (room TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID"


def apply_schema(database: Database, room: str, steps: Sequence[Sequence[str]]) -> int:
    """Brings a room's tables to version `len(steps)`: step n is the statements that make version n of n - 1.

    All in one transaction; none if nothing is to do. Steps once released never change, new ones go to the end.
    Answers the version found. Raises `SchemaTooNew` if a later version of the program has written here.
    """
    found = version_of(database, room)
    if found > len(steps):
        raise SchemaTooNew(database.path, room, found, len(steps))
    if found < len(steps):
        with database.transaction():
            for step in steps[found:]:
                for statement in step:
                    database.execute(statement)
            database.execute("INSERT OR REPLACE INTO versions VALUES (?, ?)", (room, len(steps)))
    return found


def version_of(database: Database, room: str) -> int:
    """Of its tables; 0 if it has none yet."""
    rows = database.execute("SELECT version FROM versions WHERE room = ?", (room,))
    version = rows[0][0] if rows else 0
    if not isinstance(version, int):
        raise LogCorrupt(database.path, f"the tables of {room} have no version")
    return version
