"""A whole node through crashes, torn disks and reorganisations, seeded: nothing is lost, nothing is booked twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import pytest

from sequencer.follower import Follower
from sequencer.store import EventLog, LogHead
from sequencer.submitter.errors import WrongBatch
from tests.support.node_world import NodeWorld, run

SEEDS, DEEP_SEEDS, FOUND_WITHIN = 20, 500, 10


def test_g99_g100_h112_a_node_survives() -> None:
    worlds = [run(seed) for seed in range(SEEDS)]
    assert sum(world.crashes for world in worlds) > 5 * SEEDS
    assert sum(len(world.acknowledged) for world in worlds) > 30 * SEEDS
    assert sum(world.node.venue.next_batch for world in worlds) > 6 * SEEDS


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(SEEDS, DEEP_SEEDS))
def test_g99_g100_h112_a_node_survives_often(seed: int) -> None:
    run(seed)


def found_within(seeds: range, chosen: Callable[[], dict[str, Any]] = dict) -> str:
    """What the simulation says of a defect. Fails when it says nothing."""
    for seed in seeds:
        try:
            run(seed, **chosen())
        except (AssertionError, WrongBatch) as error:
            return str(error)
    pytest.fail(f"not found within {len(seeds)} seeds")


@dataclass
class HastyLog:
    """Says that a group is durable, and writes it with the next one."""

    log: EventLog
    waiting: list[bytes] = field(default_factory=list)

    @property
    def head(self) -> LogHead:
        return LogHead(self.log.head.sequence + len(self.waiting), self.log.head.digest)

    def append(self, payloads: Sequence[bytes]) -> LogHead:
        waiting, self.waiting = self.waiting, list(payloads)
        self.log.append(waiting)
        return self.head


def test_g99_acknowledged_before_it_is_durable_twin() -> None:
    begin = NodeWorld.start

    def start(world: NodeWorld) -> None:
        begin(world)
        world.node.sequencer._log = HastyLog(world.node.event_log)

    with patch.object(NodeWorld, "start", start):
        assert "acknowledged and lost" in found_within(range(FOUND_WITHIN))


def test_g100_batches_forgotten_by_a_restart_twin() -> None:
    with patch.object(Follower, "resume", lambda _follower: None):
        assert "hand batches over in order" in found_within(range(FOUND_WITHIN))


def test_g100_a_table_in_force_before_it_is_kept_for_l1_twin() -> None:
    assert "is not the end" in found_within(range(FOUND_WITHIN), lambda: {"tables_first": True})
