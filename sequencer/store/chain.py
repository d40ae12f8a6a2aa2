"""The hash chain of the log: each digest covers all entries so far, so that none can change, move, come or go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from msgspec import Struct

SEQUENCE_BYTES: Final = 8
START: Final = sha256(b"zkclear log 1").digest()
"""The digest before the first entry."""


@dataclass(frozen=True, slots=True)
class LogHead:
    """The last entry: its number, 0 for an empty log, and the digest of everything up to it (32 bytes)."""

    sequence: int
    digest: bytes


class LogEntry(Struct, frozen=True):
    """One payload, its number (the first is 1), and the digest of everything up to it (32 bytes)."""

    sequence: int
    payload: bytes
    digest: bytes


EMPTY: Final = LogHead(0, START)


def next_digest(digest: bytes, sequence: int, payload: bytes) -> bytes:
    """SHA-256 of the digest before, the sequence number (8 bytes, big-endian) and the payload."""
    return sha256(digest + sequence.to_bytes(SEQUENCE_BYTES, "big") + payload).digest()


def chained(head: LogHead, payloads: Sequence[bytes]) -> list[LogEntry]:
    """The entries that come next. About 1.5 microseconds for each."""
    entries: list[LogEntry] = []
    digest = head.digest
    for sequence, payload in enumerate(payloads, head.sequence + 1):
        digest = sha256(digest + sequence.to_bytes(SEQUENCE_BYTES, "big") + payload).digest()
        entries.append(LogEntry(sequence, payload, digest))
    return entries


def row_checksum(table: str, values: Iterable[int | str | bytes | None]) -> bytes:
    """32 bytes to keep beside a row that no chain covers: each value with its type and length, then SHA-256."""
    content = bytearray()
    for value in (table, *values):
        kind, data = _as_bytes(value)
        content += kind + len(data).to_bytes(SEQUENCE_BYTES, "big") + data
    return sha256(content).digest()


def _as_bytes(value: int | str | bytes | None) -> tuple[bytes, bytes]:
    match value:
        case None:
            return b"n", b""
        case bytes():
            return b"b", value
        case str():
            return b"s", value.encode()
        case int():
            return b"i", str(value).encode()
