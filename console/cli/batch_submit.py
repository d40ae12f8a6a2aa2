"""`zkclear batch submit`: what a stopped node still owes L1, brought there, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.cli.options import Json
from console.cli.output import PhaseBar, reporting


def submit_batches(
    settings: Annotated[Path, typer.Argument(help="The node's settings file.")] = Path("node.toml"),
    patience_s: Annotated[
        float, typer.Option("--patience", min=1, help="Seconds without any progress before it gives up.")
    ] = 300,
    json: Json = False,
) -> None:
    """Prove, commit and execute what is in a node's log until L1 has all of it, and end. No orders are taken.

    `zkclear node run` does the same when it starts; this is for a node that is not to start again yet. What waits for
    prices stays in the log for later. Exit code 1: L1 does not come any further.
    """
    with reporting(as_json=json) as output:
        from console.cli.batch_submitting import submit_all

        with PhaseBar(output) as bar:
            found = submit_all(settings, patience_s, bar)
        waits = "nothing waits" if not found.pending else f"{found.pending} parts of a batch wait for prices in the log"
        lines = [
            f"L1 has executed all {found.batches:,} batches, {found.executed_now:,} of them now; {waits}",
            f"{found.final_executed:,} are final: no reorganisation within the confirmations undoes them",
        ]
        data = {"batches": found.batches, "executed": found.executed, "executed_now": found.executed_now}
        output.result(data | {"final_executed": found.final_executed, "waiting": found.pending}, lines)
