"""`zkclear demo`: everything at once, in a minute, each line of its summary checked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.cli.options import Json
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
    preset: Annotated[str, typer.Option("--preset", help="tiny, demo, large or xl.")] = "demo",
    life_s: Annotated[int, typer.Option("--life", min=16, max=3_600, help="Seconds until options expire.")] = 32,
    workers: Annotated[int, typer.Option("--workers", min=1, max=256, help="Processes that prove.")] = 1,
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="Of the API; 0 is a free one.")] = 0,
    seed: Annotated[int, typer.Option("--seed", help="Of the made-up market and its traders.")] = 7,
    plain: Annotated[bool, typer.Option("--plain", help="Lines instead of a live screen.")] = False,
    json: Json = False,
) -> None:
    """Play a market from signed orders to dollars on L1: chain, contracts, node, proofs, a crash, an expiry, a payout.

    All on this machine, with development keys. Exit code 1: something that it promises did not happen.
    """
    with reporting(as_json=json) as output:
        from console.demo.plan import DemoPlan
        from console.demo.running import DemoOptions, run_demo
        from rollup.presets import PRESETS

        if preset not in PRESETS:
            raise typer.BadParameter(f"{preset} is none of {', '.join(PRESETS)}", param_hint="--preset")
        plan = DemoPlan(out, PRESETS[preset], life_s=life_s, workers=workers, port=port, seed=seed)
        try:
            is_kept = run_demo(DemoOptions(plan, data, trades, plain, json), output)
        except KeyboardInterrupt:
            output.fail("Interrupted", f"interrupted: nothing of it runs any more; what there was is in {out}")
            raise typer.Exit(INTERRUPTED) from None
        if not is_kept:
            raise typer.Exit(INVALID)
