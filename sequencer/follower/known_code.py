"""The contracts' code as it was when a folder was first used: so that code which changes later is noticed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sequencer.store import Database, apply_schema

SCHEMA: Final = (("CREATE TABLE contracts (address TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID",),)


def known_code(database: Database, read: Callable[[], Mapping[str, str]]) -> dict[str, str]:
    """Address -> SHA-256 of its code, hexadecimal: as `read` says the first time, and then for ever as it was.

    Raises `StoreError`, and what `read` raises.
    """
    apply_schema(database, "contracts", SCHEMA)
    known = {str(address): str(digest) for address, digest in database.execute("SELECT address, digest FROM contracts")}
    if known:
        return known
    found = dict(read())
    with database.transaction():
        database.executemany("INSERT INTO contracts VALUES (?, ?)", list(found.items()))
    return found
