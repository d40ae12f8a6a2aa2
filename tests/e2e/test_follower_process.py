"""What follows the log in a process of its own: it ends with the node, and the node with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sequencer.follower import FollowerClosed, FollowerFailed
from sequencer.follower.process import FollowerProcess
from sequencer.node.assembly import running_node
from sequencer.node.errors import NotSequencing
from tests.support.whole_node import stand, until

TOO_EARLY_S = 4_000_000_000
"""An expiry whose settlement L1 would refuse for decades."""


def children_of(process_id: int) -> list[int]:
    """Its direct ones."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process_id)], stdout=subprocess.PIPE, check=False)
    return [int(line) for line in listed.stdout.split()]


def is_gone(process_id: int) -> bool:
    """Not there, or dead and not yet waited for."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_each_side_ends_with_the_other(tmp_path: Path) -> None:
    with stand(tmp_path) as one:
        with one.node() as node:
            one.register(1)
            until(lambda: node.venue.next_queue_index >= 1, "the registration is taken")
            follower = node.follower
            assert isinstance(follower, FollowerProcess)
            workers = children_of(follower.process_id)
            assert workers, "it has its provers"
            assert follower.settlements_before == {}
            assert follower.settle(1, TOO_EARLY_S, [(5_000, b"signed")]).result()
            os.kill(follower.process_id, signal.SIGKILL)
            until(lambda: node.failure is not None, "the node has noticed")
            assert isinstance(node.failure, FollowerFailed)
            assert node.failure.kind == "FollowerDied"
            assert not node.health().is_ready
            with pytest.raises(NotSequencing):
                node.end_batch(0)
            with pytest.raises(FollowerClosed):
                follower.settle(1, 2, [])
            until(lambda: all(is_gone(worker) for worker in workers), "its provers are gone")
        with one.node() as again:
            assert again.venue.next_queue_index >= 1
            follower = again.follower
            assert isinstance(follower, FollowerProcess)
            assert follower.settlements_before == {(1, TOO_EARLY_S): ((5_000, b"signed"),)}
            until(lambda: again.progress.l1_looks > 0, "L1 is seen")
            process_id = follower.process_id
        until(lambda: is_gone(process_id), "it ends with the node")


def test_h119_another_chain_keeps_a_node_from_beginning(tmp_path: Path) -> None:
    with stand(tmp_path) as one:
        plan = replace(one.plan, deployment=replace(one.plan.deployment, chain_id=1))
        with pytest.raises(FollowerFailed, match="chain") as caught, running_node(plan, one.rollup.kernels):
            pass
        assert caught.value.kind == "WrongChainId"
