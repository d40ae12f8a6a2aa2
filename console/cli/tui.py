"""`zkclear tui`: a run on the screen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.cli.options import Json
from console.cli.output import reporting


def tui(
    folder: Annotated[
        Path | None,
        typer.Argument(help="The folder of a node, or its record.", show_default="the last node started here"),
    ] = None,
    light: Annotated[bool, typer.Option("--light", help="Begin with the light theme.")] = False,
    key: Annotated[
        Path | None,
        typer.Option("--key", help="The .zkey to verify proofs by.", show_default="the preset's development key"),
    ] = None,
    measure: Annotated[
        bool, typer.Option("--measure", help="Open it unseen, scroll through all of it, and print how long that takes.")
    ] = False,
    json: Json = False,
) -> None:
    """Look at a run, while it goes on or later: batches, proofs, accounts, books, L1, provers, logs. `?` shows keys."""
    with reporting(as_json=json) as output:
        if json and not measure:
            raise typer.BadParameter(
                "--json is of what --measure finds; `zkclear batch list --json` prints the batches"
            )
        if measure and (light or key):
            raise typer.BadParameter(
                "--measure opens the batches alone, on nobody's screen: --light and --key change nothing"
            )
        from console.cli.node_up_state import run_folder
        from console.tui.opening import measure_run, show_run

        found = run_folder(folder)
        if not measure:
            show_run(found, light=light, key_file=key)
            return
        times = measure_run(found)
        output.table(
            f"{times.batches:,} batches, {times.columns} x {times.lines} cells",
            columns=("what", "ms", "ms of CPU", "pages", "rows read", "rows drawn"),
            left=("what",),
            rows=[
                (
                    one.what,
                    f"{one.spent_ms:,.1f}",
                    f"{one.busy_ms:,.1f}",
                    f"{one.pages:,}",
                    f"{one.rows:,}",
                    f"{one.drawn:,}",
                )
                for one in times.steps
            ],
        )
        if json:
            output.result(times.as_data())
