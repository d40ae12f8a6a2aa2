"""How commands speak: lines or a table for people, one JSON object for programs, and never a traceback.

Results go to standard output, errors and progress to standard error. `NO_COLOR` is respected, and progress bars appear
only on a terminal and only for what takes longer than two seconds.

Exit codes: 0 done or valid, 1 not valid, 2 malformed input or a wrong command line, 3 a fault of this program,
130 interrupted.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Self

import typer

from console.cli.failures import (
    DEBUG_VARIABLE,
    INTERNAL,
    INTERRUPTED,
    INTERRUPTED_TEXT,
    INVALID,
    MALFORMED,
    VALID,
    details,
    explain,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

__all__ = [
    "DEBUG_VARIABLE",
    "INTERNAL",
    "INTERRUPTED",
    "INVALID",
    "MALFORMED",
    "VALID",
    "Output",
    "PhaseBar",
    "console",
    "key_value_lines",
    "mebibytes",
    "reporting",
    "seconds",
]

PROGRESS_AFTER_S: Final = 2.0


class Output:
    """Where a command's results go."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def result(self, data: Mapping[str, Any], lines: Sequence[str] = ()) -> None:
        """The outcome: `data` for programs, `lines` for people (without lines, the data as `key  value`)."""
        if self.as_json:
            print(json.dumps(data, indent=1, default=str))
            return
        for line in lines or key_value_lines(data):
            print(line)

    def table(
        self, title: str, *, columns: Sequence[str], rows: Sequence[Sequence[str]], left: Sequence[str] = ()
    ) -> None:
        """A table for people; nothing when the output is JSON. Columns named in `left` are not aligned to the right.

        On a narrow terminal it has no lines, or is a block for each row: nothing is cut off.
        """
        if self.as_json:
            return
        from console.cli.tables import table_of

        screen = console(stderr=False)
        screen.print(table_of(title, columns, rows, left, screen.width))

    def note(self, text: str) -> None:
        """A remark for people, on standard error; nothing when the output is JSON."""
        if not self.as_json:
            print(text, file=sys.stderr)

    def fail(self, kind: str, message: str, details: Mapping[str, Any] | None = None) -> None:
        """An error: for people on standard error, for programs as JSON on standard output."""
        if self.as_json:
            print(json.dumps({"error": {"type": kind, "message": message, **(details or {})}}, indent=1, default=str))
        else:
            print(f"error: {message}", file=sys.stderr)


@contextmanager
def reporting(*, as_json: bool, refused: int = MALFORMED) -> Iterator[Output]:
    """Runs the body of a command: typed errors become a message and an exit code.

    `refused` is the exit code for a key or a ceremony that must not be used: `INVALID` for commands that ask just that.
    """
    output = Output(as_json=as_json)
    try:
        yield output
    except KeyboardInterrupt:
        output.fail("Interrupted", INTERRUPTED_TEXT)
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        # Whoever read our output has left. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(VALID) from None
    except Exception as error:
        if isinstance(error, typer.Exit | typer.BadParameter) or os.environ.get(DEBUG_VARIABLE):
            raise
        code, message = explain(error, refused)
        output.fail(type(error).__name__, message, details(error))
        raise typer.Exit(code) from None


class PhaseBar:
    """A progress bar for work in named phases; call it as `bar(phase, done, total)`.

    It shows itself only after `PROGRESS_AFTER_S` seconds, on a terminal, and disappears when the work is done.
    """

    def __init__(self, output: Output) -> None:
        self._enabled = not output.as_json and sys.stderr.isatty()
        self._start = time.monotonic()
        self._bar: RichProgress | None = None
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Say how far a phase is; a new phase gets a bar of its own."""
        if not self._enabled or (self._bar is None and time.monotonic() - self._start < PROGRESS_AFTER_S):
            return
        bar = self._bar or self._open()
        if phase not in self._tasks:
            self._tasks[phase] = bar.add_task(phase, total=max(total, 1))
        bar.update(self._tasks[phase], completed=done, total=max(total, 1))

    def _open(self) -> RichProgress:
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description:<20}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
        self._bar = Progress(*columns, console=console(stderr=True), transient=True)
        self._bar.start()
        return self._bar


def console(*, stderr: bool) -> Console:
    """A rich console; rich itself respects NO_COLOR and a terminal that is none."""
    from rich.console import Console

    wide = None if (sys.stderr if stderr else sys.stdout).isatty() else 140
    return Console(stderr=stderr, width=wide, highlight=False)


def key_value_lines(data: Mapping[str, Any]) -> list[str]:
    """`key  value` in two columns; lists are joined."""
    width = max((len(key) for key in data), default=0)
    return [f"{key.replace('_', ' '):<{width}}  {_plain(value)}" for key, value in data.items()]


def seconds(value: float) -> str:
    """A duration for people: `950 ms`, `1.23 s`."""
    return f"{value * 1e3:.0f} ms" if value < 1 else f"{value:.2f} s"


def mebibytes(count: int) -> str:
    """A size for people, in MiB."""
    return f"{count / 2**20:.0f} MiB"


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "-"
    return str(value)
