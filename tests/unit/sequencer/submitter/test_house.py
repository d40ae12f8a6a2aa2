"""CHECKLIST H112, H113: batches by the logs, with gaps and reorganisations."""

from __future__ import annotations

from random import Random

import pytest

from sequencer.l1.receipts import RawLog
from sequencer.submitter.chain_types import BlockHead
from sequencer.submitter.errors import LogsMissing
from sequencer.submitter.house import TOPICS, House
from sequencer.submitter.house_follower import HouseFollower
from sequencer.submitter.nodes_port import NodesPort
from tests.support.fake_l1 import FakeChain
from tests.support.fake_l1_nodes import FakeNode
from tests.support.fake_l1_rules import GENESIS_ROOT
from tests.support.fake_l1_toys import HOUSE
from tests.support.submitter_twins import never_go_back
from tests.support.submitter_weather import calm
from tests.support.submitter_world import World


def logs_of(world: World) -> list[RawLog]:
    port = NodesPort(world.fleet, world._clock)
    return list(port.logs([HOUSE], TOPICS, 0, len(world.chain.blocks)))


def finished(seed: int = 4) -> World:
    world = World(seed, batches=5, nodes=1)
    calm(world)
    return world


def test_all_logs_give_all_batches_and_their_blocks() -> None:
    world = finished()
    house = House.empty(GENESIS_ROOT).after(logs_of(world))
    assert (house.committed, house.proven, house.executed) == (5, 5, 5)
    for number in range(1, 6):
        batch = house.batch(number)
        assert batch is not None
        assert batch.proven is not None
        assert batch.executed is not None
        assert batch.committed.number <= batch.proven.number <= batch.executed.number
        assert batch.batch.state_root == world.root_of(number)


def test_what_is_forgotten_leaves_the_struct_that_the_next_batch_needs() -> None:
    house = House.empty(GENESIS_ROOT).after(logs_of(finished()))
    rest = house.forgetting(3)
    assert (rest.forgotten, rest.committed) == (3, 5)
    assert rest.batch(3) is None
    assert rest.struct(3) == house.struct(3)
    assert rest.struct(4) == house.struct(4)
    assert rest.struct(6) is None
    assert rest.forgetting(2).forgotten == 3


def test_h113_every_log_that_is_left_out_shows() -> None:
    """By a gap at once, or by the counts in the end; the counts are compared with the contract's."""
    world = finished()
    logs = logs_of(world)
    for i in range(len(logs)):
        try:
            house = House.empty(GENESIS_ROOT).after(logs[:i] + logs[i + 1 :])
        except LogsMissing:
            continue
        is_last_proof = (house.committed, house.proven, house.executed) != (5, 5, 5)
        batch = house.batch(world.batches - 1)
        assert is_last_proof or (batch is not None and batch.proven is not None)


class Follower:
    """On a chain whose newest blocks are replaced by others with as many batches."""

    def __init__(self) -> None:
        self.world = finished()
        self.chain: FakeChain = self.world.chain
        node = FakeNode(self.chain, "node", Random(1), self.world._clock)
        self.port = NodesPort([node], self.world._clock)
        self.follower = HouseFollower(self.port, HOUSE, GENESIS_ROOT, 0)
        self.follower.follow(self.port.head())

    def reorganise(self) -> int:
        """The same transactions in other blocks, which are of another time."""
        depth = len(self.chain.blocks) - 1
        for sent_s in self.chain.received_s:
            self.chain.received_s[sent_s] = 0
        self.chain.reorganise(depth, keeps=1.0, takes=1.0)
        return depth

    def check(self) -> None:
        house = self.follower.house
        for number in range(1, house.committed + 1):
            batch = house.batch(number)
            assert batch is not None
            assert self.chain.canonical(batch.committed.number, batch.committed.hash)


def test_h112_batches_are_read_again_after_a_reorganisation() -> None:
    followed = Follower()
    followed.check()
    followed.reorganise()
    depth = followed.follower.follow(followed.port.head())
    assert depth > 0
    followed.check()


def test_h112_batches_are_read_again_after_a_reorganisation_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    followed = Follower()
    monkeypatch.setattr(HouseFollower, "_go_back", never_go_back)
    followed.reorganise()
    followed.follower.follow(followed.port.head())
    with pytest.raises(AssertionError):
        followed.check()


def test_a_head_that_was_followed_costs_one_question() -> None:
    followed = Follower()
    head: BlockHead = followed.port.head()
    assert followed.follower.follow(head) == 0
    followed.check()
