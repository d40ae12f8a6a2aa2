"""Running a peer to its end, with its time and memory."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from prover.errors import ProverError

SAMPLE_INTERVAL_S: Final = 0.004
_STATUS_LINE: Final = re.compile(r"^(VmHWM|RssAnon):\s+(\d+) kB", re.MULTILINE)


class PeerFailed(ProverError):
    """A peer's program ended with an error; `output` is the end of what it printed."""

    def __init__(self, command: Sequence[str], code: int, output: str) -> None:
        super().__init__(f"{' '.join(command)} ended with {code}: {output[-2000:].strip()}")
        self.command = tuple(command)
        self.code = code
        self.output = output


@dataclass(frozen=True, slots=True)
class Usage:
    """What a child process took: seconds on the clock, seconds of all cores, and memory.

    `peak_bytes` is its largest resident size, mapped files included; `peak_anonymous_bytes` the largest size without
    them. Both are sampled every few milliseconds from /proc; where there is none, the first is what `wait4` says and
    the second 0. (On Linux `wait4` would count the memory of the parent before the exec.)
    """

    wall_s: float
    cpu_s: float
    peak_bytes: int
    peak_anonymous_bytes: int


@dataclass(frozen=True, slots=True)
class Finished:
    """A child process that has ended."""

    code: int
    output: str
    usage: Usage


def run_measured(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    allowed_codes: Sequence[int] = (0,),
) -> Finished:
    """Runs a program and waits. Raises `PeerFailed` for an exit code that is not allowed.

    `wait4` gives the figures of this child alone.
    """
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=output, stderr=subprocess.STDOUT)
        with _MemorySampler(process.pid) as memory:
            _, status, used = os.wait4(process.pid, 0)
            wall_s = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode(errors="replace")
    if process.returncode not in allowed_codes:
        raise PeerFailed([str(part) for part in command], process.returncode, text)
    peak_bytes = memory.peak_bytes or _maximum_resident_bytes(used)
    usage = Usage(wall_s, used.ru_utime + used.ru_stime, peak_bytes, memory.peak_anonymous_bytes)
    return Finished(process.returncode, text, usage)


class _MemorySampler:
    """Reads the memory of a process while the `with` block runs."""

    def __init__(self, pid: int) -> None:
        self.peak_bytes = 0
        self.peak_anonymous_bytes = 0
        self._status = Path(f"/proc/{pid}/status")
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._done.wait(SAMPLE_INTERVAL_S):
            try:
                text = self._status.read_text()
            except OSError:
                return
            kibibytes = {name: int(count) for name, count in _STATUS_LINE.findall(text)}
            self.peak_bytes = max(self.peak_bytes, 1024 * kibibytes.get("VmHWM", 0))
            self.peak_anonymous_bytes = max(self.peak_anonymous_bytes, 1024 * kibibytes.get("RssAnon", 0))


def _maximum_resident_bytes(used: resource.struct_rusage) -> int:
    """ru_maxrss is in KiB on Linux and in bytes on macOS."""
    return used.ru_maxrss * (1 if os.uname().sysname == "Darwin" else 1024)


def peak_bytes() -> int:
    """The largest resident size of this process so far."""
    return _maximum_resident_bytes(resource.getrusage(resource.RUSAGE_SELF))
