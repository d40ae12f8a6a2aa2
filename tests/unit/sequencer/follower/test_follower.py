"""What follows the log: where it looks, what it keeps, what ends it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from structlog.testing import capture_logs

from sequencer.follower import Fed, FollowerClosed, RootsDisagree
from sequencer.follower.known_code import known_code
from sequencer.follower.l1_watch import L1Watch
from sequencer.node.node import Node
from sequencer.submitter.errors import WrongCode
from sequencer.submitter.nodes_port import NodesPort
from sequencer.submitter.startup import Expected, code_digests_of, require_chain
from sequencer.submitter.submitter import Submitter
from tests.support.node_world import NodeWorld, calm, real_rules
from tests.support.submitter_database import MemoryDatabase
from tests.support.submitter_world import DEPLOYMENT, EXPECTED


@pytest.fixture
def world() -> Iterator[NodeWorld]:
    """With prices and some orders, and everything on L1 that can be there."""
    with real_rules():
        one = NodeWorld(1)
        for _ in range(30):
            one.now_s += 12
            one.chain.mine(int(one.now_s))
            one.turn()
        one.report()
        one.chat()
        one.end()
        yield one


def condition(node: Node, name: str) -> bool:
    return {one.name: one.holds for one in node.health().conditions}[name]


def test_an_l1_that_does_not_answer_is_noticed(world: NodeWorld) -> None:
    world.turn()
    assert condition(world.node, "l1")
    for node in world.fleet:
        node.faults.is_down = True
    for _ in range(4):
        world.now_s += 10
        world.turn()
    assert not condition(world.node, "l1")
    for node in world.fleet:
        node.faults.heal()
    world.now_s += 10
    world.turn()
    assert condition(world.node, "l1")


def test_an_l1_that_does_not_answer_is_in_the_log_of_the_node(world: NodeWorld) -> None:
    for node in world.fleet:
        node.faults.is_down = True
    with capture_logs() as lines:
        world.turn()
    assert any("NodesTroubled" in line.get("what", "") for line in lines)


def looks_while_orders_come(world: NodeWorld) -> int:
    """How often L1 is asked while a hundred groups of orders are followed within one poll."""
    looks: list[None] = []
    step = Submitter.step

    def counted(submitter: Submitter) -> Any:
        looks.append(None)
        return step(submitter)

    follower, turns = world.follower, 100
    with patch.object(Submitter, "step", counted):
        while follower.take_turn(looks_at_l1=follower.watch.is_due()):
            pass
        looks.clear()
        for _ in range(turns):
            world.chat()
            follower.take_turn(looks_at_l1=follower.watch.is_due())
    return len(looks)


def test_orders_do_not_make_it_ask_l1(world: NodeWorld) -> None:
    assert looks_while_orders_come(world) <= 1


def test_orders_do_not_make_it_ask_l1_twin(world: NodeWorld) -> None:
    with patch.object(L1Watch, "is_due", lambda _: True):
        assert looks_while_orders_come(world) == 100


def test_proofs_of_what_is_executed_for_good_are_forgotten() -> None:
    with real_rules():
        world = NodeWorld(3)
        calm(world)
        database = world.node.event_log.database
        world.now_s += 12
        world.report()
        for _ in range(4):
            world.chat()
        world.end()
        world.turn()
        world.turn()
        assert world.node.unproven == 0
        assert database.execute("SELECT count(*) FROM proofs")[0][0] > 0
        calm(world)
        rows = world.node.event_log.database.execute("SELECT count(*) FROM proofs")
    assert rows[0][0] == 0


def test_h119_another_state_root_ends_it(world: NodeWorld) -> None:
    fed = world.node.follower.feed
    with patch.object(world.node.follower, "feed", lambda some: fed([_lying(one) for one in some])):
        world.chat()
        world.now_s += 1
        world.end()
    with pytest.raises(RootsDisagree, match="report it"):
        world.turn()


def test_h119_another_state_root_ends_it_twin(world: NodeWorld) -> None:
    """Without the comparison nothing is noticed."""
    fed = world.node.follower.feed
    with patch.object(world.node.follower, "feed", lambda some: fed([replace(one, root=None) for one in some])):
        world.chat()
        world.now_s += 1
        world.end()
    world.turn()


def _lying(fed: Fed) -> Fed:
    return fed if fed.root is None else replace(fed, root=fed.root + 1)


def test_h119_code_that_changes_after_the_first_start_is_noticed(world: NodeWorld) -> None:
    database, port = MemoryDatabase(), NodesPort(world.fleet, lambda: world.now_s)
    first = known_code(database, lambda: code_digests_of(port, DEPLOYMENT))
    assert first == EXPECTED.code_digests
    require_chain(port, DEPLOYMENT, Expected(first, EXPECTED.key_digest))
    changed = dict.fromkeys(first, "00" * 32)
    again = known_code(database, lambda: changed)
    assert again == first
    with pytest.raises(WrongCode):
        require_chain(port, DEPLOYMENT, Expected(changed, EXPECTED.key_digest))


def test_what_is_closed_takes_nothing(world: NodeWorld) -> None:
    world.follower.close("enough")
    with pytest.raises(FollowerClosed, match="enough"):
        world.follower.settle(1, 2, [])
    world.follower.close("again")
