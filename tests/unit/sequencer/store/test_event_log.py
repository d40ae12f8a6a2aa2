"""The log: what is appended is read, in its order, with a digest of everything so far."""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from sequencer.store import EventLog, LogEntry, LogHead, verify
from sequencer.store.chain import START, chained, next_digest
from tests.support.faulty_disk import FaultyDisk
from tests.support.store_runs import open_log
from tests.support.work import calls_of

ENTRIES = 10_000
MOST_CALLS = 8
"""For an entry that is appended, or read with all checks: under a microsecond each."""


@pytest.fixture
def log() -> EventLog:
    return open_log(FaultyDisk(Random(1)))


def test_a_new_log_is_empty(log: EventLog) -> None:
    assert log.head == LogHead(0, START)
    assert list(log.entries()) == []
    assert log.append([]) == LogHead(0, START)


def test_what_is_appended_is_read(log: EventLog) -> None:
    log.append([b"one", b""])
    head = log.append([bytes(5000)])
    assert [(entry.sequence, entry.payload) for entry in log.entries()] == [(1, b"one"), (2, b""), (3, bytes(5000))]
    assert log.head == head == LogHead(3, list(log.entries())[-1].digest)


def test_the_chain_is_what_it_says(log: EventLog) -> None:
    log.append([b"one", b"two"])
    first = sha256(START + bytes(7) + b"\x01one").digest()
    second = sha256(first + bytes(7) + b"\x02two").digest()
    assert list(log.entries()) == [LogEntry(1, b"one", first), LogEntry(2, b"two", second)]
    assert next_digest(first, 2, b"two") == second
    assert chained(LogHead(1, first), [b"two"]) == [LogEntry(2, b"two", second)]


def test_reading_may_begin_anywhere(log: EventLog) -> None:
    log.append([b"%d" % number for number in range(1, 8)])
    assert [entry.payload for entry in log.entries(5)] == [b"5", b"6", b"7"]
    assert list(log.entries(8)) == list(log.entries(20)) == []
    with pytest.raises(ValueError, match="numbered from 1"):
        list(log.entries(0))


def test_reading_goes_up_to_the_head_of_its_beginning(log: EventLog) -> None:
    log.append([b"one", b"two"])
    entries = log.entries()
    assert next(entries).payload == b"one"
    log.append([b"three"])
    assert [entry.payload for entry in entries] == [b"two"]


def test_more_than_is_read_at_once(log: EventLog) -> None:
    payloads = [b"%d" % number for number in range(9000)]
    log.append(payloads)
    assert [entry.payload for entry in log.entries()] == payloads


def test_a_log_goes_on_after_it_was_closed(tmp_path: Path) -> None:
    path = tmp_path / "node.db"
    with EventLog(path) as log:
        log.append([b"one"])
    log.close()
    with EventLog(path) as log:
        log.append([b"two"])
    found = verify(path)
    assert (found.head, found.epoch, found.is_backup) == (log.head, 2, False)


def test_cost_of_an_entry() -> None:
    """Of appending a hundred at a time, and of reading: no more for the last ones than for the first."""
    random = Random(1)
    log = open_log(FaultyDisk(random, page_size=4096))
    payloads = [random.randbytes(130) for _ in range(100)]
    appending = [calls_of(lambda: log.append(payloads)) for _ in range(ENTRIES // len(payloads))]
    assert max(appending) < MOST_CALLS * len(payloads)
    assert calls_of(lambda: sum(1 for _ in log.entries())) < MOST_CALLS * ENTRIES


def test_verifying_after_a_kill_changes_nothing(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "node.db")
    log.append([b"one", b"two"])
    copy = tmp_path / "copy"
    copy.mkdir()
    names = ("node.db", "node.db-wal", "node.db.witness")
    for name in names:
        shutil.copy(tmp_path / name, copy / name)
    log.close()
    before = {name: (copy / name).read_bytes() for name in names}
    assert verify(copy / "node.db").head == log.head
    assert {name: (copy / name).read_bytes() for name in names} == before
    with EventLog(copy / "node.db") as again:
        assert again.head == log.head
