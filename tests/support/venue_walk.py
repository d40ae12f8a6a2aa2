"""A random walk of all that may be said to a venue, good and bad; prices jump, series expire, L1 asks for cash."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

from rollup.errors import RollupError
from rollup.presets import Preset
from rollup.types.orders import Cancel, Transfer, Withdrawal
from rollup.types.transactions import Deposit, ForcedCloseOut, ForcedWithdrawal, Registration
from rollup.units import INSURANCE_ACCOUNT, ORDER_SLOTS, POSITION_SLOTS
from sequencer.matching import QuoteLeg, SelfTradePolicy
from sequencer.matching.errors import MatchingError
from sequencer.messages import (
    AllowSession,
    CancelOrder,
    EndBatch,
    EndSession,
    Message,
    NewTable,
    ReceiveQueue,
    SetStress,
    TakeQuote,
)
from sequencer.venue import Outcome, Venue, VenueError, VenueReader
from tests.support.native_crypto import TrustingCrypto
from tests.support.rollup import public_key
from tests.support.venue import IMMEDIATE, RESTING, WHOLE, Stall
from tests.support.venue_market import STEP_S, WalkMarket

TRADERS = range(2, 10)
RICH_TRADER = 2


class VenueWalk:
    """Steps. `seen` counts what happened, and errors by name."""

    def __init__(self, seed: int, preset: Preset, cash_e6: int, most_series: int, crypto: Any = None) -> None:
        self.rng = random.Random(seed)
        self.preset, self.cash_e6 = preset, cash_e6
        policy = self.rng.choice(tuple(SelfTradePolicy))
        self.stall = Stall(preset, crypto=TrustingCrypto() if crypto is None else crypto, policy=policy, opens=False)
        self.registered = 0
        self.deposited_e6 = 0
        self.received: list[ReceiveQueue] = []
        self.market = WalkMarket(self.rng, preset, most_series)
        self.seen: Counter[str] = Counter()
        self.sent: list[Message] = []
        self.kinds: tuple[tuple[int, Callable[[], Message | None]], ...] = (
            (60, self.order),
            (5, self.quote),
            (6, self.operate),
            (4, self.cancel),
            (6, self.rescue),
            (3, self.queue),
            (2, self.stress),
            (1, self.session),
            (4, self.again),
            (2, self.nonsense),
            (5, self.end),
            (2, self.table),
        )
        self.say(ReceiveQueue(0, tuple(self.registration() for _ in range(2 + len(TRADERS) // 2))))
        self.say(self.table())

    @property
    def venue(self) -> Venue:
        return self.stall.venue

    def step(self) -> None:
        """One thing."""
        weights = [weight for weight, _ in self.kinds]
        message = self.rng.choices([make for _, make in self.kinds], weights)[0]()
        if message is not None:
            self.say(message)

    def say(self, message: Message) -> None:
        """Says it, and counts what came of it."""
        try:
            outcome = self.stall.say(message)
        except (MatchingError, RollupError, VenueError) as error:
            self.seen[type(error).__name__] += 1
            return
        self.sent.append(message)
        self.count(message, outcome)

    def count(self, message: Message, outcome: Outcome) -> None:
        """Notes what happened."""
        seen = self.seen
        seen[type(message).__name__] += 1
        seen["trade"] += len(outcome.report.trades)
        seen["liquidation"] += len(outcome.report.liquidations)
        seen["subsidy"] += sum(one.subsidy_e6 > 0 for one in outcome.report.liquidations)
        seen["dropped"] += len(outcome.dropped)
        seen["unliquidated"] += len(outcome.unliquidated)
        seen["unsettled"] += len(outcome.unsettled)
        for cut in outcome.batches:
            seen["settlement"] += len(cut.batch.settlements)
            for entry, served in zip(cut.batch.queue, cut.applied.outcome.served, strict=True):
                seen[f"{type(entry).__name__} {'served' if served else 'passed over'}"] += 1
        if isinstance(message, ReceiveQueue):
            self.received.append(message)
            deposits = [one for one in message.entries if isinstance(one, Registration | Deposit)]
            self.deposited_e6 += sum(one.amount_e6 for one in deposits)

    # -- messages ------------------------------------------------------------------------------------------------------

    def registration(self) -> Registration:
        account = self.registered
        self.registered += 1
        return Registration(
            account, self.cash_e6 * (20 if account in (INSURANCE_ACCOUNT, RICH_TRADER) else 1), public_key(account)
        )

    def trader(self) -> int:
        return self.rng.randrange(2, max(3, self.registered))

    def order(self) -> Message:
        how, series_id = self.rng.choice((RESTING, RESTING, RESTING, IMMEDIATE, WHOLE)), self.market.series_id()
        return self.stall.order(
            self.trader() if self.rng.random() < 0.97 else self.rng.choice((1, 50)),
            self.rng.choice(("buy", "sell")),
            self.market.price_e2(series_id),
            self.rng.randint(1, 10_000),
            how,
            post_only=how is RESTING and self.rng.random() < 0.2,
            reduce_only=self.rng.random() < 0.2,
            slot=self.rng.randrange(ORDER_SLOTS),
            series_id=series_id,
            expiry_s=self.venue.time_s + self.rng.randint(-5, 500),
            max_fee_ppm=1_000 if self.rng.random() < 0.98 else 100,
        )

    def rescue(self) -> Message | None:
        """Somebody with cash offers to take over what the poorest account is short of."""
        accounts = dict(self.venue.state.accounts())
        if not accounts:
            return None
        poorest = min(accounts, key=lambda one: VenueReader(self.venue).account(one).margin.equity_e6)
        for one in accounts[poorest].positions:
            row = self.market.rows.get(one.series_id)
            if row is not None and one.size_e4 < 0 and poorest != RICH_TRADER:
                slot = self.rng.randrange(ORDER_SLOTS)
                price_e2 = row.mark_e2 + self.rng.randint(0, 50)
                return self.stall.order(RICH_TRADER, "sell", price_e2, -one.size_e4, slot=slot, series_id=one.series_id)
        return None

    def quote(self) -> Message | None:
        if self.registered < 6:
            return None
        ring = self.rng.sample(range(2, self.registered), 3)
        legs = []
        for buyer, seller in list(pairwise([*ring, ring[0]]))[: self.rng.randint(1, 3)]:
            series_id = self.market.series_id()
            price_e2 = self.market.price_e2(series_id)
            pair = [
                self.stall.signed(account, side, price_e2, slot=self.rng.randrange(8), series_id=series_id)
                for account, side in ((buyer, "buy"), (seller, "sell"))
            ]
            maker, taker = self.rng.sample(pair, 2)
            legs.append(QuoteLeg(maker, taker, price_e2, self.rng.randint(1, 10_000)))
        return TakeQuote(tuple(legs))

    def operate(self) -> Message:
        account, other = self.trader(), self.trader()
        slot, amount_e6 = self.rng.randrange(ORDER_SLOTS), self.rng.randint(1, self.cash_e6 // 3)
        place = account, slot
        nonce = self.stall.nonces[place] = max(1, self.stall.nonces.get(place, 0) + self.rng.randint(0, 1))
        return self.stall.operation(
            self.rng.choice(
                (
                    Cancel(account, slot, nonce),
                    Transfer(account, slot, nonce, other, amount_e6),
                    Withdrawal(account, slot, nonce, amount_e6),
                )
            )
        )

    def cancel(self) -> Message | None:
        engine = self.venue.engine
        orders = [] if engine is None else engine.open_orders(self.trader())
        for order in orders[:1]:
            return CancelOrder(order.account, order.slot, order.nonce)
        return None

    def queue(self) -> Message:
        made: list[Any] = []
        for _ in range(self.rng.randint(1, 3)):
            account_id = self.trader()
            kinds: list[Any] = [
                Deposit(account_id, self.rng.randint(0, self.cash_e6 // 5)),
                ForcedWithdrawal(account_id, self.rng.randint(1, self.cash_e6)),
            ]
            account = self.venue.state.account(account_id)
            held = [] if account is None else [i for i, one in enumerate(account.positions) if one.size_e4]
            if self.preset.series < self.market.most_series:
                pass  # an account and the fund may hold more series together than one batch has room for
            elif account is not None and held:
                slot = self.rng.choice(held)
                kinds.append(ForcedCloseOut(account_id, slot, account.positions[slot].series_id))
            else:
                kinds.append(ForcedCloseOut(account_id, self.rng.randrange(POSITION_SLOTS), 1))
            if self.registered < 2 + len(TRADERS) and not any(isinstance(one, Registration) for one in made):
                kinds.append(self.registration())
                made.append(kinds[-1])
                continue
            made.append(self.rng.choice(kinds))
        return ReceiveQueue(self.venue.next_queue_index, tuple(made))

    def stress(self) -> Message:
        return SetStress(not self.venue.is_under_stress and self.rng.random() < 0.3)

    def session(self) -> Message:
        account, key = self.trader(), public_key(self.rng.randrange(50, 53))
        if self.rng.random() < 0.3:
            return EndSession(account, key)
        return AllowSession(account, key, self.venue.time_s + self.rng.randint(-1, 100))

    def again(self) -> Message | None:
        """Something that was taken before."""
        return self.rng.choice(self.sent[-40:]) if self.sent else None

    def nonsense(self) -> Message:
        """What nobody may say now."""
        rows = list(self.market.rows.values())
        return self.rng.choice(
            (
                ReceiveQueue(self.venue.next_queue_index + 1, (Deposit(2, 5),)),
                ReceiveQueue(self.venue.next_queue_index, (Deposit(60, 5),)),
                EndBatch(self.venue.time_s - 1),
                EndBatch(self.venue.time_s + 10**6),
                NewTable(self.venue.time_s - 10**6, tuple(rows)),
                NewTable(self.venue.time_s + 1, tuple(self.market.settled(row) for row in rows if not row.is_settled)),
            )
        )

    def end(self) -> Message:
        return EndBatch(self.venue.time_s + self.rng.choice((0, 1, STEP_S)))

    def table(self) -> Message:
        return self.market.move(self.venue)

    # -- what must hold ------------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """All that was matched is cut, without stress."""
        self.say(EndBatch(self.venue.time_s))
        self.say(EndBatch(self.venue.time_s))


def small(preset: Preset) -> Preset:
    """The same sizes with a tree that Python hashes quickly."""
    return replace(preset, name=f"{preset.name} walk", account_depth=3, series_depth=3)
