"""A market that walks at random: traders, prices that jump, expiries, distress, and all that a batch can hold."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from rollup.batch_application import AppliedBatch, apply_batch
from rollup.errors import RuleBroken, SectionFull
from rollup.margin import account_values, meets_maintenance
from rollup.presets import LARGE, Preset
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.types.accounts import Account
from rollup.types.batches import Batch
from rollup.types.orders import Cancel, SignedOrder, Transfer, Withdrawal
from rollup.types.series import OptionKind, Series, SeriesRow
from rollup.types.transactions import Deposit, ForcedCloseOut, ForcedWithdrawal, Registration, Settlement
from rollup.units import ORDER_SLOTS, POSITION_SLOTS, SCENARIOS
from tests.support.native_crypto import TrustingCrypto
from tests.support.rollup import CONTRACT, LATER, World, liquidation_of, public_key, trade_of

WALK = replace(LARGE, name="walk", account_depth=3, series_depth=2)
SERIES = 6
STEP_S = 600


@dataclass
class Totals:
    """What the books must agree with: cash that came in and went out on L1, and what settlements paid and closed."""

    paid_in_e6: int = 0
    paid_out_e6: int = 0
    settled_e6: int = 0
    settled_e4: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))


class Walk:
    """Steps of a random market. `refused` counts, by rule, batches that the transition did not take."""

    def __init__(self, seed: int, traders: int = 14, preset: Preset = WALK, crypto: Any = None) -> None:
        self.rng = random.Random(seed)
        self.world = World(preset, 2, 10**13, crypto=TrustingCrypto() if crypto is None else crypto)
        self.world.put(0, 0)
        self.totals = Totals(paid_in_e6=10**13)
        self.traders = traders
        self.refused: defaultdict[str, int] = defaultdict(int)
        self.applied = 0
        self.number = count(1)
        self.rows: dict[int, SeriesRow] = {}
        self.next_series = 1
        self.open: dict[tuple[int, int], tuple[SignedOrder, int]] = {}
        self.move_market()

    @property
    def state(self) -> State:
        return self.world.state

    def move_market(self) -> None:
        """Time passes, prices jump, what expired is settled, what nobody holds is forgotten, new series are listed."""
        self.world.now_s += STEP_S
        held = {one.series_id for _, account in self.state.accounts() for one in account.positions}
        for series_id, row in list(self.rows.items()):
            if row.is_settled and series_id not in held:
                del self.rows[series_id]
            elif not row.is_settled and self.world.now_s >= row.series.expiry_s:
                self.rows[series_id] = SeriesRow.settled(row.series, self.rng.randrange(0, 6_000))
            elif not row.is_settled:
                self.rows[series_id] = self.valued(row.series)
        while sum(not row.is_settled for row in self.rows.values()) < SERIES and len(self.rows) < 12:
            self.list_series()
        self.world.table = RiskTable(self.rows.values(), self.world.preset.series_depth, self.world.crypto)

    def list_series(self) -> None:
        places = {series_id % 16 for series_id in self.rows} | {15}
        while self.next_series % 16 in places:
            self.next_series += 1
        kind = self.rng.choice([OptionKind.CALL, OptionKind.PUT])
        expiry_s = self.world.now_s + STEP_S * self.rng.randrange(2, 40)
        series = Series(self.next_series, 1, expiry_s, self.rng.randrange(2_000, 4_000), kind)
        self.rows[self.next_series] = self.valued(series)
        self.next_series += 1

    def valued(self, series: Series) -> SeriesRow:
        mark = self.rng.randrange(1, 2_000 if self.rng.random() < 0.97 else 20_000)
        scenarios = (self.rng.randrange(mark // 4, 2 * mark + 100) for _ in range(SCENARIOS))
        return SeriesRow(series, is_settled=False, values_e2=(mark, *scenarios))

    # -- what a batch is made of ---------------------------------------------------------------------------------------

    def random_batch(self) -> Batch:
        """A few transactions of random kinds, most of them good."""
        draw = self.rng.random
        return self.world.batch(
            number=next(self.number) % (1 << 32),
            maker_fee_ppm=self.rng.choice([0, 1, 200]),
            taker_fee_ppm=self.rng.choice([0, 333, 500]),
            queue=tuple(self.queue_entry() for _ in range(2) if draw() < 0.4),
            trades=tuple(one for _ in range(3) if draw() < 0.6 for one in self.trade()),
            operations=tuple(one for _ in range(2) if draw() < 0.3 for one in self.operation()),
            liquidations=tuple(self.liquidation()) if draw() < 0.4 else (),
            settlements=tuple(self.settlements()),
        )

    def somebody(self) -> tuple[int, Account]:
        return self.rng.choice(list(self.state.accounts()))

    def queue_entry(self) -> Any:
        accounts = dict(self.state.accounts())
        if len(accounts) < self.traders:
            return Registration(len(accounts), self.rng.randrange(10**9), public_key(len(accounts)))
        account_id, account = self.somebody()
        kind = self.rng.randrange(3)
        if kind == 0:
            return Deposit(account_id, self.rng.randrange(10**8))
        if kind == 1:
            return ForcedWithdrawal(account_id, self.rng.randrange(1 + account.cash_e6))
        slot = self.rng.randrange(POSITION_SLOTS // 4)
        return ForcedCloseOut(account_id, slot, account.positions[slot].series_id or 1)

    def position_slot(self, account: Account, series_id: int) -> int:
        """Where the series is, else the first free slot."""
        ids = [one.series_id for one in account.positions]
        return ids.index(series_id) if series_id in ids else ids.index(0) if 0 in ids else 0

    def order(self, account_id: int, side: str, series_id: int, price_e2: int) -> tuple[SignedOrder, int]:
        """An order that is open already, or a new one, and how much is left of it."""
        account = self.world.account(account_id)
        for slot in range(ORDER_SLOTS):
            found = self.open.get((account_id, slot))
            if found is None:
                continue
            order, state = found[0].order, account.orders[slot]
            left = order.size_e4 - (state.filled_e4 if state.nonce == order.nonce else 0)
            is_same = (order.series_id, order.is_buy) == (series_id, side == "buy") and state.nonce <= order.nonce
            good = order.limit_price_e2 >= price_e2 if order.is_buy else order.limit_price_e2 <= price_e2
            if is_same and good and left > 0:
                return found[0], left
        slot = self.rng.randrange(ORDER_SLOTS)
        size_e4 = self.rng.choice([1, 3, self.rng.randrange(1, 4 * CONTRACT), CONTRACT])
        limit = price_e2 + (1 if side == "buy" else -1) * self.rng.choice([0, 1, 50])
        signed = self.world.order(
            account_id,
            side,
            series_id=series_id,
            limit_price_e2=max(0, limit),
            size_e4=size_e4,
            slot=slot,
            nonce=account.orders[slot].nonce + self.rng.choice([1, 1, 2]),
            expiry_s=LATER + (1 << 30),
        )
        self.open[account_id, slot] = signed, size_e4
        return signed, size_e4

    def live_series(self) -> int:
        return self.rng.choice([series_id for series_id, row in self.rows.items() if not row.is_settled])

    def trade(self) -> list[Any]:
        (one, first), (other, second) = self.somebody(), self.somebody()
        if one == other:
            return []
        series_id = self.live_series()
        mark = self.rows[series_id].mark_e2
        price_e2 = max(0, mark + self.rng.randrange(-20, 21))
        sides = self.rng.sample(["buy", "sell"], 2)
        maker, left = self.order(one, sides[0], series_id, price_e2)
        taker, also_left = self.order(other, sides[1], series_id, price_e2)
        most = min(left, also_left)
        slots = self.position_slot(first, series_id), self.position_slot(second, series_id)
        return [trade_of(maker, taker, price_e2, self.rng.choice([1, most, self.rng.randrange(1, most + 1)]), slots)]

    def operation(self) -> list[Any]:
        account_id, account = self.somebody()
        slot = self.rng.randrange(ORDER_SLOTS)
        place = account_id, slot, account.orders[slot].nonce + 1
        if account.cash_e6 == 0 or self.rng.random() < 0.3:
            return [self.world.operation(Cancel(*place))]
        amount_e6 = self.rng.randrange(1, account.cash_e6 + 1) >> self.rng.randrange(8) or 1
        if self.rng.random() < 0.5:
            return [self.world.operation(Withdrawal(*place, amount_e6))]
        to, _ = self.somebody()
        return [] if to == account_id else [self.world.operation(Transfer(*place, to, amount_e6))]

    def liquidation(self) -> list[Any]:
        """Of the account that is worth least of those in distress, by the insurance fund."""
        found = []
        for account_id, account in self.state.accounts():
            values = account_values(account, self.world.table.row)
            live = [i for i, one in enumerate(account.positions) if one.size_e4 and not self.is_settled(one.series_id)]
            if account_id != 1 and live and not meets_maintenance(values):
                found.append((values[0], account_id, self.rng.choice(live)))
        if not found:
            return []
        equity_e6, account_id, slot = min(found)
        account = self.world.account(account_id)
        position = account.positions[slot]
        price_e2, sign = self.rows[position.series_id].mark_e2, 1 if position.size_e4 > 0 else -1
        signed, left = self.order(1, "buy" if sign > 0 else "sell", position.series_id, price_e2)
        size_e4 = min(left, abs(position.size_e4))
        subsidy = max(0, -(account.cash_e6 + price_e2 * size_e4 * sign)) if equity_e6 <= 0 else 0
        theirs = self.position_slot(self.world.account(1), position.series_id)
        how = {"size_e4": size_e4, "position_slot": slot, "liquidator_position_slot": theirs}
        return [liquidation_of(signed, account_id, price_e2, subsidy_e6=subsidy, **how)]

    def is_settled(self, series_id: int) -> bool:
        return self.rows[series_id].is_settled

    def settlements(self) -> list[Settlement]:
        found = [
            Settlement(account_id, slot, one.series_id)
            for account_id, account in self.state.accounts()
            for slot, one in enumerate(account.positions)
            if one.size_e4 and self.rows[one.series_id].is_settled
        ]
        return self.rng.sample(found, min(len(found), self.rng.randrange(4)))

    # -- steps ---------------------------------------------------------------------------------------------------------

    def step(self) -> AppliedBatch | None:
        """One batch; `None` if it was refused. Now and then the market moves before."""
        if self.rng.random() < 0.1:
            self.move_market()
        batch = self.random_batch()
        before = dict(self.state.accounts()) if batch.settlements else {}
        try:
            applied = apply_batch(self.state, self.world.table, batch, self.world.preset)
        except (RuleBroken, SectionFull) as error:
            self.refused[type(error).__name__] += 1
            return None
        self.applied += 1
        self.count(batch, applied, before)
        return applied

    def count(self, batch: Batch, applied: AppliedBatch, before: dict[int, Account]) -> None:
        for entry, served in zip(batch.queue, applied.outcome.served, strict=True):
            if isinstance(entry, Registration | Deposit):
                self.totals.paid_in_e6 += entry.amount_e6
            elif isinstance(entry, ForcedWithdrawal) and served:
                self.totals.paid_out_e6 += entry.amount_e6
        for signed in batch.operations:
            if isinstance(signed.operation, Withdrawal):
                self.totals.paid_out_e6 += signed.operation.amount_e6
        for one in batch.settlements:
            size_e4 = before[one.account].positions[one.position_slot].size_e4
            self.totals.settled_e4[one.series_id] += size_e4
            self.totals.settled_e6 += size_e4 * self.rows[one.series_id].mark_e2
