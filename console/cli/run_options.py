"""Arguments of commands about a run, and what they stand for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

if TYPE_CHECKING:
    from sequencer.record.reader import RecordReader

RunFolder: TypeAlias = Annotated[
    Path | None,
    typer.Argument(help="A node's folder.", show_default="that of the last `zkclear node up`"),
]
FolderAndNumber: TypeAlias = Annotated[
    list[str],
    typer.Argument(
        metavar="[FOLDER] NUMBER",
        help="A node's folder, by default that of the last `zkclear node up`, and the number of a batch.",
        show_default=False,
    ),
]
MOST_NUMBER = 1 << 48


def folder_and_number(given: list[str]) -> tuple[Path, int]:
    """Raises `BadParameter`; `NodeDown` where no folder is given and no node was ever started here."""
    from console.cli.node_up_state import run_folder

    *folders, number = given
    if len(folders) > 1:
        raise typer.BadParameter(f"a folder and a number are asked for, and {len(given)} words were given")
    if not (number.isascii() and number.isdigit()) or int(number) >= MOST_NUMBER:
        raise typer.BadParameter(f"{number!r} is no number of a batch")
    return run_folder(Path(folders[0]) if folders else None), int(number)


def record_of(folder: Path | None) -> RecordReader:
    """What was recorded of a run. Raises `RecordError`, and as `folder_and_number`."""
    from console.cli.node_up_state import run_folder
    from sequencer.record.reader import RecordReader

    return RecordReader.of(run_folder(folder))


def clock(time_ms: int) -> str:
    """A time of day with its date, in UTC, for people."""
    from console.amounts import moment

    return moment(time_ms // 1_000)


def short(value: int) -> str:
    """A field element, cut for people: the first eight digits of its hexadecimal form."""
    return f"0x{value:064x}"[:10] + "…"
