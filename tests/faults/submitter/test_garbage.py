"""CHECKLIST H113: whatever a node answers, a turn ends with events or a typed stop."""

from __future__ import annotations

import pytest

from sequencer.submitter.confirmed_queue import ConfirmedQueue
from sequencer.submitter.errors import SubmitterError
from sequencer.submitter.nodes_port import NodesPort
from sequencer.submitter.submitter import PASSING, STOPPING
from tests.support.submitter_world import DEPLOYMENT, World

SEEDS = 40


@pytest.mark.parametrize("chance", [0.02, 0.2, 1.0])
def test_h113_garbage_for_answers(chance: float) -> None:
    told = 0
    for seed in range(SEEDS):
        world = World(seed, batches=2, nodes=1 + 2 * (seed % 2))
        for _ in range(25):
            world.now_s += 12
            if len(world.cut) < world.batches:
                world.cut_batch()
            world.hand_over()
            world.mine()
            try:
                told += len(world.submitter.step())
            except STOPPING:
                world.start()
            for node in world.fleet:
                node.faults.garbage = chance
    assert told > SEEDS


def test_h113_garbage_for_the_queue() -> None:
    for seed in range(SEEDS):
        world = World(seed, batches=2, nodes=1)
        for _ in range(4):
            world.mine()
        world.fleet[0].faults.garbage = 0.4
        queue = ConfirmedQueue(NodesPort(world.fleet, world._clock), DEPLOYMENT, 0)
        for _ in range(20):
            try:
                assert queue.poll() == ()
            except (SubmitterError, *PASSING):
                continue
