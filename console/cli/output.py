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

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

VALID: Final = 0
INVALID: Final = 1
MALFORMED: Final = 2
INTERNAL: Final = 3
INTERRUPTED: Final = 130

PROGRESS_AFTER_S: Final = 2.0
DEBUG_VARIABLE: Final = "ZKCLEAR_DEBUG"
"""When set, an unexpected exception is shown with its traceback."""


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
        """A table for people; nothing when the output is JSON. Columns named in `left` are not aligned to the right."""
        if self.as_json:
            return
        from rich.table import Table

        table = Table(title=title, title_justify="left", header_style="bold")
        for column in columns:
            table.add_column(column, justify="left" if column in left else "right", no_wrap=True)
        for row in rows:
            table.add_row(*row)
        console(stderr=False).print(table)

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
        output.fail("Interrupted", "interrupted; no output file was touched")
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        # Whoever read our output has left. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(VALID) from None
    except Exception as error:
        if isinstance(error, typer.Exit | typer.BadParameter) or os.environ.get(DEBUG_VARIABLE):
            raise
        code, message = _explain(error, refused)
        output.fail(type(error).__name__, message, _details(error))
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


def _explain(error: Exception, refused: int) -> tuple[int, str]:
    """Exit code and message of an exception that reached a command."""
    from circuits.checking.errors import CheckFailed, MachineUnavailable
    from circuits.frontend.errors import CircuitError, RuleViolated
    from console.cli.circuit_names import CircuitFileFailed, UnknownCircuit, failure_in_a_file
    from prover.ceremony.refusal import PowersOfTauRefused
    from prover.errors import ContributionRefused, KeyRefused, ProverError, SelfCheckFailed, UnsatisfiedConstraint
    from prover.kernels.errors import Cancelled, KernelError
    from rollup.errors import RollupError
    from sequencer.l1.errors import L1Error
    from sequencer.l1.reverts import ContractReverted
    from sequencer.markets.errors import MarketDataError
    from sequencer.node.errors import NodeError
    from sequencer.oracles.errors import OracleError
    from sequencer.prover_pool.errors import BatchUnprovable, ProverPoolError
    from sequencer.replay.errors import ReplayError
    from sequencer.store.errors import StoreError
    from sequencer.stress.errors import StressError
    from sequencer.venue.errors import VenueError

    if isinstance(
        error,
        UnsatisfiedConstraint
        | SelfCheckFailed
        | RuleViolated
        | CheckFailed
        | ContractReverted
        | RollupError
        | BatchUnprovable,
    ):
        return INVALID, str(error)
    if isinstance(error, KeyRefused | ContributionRefused | PowersOfTauRefused):
        return refused, str(error)
    if isinstance(error, Cancelled):
        return INTERRUPTED, "interrupted; no output file was touched"
    if isinstance(
        error,
        ProverError
        | KernelError
        | CircuitError
        | L1Error
        | MarketDataError
        | NodeError
        | OracleError
        | ProverPoolError
        | ReplayError
        | StoreError
        | StressError
        | VenueError
        | MachineUnavailable
        | UnknownCircuit
        | CircuitFileFailed,
    ):
        return MALFORMED, str(error)
    if isinstance(error, OSError):
        return MALFORMED, f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)
    if isinstance(error, MemoryError):
        return INTERNAL, "out of memory: use a machine with more, or fewer threads"
    if (failed := failure_in_a_file(error)) is not None:
        return MALFORMED, str(failed)
    hint = f"set {DEBUG_VARIABLE}=1 for the traceback, and report it"
    return INTERNAL, f"this is a fault of zkclear ({type(error).__name__}: {error}); {hint}"


def _details(error: Exception) -> dict[str, Any]:
    """The data that a typed error carries, for programs."""
    names = ("file", "section", "name", "reason", "reasons", "rule", "constraint", "path", "source", "wires", "index")
    found = {
        name: getattr(error, name) for name in names if hasattr(error, name) and not callable(getattr(error, name))
    }
    if "wires" in found:
        found["wires"] = {name: str(value) for name, value in found["wires"].items()}
    if isinstance(arguments := getattr(error, "arguments", None), dict):
        found["arguments"] = {name: _for_programs(value) for name, value in arguments.items()}
    return found


def _for_programs(value: object) -> str:
    """What a contract said: integers in decimal, however large; bytes in hexadecimal."""
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)
