"""For how long a replay waits: for as long as proofs come."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sequencer.replay import runner
from sequencer.replay.errors import NodeFailed, TooSlow

NEEDED = 40


def waited_s(monkeypatch: pytest.MonkeyPatch, proof_s: float, stopped: str | None = None) -> float:
    """Until all proofs are there, by a clock that runs when somebody sleeps."""
    now_s = [0.0]

    class Node:
        sequencer = SimpleNamespace(stopped=stopped)

        @property
        def progress(self) -> Any:
            return SimpleNamespace(proven_through=int(now_s[0] / proof_s))

    def sleep(seconds: float) -> None:
        now_s[0] += seconds

    monkeypatch.setattr(runner, "monotonic", lambda: now_s[0])
    monkeypatch.setattr(runner, "sleep", sleep)
    node: Any = Node()
    scenario: Any = SimpleNamespace(plan=SimpleNamespace(fees=SimpleNamespace(highest_ppm=500)), name="slow")
    rollup: Any = None
    runner.Replay(scenario, rollup, node)._wait(lambda: node.progress.proven_through >= NEEDED, "all of it")
    return now_s[0]


def test_a_slow_machine_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    proof_s = runner.PATIENCE_S / 5
    assert waited_s(monkeypatch, proof_s) == pytest.approx(NEEDED * proof_s, rel=0.1)


def test_without_proofs_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooSlow, match="all of it did not happen, and no proof came, within 300 s"):
        waited_s(monkeypatch, 2 * runner.PATIENCE_S)


def test_a_node_that_stopped_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NodeFailed, match="the disk is full"):
        waited_s(monkeypatch, 1.0, "the disk is full")
