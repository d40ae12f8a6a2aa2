"""`zkclear order …`: signed orders, into the books and out of them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from console.cli.flags import TRADER, Flags, takes
from console.cli.options import Json
from console.cli.output import reporting
from console.cli.wallet_options import Instrument

app = typer.Typer(help="Orders: signed by the wallet, placed, looked at, cancelled.", no_args_is_help=True)


class Side(StrEnum):
    """Of an order."""

    BUY = "buy"
    SELL = "sell"


SideOf = Annotated[Side, typer.Argument(help="buy or sell.", show_default=False)]
Size = Annotated[str, typer.Argument(help="Contracts: 1 or 0.5.", metavar="SIZE", show_default=False)]
Price = Annotated[str, typer.Argument(help="Limit in dollars: 1234.50.", metavar="PRICE", show_default=False)]
GoodFor = Annotated[int, typer.Option("--good-for", min=1, max=2**31, help="Seconds until it is void.")]
MaxFee = Annotated[int, typer.Option("--max-fee-ppm", min=0, max=2**20 - 1, help="Most of the premium, in millionths.")]
Slot = Annotated[int | None, typer.Option("--slot", min=0, max=7, help="One of 8.", show_default="a free one")]
Nonce = Annotated[
    int | None, typer.Option("--nonce", min=1, max=2**32 - 1, help="In the slot.", show_default="the next")
]
Immediate = Annotated[bool, typer.Option("--immediate", help="What does not trade at once is cancelled.")]
FillOrKill = Annotated[bool, typer.Option("--fill-or-kill", help="All of it at once, or nothing.")]
PostOnly = Annotated[bool, typer.Option("--post-only", help="Only if it does not trade at once.")]
ReduceOnly = Annotated[bool, typer.Option("--reduce-only", help="Only as far as it makes a position smaller.")]
OrderId = Annotated[str, typer.Argument(help="account-slot-nonce.", metavar="ORDER", show_default=False)]

DAY_S = 86_400


@app.command()
@takes(*TRADER)
def place(
    side: SideOf,
    instrument: Instrument,
    size: Size,
    price: Price,
    good_for: GoodFor = DAY_S,
    max_fee_ppm: MaxFee = 1_000,
    immediate: Immediate = False,
    fill_or_kill: FillOrKill = False,
    post_only: PostOnly = False,
    reduce_only: ReduceOnly = False,
    slot: Slot = None,
    nonce: Nonce = None,
    *,
    flags: Flags,
    json: Json = False,
) -> None:
    """Sign an order and place it; what it traded at once is printed."""
    with reporting(as_json=json) as output:
        from console.cli import order_views
        from console.cli.account_trader import Trader
        from console.cli.market_node import node_at
        from console.cli.order_making import Wanted, placed, time_in_force

        good = time_in_force(immediate=immediate, fill_or_kill=fill_or_kill)
        wanted = Wanted(
            side is Side.BUY,
            instrument,
            size,
            price,
            good_for,
            max_fee_ppm,
            slot,
            nonce,
            good,
            post_only,
            reduce_only,
        )
        settings = flags.settings()
        with node_at(settings.url) as node:
            found = placed(Trader.log_in(settings, node, flags.password_file), wanted)
        order_views.order(output, found)


@app.command()
@takes(*TRADER)
def sign(
    side: SideOf,
    instrument: Instrument,
    size: Size,
    price: Price,
    debug: Annotated[
        bool, typer.Option("--debug", help="Every field and hash on the way, and what a node makes of it.")
    ] = False,
    series_id: Annotated[
        int | None,
        typer.Option("--series-id", min=1, max=2**24 - 1, help="Of the instrument.", show_default="the node's"),
    ] = None,
    good_for: GoodFor = DAY_S,
    max_fee_ppm: MaxFee = 1_000,
    slot: Slot = None,
    nonce: Nonce = None,
    *,
    flags: Flags,
    json: Json = False,
) -> None:
    """Sign an order and print it: nothing is placed. With --deployment and --series-id it needs no node."""
    with reporting(as_json=json) as output:
        from console.cli.order_debug import signed
        from console.cli.order_making import Wanted

        wanted = Wanted(side is Side.BUY, instrument, size, price, good_for, max_fee_ppm, slot, nonce)
        settings = flags.settings()
        signed(output, settings, flags.password_file, wanted, series_id, debug=debug)


@app.command()
@takes(*TRADER)
def cancel(
    order: Annotated[
        str | None, typer.Argument(help="account-slot-nonce.", metavar="[ORDER]", show_default=False)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All open orders.")] = False,
    instrument: Annotated[
        str | None, typer.Option("--instrument", help="With --all: those of this one alone.", show_default=False)
    ] = None,
    signed: Annotated[
        bool, typer.Option("--signed", help="Void for everybody, on L1 too: an operation of a batch.")
    ] = False,
    *,
    flags: Flags,
    json: Json = False,
) -> None:
    """Take an order out of the book, or all of them."""
    with reporting(as_json=json) as output:
        from console.cli import order_views

        settings = flags.settings()
        which = order_views.Which(order, every, instrument, signed)
        order_views.cancel(output, settings, flags.password_file, which)


@app.command("list")
@takes(*TRADER)
def list_(
    instrument: Annotated[
        str | None, typer.Option("--instrument", help="Of this one alone.", show_default="all")
    ] = None,
    *,
    flags: Flags,
    json: Json = False,
) -> None:
    """All open orders."""
    with reporting(as_json=json) as output:
        from console.cli import order_views

        settings = flags.settings()
        order_views.open_orders(output, settings, flags.password_file, instrument)


@app.command()
@takes(*TRADER)
def show(
    order: OrderId,
    *,
    flags: Flags,
    json: Json = False,
) -> None:
    """One order, open or not, with its trades and how final they are."""
    with reporting(as_json=json) as output:
        from console.cli import order_views

        settings = flags.settings()
        order_views.show(output, settings, flags.password_file, order)
