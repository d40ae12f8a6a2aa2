"""A settlement price that was handed over for L1 before a crash, and is not in the table yet."""

from __future__ import annotations

from unittest.mock import patch

from sequencer.l1.bindings.oracle import Oracle
from sequencer.node.oracle_settings import memory_of
from sequencer.submitter.nodes_port import NodesPort
from sequencer.submitter.submitter import Submitter
from tests.support.faulty_disk import Fault
from tests.support.node_world import NodeWorld
from tests.support.submitter_world import DEPLOYMENT

UNDERLYING, EXPIRY_S = 7, 1_000_000
FIRST_E2, ANEW_E2 = 5_000, 5_010


def crashed() -> NodeWorld:
    """Power failed between the hand-over to L1 and the table; no block came meanwhile."""
    world = NodeWorld(seed=85)
    given = world.node.follower.settle(UNDERLYING, EXPIRY_S, [(FIRST_E2, b"signed"), (FIRST_E2 + 1, b"signed")])
    world.follow()
    assert given.result(0)
    world.crash(Fault.KEPT)
    return world


def remembered_e2(world: NodeWorld) -> int | None:
    """What the next run takes for settled."""
    oracle = Oracle(NodesPort(world.fleet, lambda: world.now_s), DEPLOYMENT.oracle)
    return memory_of(world.node, oracle).settled_on_l1(UNDERLYING, EXPIRY_S)


def settled_on_l1(world: NodeWorld) -> int:
    """Once it is there for good, whatever is handed over anew."""
    given = world.node.follower.settle(UNDERLYING, EXPIRY_S, [(ANEW_E2, b"signed")])
    for _ in range(30):
        world.now_s += 12
        world.chain.mine(int(world.now_s))
        world.follow()
    assert not given.result(0), "one is on its way"
    ((_, _, price_e2),) = world.chain.rules.prices
    return price_e2


def test_f85_a_run_after_a_crash_settles_as_l1_will() -> None:
    world = crashed()
    assert world.chain.rules.prices == ()
    assert remembered_e2(world) == FIRST_E2
    assert settled_on_l1(world) == FIRST_E2
    world.crash(Fault.KEPT)
    assert world.node.follower.settlements_before == {}, "it is there for good"
    assert remembered_e2(world) == FIRST_E2


def test_f85_a_run_after_a_crash_settles_as_l1_will_twin() -> None:
    """A run that asks L1 alone settles anew, at a price that L1 never gets."""
    with patch.object(Submitter, "settlements", {}):
        world = crashed()
        assert remembered_e2(world) is None
        assert settled_on_l1(world) != ANEW_E2
