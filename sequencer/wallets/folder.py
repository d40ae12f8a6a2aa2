"""A folder with wallets: one keystore file each, named after the wallet."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from sequencer.l1.keystores import STANDARD_SCRYPT_N, Keystore, locked
from sequencer.wallets.errors import BadWalletName, WalletMissing, WalletNotChosen, WeakPassword
from sequencer.wallets.private_file import write_new

SHORTEST_PASSWORD: Final = 8
SUFFIX: Final = ".json"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class WalletFolder:
    """Wallets by name. What geth and others wrote can be put into the folder, with `.json` behind its name."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> tuple[str, ...]:
        """Of all wallets, sorted; whether they are whole is seen when they are read."""
        if not self.path.is_dir():
            return ()
        found = (path.name.removesuffix(SUFFIX) for path in self.path.iterdir() if path.suffix == SUFFIX)
        return tuple(sorted(name for name in found if _NAME.fullmatch(name)))

    def file_of(self, name: str) -> Path:
        """Where a wallet is or would be. Raises `BadWalletName`."""
        if not _NAME.fullmatch(name):
            raise BadWalletName(name)
        return self.path / f"{name}{SUFFIX}"

    def choose(self, name: str | None) -> str:
        """The one named, or the only one. Raises `BadWalletName`, `WalletMissing` and `WalletNotChosen`."""
        known = self.names()
        if name is not None:
            if not self.file_of(name).is_file():
                raise WalletMissing(name, self.path, known)
            return name
        if len(known) != 1:
            raise WalletNotChosen(self.path, known)
        return known[0]

    def keystore(self, name: str) -> Keystore:
        """A wallet, locked. Raises `WalletMissing`, `BadWalletName` and `BadKeystore`."""
        return Keystore.read(self.file_of(self.choose(name)))

    def add(self, name: str, secret_key: bytes, password: str, scrypt_n: int = STANDARD_SCRYPT_N) -> Path:
        """A new wallet; takes a second. Raises `WeakPassword`, `BadWalletName`, `WalletExists` and `NotWritten`."""
        path = self.file_of(name)
        require_password(password)
        write_new(path, locked(secret_key, password, scrypt_n))
        return path


def require_password(password: str) -> None:
    """Raises `WeakPassword`."""
    if len(password) < SHORTEST_PASSWORD:
        raise WeakPassword(SHORTEST_PASSWORD)
