"""Options that the commands of traders share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Config: TypeAlias = Annotated[
    Path | None, typer.Option("--config", help="A settings file.", show_default="~/.config/zkclear/config.toml")
]
Url: TypeAlias = Annotated[
    str | None,
    typer.Option("--url", help="The API of a node.", show_default="http://127.0.0.1:8700, or as settings say"),
]
Rpc: TypeAlias = Annotated[
    str | None, typer.Option("--rpc", help="An Ethereum node.", show_default="the chain of `zkclear l1 up`")
]
Deployment: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--deployment",
        help="The rollup's contracts; must be named on every chain but a local one.",
        show_default="what the node says",
    ),
]
WalletName: TypeAlias = Annotated[
    str | None, typer.Option("--wallet", help="Which wallet signs.", show_default="the only one there is")
]
Wallets: TypeAlias = Annotated[
    Path | None,
    typer.Option("--wallets", help="The folder with wallets.", show_default="~/.local/share/zkclear/wallets"),
]
AccountNumber: TypeAlias = Annotated[
    int | None, typer.Option("--account", min=0, help="Number of the account.", show_default="the wallet's own")
]
PasswordFile: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--password-file",
        help="A file with the wallet's password in its first line.",
        show_default="ZKCLEAR_KEYSTORE_PASSWORD, or a prompt",
    ),
]
Instrument: TypeAlias = Annotated[
    str, typer.Argument(help="As `zkclear market list` prints it.", metavar="INSTRUMENT", show_default=False)
]
