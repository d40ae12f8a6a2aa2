"""Running a peer to its end, with its time and memory."""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from prover.errors import ProverError


class PeerFailed(ProverError):
    """A peer's program ended with an error; `output` is the end of what it printed."""

    def __init__(self, command: Sequence[str], code: int, output: str) -> None:
        super().__init__(f"{' '.join(command)} ended with {code}: {output[-2000:].strip()}")
        self.command = tuple(command)
        self.code = code
        self.output = output


@dataclass(frozen=True, slots=True)
class Usage:
    """What a child process took: seconds on the clock, seconds of all cores, and its largest resident size."""

    wall_s: float
    cpu_s: float
    peak_bytes: int


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

    `wait4` gives the figures of this child alone; `peak_bytes` counts mapped files that are resident too.
    """
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=output, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode(errors="replace")
    if process.returncode not in allowed_codes:
        raise PeerFailed([str(part) for part in command], process.returncode, text)
    return Finished(process.returncode, text, Usage(wall_s, used.ru_utime + used.ru_stime, _peak_bytes(used)))


def _peak_bytes(used: resource.struct_rusage) -> int:
    """ru_maxrss is in KiB on Linux and in bytes on macOS."""
    return used.ru_maxrss * (1 if os.uname().sysname == "Darwin" else 1024)
