"""A state that hashes when it is asked for a hash: many batches in a row then cost one update of the tree."""

from __future__ import annotations

from collections.abc import Mapping

from rollup.crypto import Crypto
from rollup.state import State
from rollup.tree import Path
from rollup.types.accounts import Account


class DeferredState(State):
    """As `State` in all that it answers. Accounts are there at once, their leaves with the first look at the tree."""

    def __init__(self, depth: int, crypto: Crypto) -> None:
        super().__init__(depth, crypto)
        self._unhashed: dict[int, Account | None] = {}

    def put(self, accounts: Mapping[int, Account | None]) -> None:
        """Replaces accounts; `None` takes one back."""
        for account_id, account in accounts.items():
            self._check(account_id)
            self._unhashed[account_id] = account
            if account is None:
                self._accounts.pop(account_id, None)
            else:
                self._accounts[account_id] = account

    @property
    def root(self) -> int:
        """What L1 knows of all accounts."""
        self._hash()
        return super().root

    def leaf(self, account_id: int) -> int:
        """The leaf of an id."""
        self._hash()
        return super().leaf(account_id)

    def path(self, account_id: int) -> Path:
        """The way from an account's leaf to the root."""
        self._hash()
        return super().path(account_id)

    def crown(self, levels: int) -> tuple[int, ...]:
        """All nodes so many levels below the root."""
        self._hash()
        return super().crown(levels)

    def _hash(self) -> None:
        if self._unhashed:
            accounts, self._unhashed = self._unhashed, {}
            super().put(accounts)
