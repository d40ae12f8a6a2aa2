"""`zkclear replay`: a market's trades through a whole node, to the last dollar on L1."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer

from console.cli.options import Json, PresetName, Workers
from console.cli.output import INVALID, PhaseBar, reporting, seconds

DOLLAR_E6: Final = 1_000_000


def replay(
    data: Annotated[
        Path,
        typer.Argument(
            help="A file or folder: SPX minute bars, a Deribit chain (CSV), answers of Deribit's trade history "
            "(JSON), or tardis.dev's trades with their options_chain (CSV).",
            show_default=False,
        ),
    ],
    preset: PresetName = "demo",
    trades: Annotated[int | None, typer.Option("--trades", min=1, help="At most so many.", show_default="all")] = None,
    every_s: Annotated[int, typer.Option("--table-every", min=60, max=600, help="Seconds between tables.")] = 300,
    workers: Workers = 1,
    json: Json = False,
) -> None:
    """Play real trades on a local chain: signed, matched, proven, executed, expired, settled, withdrawn, compared.

    Exit code 1: somebody owns something else in the end than an independent calculation says.
    """
    with reporting(as_json=json) as output:
        from console.cli.l1_options import preset_of
        from sequencer.markets.collateral import FeeRates
        from sequencer.replay.scenarios import ReplayOptions
        from sequencer.replay.sources import scenario_of
        from sequencer.replay.stage import play

        sizes = preset_of(preset).name
        options = ReplayOptions(FeeRates(300, 500), trades, every_s)
        scenario = scenario_of(data, options)
        output.note(f"{scenario.name}: {len(scenario.plan.trades)} trades, {len(scenario.accounts)} accounts")
        with PhaseBar(output) as bar:
            found = play(scenario, sizes, workers=workers, tell=bar)
        money = {"deposited": found.deposited_e6, "fees": found.fees_e6, "withdrawn": found.withdrawn_e6}
        lines = [
            f"{found.trades} trades from {found.orders} orders in {found.batches} batches, all executed on L1",
            ", ".join(f"{name} {amount_e6 / DOLLAR_E6:,.2f} USD" for name, amount_e6 in money.items()),
            ", ".join(f"{name} {seconds(took)}" for name, took in found.seconds.items()),
            *(f"account {one.account}: {one.what} {one.found}, expected {one.expected}" for one in found.differences),
            "every balance is as calculated from the trades alone" if not found.differences else "balances differ",
        ]
        output.result(asdict(found), lines)
        if found.differences:
            raise typer.Exit(INVALID)
