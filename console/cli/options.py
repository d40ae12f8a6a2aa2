"""Arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print one JSON object, for programs.")]
Threads: TypeAlias = Annotated[
    int | None,
    typer.Option("--threads", min=1, max=256, help="Threads per kernel call.", show_default="all cores"),
]
KernelName: TypeAlias = Annotated[
    str | None,
    typer.Option("--kernel", help="ifma, adx, portable or reference.", show_default="the fastest that runs here"),
]
InputFile: TypeAlias = Annotated[Path, typer.Argument(help="A file to read.", show_default=False)]
OutputFile: TypeAlias = Annotated[Path, typer.Argument(help="A file to write.", show_default=False)]
PresetName: TypeAlias = Annotated[str, typer.Option("--preset", help="tiny, demo, large or xl.")]
Workers: TypeAlias = Annotated[int, typer.Option("--workers", min=1, max=256, help="Processes that prove.")]
Traders: TypeAlias = Annotated[int, typer.Option("--traders", min=0, max=256, help="Accounts that are registered.")]
ApiPort: TypeAlias = Annotated[int, typer.Option("--port", min=0, max=65_535, help="Of the API; 0 is a free one.")]
