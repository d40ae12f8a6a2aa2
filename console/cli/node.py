"""`zkclear node …`: a node, on a chain of one's own or on a real one, and what it has kept."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from console.cli.node_record import record
from console.cli.node_up import register_background
from console.cli.options import ApiPort, Json, PresetName, Traders, Workers
from console.cli.output import INVALID, reporting

app = typer.Typer(help="The node: sequencing, matching, proving, and what it keeps.", no_args_is_help=True)
FOREGROUND, KEPT = "Until Ctrl-C", "What it keeps"
register_background(app)

Folder = Annotated[Path, typer.Argument(help="The node's folder.", show_default=False)]


@app.command(rich_help_panel=FOREGROUND)
def local(
    preset: PresetName = "demo",
    traders: Traders = 4,
    workers: Workers = 1,
    port: ApiPort = 8700,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Where the node writes.", show_default="a temporary folder")
    ] = None,
    for_s: Annotated[
        float | None, typer.Option("--seconds", min=0, help="For how long.", show_default="until Ctrl-C")
    ] = None,
    json: Json = False,
) -> None:
    """Start a chain, a rollup with development keys, a made-up market, and a node with its API: everything at once."""
    with reporting(as_json=json) as output:
        from console.cli.l1_options import preset_of
        from console.cli.node_local import LocalOptions, run_local

        run_local(LocalOptions(preset_of(preset).name, traders, workers, port, folder, for_s), output)


@app.command(rich_help_panel=FOREGROUND)
def init(
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("node.toml"), json: Json = False
) -> None:
    """Write a settings file with what a node does when nothing else is said."""
    with reporting(as_json=json) as output:
        from sequencer.node.settings import write_settings

        oracles = write_settings(path)
        lines = [f"{path} written: name the deployment and the nodes of the chain in it"]
        output.result({"path": str(path)}, [*lines, f"{oracles} is an example of what oracles need"])


@app.command(rich_help_panel=FOREGROUND)
def run(settings: Annotated[Path, typer.Argument(help="The settings file.")] = Path("node.toml")) -> None:
    """Run a node by its settings, until Ctrl-C. The operator's key comes from the environment or a keystore."""
    with reporting(as_json=False) as output:
        from console.cli.node_run import run_by_settings

        run_by_settings(settings, output)


@app.command(rich_help_panel=KEPT)
def check(folder: Folder, json: Json = False) -> None:
    """Read a node's whole store: SQLite's own check, the log's chain, every entry. Exit code 1: it is damaged."""
    with reporting(as_json=json) as output:
        from sequencer.node.node import LOG_NAME
        from sequencer.store import LogCorrupt, verify

        try:
            found = verify(folder / LOG_NAME)
        except LogCorrupt as error:
            output.fail(type(error).__name__, str(error))
            raise typer.Exit(INVALID) from None
        lines = [
            f"{found.head.sequence:,} entries, all as they were written; the last has digest {found.head.digest.hex()}"
        ]
        data = asdict(found) | {"head": {"sequence": found.head.sequence, "digest": found.head.digest.hex()}}
        output.result(data, lines)


@app.command(rich_help_panel=KEPT)
def backup(
    folder: Folder,
    target: Annotated[Path, typer.Argument(help="The file to write; there must be none.", show_default=False)],
    json: Json = False,
) -> None:
    """Copy a node's store while it runs; the copy is checked before it appears."""
    with reporting(as_json=json) as output:
        from sequencer.node.node import LOG_NAME
        from sequencer.store import back_up

        head = back_up(folder / LOG_NAME, target)
        output.result(
            {"target": str(target), "sequence": head.sequence, "digest": head.digest.hex()},
            [f"{target} has all {head.sequence:,} entries"],
        )


@app.command(rich_help_panel=KEPT)
def restore(
    source: Annotated[Path, typer.Argument(help="A backup.", show_default=False)], folder: Folder, json: Json = False
) -> None:
    """Put a backup where a node will start. What was accepted after it is not in it: L1 is compared at the start."""
    with reporting(as_json=json) as output:
        from sequencer.node.node import LOG_NAME
        from sequencer.store import restore_backup

        folder.mkdir(parents=True, exist_ok=True)
        head = restore_backup(source, folder / LOG_NAME)
        output.result({"folder": str(folder), "sequence": head.sequence}, [f"{folder} has {head.sequence:,} entries"])


app.command(rich_help_panel=KEPT)(record)
