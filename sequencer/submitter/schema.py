"""Tables of this room in the node's database."""

from __future__ import annotations

from typing import Final

from sequencer.store.database import Database
from sequencer.store.schema import apply_schema

ROOM: Final = "submitter"
FACTS: Final = "CREATE TABLE submitter_facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)"
INTENTS: Final = """CREATE TABLE submitter_intents (
    nonce INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, status TEXT NOT NULL,
    block_number INTEGER, block_hash BLOB, is_final INTEGER NOT NULL)"""
ATTEMPTS: Final = """CREATE TABLE submitter_attempts (
    nonce INTEGER NOT NULL REFERENCES submitter_intents (nonce), ordinal INTEGER NOT NULL, hash BLOB NOT NULL,
    receiver TEXT NOT NULL, data BLOB NOT NULL, data_hash BLOB NOT NULL, gas_limit INTEGER NOT NULL,
    most_fee_wei TEXT NOT NULL, tip_wei TEXT NOT NULL, raw BLOB NOT NULL, is_cancel INTEGER NOT NULL,
    at_block INTEGER NOT NULL, PRIMARY KEY (nonce, ordinal))"""
BATCHES: Final = """CREATE TABLE submitter_batches (
    number INTEGER PRIMARY KEY, commitment BLOB NOT NULL, point TEXT NOT NULL, proof TEXT, added_at_s REAL NOT NULL)"""
TASKS: Final = """CREATE TABLE submitter_tasks (
    ordinal INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, subject TEXT NOT NULL, data BLOB NOT NULL,
    is_done INTEGER NOT NULL, UNIQUE (kind, subject))"""
GAS: Final = tuple(
    f"ALTER TABLE submitter_intents ADD COLUMN {column}"
    for column in ("included_hash BLOB", "gas_used INTEGER", "gas_price_wei TEXT")
)
STEPS: Final = ((FACTS, INTENTS, ATTEMPTS, BATCHES, TASKS), GAS)


def make_tables(database: Database) -> None:
    """Raises `SchemaTooNew` when a later version of the program has written here."""
    apply_schema(database, ROOM, STEPS)
