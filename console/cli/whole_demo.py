"""`zkclear demo`: everything at once, in a minute, each line of its summary checked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.cli.options import ApiPort, Json, PresetName, Workers
from console.cli.output import INTERRUPTED, INVALID, reporting


def demo(
    out: Annotated[
        Path, typer.Option("--out", help="The folder of the run; an earlier demo there is cleared away.")
    ] = Path("zkclear-demo"),
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            help="Real trades instead of made-up ones: a file or folder, as `zkclear replay` takes them.",
            show_default=False,
        ),
    ] = None,
    trades: Annotated[
        int | None, typer.Option("--trades", min=1, help="At most so many, with --data.", show_default="all")
    ] = None,
    preset: PresetName = "demo",
    life_s: Annotated[int, typer.Option("--life", min=16, max=3_600, help="Seconds until options expire.")] = 32,
    workers: Workers = 1,
    port: ApiPort = 0,
    seed: Annotated[int, typer.Option("--seed", help="Of the made-up market and its traders.")] = 7,
    plain: Annotated[bool, typer.Option("--plain", help="Lines instead of a live screen.")] = False,
    json: Json = False,
) -> None:
    """Play a market from signed orders to dollars on L1: chain, contracts, node, proofs, a crash, an expiry, a payout.

    All on this machine, with development keys. Exit code 1: something that it promises did not happen.
    """
    with reporting(as_json=json) as output:
        from console.cli.l1_options import preset_of
        from console.demo.plan import DemoPlan
        from console.demo.running import DemoOptions, run_demo

        if trades is not None and data is None:
            raise typer.BadParameter("--trades is for --data: a made-up market has no end of them")
        plan = DemoPlan(out, preset_of(preset), life_s=life_s, workers=workers, port=port, seed=seed)
        try:
            is_kept = run_demo(DemoOptions(plan, data, trades, plain, json), output)
        except KeyboardInterrupt:
            output.fail("Interrupted", f"interrupted: nothing of it runs any more; what there was is in {out}")
            raise typer.Exit(INTERRUPTED) from None
        if not is_kept:
            raise typer.Exit(INVALID)
