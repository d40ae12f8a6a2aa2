"""What is left of a demo: a page, its figures as JSON, and what is printed last."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.demo import folder as places
from console.demo.evidence import Evidence
from console.demo.figures import rows_of, summary_of
from console.demo.page import write_page
from prover.formats.atomic import AtomicFile

if TYPE_CHECKING:
    from console.cli.output import Output


def finish(folder: Path, evidence: Evidence, output: Output) -> bool:
    """Writes the report and prints the summary; whether all promises were kept. Raises `OSError`."""
    summary, commands = summary_of(evidence), commands_for(folder)
    write_page(folder / places.REPORT, evidence, summary, commands)
    with AtomicFile(folder / places.SUMMARY) as file:
        file.write((json.dumps(summary, indent=1) + "\n").encode())
    if not output.as_json:
        _print(evidence, summary)
    found = {**summary, "folder": str(folder), "report": str(folder / places.REPORT)}
    output.result(found, last_lines(folder, commands, is_kept=evidence.all_kept))
    return evidence.all_kept


def _print(evidence: Evidence, summary: Mapping[str, Any]) -> None:
    """The summary for people: nothing of it is cut off on a narrow terminal."""
    from rich.table import Table
    from rich.text import Text

    from console.cli.output import console

    shown = console(stderr=False)
    seen = Table(title=evidence.title, title_justify="left", header_style="bold")
    for column in ("", "what", "seen by"):
        seen.add_column(column, overflow="fold")
    for one in evidence.promises:
        mark = Text("yes", "green") if one.is_kept else Text("NO", "bold red")
        seen.add_row(mark, Text(one.name), Text(one.evidence))
    figures = Table(header_style="bold")
    figures.add_column("what")
    figures.add_column("how much", justify="right")
    for what, much in rows_of(summary):
        figures.add_row(what, much)
    shown.print(seen)
    shown.print(figures)


def commands_for(folder: Path) -> list[tuple[str, str]]:
    """To look deeper: how it is typed, and what it does."""
    zkclear = program()
    return [
        (f"{zkclear} tui {folder}", "batches, proofs, accounts, books, L1, logs: all that was kept"),
        (f"{zkclear} batch list {folder}", "every batch, and how far it came"),
        (f"{zkclear} batch show {folder} 1", "one batch: its words decoded, postings, accounts"),
        (f"{zkclear} proof verify {folder} 1", "is its proof good?"),
        (f"{zkclear} node check {folder}", "is all that was kept what was written?"),
    ]


def program() -> str:
    """How the command line is called from here: by its path where that is below, else by its name.

    `do.py` puts the virtual environment on the path of what it starts, and not on that of whoever reads this.
    """
    beside, here = Path(sys.executable).with_name("zkclear"), Path.cwd()
    return str(beside.relative_to(here)) if beside.is_file() and beside.is_relative_to(here) else "zkclear"


def last_lines(folder: Path, commands: list[tuple[str, str]], *, is_kept: bool) -> list[str]:
    """What a person reads last."""
    width = max(len(command) for command, _ in commands) + 2
    return [
        "all of it happened, and was seen to" if is_kept else "NOT all of it happened: see above",
        f"the report: {folder / places.REPORT}",
        "to look deeper:",
        *(f"  {command:<{width}}{what}" for command, what in commands),
    ]
