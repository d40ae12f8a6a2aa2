"""What is left of a demo: a page, its figures as JSON, and what is printed last."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

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
    output.table(
        evidence.title,
        columns=("", "what", "seen by"),
        rows=[("yes" if one.is_kept else "NO", one.name, one.evidence) for one in evidence.promises],
        left=("", "what", "seen by"),
    )
    output.table("figures", columns=("what", "how much"), rows=rows_of(summary), left=("what", "how much"))
    found = {**summary, "folder": str(folder), "report": str(folder / places.REPORT)}
    output.result(found, last_lines(folder, commands, is_kept=evidence.all_kept))
    return evidence.all_kept


def commands_for(folder: Path) -> list[tuple[str, str]]:
    """To look deeper: how it is typed, and what it does."""
    return [
        (f"zkclear tui {folder}", "batches, proofs, accounts, books, L1, logs: all that was kept"),
        (f"zkclear batch list {folder}", "every batch, and how far it came"),
        (f"zkclear batch show {folder} 1", "one batch: its words decoded, postings, accounts"),
        (f"zkclear proof verify {folder} 1", "is its proof good?"),
        (f"zkclear node check {folder}", "is all that was kept what was written?"),
    ]


def last_lines(folder: Path, commands: list[tuple[str, str]], *, is_kept: bool) -> list[str]:
    """What a person reads last."""
    width = max(len(command) for command, _ in commands) + 2
    return [
        "all of it happened, and was seen to" if is_kept else "NOT all of it happened: see above",
        f"the report: {folder / places.REPORT}",
        "to look deeper:",
        *(f"  {command:<{width}}{what}" for command, what in commands),
    ]
