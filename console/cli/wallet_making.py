"""What `zkclear wallet new`, `import`, `list` and `show` do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.cli.wallet_secrets import password, secret
from console.errors import CommandError
from console.settings import Settings
from sequencer.l1.keystores import BadKeystore, Keystore
from sequencer.wallets.errors import WalletExists
from sequencer.wallets.folder import WalletFolder, require_password
from sequencer.wallets.importing import key_from_digits, key_from_words
from sequencer.wallets.known_accounts import KnownAccounts

if TYPE_CHECKING:
    from console.cli.output import Output


def make_wallet(
    output: Output,
    name: str,
    key: Callable[[str], bytes],
    password_file: Path | None,
    wallets: Path | None,
    config: Path | None,
    *,
    is_new: bool = True,
) -> None:
    """Locks the key that `key` makes of the password. Raises `WalletExists` before anything is asked for."""
    folder = WalletFolder(Settings.load(config, wallets=wallets).wallets)
    if folder.file_of(name).exists():
        raise WalletExists(folder.file_of(name))
    given = password(password_file, is_new=is_new)
    require_password(given)
    path = folder.add(name, key(given), given)
    found = {"name": name, "address": folder.keystore(name).address, "file": str(path)}
    output.result(found, [f"{name} is {found['address']}", f"its key is in {path}, locked by its password: keep both"])


def import_wallet(
    output: Output,
    name: str,
    source: tuple[str, Path | None, str],
    password_file: Path | None,
    wallets: Path | None,
    config: Path | None,
) -> None:
    """`source` is words, key or keystore, its file, and the path of a key among those of the words.

    Another keystore keeps its password. Raises `BadSecret`, `BadKeystore` and as `make_wallet` does.
    """
    kind, file, path = source

    def key(given: str) -> bytes:
        if kind == "words":
            return key_from_words(secret(file, "words"), path)
        if kind == "key":
            return key_from_digits(secret(file, "key in hexadecimal"))
        return bytes(Keystore.read(file or Path()).open(given).key)

    if kind == "keystore" and file is None:
        raise CommandError("name the keystore's file by --file")
    make_wallet(output, name, key, password_file, wallets, config, is_new=kind != "keystore")


def listed(wallets: Path | None, config: Path | None) -> tuple[Path, list[dict[str, Any]]]:
    """The folder, and name, address and problem of each wallet in it."""
    folder = WalletFolder(Settings.load(config, wallets=wallets).wallets)
    found: list[dict[str, Any]] = []
    for name in folder.names():
        try:
            found.append({"name": name, "address": folder.keystore(name).address, "problem": None})
        except BadKeystore as error:
            found.append({"name": name, "address": None, "problem": error.why})
    return folder.path, found


def shown(name: str | None, wallets: Path | None, config: Path | None) -> dict[str, Any]:
    """What is public of a wallet."""
    settings = Settings.load(config, wallet=name, wallets=wallets)
    folder = WalletFolder(settings.wallets)
    chosen = folder.choose(settings.wallet)
    address = folder.keystore(chosen).address
    accounts = {} if address is None else KnownAccounts(folder.path).all_of(address)
    return {"name": chosen, "address": address, "file": str(folder.file_of(chosen)), "accounts": accounts}
