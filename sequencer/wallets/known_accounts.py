"""Which accounts a wallet has on which rollups: public, and only a memory, so that nobody has to remember numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from rollup.types.orders import Domain
from rollup.units import ACCOUNT_ID_BITS
from sequencer.wallets.errors import BadKnownAccounts
from sequencer.wallets.private_file import replace

NAME: Final = "accounts"
"""Without the suffix of wallets: it is none."""


class KnownAccounts:
    """The file `accounts` in a folder of wallets: numbers by Ethereum address and rollup."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    def of(self, address: str, domain: Domain) -> tuple[int, ...]:
        """The accounts of an address, in the order in which they were added. Raises `BadKnownAccounts`."""
        return tuple(self._read().get(_key(address, domain), ()))

    def all_of(self, address: str) -> dict[str, list[int]]:
        """By rollup, as `chain id:contract`. Raises `BadKnownAccounts`."""
        own = address.lower() + "@"
        return {key.removeprefix(own): numbers for key, numbers in self._read().items() if key.startswith(own)}

    def add(self, address: str, domain: Domain, account: int) -> None:
        """Remembers one. Raises `BadKnownAccounts` and `NotWritten`."""
        known = self._read()
        numbers = known.setdefault(_key(address, domain), [])
        if account not in numbers:
            numbers.append(account)
            replace(self.path, json.dumps(known, indent=1, sort_keys=True).encode() + b"\n")

    def _read(self) -> dict[str, list[int]]:
        try:
            found = json.loads(self.path.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, ValueError, RecursionError) as error:
            raise BadKnownAccounts(self.path, "it is no JSON, or cannot be read") from error
        if not isinstance(found, dict) or not all(_are_numbers(one) for one in found.values()):
            raise BadKnownAccounts(self.path, "it does not list numbers by address and rollup")
        return found


def _are_numbers(value: object) -> bool:
    return isinstance(value, list) and all(type(one) is int and 0 <= one < 1 << ACCOUNT_ID_BITS for one in value)


def _key(address: str, domain: Domain) -> str:
    return f"{address.lower()}@{domain.chain_id}:{domain.contract:#042x}"
