"""CHECKLIST H112, H113: what is handed over of L1's queue stays there; gaps in logs are noticed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random

import pytest

from sequencer.l1.bindings.clearing_house import Queued
from sequencer.l1.history import EntryQueued
from sequencer.submitter.chain_types import BlockMark
from sequencer.submitter.confirmed_queue import ConfirmedQueue
from sequencer.submitter.errors import LogsMissing, NodesDisagree, NodesUnavailable, QueueRewritten
from sequencer.submitter.nodes_port import NodesPort
from tests.support.fake_l1 import FakeChain
from tests.support.fake_l1_nodes import FakeNode
from tests.support.fake_l1_toys import HOUSE
from tests.support.submitter_deposits import REGISTER, amounts, deposit, stormy_block
from tests.support.submitter_world import DEPLOYMENT

SEEDS = 60
CONFIRMATIONS = 12


def clock() -> float:
    return 0.0


def queue_on(chain: FakeChain, nodes: int, confirmations: int) -> tuple[ConfirmedQueue, list[FakeNode]]:
    fleet = [FakeNode(chain, f"node {i}", chain.rng, clock) for i in range(nodes)]
    return ConfirmedQueue(NodesPort(fleet, clock), DEPLOYMENT, confirmations), fleet


def storm(seed: int, confirmations: int = CONFIRMATIONS) -> None:
    """Handed over is a beginning of what the chain has in the end, whatever happened in between."""
    rng = Random(seed)
    chain = FakeChain(rng)
    queue, fleet = queue_on(chain, 3 if seed % 2 else 1, confirmations)
    got: list[int] = []
    for i in range(80):
        stormy_block(chain, rng, 1_000_000 + 12 * i)
        fleet[0].faults.log_gap = rng.choice([0.0, 0.5])
        try:
            got += [entry.words[0] >> 100 for entry in queue.poll()]
        except (LogsMissing, NodesDisagree, NodesUnavailable):
            continue
        assert got == amounts(chain, chain.head.number)[: len(got)]
    fleet[0].faults.heal()
    for i in range(CONFIRMATIONS + 1):
        chain.mine(1_001_000 + 12 * i)
    got += [entry.words[0] >> 100 for entry in queue.poll()]
    assert got == amounts(chain, chain.head.number)
    assert got


def test_h112_deposits_are_credited_when_confirmed() -> None:
    for seed in range(SEEDS):
        storm(seed)


def test_h112_deposits_credited_at_once_twin() -> None:
    def storms() -> None:
        for seed in range(SEEDS):
            storm(seed, confirmations=0)

    with pytest.raises((AssertionError, QueueRewritten)):
        storms()


def gaps(seed: int, poll: Callable[[ConfirmedQueue], tuple[EntryQueued, ...]]) -> None:
    """A node leaves logs out, the last one or one in between; what is handed over has no gap."""
    chain = FakeChain(Random(seed))
    queue, (node,) = queue_on(chain, 1, 0)
    got: list[EntryQueued] = []
    for turn in range(12):
        chain.mine(1_000_100 + turn)
        deposit(chain, 2 * turn)
        deposit(chain, 2 * turn + 1)
        node.faults.log_gap = 0.7 if turn < 11 else 0.0
        with suppress(LogsMissing):
            got += poll(queue)
    assert [entry.index for entry in got] == list(range(24))
    assert all(entry.words[2] == (5 if entry.words[0] & 7 == REGISTER else 0) for entry in got)


def test_h113_gaps_in_logs() -> None:
    for seed in range(20):
        gaps(seed, ConfirmedQueue.poll)


def test_h113_gaps_in_logs_twin() -> None:
    def believing(queue: ConfirmedQueue) -> tuple[EntryQueued, ...]:
        """Takes what logs say for all there is."""
        last = queue._l1.head().number
        start = queue._mark.number + 1 if queue._mark else 0
        logs = queue._l1.logs([HOUSE], [Queued.TOPIC], start, last)
        queue._mark = BlockMark(last, b"")
        events = [Queued.decode(log.topics, log.data) for log in logs]
        return tuple(EntryQueued(one.index, one.account, (one.word, 0, 0), one.deadline_s) for one in events)

    with pytest.raises(AssertionError):
        gaps(0, believing)


def test_entries_that_the_caller_has_are_not_handed_over_again() -> None:
    chain = FakeChain(Random(1))
    chain.mine(1_000_100)
    for amount in (2, 4, 6):
        deposit(chain, amount)
    port = NodesPort([FakeNode(chain, "node", chain.rng, clock)], clock)
    queue = ConfirmedQueue(port, DEPLOYMENT, 0, handed_over=2)
    assert [entry.index for entry in queue.poll()] == [2]
    assert queue.poll() == ()
    assert queue.handed_over == 3


def test_h112_a_reorganisation_deeper_than_the_confirmations_stops() -> None:
    chain = FakeChain(Random(1))
    chain.mine(1_000_100)
    deposit(chain, 2)
    queue, _ = queue_on(chain, 1, 2)
    for i in range(2):
        chain.mine(1_000_200 + i)
    assert len(queue.poll()) == 1
    chain.reorganise(3, keeps=1.0, takes=1.0)
    deposit(chain, 4)
    for i in range(5):
        chain.mine(1_000_300 + i)
    with pytest.raises(QueueRewritten) as raised:
        queue.poll()
    assert raised.value.index == 0
