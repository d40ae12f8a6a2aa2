"""`zkclear wallet …`: Ethereum keys in keystore files, and what they sign."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from console.cli.flags import Flags, takes
from console.cli.options import Json
from console.cli.output import reporting
from console.cli.wallet_options import Config, PasswordFile, WalletName, Wallets

app = typer.Typer(help="Wallets: Ethereum keys in keystore files.", no_args_is_help=True)

NewName = Annotated[str, typer.Argument(help="What to call it.", metavar="NAME", show_default=False)]
Name = Annotated[
    str | None, typer.Argument(help="Which wallet.", metavar="[NAME]", show_default="the only one there is")
]


class SecretKind(StrEnum):
    """What a wallet is imported from."""

    WORDS = "words"
    KEY = "key"
    KEYSTORE = "keystore"


@app.command()
def new(
    name: NewName,
    password_file: PasswordFile = None,
    wallets: Wallets = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Make a wallet with a new random key. Its file and its password are all there is: keep both."""
    with reporting(as_json=json) as output:
        from console.cli.wallet_making import make_wallet
        from sequencer.wallets.importing import new_key

        make_wallet(output, name, lambda _: new_key(), password_file, wallets, config)


@app.command("import")
def import_(
    name: NewName,
    kind: Annotated[
        SecretKind, typer.Option("--from", help="Words of a wallet, a key in hexadecimal, or another keystore's file.")
    ] = SecretKind.WORDS,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file", help="With it in the first line, or the keystore.", show_default="a prompt without echo"
        ),
    ] = None,
    path: Annotated[str, typer.Option("--path", help="Which key of the words.")] = "m/44'/60'/0'/0/0",
    password_file: PasswordFile = None,
    wallets: Wallets = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Take over a key that other wallets know, with its address. A keystore keeps its password."""
    with reporting(as_json=json) as output:
        from console.cli.wallet_making import import_wallet

        import_wallet(output, name, (kind.value, file, path), password_file, wallets, config)


@app.command("list")
def list_(wallets: Wallets = None, config: Config = None, json: Json = False) -> None:
    """All wallets with their addresses. Needs no password."""
    with reporting(as_json=json) as output:
        from console.cli.wallet_making import listed

        folder, found = listed(wallets, config)
        lines = [f"{one['name']:<20}  {one['address'] or '-':<42}  {one['problem'] or ''}".rstrip() for one in found]
        output.result({"folder": str(folder), "wallets": found}, lines or [f"no wallets in {folder}"])


@app.command()
def show(name: Name = None, wallets: Wallets = None, config: Config = None, json: Json = False) -> None:
    """A wallet's address, its file, and the accounts that are known of it. Needs no password."""
    with reporting(as_json=json) as output:
        from console.cli.wallet_making import shown

        found = shown(name, wallets, config)
        lines = [f"{what:<7}  {found[what]}" for what in ("name", "address", "file")]
        lines += [
            f"account {number} on {rollup}" for rollup, numbers in found["accounts"].items() for number in numbers
        ]
        output.result(found, lines)


@app.command()
@takes("password_file", "wallets", "url", "deployment", "config")
def derive(
    name: Name = None,
    typed_data: Annotated[
        bool, typer.Option("--typed-data", help="Print the message that the key comes from, and no key.")
    ] = False,
    save: Annotated[
        bool, typer.Option("--save", help="Keep the key in a keystore: then one trades without the Ethereum key.")
    ] = False,
    *,
    flags: Flags,
    json: Json = False,
) -> None:
    """The public key with which a wallet trades on a rollup: it comes from a signature, and is the same each time."""
    with reporting(as_json=json) as output:
        from console.cli.wallet_signing import derived_key, derived_message

        settings = flags.settings(wallet=name)
        if typed_data:
            import json as formats

            message = derived_message(settings)
            output.result(message, [formats.dumps(message, indent=1)])
        else:
            output.result(derived_key(settings, flags.password_file, save=save))


@app.command()
def sign(
    text: Annotated[str | None, typer.Argument(help="What to sign, by EIP-191.", show_default=False)] = None,
    wallet: WalletName = None,
    typed_data: Annotated[
        Path | None, typer.Option("--typed-data", help="A JSON file to sign by EIP-712 instead.", show_default=False)
    ] = None,
    password_file: PasswordFile = None,
    wallets: Wallets = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Sign a text or typed data with the Ethereum key, as any wallet does."""
    with reporting(as_json=json) as output:
        from console.cli.wallet_signing import signature_of
        from console.settings import Settings

        settings = Settings.load(config, wallet=wallet, wallets=wallets)
        found = signature_of(settings, password_file, text, typed_data)
        output.result(found, [str(found["signature"])])
