"""One account between two batches: what it will hold when everything matched so far is booked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from primitives.babyjubjub import Point
from rollup.errors import OrderNotOpen, PositionSlotTaken
from rollup.types.accounts import Account, Position
from rollup.units import ORDER_SLOTS, POSITION_SLOTS
from sequencer.orderbook.resting import RestingOrder


@dataclass(slots=True, eq=False)
class Standing:
    """An account with all fills of the current batch, and its open orders.

    * `nonces[slot]`: the largest nonce that was accepted in an order slot;
    * `held_e4[series]`: positions other than zero, `slots[series]`: where they are kept, or will be;
    * `aside`: further positions in a series that is held twice, which the engine does not trade;
    * `slack_e6`: no more than what the worst fills of the open orders leave in the worst column, or in cash;
    * `ceiling_e6`: no less than the largest column, or cash.
    """

    account_id: int
    epoch: int = -1
    key: Point = (0, 0)
    cash_e6: int = 0
    slack_e6: int = 0
    ceiling_e6: int = 0
    held_e4: dict[int, int] = field(default_factory=dict)
    slots: dict[int, int] = field(default_factory=dict)
    aside: list[Position] = field(default_factory=list)
    nonces: list[int] = field(default_factory=lambda: [0] * ORDER_SLOTS)
    open: dict[int, RestingOrder] = field(default_factory=dict)
    filled_in_batch: set[int] = field(default_factory=set)
    was_distressed: bool = False
    is_liquidated: bool = False
    has_traded: bool = False

    def load(self, account: Account, epoch: int) -> None:
        """Begins a batch with what the state knows. Open orders stay; the floor looks at them again."""
        self.epoch, self.key, self.cash_e6 = epoch, account.key, account.cash_e6
        self.held_e4, self.slots, self.aside = {}, {}, []
        for slot, position in enumerate(account.positions):
            if position.size_e4 and position.series_id in self.slots:
                self.aside.append(position)
            elif position.size_e4:
                self.held_e4[position.series_id] = position.size_e4
                self.slots[position.series_id] = slot
        if self.aside:
            self._keep_slots_of(account)
        self.nonces = [max(ours, order.nonce) for ours, order in zip(self.nonces, account.orders, strict=True)]
        self.filled_in_batch = set()
        self.was_distressed = self.is_liquidated = self.has_traded = False

    def _keep_slots_of(self, account: Account) -> None:
        # No series has the number -1 - slot: the slots of what is held aside are nobody's to take.
        for slot, position in enumerate(account.positions):
            if position.size_e4 and self.slots.get(position.series_id) != slot:
                self.slots[-1 - slot] = slot
                self.filled_in_batch.add(-1 - slot)

    def positions(self) -> list[Position]:
        """All that is held, for the margin."""
        return [*(Position(series_id, size_e4) for series_id, size_e4 in self.held_e4.items()), *self.aside]

    def series(self) -> set[int]:
        """The series of all that is held."""
        return {*self.held_e4, *(position.series_id for position in self.aside)}

    def reducible_e4(self, series_id: int, *, is_buy: bool) -> int:
        """How much an order of this side could fill before the position is zero."""
        held_e4 = self.held_e4.get(series_id, 0)
        return max(0, -held_e4 if is_buy else held_e4)

    def check_nonce(self, slot: int, nonce: int) -> None:
        """Raises `OrderNotOpen` unless the nonce is larger than all before it in its slot."""
        if nonce <= self.nonces[slot]:
            raise OrderNotOpen("order", account=self.account_id, slot=slot, nonce=nonce, slot_nonce=self.nonces[slot])

    def reached_e4(self, series_id: int, *, is_buy: bool, without: RestingOrder | None) -> int:
        """The position if all open orders of this side in a series were filled."""
        total = self.held_e4.get(series_id, 0)
        for order in self.open.values():
            if order.series_id == series_id and order.is_buy == is_buy and order is not without:
                total += order.remaining_e4 if is_buy else -order.remaining_e4
        return total

    def give_slot(self, series_id: int) -> int:
        """The position slot of a series, for the rest of the batch at least. Raises `PositionSlotTaken`."""
        slot = self.slots.get(series_id)
        if slot is None:
            slot = next(self._free_slots(), None)
            if slot is None:
                raise PositionSlotTaken("order", account=self.account_id, series_id=series_id, slots=POSITION_SLOTS)
            self.slots[series_id] = slot
        return slot

    def _free_slots(self) -> Iterator[int]:
        if len(self.slots) == POSITION_SLOTS:
            used = {*self.held_e4, *self.filled_in_batch, *(order.series_id for order in self.open.values())}
            self.slots = {series_id: slot for series_id, slot in self.slots.items() if series_id in used}
        taken = set(self.slots.values())
        return (slot for slot in range(POSITION_SLOTS) if slot not in taken)

    def book(self, series_id: int, amount_e4: int, cash_e6: int) -> None:
        """Books a fill: size, and premium less fee."""
        held_e4 = self.held_e4.get(series_id, 0) + amount_e4
        if held_e4:
            self.held_e4[series_id] = held_e4
        else:
            del self.held_e4[series_id]
        self.filled_in_batch.add(series_id)
        self.cash_e6 += cash_e6
