"""A state that hashes when it is asked for a hash, and then as many nodes at once as there are.

Many batches in a row cost one update of the tree, if nobody looks at the roots between them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rollup.crypto import Crypto
from rollup.state import State, leaves_of
from rollup.tree import Path, QuadTree
from rollup.types.accounts import Account


class TurnTree(QuadTree):
    """A tree in which leaves are replaced one after the other, level by level."""

    def replace_in_turn(self, steps: Sequence[tuple[int, int | None]]) -> list[Path]:
        """Sets the leaf of each step, or only looks if it is `None`.

        Returns the path of each before it, after all earlier ones. Calls the hash as often as there are levels.
        """
        children: list[list[tuple[int, int, int, int]]] = [[] for _ in steps]
        values = [leaf for _, leaf in steps]
        for level in range(self.depth):
            nodes, inputs = self._nodes[level], []
            for i, (index, _) in enumerate(steps):
                parent, value = index >> 2 * level + 2, values[i]
                children[i].append(self._children(level, parent))
                if value is not None:
                    nodes[index >> 2 * level] = value
                    inputs.append(self._children(level, parent))
            hashes = iter(self._crypto.hash_many(inputs))
            values = [None if value is None else next(hashes) for value in values]
        for root in values:
            if root is not None:
                self._nodes[self.depth][0] = root
        return [Path(index, tuple(levels)) for (index, _), levels in zip(steps, children, strict=True)]


class DeferredState(State):
    """As `State` in all that it answers. Accounts are there at once, their leaves with the first look at the tree."""

    def __init__(self, depth: int, crypto: Crypto) -> None:
        super().__init__(depth, crypto)
        self._tree: TurnTree = TurnTree(depth, crypto)
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

    def replace_in_turn(self, steps: Sequence[tuple[int, Account | None]]) -> list[Path]:
        """Replaces accounts one after the other, no one twice; the path of each before it, after all earlier ones.

        `None` changes nothing, and only looks.
        """
        self._hash()
        accounts = {account_id: account for account_id, account in steps if account is not None}
        leaves = leaves_of(accounts, self.crypto)
        paths = self._tree.replace_in_turn(
            [(index, None if account is None else leaves[index]) for index, account in steps]
        )
        self._accounts.update(accounts)
        return paths

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
