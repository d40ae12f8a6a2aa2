"""`zkclear market …`: instruments, books, trades and Greeks, as a node's public API has them."""

from __future__ import annotations

from typing import Annotated

import typer

from console.cli.flags import NODE, Flags, takes
from console.cli.options import Json
from console.cli.output import reporting
from console.cli.wallet_options import Instrument

app = typer.Typer(help="The market: instruments, books, trades, Greeks.", no_args_is_help=True)

Underlying = Annotated[str | None, typer.Option("--underlying", help="Of this one alone.", show_default="all")]


@app.command("list")
@takes(*NODE)
def list_(
    underlying: Underlying = None,
    settled: Annotated[bool, typer.Option("--settled", help="Settled ones, too.")] = False,
    *,
    flags: Flags,
    json: Json = False,
) -> None:
    """All options that trade, with their marks."""
    with reporting(as_json=json) as output:
        from console.cli import market_tables
        from console.cli.market_node import node_at

        with node_at(flags.settings().url) as node:
            found = node.call("public/get_instruments", underlying=underlying, include_settled=settled)
        market_tables.instruments(output, found)


@app.command()
@takes(*NODE)
def book(
    instrument: Instrument,
    depth: Annotated[int, typer.Option("--depth", min=1, max=1_000, help="Prices of each side.")] = 10,
    *,
    flags: Flags,
    json: Json = False,
) -> None:
    """The best prices of both sides."""
    with reporting(as_json=json) as output:
        from console.cli import market_tables
        from console.cli.market_node import node_at

        with node_at(flags.settings().url) as node:
            found = node.call("public/get_order_book", instrument_name=instrument, depth=depth)
        market_tables.book(output, found)


@app.command()
@takes(*NODE)
def trades(
    instrument: Instrument,
    count: Annotated[int, typer.Option("--count", min=1, max=1_000, help="How many.")] = 20,
    *,
    flags: Flags,
    json: Json = False,
) -> None:
    """The newest trades, and how final each is."""
    with reporting(as_json=json) as output:
        from console.cli import market_tables
        from console.cli.market_node import node_at

        with node_at(flags.settings().url) as node:
            found = node.call("public/get_last_trades", instrument_name=instrument, count=count)
        market_tables.trades(output, instrument, found)


@app.command()
@takes(*NODE)
def greeks(
    instruments: Annotated[
        list[str] | None, typer.Argument(help="Which.", metavar="[INSTRUMENT]…", show_default="all")
    ] = None,
    underlying: Underlying = None,
    *,
    flags: Flags,
    json: Json = False,
) -> None:
    """Mark, best prices, implied volatility and Greeks: by Black's model on the index, for people alone."""
    with reporting(as_json=json) as output:
        from console.cli import market_tables
        from console.cli.market_node import node_at

        with node_at(flags.settings().url) as node:
            listed = node.call("public/get_instruments", underlying=underlying) if not instruments else []
            names = instruments or [one["instrument_name"] for one in listed]
            found = [node.call("public/ticker", instrument_name=name) for name in names]
        market_tables.greeks(output, found)
