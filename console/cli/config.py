"""`zkclear config …`: what commands take for granted, and who said so."""

from __future__ import annotations

from collections.abc import Mapping

import typer

from console.cli.options import Json
from console.cli.output import reporting
from console.cli.wallet_options import AccountNumber, Config, Deployment, Rpc, Url, WalletName, Wallets

app = typer.Typer(help="Settings: defaults < a TOML file < the environment < flags.", no_args_is_help=True)


@app.command()
def show(
    url: Url = None,
    rpc: Rpc = None,
    deployment: Deployment = None,
    wallet: WalletName = None,
    wallets: Wallets = None,
    account: AccountNumber = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Every setting, its value, and where it came from."""
    with reporting(as_json=json) as output:
        from console.settings import SETTINGS, Settings

        flags = {"rpc": rpc, "deployment": deployment, "wallet": wallet, "wallets": wallets, "account": account}
        settings = Settings.load(config, url=url, **flags)
        found = {
            one.name: {
                "value": settings.found[one.name].value,
                "source": settings.found[one.name].source,
                "variable": one.variable,
                "says": one.says,
            }
            for one in SETTINGS
        }
        lines = [
            f"{name:<10}  {_shown(facts):<50}  {facts['variable']}: {facts['says']}" for name, facts in found.items()
        ]
        output.result({"settings": found}, lines)


def _shown(found: Mapping[str, object]) -> str:
    value = "-" if found["value"] is None else str(found["value"])
    return f"{value}  ({found['source']})"
