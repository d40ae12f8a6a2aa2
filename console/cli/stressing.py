"""`zkclear simulate`: a day of the venue, seeded; `zkclear stress` is its old name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.cli.options import Json
from console.cli.output import INVALID, PhaseBar, reporting


def stress(
    scenario: Annotated[str, typer.Argument(help="What happens; `list` names all: flow is an ordinary day.")] = "crash",
    accounts: Annotated[int, typer.Option("--accounts", min=2, max=50_000, help="Accounts that trade.")] = 1_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same day again for the same number.")] = 1,
    folder: Annotated[
        Path | None, typer.Option("--out", help="Where report and plots go.", show_default="nowhere")
    ] = None,
    json: Json = False,
) -> None:
    """Simulate a day, seeded: who gets into trouble, how long, what it costs. Exit code 1: the books do not balance."""
    with reporting(as_json=json) as output:
        from random import Random
        from time import perf_counter

        from prover.kernels import load_kernels
        from sequencer.native_crypto import NativeCrypto
        from sequencer.stress import SCENARIOS, run_scenario, write_report

        if scenario == "list":
            found = {name: one.says for name, one in SCENARIOS.items()}
            output.result(found, [f"{name:<16} {says}" for name, says in found.items()])
            return
        crypto = NativeCrypto(load_kernels())
        with PhaseBar(output) as bar:
            report = run_scenario(
                scenario,
                accounts,
                seed,
                Random(seed),
                crypto,
                perf_counter,
                bar,
            )
        written = write_report(report, folder) if folder is not None else ()
        output.table(report.says, columns=["what", "found"], rows=[list(row) for row in report.rows()], left=["what"])
        files = [str(path) for path in written]
        verdict = "the books balance" if report.books_balance else "the books do NOT balance"
        output.result(report.as_data() | {"files": files}, [verdict, *files])
        if not report.books_balance:
            raise typer.Exit(INVALID)
