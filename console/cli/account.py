"""`zkclear account …`: what one has on the rollup, and money in and out."""

from __future__ import annotations

from typing import Annotated

import typer

from console.cli.flags import LOOKER, OWNER, PAYER, TRADER, Flags, takes
from console.cli.options import Json
from console.cli.output import reporting

app = typer.Typer(help="Accounts: what they hold, and money in and out.", no_args_is_help=True)

Amount = Annotated[str, typer.Argument(help="In dollars: 1000 or 1234.50.", metavar="DOLLARS", show_default=False)]
WaitKnown = Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait until the node knows it.")]
WaitExecuted = Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait until it is executed on L1.")]
WaitOwed = Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait until something is owed.")]


@app.command()
@takes(*TRADER)
def show(*, flags: Flags, json: Json = False) -> None:
    """Cash, equity, positions, open orders."""
    with reporting(as_json=json) as output:
        from console.cli import account_views

        settings = flags.settings()
        account_views.show(output, settings, flags.password_file)


@app.command()
@takes(*TRADER)
def margin(*, flags: Flags, json: Json = False) -> None:
    """Equity at the mark and in each scenario, and how far it is from a liquidation."""
    with reporting(as_json=json) as output:
        from console.cli import account_views

        settings = flags.settings()
        account_views.margin(output, settings, flags.password_file)


@app.command()
@takes(*OWNER)
def register(dollars: Amount, wait: WaitKnown = 60.0, *, flags: Flags, json: Json = False) -> None:
    """Open an account with a first deposit: a transaction on L1. The wallet's trading key will sign for it."""
    with reporting(as_json=json) as output:
        from console.amounts import cash_e6
        from console.cli import account_actions

        amount_e6 = cash_e6(dollars)
        settings = flags.settings()
        account_actions.register(output, settings, flags.password_file, amount_e6, wait)


@app.command()
@takes(*PAYER)
def deposit(dollars: Amount, *, flags: Flags, json: Json = False) -> None:
    """Pay into an account: a transaction on L1. A batch takes it in."""
    with reporting(as_json=json) as output:
        from console.amounts import cash_e6
        from console.cli import account_actions

        amount_e6 = cash_e6(dollars)
        settings = flags.settings()
        account_actions.deposit(output, settings, flags.password_file, amount_e6)


@app.command()
@takes(*TRADER)
def withdraw(
    dollars: Amount,
    wait: WaitExecuted = 0.0,
    slot: Annotated[int | None, typer.Option("--slot", min=0, max=7, help="Whose nonce is used.")] = None,
    nonce: Annotated[
        int | None, typer.Option("--nonce", min=1, max=2**32 - 1, help="A larger one than all before.")
    ] = None,
    *,
    flags: Flags,
    json: Json = False,
) -> None:
    """Take cash out, signed: when its batch is executed, `zkclear account collect` fetches it on L1."""
    with reporting(as_json=json) as output:
        from console.amounts import cash_e6
        from console.cli import account_actions

        amount_e6 = cash_e6(dollars)
        settings = flags.settings()
        account_actions.withdraw(output, settings, flags.password_file, amount_e6, (slot, nonce), wait)


@app.command()
@takes(*OWNER)
def collect(wait: WaitOwed = 120.0, *, flags: Flags, json: Json = False) -> None:
    """Have the clearing house pay what it owes the wallet: a transaction on L1."""
    with reporting(as_json=json) as output:
        from console.cli import account_actions

        settings = flags.settings()
        account_actions.collect(output, settings, flags.password_file, wait)


@app.command()
@takes(*LOOKER)
def find(*, flags: Flags, json: Json = False) -> None:
    """Look on L1 for the accounts of a wallet, for its ether and dollars, and remember the accounts."""
    with reporting(as_json=json) as output:
        from console.cli import account_actions

        settings = flags.settings()
        account_actions.find(output, settings)


@app.command()
@takes(*LOOKER)
def faucet(dollars: Amount = "10000", *, flags: Flags, json: Json = False) -> None:
    """On a local chain alone: ten ether, and test dollars, out of nothing."""
    with reporting(as_json=json) as output:
        from console.amounts import cash_e6
        from console.cli import account_actions

        amount_e6 = cash_e6(dollars)
        settings = flags.settings()
        account_actions.faucet(output, settings, amount_e6)
