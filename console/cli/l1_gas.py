"""`zkclear l1 gas`: what everything costs on L1, measured on a chain of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.cli.options import Json, KernelName, Threads
from console.cli.output import reporting


def gas(
    preset: Annotated[str, typer.Option("--preset", help="Whose batches to commit: tiny, demo, large, xl.")] = "large",
    keys: Annotated[
        Path | None, typer.Option("--keys", help="Folder of development keys.", show_default=".zkclear/keys")
    ] = None,
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """Measure the gas of every transaction, and of a batch full of trades, fixed and variable."""
    with reporting(as_json=json) as output:
        from console.cli.l1_options import preset_of
        from prover.kernels import load_kernels
        from rollup.presets import TINY
        from sequencer.rehearsal.gas_figures import MANY, batch_gas, figures
        from sequencer.rehearsal.venue import rehearsal_venue
        from sequencer.rehearsal.workshop import Workshop

        sizes = preset_of(preset)
        workshop = Workshop.of(TINY, load_kernels(kernel, threads), keys)
        with rehearsal_venue(workshop) as venue:
            found = figures(venue)
        with rehearsal_venue(workshop, preset=sizes) as venue:
            batch = batch_gas(venue, found["prove 1 batch"])
        rows = [
            *((name, f"{one.used:,}", f"{one.calldata:,}", f"{one.beyond_calldata:,}") for name, one in found.items()),
            (f"commit {batch.trades} trades", *_columns(batch.commit.used, batch.commit.calldata)),
        ]
        output.table(
            "gas",
            columns=("transaction", "all", "calldata", "beyond calldata"),
            left=("transaction",),
            rows=rows,
        )
        one_of_many = found[f"prove {MANY} batches"].beyond_calldata / MANY
        own, shared = batch.variable_per_trade, batch.fixed / batch.trades
        lines = [
            f"a batch of {preset}: {batch.beyond_calldata:,} beyond calldata to commit and prove",
            f"a proof: {one_of_many:,.0f} beyond calldata as one of {MANY} in a transaction",
            f"a trade: {batch.per_trade:,.0f} all in: {own:,.0f} its own, {shared:,.0f} of {batch.fixed:,} fixed",
        ]
        output.result(
            {
                "preset": preset,
                "gas": {name: {"used": one.used, "calldata": one.calldata} for name, one in found.items()},
                "batch_beyond_calldata": batch.beyond_calldata,
                "proof_of_many_beyond_calldata": one_of_many,
                "per_trade": batch.per_trade,
                "fixed": batch.fixed,
                "variable_per_trade": batch.variable_per_trade,
            },
            lines,
        )


def _columns(used: int, calldata: int) -> tuple[str, str, str]:
    return f"{used:,}", f"{calldata:,}", f"{used - calldata:,}"
