"""Crashes of the store, at every operation that it asks of the disk: what was acknowledged must be there afterwards.

`recorded_run` lets a store work on a faulty disk for a while; `crashes_of` then cuts the power after every operation,
in every way of `Fault`, opens what is left and compares. Runs may begin with what a crash has left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Final, TypeAlias

from sequencer.store import Database, EventLog, StoreError
from tests.support.faulty_disk import FaultyDisk
from tests.support.faulty_disk_faults import CERTAIN, SURVIVABLE, Fault, crash_image
from tests.support.faulty_disk_state import DiskState, Operation

OpenLog: TypeAlias = Callable[[FaultyDisk], EventLog]
AFTERWARDS: Final = b"after the crash"
PAGE_SIZES: Final = (512, 512, 512, 1024)
MANY_LIVES: Final = 4


def open_log(disk: FaultyDisk) -> EventLog:
    """The log as it is."""
    return EventLog(disk.path, open_database=disk.open_database)


@dataclass(frozen=True, slots=True)
class Mark:
    """From this place in the journal on, so many payloads were acknowledged, and so many sent."""

    operations: int
    acknowledged: int
    sent: int


@dataclass(frozen=True, slots=True)
class Run:
    """What a store did on a disk."""

    start: dict[str, bytes]
    journal: list[Operation]
    payloads: list[bytes]
    """All that were ever sent, in order, each only once."""
    marks: list[Mark]


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a store says after a crash: its payloads, or why it does not open."""

    payloads: tuple[bytes, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A crash after which something was wrong."""

    operations: int
    fault: Fault
    what: str


@dataclass(slots=True)
class Tally:
    """What was looked at: crashes, different images among them, rot that was noticed, and what was wrong."""

    crashes: int = 0
    images: int = 0
    noticed: int = 0
    findings: list[Finding] = field(default_factory=list)
    last_image: dict[str, bytes] = field(default_factory=dict)
    """One of those that were survived, to begin another run with."""

    def add(self, other: Tally) -> None:
        """Sums up."""
        self.crashes += other.crashes
        self.images += other.images
        self.noticed += other.noticed
        self.findings += other.findings


def recorded_run(
    random: Random, start: dict[str, bytes], before: tuple[bytes, ...] = (), opened: OpenLog = open_log
) -> Run:
    """A store that appends now and then, is closed and opened, and has another room's transactions beside its own."""
    disk = FaultyDisk(random, start, page_size=random.choice(PAGE_SIZES))
    payloads = list(before)
    marks = [Mark(0, len(before), len(before))]
    log = opened(disk)
    for _ in range(random.randint(2, 8)):
        action = random.random()
        if action < 0.1:
            log.close()
            log = opened(disk)
        elif action < 0.3:
            checkpointed(log.database)
        elif action < 0.4:
            another_room(log.database, random)
        group = [
            b"%d:" % (len(payloads) + i) + random.randbytes(random.choice((0, 9, 200))) for i in range(_size(random))
        ]
        marks.append(Mark(len(disk.journal), len(payloads), len(payloads) + len(group)))
        payloads += group
        log.append(group)
        marks.append(Mark(len(disk.journal), len(payloads), len(payloads)))
    return Run(disk.start, disk.journal, payloads, marks)


def checkpointed(database: Database) -> None:
    """Copies the write-ahead log, so that the next transaction begins it anew."""
    getattr(database, "checkpoint")()  # noqa: B009


def another_room(database: Database, random: Random) -> None:
    """A transaction of a room that shares the file."""
    with database.transaction():
        database.execute("CREATE TABLE IF NOT EXISTS intents (nonce INTEGER PRIMARY KEY, call BLOB)")
        database.execute("INSERT INTO intents (call) VALUES (?)", (random.randbytes(30),))


def crashes_of(run: Run, random: Random, draws: int, opened: OpenLog = open_log) -> Tally:
    """Cuts the power after every operation of the run, `draws` times for each kind of fault with chance in it."""
    tally = Tally()
    known: dict[bytes, Recovered] = {}
    state = DiskState.holding(run.start)
    for operations, mark in _points(run):
        if operations:
            state.apply(run.journal[operations - 1])
        for fault in _faults(state, draws):
            images = crash_image(state, fault, random)
            key = digest_of(images)
            if key not in known:
                known[key] = recover(images, opened)
            tally.crashes += 1
            _judge(tally, Crash(operations, fault, mark, images), known[key], run.payloads)
    tally.images = len(known)
    return tally


@dataclass(frozen=True, slots=True)
class Crash:
    """Where, how, what was promised by then, and what is left."""

    operations: int
    fault: Fault
    mark: Mark
    images: dict[str, bytes]


def _judge(tally: Tally, crash: Crash, found: Recovered, payloads: list[bytes]) -> None:
    if found.error:
        if crash.fault is Fault.ROTTEN:
            tally.noticed += 1
        else:
            tally.findings.append(Finding(crash.operations, crash.fault, found.error))
        return
    what = wrong_with(found.payloads, payloads, crash.mark)
    if what:
        tally.findings.append(Finding(crash.operations, crash.fault, what))
    elif crash.fault is not Fault.ROTTEN:
        tally.last_image = crash.images


def wrong_with(found: tuple[bytes, ...], payloads: list[bytes], mark: Mark) -> str:
    """Empty if the log is a prefix of what was sent and has all that was acknowledged."""
    if len(found) < mark.acknowledged:
        return f"{mark.acknowledged - len(found)} of {mark.acknowledged} acknowledged payloads are lost"
    if len(found) > mark.sent or list(found) != payloads[: len(found)]:
        return f"the log has {len(found)} payloads and is no prefix of the {mark.sent} that were sent"
    return ""


def recover(images: dict[str, bytes], opened: OpenLog = open_log) -> Recovered:
    """Opens what is left, reads all of it, appends to it, and reads it again after the process was killed."""
    try:
        disk = FaultyDisk(Random(0), images)
        log = opened(disk)
        payloads = tuple(entry.payload for entry in log.entries())
        log.append([AFTERWARDS])
        if (log.head.sequence, tuple(entry.payload for entry in log.entries())) != (
            len(payloads) + 1,
            (*payloads, AFTERWARDS),
        ):
            return Recovered(error="what was appended after the crash is not what is read")
        log.close()
    except StoreError as error:
        return Recovered(error=f"{type(error).__name__}: {error}")
    return Recovered(payloads)


def simulated(seed: int, draws: int, opened: OpenLog = open_log) -> Tally:
    """Several lives of one store: each begins with what one of the crashes of the life before has left."""
    random = Random(seed)
    tally = Tally()
    start: dict[str, bytes] = {}
    for _ in range(random.randint(1, MANY_LIVES)):
        before = recover_only(start, opened)
        run = recorded_run(random, start, before, opened)
        found = crashes_of(run, random, draws, opened)
        tally.add(found)
        start = found.last_image
        if tally.findings:
            break
    return tally


def recover_only(images: dict[str, bytes], opened: OpenLog) -> tuple[bytes, ...]:
    """The payloads that are there."""
    log = opened(FaultyDisk(Random(0), images))
    payloads = tuple(entry.payload for entry in log.entries())
    log.close()
    return payloads


def digest_of(images: dict[str, bytes]) -> bytes:
    """Equal for equal disks."""
    digest = blake2b(digest_size=16)
    for name in sorted(images):
        digest.update(b"%b:%d:" % (name.encode(), len(images[name])))
        digest.update(images[name])
    return digest.digest()


def _size(random: Random) -> int:
    return random.choice((1, 1, 1, 2, 3, 8))


def _points(run: Run) -> Iterator[tuple[int, Mark]]:
    """Every number of operations after which the power may go, and what was promised by then."""
    marks = iter([*run.marks[1:], None])
    current, following = run.marks[0], next(marks)
    for operations in range(len(run.journal) + 1):
        while following is not None and following.operations <= operations:
            current, following = following, next(marks)
        yield operations, current


def _faults(state: DiskState, draws: int) -> Iterator[Fault]:
    """Where nothing is pending all that can be survived is one and the same."""
    yield Fault.KEPT
    yield from [Fault.ROTTEN] * draws
    if state.pending_names or any(file.pending for file in state.files.values()):
        yield Fault.LOST
        for fault in SURVIVABLE:
            if fault not in CERTAIN:
                yield from [fault] * draws


PATH: Final = Path("/node.db")
