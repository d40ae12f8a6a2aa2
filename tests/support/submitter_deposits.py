"""People who register and deposit on the simulated chain, and lose it again when the chain is reorganised."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from sequencer.l1.bindings.clearing_house import AccountRegistered, Queued
from tests.support.fake_l1 import FakeChain
from tests.support.fake_l1_rules import Entry
from tests.support.fake_l1_toys import HOUSE, STRANGER

REGISTER = 1
DEPOSIT = 2


def deposit(chain: FakeChain, amount: int) -> None:
    """A registration with a deposit, or a deposit for account 2, in the newest block."""
    rules, index = chain.rules, len(chain.rules.queue)
    is_registration = amount % 2 == 0 or not rules.queue
    account = 2 + index if is_registration else 2
    word = (amount << 100) + (account << 3) + (REGISTER if is_registration else DEPOSIT)
    logs = [(HOUSE, AccountRegistered(account, STRANGER, amount, 5))] if is_registration else []
    queued = (HOUSE, Queued(index, account, word, chain.head.time_s + 1000))
    chain.change(replace(rules, queue=(*rules.queue, Entry(account, word, 0))), [*logs, queued])


def amounts(chain: FakeChain, up_to_block: int) -> list[int]:
    """Of all entries up to a block."""
    return [entry.word >> 100 for entry in chain.blocks[max(up_to_block, 0)].rules.queue]


def stormy_block(chain: FakeChain, rng: Random, time_s: int) -> None:
    """One block, perhaps with deposits; now and then the chain is another one."""
    chain.mine(time_s)
    for _ in range(rng.choice([0, 0, 1, 2])):
        deposit(chain, rng.randrange(1 << 30))
    if rng.random() < 0.25:
        chain.reorganise(rng.randint(1, 12), keeps=1.0, takes=1.0)
