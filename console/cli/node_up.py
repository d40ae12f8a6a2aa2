"""`zkclear node up`, `down` and `status`: a node that stays up after the command that started it."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from console.cli.options import ApiPort, Json, PresetName, Traders, Workers
from console.cli.output import INVALID, PhaseBar, reporting

if TYPE_CHECKING:
    from console.cli.output import Output

StateFolder: TypeAlias = Annotated[
    Path | None,
    typer.Option("--state-dir", envvar="ZKCLEAR_NODE", help="Where it is written down.", show_default=".zkclear/node"),
]

BACKGROUND = "In the background"


def register_background(node: typer.Typer) -> None:
    """Adds the three commands to `zkclear node`."""
    node.command("up", rich_help_panel=BACKGROUND)(up)
    node.command("down", rich_help_panel=BACKGROUND)(down)
    node.command("status", rich_help_panel=BACKGROUND)(status)


def up(
    settings: Annotated[
        Path | None,
        typer.Argument(help="A settings file, as for `node run`.", show_default="a node on a chain of its own"),
    ] = None,
    preset: PresetName = "demo",
    traders: Traders = 4,
    workers: Workers = 1,
    port: ApiPort = 8700,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Where the node writes.", show_default="a new one in --state-dir")
    ] = None,
    state_folder: StateFolder = None,
    json: Json = False,
) -> None:
    """Start a node that stays up until `zkclear node down`; ends when it is ready.

    With a settings file it is what `zkclear node run` runs, and its preset, workers, port and folder are those of the
    file; without one a chain of its own comes with it, and goes with it.
    """
    with reporting(as_json=json) as output:
        from console.cli.l1_options import preset_of
        from console.cli.node_up_child import UpRequest
        from console.cli.node_up_running import needs_password, request_by_settings, start
        from console.cli.node_up_state import LOG_NAME, NodeNotStarted, default_folder
        from console.cli.wallet_secrets import asked

        place = state_folder or default_folder()
        password = None
        if settings is not None:
            request = request_by_settings(settings)
            if needs_password(settings):
                password = asked("password of the operator's keystore")
        else:
            run = folder or _new_run(place)
            name = preset_of(preset).name
            request = UpRequest(folder=str(run.absolute()), preset=name, traders=traders, workers=workers, port=port)
        try:
            with PhaseBar(output) as bar:
                state = start(place, request, _Teller(output, bar), password)
        except NodeNotStarted as error:
            output.fail(type(error).__name__, str(error), {"log": str(error.path)})
            raise typer.Exit(error.code) from None
        chain = f", its chain at {state.chain_url}" if state.chain_url else ""
        lines = [
            f"a node is up at {state.url}{chain}",
            f"it writes to {state.folder}; what it says is in {place / LOG_NAME}",
            "look: zkclear node status · zkclear tui · zkclear batch list · end: zkclear node down",
        ]
        output.result(asdict(state) | {"log": str(place / LOG_NAME)}, lines)


def down(state_folder: StateFolder = None, json: Json = False) -> None:
    """Stop the node in order, with its chain and provers. Exit code 1: something did not end and had to be killed."""
    with reporting(as_json=json) as output:
        from console.cli.node_up_running import stop
        from console.cli.node_up_state import default_folder

        with PhaseBar(output) as bar:
            found = stop(state_folder or default_folder(), _Teller(output, bar))
        state = found.state
        lines = [
            f"the node at {state.url or '(no address yet)'} is down, and {found.children} processes with it",
            f"what it did is in {state.folder}: zkclear batch list, zkclear tui",
        ]
        if found.killed:
            lines.insert(1, f"killed, for they did not end: {', '.join(map(str, found.killed))}")
        data = {"url": state.url, "folder": state.folder, "children": found.children, "killed": list(found.killed)}
        output.result(data, lines)
        if found.killed:
            raise typer.Exit(INVALID)


def status(
    url: Annotated[
        str | None, typer.Option("--url", help="Of any node's API.", show_default="the node of `zkclear node up`")
    ] = None,
    state_folder: StateFolder = None,
    json: Json = False,
) -> None:
    """How a node is: health, log, batches, provers, L1, prices. Exit code 1: none is up, or it is not ready."""
    with reporting(as_json=json) as output:
        from console.cli.node_up_state import default_folder
        from console.cli.node_up_status import show_status

        if not show_status(output, url, state_folder or default_folder()):
            raise typer.Exit(INVALID)


def _new_run(place: Path) -> Path:
    from time import strftime

    return place / "runs" / strftime("%Y-%m-%d-%H%M%S")


class _Teller:
    """A bar for each phase on a terminal, a line elsewhere."""

    def __init__(self, output: Output, bar: PhaseBar) -> None:
        self._output, self._bar, self._last = output, bar, ""

    def __call__(self, phase: str) -> None:
        if self._last:
            self._bar(self._last, 1, 1)
        self._last = phase
        self._bar(phase, 0, 1)
        if not sys.stderr.isatty():
            self._output.note(phase)
