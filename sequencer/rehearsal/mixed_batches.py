"""Batches with something of every kind, each good at the state that it meets: what recovery and drills are tried on."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from rollup.errors import SectionFull
from rollup.types.orders import Cancel, Operation, Transfer, Withdrawal
from rollup.types.transactions import Liquidation, Settlement, Trade
from sequencer.l1.operator import CommittedBatch
from sequencer.node.local import LocalTrader
from sequencer.rehearsal.venue import CONTRACT_E4, RehearsalVenue

SHOCK_E2: Final = 3_400
"""By how much marks rise so that a weak short seller fails maintenance."""

WEAK_DEPOSIT_E6: Final = 35_000_000
DOLLAR_E6: Final = 1_000_000


@dataclass(slots=True)
class MixedBatches:
    """Makes them. `weak` is a trader with little cash, who sells and is liquidated in the end."""

    venue: RehearsalVenue
    random: Random
    nonce: int = 0

    def commit(self) -> CommittedBatch:
        """The next batch: what waits in the queue, trades, an operation most of the time; as much as fits."""
        venue, random = self.venue, self.random
        if random.random() < 0.4:
            self._ask()
        venue.report(venue.rows(shift_e2=random.randrange(-20, 21)))
        queue = venue.reader.update().open_entries(venue.preset.queue)
        trades = [self._trade() for _ in range(random.randrange(venue.preset.trades + 1))]
        operations = [venue.operation(*self._operation())] if random.random() < 0.7 else []
        while True:
            try:
                return venue.commit(queue=tuple(queue), trades=tuple(trades), operations=tuple(operations))
            except SectionFull:
                (operations or trades or queue).pop()

    def liquidate(self, weak: LocalTrader, liquidator: LocalTrader, place: int, size_e4: int) -> CommittedBatch:
        """A short position of `weak` is taken over at the mark, after marks have risen."""
        venue = self.venue
        table = venue.report(venue.rows(shift_e2=SHOCK_E2))
        series_id = venue.series[place].series_id
        row = table.row(series_id)
        if row is None:
            raise ValueError(f"no series has place {place}")
        order = venue.order(liquidator, series_id, row.mark_e2, size_e4, is_buy=False)
        taken = Liquidation(order, weak.account, row.mark_e2, size_e4, place, place)
        return venue.commit(liquidations=(taken,))

    def settle_all(self, price_e2: int) -> list[CommittedBatch]:
        """After the expiry: every position becomes cash, in as many batches as it takes, and is proven."""
        venue = self.venue
        venue.report(venue.rows(settled_at_e2=price_e2))
        committed = []
        while held := self._held():
            chosen = held[: venue.preset.settlements]
            committed.append(venue.commit(settlements=tuple(chosen)))
            venue.operator.prove()
        return committed

    def _held(self) -> list[Settlement]:
        state, count = self.venue.operator.state, self.venue.house.account_count()
        found = []
        for account_id in range(count):
            account = state.account(account_id)
            positions = account.positions if account is not None else ()
            held = [slot for slot, position in enumerate(positions) if position.size_e4]
            found += [Settlement(account_id, slot, positions[slot].series_id) for slot in held]
        return found

    def _trade(self) -> Trade:
        venue, random = self.venue, self.random
        buyer, seller = random.sample(venue.traders, 2)
        place = random.randrange(len(venue.series))
        price_e2 = 500 + 10 * place + random.randrange(-9, 10)
        return venue.trade(buyer, seller, place, price_e2, random.randrange(1, 2 * CONTRACT_E4))

    def _operation(self) -> tuple[LocalTrader, Operation]:
        random = self.random
        self.nonce += 1
        trader, other = random.sample(self.venue.traders, 2)
        amount_e6 = random.randrange(1, DOLLAR_E6)
        kinds: list[Operation] = [
            Cancel(trader.account, 1, self.nonce),
            Transfer(trader.account, 2, self.nonce, other.account, amount_e6),
            Withdrawal(trader.account, 3, self.nonce, amount_e6),
        ]
        return trader, random.choice(kinds)

    def _ask(self) -> None:
        """Something for the queue: a deposit, or a request of an account that has none open."""
        venue, random = self.venue, self.random
        trader = random.choice(venue.traders)
        sender = venue.sender(trader.ethereum)
        if random.random() < 0.5:
            sender.send(venue.dollar.mint(trader.ethereum.address, DOLLAR_E6))
            sender.send(venue.house.deposit(trader.account, DOLLAR_E6))
            return
        history = venue.reader.update()
        if any(entry.account == trader.account for entry in history.queue[history.served :]):
            return
        if random.random() < 0.7:
            sender.send(venue.house.request_withdrawal(trader.account, random.choice((DOLLAR_E6, 1 << 60))))
        else:
            place = random.randrange(len(venue.series))
            sender.send(venue.house.request_close_out(trader.account, place, venue.series[place].series_id))
