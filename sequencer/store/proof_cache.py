"""Proofs that were made, so that none is made twice. A cache: what is damaged is not there."""

from __future__ import annotations

from typing import Final

from sequencer.store.chain import row_checksum
from sequencer.store.database import Database
from sequencer.store.errors import StatementFailed
from sequencer.store.schema import apply_schema

SCHEMA: Final = (
    (
        """CREATE TABLE proofs (
            number INTEGER NOT NULL, digest BLOB NOT NULL, proof BLOB NOT NULL, checksum BLOB NOT NULL,
            PRIMARY KEY (number, digest)) WITHOUT ROWID""",
    ),
)
GET: Final = "SELECT proof, checksum FROM proofs WHERE number = ? AND digest = ?"
PUT: Final = "INSERT OR REPLACE INTO proofs VALUES (?, ?, ?, ?)"
FORGET: Final = "DELETE FROM proofs WHERE number <= ?"


class ProofCache:
    """Proofs by number of the batch and digest of its public signals."""

    def __init__(self, database: Database) -> None:
        self._database = database
        apply_schema(database, "proofs", SCHEMA)

    def get(self, number: int, digest: bytes) -> bytes | None:
        """The proof as it was put; None if there is none, or if it is damaged."""
        try:
            rows = self._database.execute(GET, (number, digest))
        except StatementFailed:
            return None
        for proof, checksum in rows:
            if type(proof) is bytes and checksum == row_checksum("proofs", (number, digest, proof)):
                return proof
        return None

    def put(self, number: int, digest: bytes, proof: bytes) -> None:
        """Keeps a proof, durable on return, in place of one that was there."""
        checksum = row_checksum("proofs", (number, digest, proof))
        with self._database.transaction():
            self._database.execute(PUT, (number, digest, proof, checksum))

    def forget_through(self, number: int) -> None:
        """Drops the proofs of batches up to this one, which L1 has executed."""
        with self._database.transaction():
            self._database.execute(FORGET, (number,))
