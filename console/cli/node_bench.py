"""`zkclear bench …`: measurements of the node."""

from __future__ import annotations

from typing import Annotated

import typer

from console.cli.options import Json, KernelName, PresetName, Workers
from console.cli.output import reporting

app = typer.Typer(help="Measurements of the node.", no_args_is_help=True)


@app.callback()
def node_bench() -> None:
    """Measurements of the node."""


@app.command()
def pipeline(
    preset: PresetName = "large",
    workers: Workers = 1,
    batches: Annotated[int, typer.Option("--batches", min=1, max=10_000, help="Full batches to measure.")] = 8,
    threads: Annotated[
        int | None,
        typer.Option("--threads", min=1, max=256, help="Threads of each worker.", show_default="cores over workers"),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option("--cluster", help="A dask scheduler, tcp://HOST:PORT.", show_default="this machine's processes"),
    ] = None,
    kernel: KernelName = None,
    json: Json = False,
) -> None:
    """Full batches of signed orders through trace and prover pool to proofs that were verified: trades a second."""
    with reporting(as_json=json) as output:
        from console.cli.bench_pipeline import PipelineOptions, run_pipeline

        run_pipeline(output, PipelineOptions.parse(preset, workers, batches, threads, cluster, kernel))


@app.command()
def node(
    preset: PresetName = "large",
    per_second: Annotated[float, typer.Option("--rate", min=1, help="Signed orders a second.")] = 2_020,
    for_s: Annotated[float, typer.Option("--seconds", min=1, help="For how long.")] = 60,
    traders: Annotated[int, typer.Option("--traders", min=2, max=256, help="Accounts that send.")] = 24,
    crossing: Annotated[float, typer.Option("--crossing", min=0, max=1, help="Share of orders that trade.")] = 0.002,
    overload: Annotated[float, typer.Option("--overload", min=0, help="So many times the rate afterwards.")] = 10,
    workers: Workers = 1,
    together: Annotated[
        int, typer.Option("--per-message", min=1, max=8, help="Orders that a trader sends at once, as makers quote.")
    ] = 8,
    json: Json = False,
) -> None:
    """A whole node on a local chain under load from another process: durable orders a second, and their latency."""
    with reporting(as_json=json) as output:
        from console.cli.bench_node import NodeBenchOptions, run
        from console.cli.l1_options import preset_of

        options = NodeBenchOptions(
            preset_of(preset).name,
            traders,
            per_second,
            for_s,
            crossing,
            overload,
            workers=workers,
            per_message=together,
        )
        run(options, output)
