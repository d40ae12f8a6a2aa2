"""Order slots: what partial fills, replacements and cancels leave behind.

An order slot knows one nonce and how much is filled under it. A fill under that nonce adds to it; one under a larger
nonce replaces it; one under a smaller nonce comes too late. All fills of a batch in one slot are taken in the order of
their nonces and, for one nonce, of the sizes they were signed for: if they fit in any order, they fit in this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rollup.errors import OrderNotOpen
from rollup.referee import Referee
from rollup.types.accounts import ORDER_STATE_BITS, Account, OrderState
from rollup.units import CANCELLED_SIZE_E4, SIZE_BITS

LAST_STATE: Final = (1 << ORDER_STATE_BITS) - 1
"""Packed: the last nonce, cancelled."""


@dataclass(frozen=True, slots=True)
class Fill:
    """`amount_e4` of an order of `size_e4`, signed by `account` for a slot and nonce. `where` is for messages."""

    where: str
    account: int
    slot: int
    nonce: int
    size_e4: int
    amount_e4: int


def cancelling(where: str, account: int, slot: int, nonce: int) -> Fill:
    """A fill that leaves nothing open under its nonce: of what operations are signed for."""
    return Fill(where, account, slot, nonce, CANCELLED_SIZE_E4, CANCELLED_SIZE_E4)


@dataclass(frozen=True, slots=True)
class SlotChange:
    """The state of a slot that a fill found, and what it left; both packed, and the second is larger."""

    before: int
    after: int


def fill_slot(start: OrderState, fills: Sequence[Fill], referee: Referee) -> list[SlotChange]:
    """What each fill of one slot did, in the order of `fills`. Broken rule: `OrderNotOpen`; the next finds no trace."""
    state = start
    changes: dict[int, SlotChange] = {}
    for i in sorted(range(len(fills)), key=lambda i: (fills[i].nonce, fills[i].size_e4)):
        fill = fills[i]
        filled_e4 = fill.amount_e4 + (state.filled_e4 if fill.nonce == state.nonce else 0)
        is_open = fill.nonce >= state.nonce and filled_e4 <= fill.size_e4
        before = state.packed
        base = before if fill.nonce <= state.nonce else fill.nonce << SIZE_BITS
        changes[i] = SlotChange(before, min(base + fill.amount_e4, LAST_STATE))
        if referee.require(is_open, OrderNotOpen, fill.where, nonce=fill.nonce, slot_nonce=state.nonce):
            state = OrderState(fill.nonce, filled_e4)
    return [changes[i] for i in range(len(fills))]


def fill_slots(fills: Sequence[Fill], find: Callable[[int], Account | None], referee: Referee) -> list[SlotChange]:
    """What each fill did, in the order of `fills`; `find` gives the account at the start. Broken rule: `OrderNotOpen`.

    One in an account that there is not does nothing.
    """
    by_slot: dict[tuple[int, int], list[int]] = {}
    for i, fill in enumerate(fills):
        by_slot.setdefault((fill.account, fill.slot), []).append(i)
    changes = [SlotChange(0, 0)] * len(fills)
    for (account_id, slot), places in by_slot.items():
        account = find(account_id)
        if account is not None:
            found = fill_slot(account.orders[slot], [fills[i] for i in places], referee)
            for i, change in zip(places, found, strict=True):
                changes[i] = change
    return changes


def last_states(fills: Iterable[Fill], changes: Iterable[SlotChange]) -> dict[int, dict[int, int]]:
    """By account and slot, what all fills together left, packed."""
    states: dict[int, dict[int, int]] = {}
    for fill, change in zip(fills, changes, strict=True):
        slots = states.setdefault(fill.account, {})
        slots[fill.slot] = max(slots.get(fill.slot, 0), change.after)
    return states
