"""Trading keys in keystore files of their own: who has one trades without the Ethereum key at hand."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rollup.types.orders import Domain
from sequencer.l1.address import is_address
from sequencer.l1.keystores import STANDARD_SCRYPT_N, BadKeystore, Keystore, locked
from sequencer.wallets.folder import WalletFolder, require_password
from sequencer.wallets.private_file import write_new

FOLDER: Final = "trading"
OWNER: Final = "owner"
"""The field with the Ethereum address that the key came from; readers of keystores pass over what they do not know."""


@dataclass(frozen=True, slots=True)
class TradingKey:
    """What signs on a rollup, and for which Ethereum address."""

    owner: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class TradingKeystore:
    """A trading key's file, still locked."""

    owner: str
    keystore: Keystore

    def open(self, password: str) -> TradingKey:
        """Raises `WrongPassword` and `BadKeystore`."""
        return TradingKey(self.owner, bytes(self.keystore.open(password).key))


class TradingKeys:
    """The folder `trading` in a folder of wallets: a file for a wallet's name and a rollup."""

    def __init__(self, wallets: WalletFolder) -> None:
        self._wallets = wallets

    def file_of(self, name: str, domain: Domain) -> Path:
        """Where a key is or would be. Raises `BadWalletName`."""
        path = self._wallets.file_of(name)
        return path.parent / FOLDER / f"{path.stem}@{domain.chain_id}-{domain.contract:040x}.json"

    def find(self, name: str, domain: Domain) -> TradingKeystore | None:
        """The key of a wallet, `None` if it is not kept. Raises `BadWalletName` and `BadKeystore`."""
        path = self.file_of(name, domain)
        if not path.exists():
            return None
        keystore = Keystore.read(path)
        owner = keystore.content.get(OWNER)
        if not is_address(owner):
            raise BadKeystore(path, "it does not say whose key it is")
        return TradingKeystore(str(owner), keystore)

    def add(self, name: str, domain: Domain, key: TradingKey, password: str, scrypt_n: int = STANDARD_SCRYPT_N) -> Path:
        """A new file; takes a second. Raises `WeakPassword`, `BadWalletName`, `WalletExists` and `NotWritten`."""
        path = self.file_of(name, domain)
        require_password(password)
        content = json.loads(locked(key.secret, password, scrypt_n))
        # The address that a keystore has would be that of this key on Ethereum, where it must never be used.
        del content["address"]
        write_new(path, json.dumps(content | {OWNER: key.owner}, indent=1).encode() + b"\n")
        return path
