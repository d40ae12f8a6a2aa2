"""Reading the log, with nothing taken on trust."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeAlias

from sequencer.store.chain import EMPTY, SEQUENCE_BYTES, START, LogEntry, LogHead
from sequencer.store.connection import Row, Value
from sequencer.store.errors import LogCorrupt, StatementFailed

Read: TypeAlias = Callable[[str, Sequence[Value]], list[Row]]
"""All rows of a statement with its parameters; raises `StoreError`s."""

ROWS_AT_ONCE: Final = 4096
HEAD: Final = "SELECT head, head_digest FROM store WHERE id = 1"
LAST: Final = "SELECT sequence, digest FROM log ORDER BY sequence DESC LIMIT 1"
ONE: Final = "SELECT sequence, digest FROM log WHERE sequence = ?"
RANGE: Final = "SELECT sequence, payload, digest FROM log WHERE sequence BETWEEN ? AND ? ORDER BY sequence"


def read_head(read: Read, path: Path) -> LogHead:
    """The head as it was written down, which the last entry must agree with. Raises `LogCorrupt`."""
    rows = _rows(read, path, HEAD, ())
    if len(rows) != 1:
        raise LogCorrupt(path, "the row of the log's head is gone")
    last = _rows(read, path, LAST, ()) or [(EMPTY.sequence, b"")]
    if rows[0] != last[0]:
        raise LogCorrupt(path, f"the log ends at entry {last[0][0]} and its head says {rows[0][0]}")
    return LogHead(*rows[0]) if rows[0][0] else EMPTY


def verified_entries(read: Read, path: Path, head: LogHead, first: int = 1) -> Iterator[LogEntry]:
    """Entries from `first` to the head, each checked against the one before. About 3 microseconds for each.

    Raises `LogCorrupt` at the first one that is missing or is not what was written.
    """
    digest = _digest_before(read, path, min(first, head.sequence + 1))
    sequence = first - 1
    while sequence < head.sequence:
        rows = _rows(read, path, RANGE, (sequence + 1, min(sequence + ROWS_AT_ONCE, head.sequence)))
        if not rows:
            raise LogCorrupt(path, "the entry is missing", sequence + 1)
        for found, payload, written in rows:
            sequence += 1
            if found != sequence or type(payload) is not bytes:
                raise LogCorrupt(path, "the entry is missing or is not bytes", sequence)
            digest = sha256(digest + sequence.to_bytes(SEQUENCE_BYTES, "big") + payload).digest()
            if written != digest:
                raise LogCorrupt(path, "the entry, or one before it, is not what was written", sequence)
            yield LogEntry(sequence, payload, digest)
    if sequence == head.sequence and digest != head.digest:
        raise LogCorrupt(path, "the last entry is not the one that the head names", sequence)


def _digest_before(read: Read, path: Path, first: int) -> bytes:
    if first < 1:
        raise ValueError(f"entries are numbered from 1, and {first} was asked for")
    if first == 1:
        return START
    rows = _rows(read, path, ONE, (first - 1,))
    if not rows or type(rows[0][1]) is not bytes:
        raise LogCorrupt(path, "the entry is missing or has no digest", first - 1)
    digest: bytes = rows[0][1]
    return digest


def _rows(read: Read, path: Path, sql: str, parameters: Sequence[Value]) -> list[Row]:
    """The statements here are right, so that one which fails speaks of a damaged file."""
    try:
        return read(sql, parameters)
    except StatementFailed as error:
        raise LogCorrupt(path, error.reason) from error
