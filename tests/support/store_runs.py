"""Stores at work on a faulty disk: what was sent, what was acknowledged, and every operation on the disk in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Final, TypeAlias

from sequencer.store import Database, EventLog, SqliteDatabase, apply_schema
from sequencer.store.schema import version_of
from tests.support.faulty_disk import FaultyDisk
from tests.support.faulty_disk_state import Operation

OpenLog: TypeAlias = Callable[[FaultyDisk], EventLog]
PAGE_SIZES: Final = (512, 512, 512, 1024)
GROUP_SIZES: Final = (1, 1, 1, 2, 3, 8)
PAYLOAD_BYTES: Final = (0, 9, 200)
INTENTS: Final = (("CREATE TABLE intents (nonce INTEGER PRIMARY KEY, call BLOB)",),)
"""The tables of another room, which shares the file."""


def open_log(disk: FaultyDisk) -> EventLog:
    """The log as it is."""
    return EventLog(disk.path, open_database=disk.open_database)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a store holds: the payloads of the log, and the intents of another room."""

    payloads: tuple[bytes, ...] = ()
    intents: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """Of payloads and of intents."""

    payloads: int
    intents: int


@dataclass(frozen=True, slots=True)
class Mark:
    """From this place in the journal on, so much was acknowledged, and so much sent."""

    operations: int
    acknowledged: Count
    sent: Count


@dataclass(slots=True)
class Run:
    """What a store did on a disk that began as `start`; payloads and intents are all that were ever sent, in order."""

    start: dict[str, bytes]
    journal: list[Operation]
    payloads: list[bytes]
    intents: list[bytes]
    marks: list[Mark] = field(default_factory=list)

    def mark(self, acknowledged: Count) -> None:
        """Something was sent, or acknowledged, just now."""
        self.marks.append(Mark(len(self.journal), acknowledged, self.sent))

    @property
    def sent(self) -> Count:
        """Everything so far."""
        return Count(len(self.payloads), len(self.intents))


def recorded_run(random: Random, start: dict[str, bytes], before: Kept = Kept(), opened: OpenLog = open_log) -> Run:
    """A store that appends now and then, is closed and opened, and has another room's transactions beside its own."""
    disk = FaultyDisk(random, start, page_size=random.choice(PAGE_SIZES))
    run = Run(disk.start, disk.journal, list(before.payloads), list(before.intents))
    run.mark(run.sent)
    log = opened(disk)
    for _ in range(random.randint(2, 8)):
        action = random.random()
        if action < 0.1:
            log.close()
            log = opened(disk)
        elif action < 0.3:
            copied_back(log.database)
        elif action < 0.5:
            _intend(run, log.database, random)
        _append(run, log, random)
    return run


def copied_back(database: Database) -> None:
    """The write-ahead log goes into the file, so that the next transaction begins it anew."""
    assert isinstance(database, SqliteDatabase)
    database.checkpoint()


def kept_by(log: EventLog) -> Kept:
    """Everything that can be read."""
    database = log.database
    rows = database.execute("SELECT call FROM intents ORDER BY nonce") if version_of(database, "intents") else []
    return Kept(tuple(entry.payload for entry in log.entries()), tuple(row[0] for row in rows))


def _append(run: Run, log: EventLog, random: Random) -> None:
    before = run.sent
    for _ in range(random.choice(GROUP_SIZES)):
        run.payloads.append(b"%d:" % len(run.payloads) + random.randbytes(random.choice(PAYLOAD_BYTES)))
    run.mark(before)
    log.append(run.payloads[before.payloads :])
    run.mark(run.sent)


def _intend(run: Run, database: Database, random: Random) -> None:
    before = run.sent
    run.intents.append(b"%d:" % len(run.intents) + random.randbytes(30))
    run.mark(before)
    apply_schema(database, "intents", INTENTS)
    with database.transaction():
        database.execute("INSERT INTO intents (call) VALUES (?)", (run.intents[-1],))
    run.mark(run.sent)
