"""The state of the rollup: accounts by id, and the tree whose root L1 knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rollup.crypto import READABLE, Crypto
from rollup.errors import check_range
from rollup.tree import Path, QuadTree
from rollup.types.accounts import EMPTY_LEAF, Account


def leaves_of(accounts: Mapping[int, Account | None], crypto: Crypto) -> dict[int, int]:
    """The leaf of each account; that of no account is `EMPTY_LEAF`."""
    there = {index: account for index, account in accounts.items() if account is not None}
    hashes = crypto.hash_many([account.leaf_inputs() for account in there.values()])
    return dict.fromkeys(accounts, EMPTY_LEAF) | dict(zip(there, hashes, strict=True))


class State:
    """Accounts that exist, each with its leaf. Changed by `put` alone, after a batch was found good."""

    def __init__(self, depth: int, crypto: Crypto = READABLE) -> None:
        self.crypto = crypto
        self._accounts: dict[int, Account] = {}
        self._tree = QuadTree(depth, crypto)

    @property
    def depth(self) -> int:
        """Levels of the tree."""
        return self._tree.depth

    @property
    def root(self) -> int:
        """What L1 knows of all accounts."""
        return self._tree.root

    def account(self, account_id: int) -> Account | None:
        """The account of an id, `None` if there is none.

        Raises `FieldOutOfRange` for an id beyond the tree, and for its last place, which stays empty.
        """
        self._check(account_id)
        return self._accounts.get(account_id)

    def accounts(self) -> Iterator[tuple[int, Account]]:
        """All that exist, by id."""
        return iter(sorted(self._accounts.items()))

    def leaf(self, account_id: int) -> int:
        """The leaf of an id."""
        return self._tree.leaf(account_id)

    def path(self, account_id: int) -> Path:
        """The way from an account's leaf to the root."""
        return self._tree.path(account_id)

    def crown(self, levels: int) -> tuple[int, ...]:
        """All nodes so many levels below the root."""
        return self._tree.crown(levels)

    def put(self, accounts: Mapping[int, Account | None]) -> None:
        """Replaces accounts, and hashes what is above them; `None` takes one back that was never there."""
        for account_id in accounts:
            self._check(account_id)
        self._tree.update(leaves_of(accounts, self.crypto))
        for account_id, account in accounts.items():
            if account is None:
                self._accounts.pop(account_id, None)
            else:
                self._accounts[account_id] = account

    def copy(self) -> State:
        """Another state with the same accounts; costs as many hashes as there are accounts and nodes."""
        twin = State(self.depth, self.crypto)
        twin.put(self._accounts)
        return twin

    def _check(self, account_id: int) -> None:
        check_range("account", account_id, 0, maximum=(1 << 2 * self.depth) - 2)
