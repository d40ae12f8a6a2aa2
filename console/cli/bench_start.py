"""`zkclear bench start`: how long commands take before they do anything, each in a process of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from console.cli.options import Json
from console.cli.output import INVALID, PhaseBar, reporting, seconds
from console.cli.run_options import RunFolder

HELP_LIMIT_S: Final = 0.3
DATA_LIMIT_S: Final = 0.6


@dataclass(frozen=True, slots=True)
class Start:
    """A command, and the medians of its runs. `modules` is how many it imports."""

    command: str
    limit_s: float
    wall_s: float
    cpu_s: float
    modules: int

    @property
    def is_quick(self) -> bool:
        """By processor time: others may be using the machine."""
        return self.cpu_s <= self.limit_s


def start(
    folder: RunFolder = None,
    repeats: Annotated[int, typer.Option("--repeats", min=1, max=100, help="Runs; medians are shown.")] = 5,
    json: Json = False,
) -> None:
    """Medians of how long commands take. Exit code 1: one takes more processor time than it may.

    `zkclear --help` may take 0.3 s; what prints data of files 0.6 s.
    """
    with reporting(as_json=json) as output:
        from console.cli.node_up_state import NodeDown, run_folder

        commands: list[tuple[tuple[str, ...], float]] = [
            (("--help",), HELP_LIMIT_S),
            (("--version",), HELP_LIMIT_S),
            (("node", "status"), DATA_LIMIT_S),
        ]
        try:
            run = str(run_folder(folder))
            commands += [((*words, run), DATA_LIMIT_S) for words in (("batch", "list"), ("oracle", "show"))]
        except NodeDown:
            output.note("no run is known here: commands that print one are not measured")
        with PhaseBar(output) as bar:
            found = []
            for done, (words, limit_s) in enumerate(commands):
                bar("commands", done, len(commands))
                found.append(measured(words, limit_s, repeats))
        output.table(
            f"medians of {repeats}",
            columns=("zkclear", "wall", "processor", "may take", "modules", ""),
            left=("zkclear", ""),
            rows=[
                (
                    one.command,
                    seconds(one.wall_s),
                    seconds(one.cpu_s),
                    seconds(one.limit_s),
                    str(one.modules),
                    "" if one.is_quick else "TOO SLOW",
                )
                for one in found
            ],
        )
        slow = [one.command for one in found if not one.is_quick]
        if json:
            starts = [
                {"command": one.command, "wall_s": one.wall_s, "cpu_s": one.cpu_s, "limit_s": one.limit_s}
                | {"modules": one.modules}
                for one in found
            ]
            output.result({"starts": starts, "too_slow": slow})
        if slow:
            raise typer.Exit(INVALID)


def measured(words: tuple[str, ...], limit_s: float, repeats: int) -> Start:
    """Runs a command so often, and once more to count what it imports."""
    from statistics import median

    runs = [_timed(words) for _ in range(repeats)]
    shown = " ".join(Path(word).name if "/" in word else word for word in words)
    return Start(
        shown, limit_s, median(wall_s for wall_s, _ in runs), median(cpu_s for _, cpu_s in runs), modules_of(words)
    )


def modules_of(words: tuple[str, ...]) -> int:
    """How many modules a command has imported when it ends."""
    return len(imported_by(words))


def imported_by(words: tuple[str, ...]) -> frozenset[str]:
    """The modules that a command has imported when it ends."""
    import subprocess
    import sys

    script = (
        "import atexit, sys; atexit.register(lambda: print('\\n'.join(sys.modules), file=sys.__stderr__)); "
        "from console.cli.main import app; app()"
    )
    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=False)
    return frozenset(done.stderr.split())


def _timed(words: tuple[str, ...]) -> tuple[float, float]:
    """Wall and processor seconds of one run."""
    import os
    import subprocess
    import sys
    from time import perf_counter

    began = perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "console.cli.main", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return perf_counter() - began, used.ru_utime + used.ru_stime
