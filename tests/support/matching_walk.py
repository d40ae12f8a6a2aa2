"""A random walk of everything that a matching engine may be asked, beside a rollup that books its batches."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise

from rollup.errors import RollupError
from rollup.presets import Preset
from rollup.types.orders import Cancel, Operation, Transfer, Withdrawal
from rollup.types.series import SeriesRow
from rollup.types.transactions import Deposit
from rollup.units import ORDER_SLOTS
from sequencer.matching import QuoteLeg, Report, SelfTradePolicy
from sequencer.matching.coverage import columns_of
from sequencer.matching.errors import MatchingError
from sequencer.matching.liquidations import LiquidationOrder
from tests.support.matching import IMMEDIATE, RESTING, WHOLE, Desk, Piece
from tests.support.rollup import CONTRACT, NOW, make_row

SERIES, TRADERS = 6, range(2, 10)


class MatchingWalk:
    """Steps. `seen` counts what happened and which errors were raised; what the rollup refuses is raised by `step`."""

    def __init__(self, seed: int, preset: Preset, cash_e6: int) -> None:
        self.rng = random.Random(seed)
        policy = self.rng.choice(tuple(SelfTradePolicy))
        self.desk = Desk(preset, len(TRADERS) + 2, cash_e6, policy, rows=self.market())
        self.seen: Counter[str] = Counter()
        self.log: list[tuple[int, ...]] = []

    def market(self) -> list[SeriesRow]:
        """New marks and scenarios for every series."""
        rows = []
        for series_id in range(1, SERIES + 1):
            mark = self.rng.randint(100, 2_000)
            low, high = self.rng.randint(0, mark), self.rng.randint(mark, 4_000)
            rows.append(make_row(series_id, mark, low, high, expiry_s=NOW + 10**6))
        return rows

    def step(self) -> None:
        """One thing. Every thirtieth ends the batch."""
        kinds = (self.order, self.quote, self.liquidate, self.operate, self.cancel, self.deposit, self.stress)
        if self.rng.randrange(30) == 0:
            self.desk.begin(
                self.rng.randint(0, 60),
                self.market() if self.rng.random() < 0.5 else None,
                self.rng.choice((1, 2, 5, 100)),
            )
            return
        kind = self.rng.choices(kinds, (60, 6, 12, 6, 4, 2, 3))[0]
        try:
            kind()
        except (MatchingError, RollupError) as error:
            self.seen[type(error).__name__] += 1

    def note(self, report: Report) -> None:
        """Counts and logs a report that was kept for the batch."""
        self.seen["trade"] += len(report.trades)
        self.seen["liquidation"] += len(report.liquidations)
        for trade in report.trades:
            maker, taker = trade.maker.order, trade.taker.order
            slots = trade.maker_position_slot, trade.taker_position_slot
            self.log.append((maker.account, taker.account, maker.series_id, trade.price_e2, trade.size_e4, *slots))

    def order(self) -> None:
        """Of any type, near the mark."""
        series_id, how = self.rng.randint(1, SERIES), self.rng.choice((RESTING, RESTING, RESTING, IMMEDIATE, WHOLE))
        report = self.desk.send(
            self.rng.choice(TRADERS),
            self.rng.choice(("buy", "sell")),
            max(0, self.desk.rows[series_id - 1].mark_e2 + self.rng.randint(-50, 50)),
            self.rng.randint(1, CONTRACT),
            how,
            post_only=how is RESTING and self.rng.random() < 0.2,
            reduce_only=self.rng.random() < 0.2,
            slot=self.rng.randrange(ORDER_SLOTS),
            series_id=series_id,
            expiry_s=self.desk.now_s + self.rng.randint(0, 500),
        )
        self.note(report)

    def quote(self) -> None:
        """One to three legs among three traders."""
        ring = self.rng.sample(TRADERS, 3)
        legs = []
        for buyer, seller in list(pairwise([*ring, ring[0]]))[: self.rng.randint(1, 3)]:
            series_id, price_e2 = self.rng.randint(1, SERIES), self.rng.randint(50, 3_000)
            signed = [
                self.desk.order(account, side, slot=self.rng.randrange(8), series_id=series_id, limit_price_e2=price_e2)
                for account, side in ((buyer, "buy"), (seller, "sell"))
            ]
            maker, taker = self.rng.sample(signed, 2)
            legs.append(QuoteLeg(maker, taker, price_e2, self.rng.randint(1, CONTRACT)))
        self.note(self.desk.keep(self.desk.engine.settle_quote(legs)))
        self.seen["quote"] += 1

    def liquidate(self) -> None:
        """Part of a position of whoever is worst off."""
        floor = self.desk.engine.floor
        account = min(TRADERS, key=lambda one: min(columns_of(floor.standing(one), floor.terms)))
        held = floor.standing(account).held_e4
        if held:
            series_id = self.rng.choice(sorted(held))
            size_e4, limit_e2 = self.rng.randint(1, abs(held[series_id])), 5_000 if held[series_id] < 0 else 0
            wanted = LiquidationOrder(account, series_id, size_e4, limit_e2, self.rng.choice((0, 50_000)))
            self.note(self.desk.keep(self.desk.engine.liquidate(wanted)))

    def operate(self) -> None:
        """A cancel, transfer or withdrawal, sometimes under a nonce that was used."""
        account, other = self.rng.sample(TRADERS, 2)
        slot, amount_e6 = self.rng.randrange(ORDER_SLOTS), self.rng.randint(1, 10**7)
        place = account, slot
        nonce = self.desk.nonces[place] = max(1, self.desk.nonces.get(place, 0) + self.rng.randint(0, 1))
        made: tuple[Operation, ...] = (
            Cancel(account, slot, nonce),
            Transfer(account, slot, nonce, other, amount_e6),
            Withdrawal(account, slot, nonce, amount_e6),
        )
        signed = self.desk.world.operation(self.rng.choice(made))
        self.desk.engine.operate(signed)
        self.desk.pieces.append(Piece(operations=(signed,)))
        self.seen["operation"] += 1

    def cancel(self) -> None:
        """Somebody's oldest order slot."""
        for order in self.desk.engine.open_orders(self.rng.choice(TRADERS))[:1]:
            self.desk.engine.cancel(order.account, order.slot, order.nonce)

    def deposit(self) -> None:
        """A little cash."""
        entry = Deposit(self.rng.choice(TRADERS), 10**7)
        self.desk.engine.receive(entry)
        self.desk.pieces.append(Piece(queue=(entry,)))

    def stress(self) -> None:
        """Begins or ends."""
        self.desk.engine.is_under_stress = not self.desk.engine.is_under_stress and self.rng.random() < 0.2
