"""`zkclear prover demo` and `bench`: what they show is made in `console.cli.demo` and `console.cli.bench`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.cli.options import Json, KernelName, Threads
from console.cli.output import INVALID, VALID, reporting


def register_measurements(prover: typer.Typer) -> None:
    """Adds the two commands to `zkclear prover`."""
    prover.command("demo")(demo)
    prover.command("bench")(bench)


def demo(
    log2_constraints: Annotated[
        int, typer.Option("--size", min=8, max=20, help="Base-2 logarithm of the number of constraints.")
    ] = 12,
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """Build a circuit, set it up, prove, verify, and see tampering refused. Seconds; needs nothing but this program."""
    with reporting(as_json=json) as output:
        from console.cli.demo import run_demo
        from prover.kernels import load_kernels

        ok = run_demo(output, load_kernels(kernel, threads), log2_constraints)
        raise typer.Exit(VALID if ok else INVALID)


def bench(
    sizes: Annotated[
        str, typer.Option("--sizes", help="Base-2 logarithms, separated by commas, out of 14, 16, 18, 20.")
    ] = "14,16",
    repeats: Annotated[
        int, typer.Option("--repeats", min=1, max=100, help="Rounds; each prover runs once in each.")
    ] = 3,
    peers: Annotated[
        str, typer.Option("--peers", help="Out of snarkjs, groth16py, rapidsnark; or none.")
    ] = "snarkjs,groth16py",
    rapidsnark: Annotated[
        Path | None, typer.Option("--rapidsnark", envvar="ZKCLEAR_RAPIDSNARK", help="A rapidsnark prover binary.")
    ] = None,
    kernels_only: Annotated[
        bool, typer.Option("--kernels", help="MSM and NTT alone, at 2^16 to 2^20, on every kernel that runs here.")
    ] = False,
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """Measure this prover beside snarkjs, groth16py and rapidsnark, on the same circuit, key and witness, in turn."""
    with reporting(as_json=json) as output:
        if kernels_only:
            from console.cli.bench_kernels import run_kernel_bench

            run_kernel_bench(output, kernel, threads, repeats)
            return
        from console.cli.bench import BenchOptions, run_bench

        run_bench(output, BenchOptions.parse(sizes, peers, repeats, kernel, threads, rapidsnark))
