"""Double entry: transactions post amounts, and a batch books what is left of them, account by account.

Nothing is booked one by one. What counts is the sum of a batch's postings for every account and asset, so that the
order of transactions has no meaning, and a position may pass through any size on its way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from rollup.errors import CashOutOfRange, PositionOutOfRange, PositionSlotTaken
from rollup.referee import Referee
from rollup.types.accounts import EMPTY_POSITION, Account, Position
from rollup.units import CASH_BITS, POSITION_BITS


@dataclass(frozen=True, slots=True)
class Holding:
    """A place for positions of one series in an account."""

    position_slot: int
    series_id: int


CASH: Final = None
Asset: TypeAlias = Holding | None
"""A holding, or cash."""


@dataclass(frozen=True, slots=True)
class Posting:
    """An amount for an account: cash in `_e6`, positions in `_e4`."""

    account: int
    asset: Asset
    amount: int


class Ledger:
    """The postings of one batch."""

    def __init__(self) -> None:
        self.postings: list[Posting] = []

    def post(self, account: int, asset: Asset, amount: int) -> None:
        """Adds a posting, unless it is of nothing."""
        if amount:
            self.postings.append(Posting(account, asset, amount))

    def exchange(self, account: int, holding: Holding, amount_e4: int, price_e2: int) -> None:
        """Posts a position for cash at a price: to buy is an amount above 0."""
        self.post(account, holding, amount_e4)
        self.post(account, CASH, -amount_e4 * price_e2)

    def pay(self, giver: int, receiver: int, amount_e6: int) -> None:
        """Posts cash from one account to another."""
        self.post(giver, CASH, -amount_e6)
        self.post(receiver, CASH, amount_e6)

    def nets(self) -> dict[int, dict[Asset, int]]:
        """By account and asset, the sum of all postings."""
        return net_postings(self.postings)


def net_postings(postings: Iterable[Posting]) -> dict[int, dict[Asset, int]]:
    """By account and asset, the sum of the postings."""
    nets: defaultdict[int, defaultdict[Asset, int]] = defaultdict(lambda: defaultdict(int))
    for posting in postings:
        nets[posting.account][posting.asset] += posting.amount
    return {account: dict(assets) for account, assets in nets.items()}


def booked(account_id: int, account: Account, nets: Mapping[Asset, int], referee: Referee) -> Account:
    """The account after its nets. Broken rules: `PositionSlotTaken`, `PositionOutOfRange`, `CashOutOfRange`."""
    where = f"account {account_id}"
    positions = list(account.positions)
    changed: set[int] = set()
    for holding, amount in nets.items():
        if holding is CASH or amount == 0:
            continue
        slot, held = holding.position_slot, account.positions[holding.position_slot]
        is_free = slot not in changed and held.series_id in (0, holding.series_id)
        if not referee.require(is_free, PositionSlotTaken, where, position_slot=slot, series_id=holding.series_id):
            continue
        changed.add(slot)
        size_e4 = held.size_e4 + amount
        fits = -(1 << POSITION_BITS) <= size_e4 < 1 << POSITION_BITS
        if referee.require(fits, PositionOutOfRange, where, position_slot=slot, size_e4=size_e4):
            positions[slot] = Position(holding.series_id, size_e4) if size_e4 else EMPTY_POSITION
    cash_e6 = account.cash_e6 + nets.get(CASH, 0)
    if not referee.require(0 <= cash_e6 < 1 << CASH_BITS, CashOutOfRange, where, cash_e6=cash_e6):
        cash_e6 = account.cash_e6
    return replace(account, cash_e6=cash_e6, positions=tuple(positions))
