"""`zkclear l1 …`: a local chain to try the contracts on."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from console.cli.l1_deploy import deploy
from console.cli.l1_gas import gas
from console.cli.l1_options import StateFolder
from console.cli.l1_rehearse import rehearse
from console.cli.l1_status import preflight, status
from console.cli.options import Json
from console.cli.output import reporting

app = typer.Typer(help="A local chain, and the contracts on it.", no_args_is_help=True)


@app.command()
def up(
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="Where it answers; 0 is a free one.")] = 8545,
    state_folder: StateFolder = None,
    block_time: Annotated[
        int | None,
        typer.Option(
            "--block-time", min=1, max=3600, help="Seconds between blocks.", show_default="a block per transaction"
        ),
    ] = None,
    chain_id: Annotated[
        int | None, typer.Option("--chain-id", min=1, max=2**53, help="Of a new chain.", show_default="31337")
    ] = None,
    json: Json = False,
) -> None:
    """Start a local chain, from the state that it had when it was stopped. It stays up until `zkclear l1 down`."""
    with reporting(as_json=json) as output:
        from sequencer.l1 import local_chain

        folder = state_folder or local_chain.default_folder()
        chain = local_chain.start(folder, port=port, chain_id=chain_id, block_time_s=block_time)
        pace = "a block for each transaction" if block_time is None else f"a block every {block_time} s"
        lines = [f"chain {chain.chain_id} is up at {chain.url}: {pace}; its state is kept in {folder}"]
        output.result({**asdict(chain), "state_dir": str(folder)}, lines)


@app.command()
def down(state_folder: StateFolder = None, json: Json = False) -> None:
    """Stop the local chain. Its state is kept for the next `zkclear l1 up`."""
    with reporting(as_json=json) as output:
        from sequencer.l1 import local_chain

        folder = state_folder or local_chain.default_folder()
        chain = local_chain.stop(folder)
        lines = [f"the chain at {chain.url} is down; its state is in {folder / 'state.json'}"]
        output.result({"url": chain.url, "chain_id": chain.chain_id, "state": str(folder / "state.json")}, lines)


app.command()(deploy)
app.command()(status)
app.command()(preflight)
app.command()(rehearse)
app.command()(gas)
