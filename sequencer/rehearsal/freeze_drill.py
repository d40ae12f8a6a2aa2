"""The drill: operator, prover and API are gone, and everybody leaves from what L1 says.

First a rollup with many accounts that hold open options, some of them under water at the last marks; then silence, a
freeze by a stranger, and exits by somebody who has a node, a key that is public, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from time import perf_counter
from typing import Final

from sequencer.l1.accounts import account_from_key
from sequencer.l1.bindings.clearing_house import ClearingHouse
from sequencer.l1.client import Chain
from sequencer.l1.deployment import RollupDeployment
from sequencer.l1.exits import claim_exits, collect, equities, execute_batches, leavers, pay_exits, refunds
from sequencer.l1.log_reader import read_history
from sequencer.l1.recovery import recover
from sequencer.l1.sending import Sender
from sequencer.node.local import LocalTrader
from sequencer.rehearsal.venue import RehearsalVenue
from sequencer.rehearsal.workshop import Workshop

STRANGER: Final = 0x57A46E
LATE_DEPOSIT_E6: Final = 7_000_000
CRASH_E2: Final = 60_000
"""By how much marks rise in the last proven batch: sellers with little cash are under water then."""

Step = Callable[[str, int, int], None]
"""What is going on, and how much of it is done."""


@dataclass(frozen=True, slots=True)
class DrillReport:
    """What came of it. Amounts in `_e6`, by account but for refunds."""

    accounts: int
    open_positions: int
    reserve_e6: int
    claims_e6: dict[int, int]
    paid_e6: dict[int, int]
    refunded_e6: int
    claim_gas: int
    seconds: dict[str, float]

    @property
    def total_claims_e6(self) -> int:
        """The sum of all claims."""
        return sum(self.claims_e6.values())

    @property
    def total_paid_e6(self) -> int:
        """The sum of all payments."""
        return sum(self.paid_e6.values())


def fill(venue: RehearsalVenue, accounts: int, random: Random, step: Step | None = None) -> None:
    """Registers traders, and lets each of them trade with another: all hold open options afterwards.

    Batches serve as much of the queue as there is room for, and are proven as they come.
    """
    for number in range(accounts):
        venue.new_trader(_deposit_e6(number))
        _tell(step, "registered", number + 1, accounts)
    waiting: list[LocalTrader] = []
    done = 0
    while done < accounts or waiting:
        venue.report()
        queue = tuple(venue.reader.update().open_entries(venue.preset.queue))
        most = min(venue.preset.trades, _room_for_accounts(venue, len(queue)) // 2)
        pairs = [(waiting.pop(), waiting.pop()) for _ in range(min(most, len(waiting) // 2))]
        trades = tuple(venue.trade(buyer, seller, random.randrange(2), 500) for buyer, seller in pairs)
        if not queue and not trades:
            break
        venue.commit(queue=queue, trades=trades)
        venue.operator.prove()
        registered = [entry.account - venue.traders[0].account for entry in queue if entry.account > 1]
        waiting += [venue.traders[number] for number in registered]
        done += len(registered)
        _tell(step, "on the rollup", done, accounts)


def fall_silent(venue: RehearsalVenue) -> None:
    """The last batch, judged by a table after a crash; then a request and a deposit that nobody serves any more."""
    venue.report(venue.rows(shift_e2=CRASH_E2))
    venue.commit()
    venue.operator.prove()
    unlucky = venue.traders[0]
    sender = venue.sender(unlucky.ethereum)
    sender.send(venue.house.request_withdrawal(unlucky.account, 1))
    sender.send(venue.dollar.mint(unlucky.ethereum.address, LATE_DEPOSIT_E6))
    sender.send(venue.house.deposit(unlucky.account, LATE_DEPOSIT_E6))
    venue.wait(venue.house.queue_deadline_s() + 1)


def leave(
    url: str,
    deployment: RollupDeployment,
    workshop: Workshop,
    wait: Callable[[int], None],
    random: Random,
    step: Step | None = None,
) -> DrillReport:
    """A stranger freezes the rollup and takes everybody out, in an order of `random`'s. `wait` lets time pass."""
    began, seconds = perf_counter(), dict[str, float]()
    chain = Chain(url)
    sender = Sender(chain, account_from_key(STRANGER.to_bytes(32, "big")))
    house = ClearingHouse(chain, deployment.clearing_house)
    sender.send(house.freeze())
    history = read_history(chain, deployment)
    recovered = recover(history, deployment.preset, workshop.crypto)
    seconds["freeze and recovery"] = perf_counter() - began
    execute_batches(sender, house, history)

    accounts = list(leavers(house, recovered).able)
    random.shuffle(accounts)
    began = perf_counter()
    claimed = claim_exits(
        sender, house, recovered, workshop.exits, accounts, progress=lambda n, of: _tell(step, "claimed", n, of)
    )
    seconds["proofs and claims"] = perf_counter() - began
    refunded = refunds(sender, house, history)
    wait(house.claim_period_s() + 1)
    reserve_e6 = house.reserve_e6()
    random.shuffle(accounts)
    began = perf_counter()
    before = {account: house.owed_e6(house.owner_of(account)) for account in accounts}
    pay_exits(sender, house, accounts, progress=lambda n, of: _tell(step, "paid", n, of))
    paid = {account: house.owed_e6(house.owner_of(account)) - before[account] for account in accounts}
    collect(sender, house, [house.owner_of(account) for account in accounts])
    seconds["payments"] = perf_counter() - began
    return DrillReport(
        accounts=len(list(equities(recovered))),
        open_positions=sum(bool(one.size_e4) for _, held in recovered.state.accounts() for one in held.positions),
        reserve_e6=reserve_e6,
        claims_e6={account: amount for one in claimed for account, amount in one.amounts_e6.items()},
        paid_e6=paid,
        refunded_e6=house.refunded_e6() if refunded else 0,
        claim_gas=sum(one.receipt.gas.used for one in claimed),
        seconds=seconds,
    )


def _deposit_e6(number: int) -> int:
    """Every tenth has little, and is under water after the crash if it sold."""
    return 40_000_000 if number % 10 == 2 else 2_000_000_000


def _room_for_accounts(venue: RehearsalVenue, queue: int) -> int:
    """How many accounts a batch can touch beside those of the queue, the fee account, and examined ones."""
    return venue.preset.accounts - venue.preset.examined - queue - 1


def _tell(step: Step | None, what: str, done: int, of: int) -> None:
    if step is not None:
        step(what, done, of)
