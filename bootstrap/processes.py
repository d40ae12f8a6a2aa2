"""Running other programs."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from bootstrap.layout import ROOT

Command: TypeAlias = Sequence[str | Path]
ENDING_S = 60.0
"""After Ctrl-C. A demo beside other work took 8 s to end its node, provers and chain in order."""


class SetupError(Exception):
    """A step failed; the message says what to do."""


def say(text: str) -> None:
    """Progress goes to standard error, so that a command's own output stays clean."""
    print(text, file=sys.stderr, flush=True)


def run(command: Command, *, cwd: Path = ROOT, environment: Mapping[str, str] | None = None) -> int:
    """Run a program to its end, also through Ctrl-C: it gets the signal itself, and we wait for it to tidy up."""
    with subprocess.Popen([str(part) for part in command], cwd=cwd, env=environment) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=ENDING_S)
            process.kill()
            raise


def must(what: str, command: Command, *, cwd: Path = ROOT, environment: Mapping[str, str]) -> None:
    """Run a step's program or raise `SetupError`."""
    code = run(command, cwd=cwd, environment=environment)
    if code != 0:
        raise SetupError(f"{what} failed (exit {code}); what it printed is above")


def output_of(command: Command, environment: Mapping[str, str] | None = None) -> str | None:
    """What a program prints, or None when it is not there or fails."""
    try:
        done = subprocess.run(
            [str(part) for part in command], capture_output=True, text=True, check=False, env=environment, cwd=ROOT
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


@contextlib.contextmanager
def telling_late(begins: str, name: str, after_s: float = 2.0) -> Iterator[None]:
    """Says what is being done, and how long it took, if it takes longer than a moment; else nothing."""
    began, told = time.monotonic(), threading.Event()

    def tell() -> None:
        told.set()
        say(begins)

    timer = threading.Timer(after_s, tell)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if told.is_set():
            say(f"{name} done in {time.monotonic() - began:.1f} s")
