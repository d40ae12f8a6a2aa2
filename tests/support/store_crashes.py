"""Crashes of the store, at every operation that it asks of the disk: what was acknowledged must be there afterwards.

A run is recorded; then power fails after each of its operations, in every way of `Fault`, and what is left is opened
and compared. Runs may begin with what a crash has left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from random import Random
from typing import Final

from sequencer.store import StoreError
from tests.support.faulty_disk import FaultyDisk
from tests.support.faulty_disk_faults import CERTAIN, SURVIVABLE, Fault, crash_image
from tests.support.faulty_disk_state import DiskState
from tests.support.store_runs import Kept, Mark, OpenLog, Run, kept_by, open_log, recorded_run

AFTERWARDS: Final = b"after the crash"
MOST_LIVES: Final = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """A crash after which something was wrong."""

    operations: int
    fault: Fault
    what: str


@dataclass(slots=True)
class Tally:
    """What was looked at: crashes, different disks among them, rot that was noticed, and what was wrong."""

    crashes: int = 0
    disks: int = 0
    rotten: int = 0
    noticed: int = 0
    findings: list[Finding] = field(default_factory=list)
    survived: dict[str, bytes] = field(default_factory=dict)
    """One of the disks with which one can go on."""

    def add(self, other: Tally) -> None:
        """Sums up."""
        self.crashes += other.crashes
        self.disks += other.disks
        self.rotten += other.rotten
        self.noticed += other.noticed
        self.findings += other.findings
        self.survived = other.survived


def simulated(seed: int, draws: int, opened: OpenLog = open_log) -> Tally:
    """Several lives of one store: each begins with what one of the crashes of the life before has left."""
    random = Random(seed)
    tally = Tally()
    for _ in range(random.randint(1, MOST_LIVES)):
        before = _opened_and_read(tally.survived, opened)
        run = recorded_run(random, tally.survived, before, opened)
        tally.add(crashes_of(run, random, draws, opened))
        if tally.findings:
            break
    return tally


def crashes_of(run: Run, random: Random, draws: int, opened: OpenLog = open_log) -> Tally:
    """Cuts the power after every operation of the run, `draws` times for each kind of fault that knows chance.

    Equal disks are opened once only. 0.25 ms for each crash.
    """
    tally = Tally()
    known: dict[bytes, Kept | str] = {}
    state = DiskState.holding(run.start)
    for operations, mark in _points(run):
        if operations:
            state.apply(run.journal[operations - 1])
        for fault in _faults(state, draws):
            images = crash_image(state, fault, random)
            key = digest_of(images)
            if key not in known:
                known[key] = recovered(images, opened)
            tally.crashes += 1
            tally.rotten += fault is Fault.ROTTEN
            what = _judge(tally, fault, known[key], run, mark)
            if what:
                tally.findings.append(Finding(operations, fault, what))
            elif fault is not Fault.ROTTEN and random.random() < 0.05:
                tally.survived = images
    tally.disks = len(known)
    return tally


def recovered(images: dict[str, bytes], opened: OpenLog = open_log) -> Kept | str:
    """Opens what is left, reads all of it, appends to it, and reads that; or says why it does not go."""
    try:
        log = opened(FaultyDisk(Random(0), images))
        kept = kept_by(log)
        log.append([AFTERWARDS])
        again = [entry.payload for entry in log.entries(len(kept.payloads) + 1)]
        log.close()
    except StoreError as error:
        return f"{type(error).__name__}: {error}"
    if again != [AFTERWARDS]:
        return "what was appended after the crash is not what is read"
    return kept


def wrong_with(what: str, found: Sequence[bytes], payloads: list[bytes], acknowledged: int, sent: int) -> str:
    """Empty if it is a prefix of what was sent and has all that was acknowledged."""
    if len(found) < acknowledged:
        return f"{acknowledged - len(found)} of {acknowledged} acknowledged {what} are lost"
    if len(found) > sent or list(found) != payloads[: len(found)]:
        return f"there are {len(found)} {what}, and they are no prefix of the {sent} that were sent"
    return ""


def digest_of(images: dict[str, bytes]) -> bytes:
    """Equal for equal disks."""
    digest = blake2b(digest_size=16)
    for name in sorted(images):
        digest.update(b"%b:%d:" % (name.encode(), len(images[name])))
        digest.update(images[name])
    return digest.digest()


def _judge(tally: Tally, fault: Fault, found: Kept | str, run: Run, mark: Mark) -> str:
    if isinstance(found, str):
        if fault is Fault.ROTTEN:
            tally.noticed += 1
            return ""
        return found
    told, sent = mark.acknowledged, mark.sent
    wrong = wrong_with("payloads", found.payloads, run.payloads, told.payloads, sent.payloads)
    if fault is Fault.ROTTEN:
        return wrong  # no chain covers the rows of other rooms: they keep checksums of their own
    return wrong or wrong_with("intents", found.intents, run.intents, told.intents, sent.intents)


def _opened_and_read(images: dict[str, bytes], opened: OpenLog) -> Kept:
    log = opened(FaultyDisk(Random(0), images))
    kept = kept_by(log)
    log.close()
    return kept


def _points(run: Run) -> Iterator[tuple[int, Mark]]:
    """Every number of operations after which the power may go, and what was promised by then."""
    marks = iter([*run.marks[1:], None])
    current, following = run.marks[0], next(marks)
    for operations in range(len(run.journal) + 1):
        while following is not None and following.operations <= operations:
            current, following = following, next(marks)
        yield operations, current


def _faults(state: DiskState, draws: int) -> Iterator[Fault]:
    """Where nothing is pending, all that can be survived is one and the same."""
    yield Fault.KEPT
    yield from [Fault.ROTTEN] * draws
    if state.pending_names or any(file.pending for file in state.files.values()):
        yield Fault.LOST
        for fault in SURVIVABLE:
            if fault not in CERTAIN:
                yield from [fault] * draws
