"""Programs that stay up after the command that started them.

A program holds a lock on its folder for as long as it lives, and a process is known by its id and by when it started:
a number that the system has given to somebody else is never mistaken for it. When processes started is only known on
Linux; elsewhere the lock alone says so, and a program's children are not known.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROCESSES: Final = Path("/proc")
LOCK_NAME: Final = "lock"
POLL_S: Final = 0.05
STATE_FIELD, PARENT_FIELD, START_FIELD = 0, 1, 19
"""Places in /proc/PID/stat behind the name, which may have anything in it."""

DEAD: Final = frozenset("ZXx")
UNKNOWN: Final = 0


@dataclass(frozen=True, slots=True)
class Process:
    """A process of this machine. `started` is in the system's ticks since its start, 0 where that is not known."""

    pid: int
    started: int

    @property
    def is_alive(self) -> bool:
        """Whether this very process still runs; one that has ended and that nobody has waited for does not."""
        if not PROCESSES.is_dir():
            return _answers(self.pid)
        found = _stat(self.pid)
        return found is not None and found[STATE_FIELD] not in DEAD and self.started in (UNKNOWN, _started(found))

    def signal(self, number: int) -> bool:
        """Sends a signal, to this process and no other; whether it was there."""
        if not self.is_alive:
            return False
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return False
        return True


def process_of(pid: int) -> Process:
    """The process that has this id now."""
    found = _stat(pid)
    return Process(pid, UNKNOWN if found is None else _started(found))


def descendants_of(pid: int) -> tuple[Process, ...]:
    """All processes that it started, and that those started, as of now. Empty where the system does not tell."""
    children: dict[int, list[Process]] = {}
    for entry in PROCESSES.iterdir() if PROCESSES.is_dir() else ():
        if entry.name.isdigit() and (found := _stat(int(entry.name))) is not None:
            children.setdefault(int(found[PARENT_FIELD]), []).append(Process(int(entry.name), _started(found)))
    known: list[Process] = []
    left = [pid]
    while left:
        more = children.get(left.pop(), [])
        known += more
        left += [one.pid for one in more]
    return tuple(known)


def wait_until_gone(processes: Sequence[Process], patience_s: float) -> tuple[Process, ...]:
    """Those that are still alive when they have all ended, or the time is over."""
    deadline_s = time.monotonic() + patience_s
    while alive := tuple(one for one in processes if one.is_alive):
        if time.monotonic() > deadline_s:
            return alive
        time.sleep(POLL_S)
    return ()


def lock(folder: Path) -> int | None:
    """An open file that is locked, or None while a program has locked it. Raises `OSError`."""
    descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def is_locked(folder: Path) -> bool:
    """Whether a program that lives has locked the folder."""
    descriptor = lock(folder) if folder.is_dir() else -1
    if descriptor is not None and descriptor >= 0:
        os.close(descriptor)
    return descriptor is None


def spawn(
    command: Sequence[str | Path], log: Path, lock_file: int, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Starts a program in a session of its own, which Ctrl-C does not reach; it holds the lock until it ends.

    What it prints goes into `log`, in place of what was there.
    """
    with log.open("wb") as output:
        return subprocess.Popen(
            [*map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(lock_file,),
            env=None if environment is None else {**os.environ, **environment},
        )


def leave_alone(process: subprocess.Popen[bytes]) -> None:
    """Nobody here waits for it any more."""
    process.returncode = 0


def _stat(pid: int) -> list[str] | None:
    try:
        text = (PROCESSES / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    return text.rpartition(")")[2].split()


def _started(fields: Sequence[str]) -> int:
    return int(fields[START_FIELD])


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
