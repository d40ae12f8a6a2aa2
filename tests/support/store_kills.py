"""Processes that append and are killed: `python -m tests.support.store_kills PATH KILLS SEED [early]`.

Each child opens the log, reads all of it, and appends until SIGKILL; it tells what was acknowledged through a pipe. The
payload of an entry follows from its number, so that a loss, a repetition or a mixture shows. With `early` they
acknowledge before they append, which is the defect that this must find. Prints a line of JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Final

from sequencer.store import EventLog

LONGEST_LIFE_S: Final = 0.06
GROUP: Final = 5
NUMBER_BYTES: Final = 8


@dataclass(slots=True)
class Report:
    """What became of the children."""

    kills: int = 0
    killed_while_opening: int = 0
    acknowledged: int = 0
    """Entries, of all lives."""
    unacknowledged_kept: int = 0
    """Groups that were durable when the child died before it could say so."""
    wrong: str = ""


def payload(sequence: int) -> bytes:
    """Between 32 and 161 bytes."""
    return sha256(b"%d" % sequence).digest() + bytes(sequence % 130)


def wrong_payload(log: EventLog) -> int | None:
    """The first entry that is not what it must be."""
    for entry in log.entries():
        if entry.payload != payload(entry.sequence):
            return entry.sequence
    return None


def live(path: Path, pipe: int, *, is_early: bool) -> None:
    """A child's life: only a signal ends it."""
    log = EventLog(path)
    if wrong_payload(log) is not None:
        _tell(pipe, 0)
        return
    _tell(pipe, log.head.sequence + 1)
    while True:
        first = log.head.sequence + 1
        if is_early:
            _tell(pipe, first + GROUP)
        _tell(pipe, log.append([payload(sequence) for sequence in range(first, first + GROUP)]).sequence + 1)


def kill_one(path: Path, life_s: float, *, is_early: bool) -> list[int]:
    """Starts a child, kills it, and answers what it told, each number plus one."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            live(path, writing, is_early=is_early)
        finally:
            os._exit(1)
    os.close(writing)
    time.sleep(life_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    return [int.from_bytes(told[i : i + NUMBER_BYTES], "big") for i in range(0, len(told), NUMBER_BYTES)]


def kill_many(path: Path, kills: int, random: Random, *, is_early: bool) -> Report:
    """Until so many are dead, or something is wrong."""
    report = Report()
    for _ in range(kills):
        told = kill_one(path, random.uniform(0, LONGEST_LIFE_S), is_early=is_early)
        report.kills += 1
        report.killed_while_opening += not told
        if told:
            report.wrong = report.wrong or _wrong_with(told[0], report)
            report.acknowledged = told[-1] - 1
        if report.wrong:
            break
    with EventLog(path) as log:
        wrong = wrong_payload(log)
        report.wrong = report.wrong or ("" if wrong is None else f"entry {wrong} is not what was appended")
        report.wrong = report.wrong or _wrong_with(log.head.sequence + 1, report)
    return report


def _wrong_with(first_told: int, report: Report) -> str:
    if first_told == 0:
        return "an entry is not what was appended"
    lost = report.acknowledged - (first_told - 1)
    report.unacknowledged_kept += lost == -GROUP
    return "" if lost in {0, -GROUP} else f"{lost} entries were lost, or came from nowhere"


def _tell(pipe: int, number: int) -> None:
    os.write(pipe, number.to_bytes(NUMBER_BYTES, "big"))


if __name__ == "__main__":
    where, kills, seed, *early = sys.argv[1:]
    print(json.dumps(asdict(kill_many(Path(where), int(kills), Random(int(seed)), is_early=early == ["early"]))))
