"""`zkclear config …`: what commands take for granted, and who said so."""

from __future__ import annotations

from collections.abc import Mapping

import typer

from console.cli.flags import Flags, takes
from console.cli.options import Json
from console.cli.output import reporting

app = typer.Typer(help="Settings: defaults < a TOML file < the environment < flags.", no_args_is_help=True)


@app.command()
@takes("url", "rpc", "deployment", "wallet", "wallets", "account", "config")
def show(*, flags: Flags, json: Json = False) -> None:
    """Every setting, its value, and where it came from."""
    with reporting(as_json=json) as output:
        from console.settings import SETTINGS

        settings = flags.settings()
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
