"""`zkclear oracle …`: the risk tables and prices that a run was judged by, and whether the oracles signed them."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Final

import typer

from console.cli.l1_options import duration
from console.cli.options import Json
from console.cli.oracle_read import read
from console.cli.output import INVALID, reporting, seconds
from console.cli.run_options import RunFolder, clock, record_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sequencer.record.market_types import TableInfo, TableRow

app = typer.Typer(help="Risk tables and prices, and who signed them.", no_args_is_help=True)
app.command()(read)

CENTS: Final = 100
MS_PER_S: Final = 1_000
TIME = Annotated[
    int | None, typer.Option("--time", min=0, help="Of a table, in unix seconds.", show_default="the newest")
]
COLUMNS: Final = ("id", "series", "mark", "implied", "delta", "gamma", "vega", "theta", "worst", "best")


@app.command()
def show(
    folder: RunFolder = None,
    time_s: TIME = None,
    last: Annotated[int, typer.Option("--last", min=1, max=10_000, help="So many tables in the list.")] = 5,
    json: Json = False,
) -> None:
    """Spots, the last tables with their age, and the rows of one: marks, volatilities, Greeks, scenarios."""
    with reporting(as_json=json) as output:
        with record_of(folder) as reader:
            names, tables = reader.facts().names, reader.tables(limit=last)
            rows = reader.table(time_s)
            settled = reader.settlement_prices()
        now_s = int(time.time())
        shown = time_s if time_s is not None else (tables[0].time_s if tables else None)
        data = {
            "tables": [asdict(one) | {"age_s": now_s - one.time_s} for one in tables],
            "table": {"time_s": shown, "rows": [asdict(row) for row in rows]},
            "settlement_prices": [asdict(one) for one in settled],
        }
        lines = [_table_line(one, names, now_s) for one in tables]
        lines += [
            f"settled: {names.get(one.underlying, one.underlying)} of {clock(one.expiry_s * MS_PER_S)} at "
            f"{one.price_e2 / CENTS:,.2f}"
            for one in settled
        ]
        output.result(data, lines or ["no table yet"])
        if rows and shown is not None:
            cells = [_cells(row, names) for row in rows]
            output.table(f"table of {clock(shown * MS_PER_S)}", columns=COLUMNS, rows=cells, left=("series",))


@app.command()
def verify(
    folder: RunFolder = None,
    time_s: TIME = None,
    rpc: Annotated[
        str | None, typer.Option("--rpc", help="An Ethereum node of the run's chain.", show_default="the run's own")
    ] = None,
    is_offline: Annotated[
        bool, typer.Option("--offline", help="Compare record and batches alone, ask no chain.")
    ] = False,
    json: Json = False,
) -> None:
    """Did a quorum of the committee on L1 sign the table, and is it the one that batches were judged by?

    Exit code 1: it is not so.
    """
    with reporting(as_json=json) as output:
        from console.cli.oracle_checks import checks_of_table

        with record_of(folder) as reader:
            found = checks_of_table(reader, time_s, rpc, is_offline=is_offline)
        valid = all(one.holds for one in found.checks)
        data = {
            "time_s": found.time_s,
            "valid": valid,
            "checks": {one.name: one.holds for one in found.checks},
            "signers": list(found.signers),
            "committee": list(found.committee),
            "threshold": found.threshold,
        }
        lines = [
            f"{'ok' if one.holds else 'NOT':<4} {one.name:<10} {one.says} ({seconds(one.seconds)})"
            for one in found.checks
        ]
        lines += [f"signed by {signer}" for signer in found.signers]
        verdict = "valid" if valid else "NOT valid"
        output.result(data, [*lines, f"the table of {clock(found.time_s * MS_PER_S)} is {verdict}"])
        if not valid:
            raise typer.Exit(INVALID)


def _table_line(one: TableInfo, names: Mapping[int, str], now_s: int) -> str:
    spots = ", ".join(f"{names.get(number, number)} {price / CENTS:,.2f}" for number, price in one.spots)
    age = duration(max(0, now_s - one.time_s))
    return f"table of {clock(one.time_s * MS_PER_S)}, {age} old, {one.series} series: {spots}"


def _cells(row: TableRow, names: Mapping[int, str]) -> tuple[str, ...]:
    from rollup.types.series import OptionKind
    from sequencer.markets.names import name_of
    from sequencer.markets.records import Instrument

    kind = OptionKind.CALL if row.is_call else OptionKind.PUT
    named = names.get(row.underlying, f"U{row.underlying}")
    greeks = (row.delta, row.gamma, row.vega, row.theta)
    return (
        str(row.series_id),
        name_of(Instrument(named, row.expiry_s, row.strike_e2, kind)) + (" settled" if row.is_settled else ""),
        f"{row.mark_e2 / CENTS:,.2f}",
        "" if row.implied_volatility is None else f"{row.implied_volatility:.1%}",
        *("" if one is None else (f"{one:,.2f}" if abs(one) >= 1 else f"{one:.3g}") for one in greeks),
        f"{min(row.values_e2) / CENTS:,.2f}",
        f"{max(row.values_e2) / CENTS:,.2f}",
    )
