"""Opening a run for a person, or to see how long that takes. Textual is imported when one is opened."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from console.errors import CommandError

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from console.tui.app import ZkclearTui
    from console.tui.panes.batches import BatchesPane

COLUMNS: Final = 160
LINES: Final = 50
PRESSES: Final = 100
OWN_STAT: Final = Path("/proc/self/stat")
STARTED_PLACE: Final = 19
"""Of the time when a process began, in ticks after the machine did, behind the name, which may have anything in it."""


class NoTerminal(CommandError):
    """Screens need somewhere to be shown."""

    def __init__(self) -> None:
        super().__init__(
            "this is no terminal: run it in one, or use `zkclear batch list` and others with --json for programs"
        )


class NoTextual(CommandError):
    """An optional part is not installed."""

    def __init__(self) -> None:
        super().__init__("the screens need textual: install it with `pip install 'zkclear[tui]'`")


@dataclass(frozen=True, slots=True)
class Step:
    """Something done: milliseconds by the clock and of this process alone, which is what it takes on an idle machine;
    pages and rows that were read for it, and rows that were drawn.
    """

    what: str
    spent_ms: float
    busy_ms: float
    pages: int
    rows: int
    drawn: int


@dataclass(frozen=True, slots=True)
class Times:
    """How long a run of so many batches takes on a screen of this size."""

    batches: int
    columns: int
    lines: int
    steps: tuple[Step, ...]

    def as_data(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


def show_run(folder: Path, *, light: bool = False, key_file: Path | None = None) -> None:
    """Shows a run until somebody leaves. Raises `NoTerminal`, `NoTextual`, and what opening a record raises."""
    from sequencer.record.connection import record_path
    from sequencer.record.reader import RecordReader

    RecordReader(record_path(folder)).close()  # the usual mistakes, said before anything heavy is loaded
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise NoTerminal
    tui, run = _tui_of(folder, light=light, key_file=key_file)
    try:
        tui.run()
    finally:
        run.close()


def measure_run(folder: Path, presses: int | None = None) -> Times:
    """Opens a run without a terminal, and goes through it; the first step is counted from the start of this process.

    Raises as `show_run`, but for `NoTerminal`.
    """
    tui, run = _tui_of(folder, light=False, key_file=None)
    loaded = Step("load the program, open the record", 1_000 * _age_s(), 1_000 * time.process_time(), 0, 0, 0)
    try:
        return asyncio.run(_measured(tui, loaded, PRESSES if presses is None else presses))
    finally:
        run.close()


def _age_s() -> float:
    """Since this process began, to a hundredth; its own time alone where the system does not tell."""
    try:
        fields = OWN_STAT.read_text().rpartition(")")[2].split()
        return time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[STARTED_PLACE]) / os.sysconf("SC_CLK_TCK")
    except (OSError, AttributeError):
        return time.process_time()


class _Watch:
    """Two clocks that were started together."""

    def __init__(self) -> None:
        self._began, self._busy = time.perf_counter(), time.process_time()

    def step(self, what: str, times: int = 1, pages: int = 0, rows: int = 0, drawn: int = 0) -> Step:
        spent, busy = time.perf_counter() - self._began, time.process_time() - self._busy
        return Step(what, 1_000 * spent / times, 1_000 * busy / times, pages, rows, drawn)


async def _measured(tui: ZkclearTui, loaded: Step, presses: int) -> Times:
    from console.tui.panes.batches import BatchesPane

    steps, watch = [loaded], _Watch()
    async with tui.run_test(size=(COLUMNS, LINES)) as pilot:
        await pilot.pause()
        pane = tui.stage.pane
        if not isinstance(pane, BatchesPane):
            return Times(0, COLUMNS, LINES, tuple(steps))
        shown = watch.step("first screen", 1, pane.work.pages, pane.work.rows, pane.table.drawn_rows)
        both_ms = loaded.spent_ms + shown.spent_ms, loaded.busy_ms + shown.busy_ms
        steps += [shown, Step("from the command to the first screen", *both_ms, shown.pages, shown.rows, shown.drawn)]
        for what, key, times in (
            (f"a row down, each of {presses}", "down", presses),
            (f"a page down, each of {presses}", "pagedown", presses),
            ("to the last row", "end", 1),
            ("to the first row", "home", 1),
        ):
            steps.append(await _step(pilot, pane, what, _pressed(pilot, key, times), times))
        steps.append(await _step(pilot, pane, "something new was recorded", lambda: tui.look(always=True), 1))
        return Times(pane.table.row_count, COLUMNS, LINES, tuple(steps))


def _pressed(pilot: Pilot[None], key: str, times: int) -> Callable[[], Awaitable[None]]:
    async def press() -> None:
        for _ in range(times):
            await pilot.press(key)

    return press


async def _step(
    pilot: Pilot[None], pane: BatchesPane, what: str, do: Callable[[], Awaitable[None]], times: int
) -> Step:
    pages, rows, drawn = pane.work.pages, pane.work.rows, pane.table.drawn_rows
    watch = _Watch()
    await do()
    await pilot.pause()
    return watch.step(what, times, pane.work.pages - pages, pane.work.rows - rows, pane.table.drawn_rows - drawn)


def _tui_of(folder: Path, *, light: bool, key_file: Path | None) -> tuple[ZkclearTui, Any]:
    try:
        from console.tui.app import ZkclearTui
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.split(".")[0] == "textual":
            raise NoTextual from None
        raise
    from console.tui.run import Run

    run = Run(folder)
    return ZkclearTui(run, lambda: int(1_000 * time.time()), light=light, key_file=key_file), run
