"""Whatever is asked of the engine in whatever market, its batches are accepted; the same log gives the same trades.

Orders, quotes, liquidations, cancels, transfers, withdrawals and deposits of eight traders with little cash, while
marks and scenarios jump from batch to batch, so that some are in distress; batches are cut at random.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter, deque

import pytest

from rollup.errors import RuleBroken
from sequencer.matching import coverage, floor, prechecks
from sequencer.matching.standing import Standing
from tests.support.matching import SMALL, VENUE
from tests.support.matching_walk import MatchingWalk
from tests.support.source_tree import ROOT

STEPS = 1_000


def walk(seed: int, steps: int = STEPS) -> MatchingWalk:
    """Venues of two sizes in turn, with more and with less cash."""
    found = MatchingWalk(seed, (VENUE, SMALL)[seed % 2], (3 * 10**7, 10**8, 5 * 10**7)[seed % 3])
    for _ in range(steps):
        found.step()
    found.desk.begin()
    return found


@pytest.mark.parametrize("seed", range(8))
def test_every_batch_is_accepted(seed: int) -> None:
    found = walk(seed)
    assert found.desk.batches > 20
    assert found.seen["trade"] > 50


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(100, 160))
def test_every_batch_is_accepted_at_length(seed: int) -> None:
    assert walk(seed, 3_000).seen["trade"] > 300


def test_walks_see_everything() -> None:
    seen: Counter[str] = sum((walk(seed).seen for seed in range(8)), Counter())
    wanted = {"trade", "quote", "operation", "liquidation", "BelowInitialMargin", "CashOutOfRange", "ShortfallGrew"}
    wanted |= {"NewRiskWaits", "NotFilled", "WouldTake", "NothingToReduce", "OrderNotOpen", "QuoteMismatch"}
    assert wanted - set(seen) == set()


def uncovered(standing: Standing, *_: object) -> None:
    """Takes every open order for covered."""
    standing.slack_e6 = standing.ceiling_e6 = 1 << 60


PLANTED = {
    "nothing is reserved": (prechecks.Admission, "reserve", lambda *_: None),
    "prices move, and nobody looks again": (floor, "refresh", uncovered),
    "a slot changes its series within a batch": (
        Standing,
        "give_slot",
        lambda self, series: self.slots.setdefault(series, series % 3),
    ),
    "a change is judged without what it costs": (coverage, "_require", lambda standing, terms, worst, changes: worst),
}


@pytest.mark.parametrize("name", PLANTED)
def test_every_batch_is_accepted_twin(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*PLANTED[name])
    with pytest.raises(RuleBroken):
        deque(map(walk, range(30)), maxlen=0)


LOG_OF_A_WALK = (
    "import json, sys; from tests.property.matching.test_engine_and_rollup import walk; "
    "found = walk(3, 400); sys.stdout.write(json.dumps([found.log, found.desk.state.root]))"
)


def test_g104_same_log_same_trades_whatever_the_hash_seed() -> None:
    said = set()
    for seed in ("0", "9"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", LOG_OF_A_WALK]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
        said.add(done.stdout)
    assert len(said) == 1
    assert len(json.loads(said.pop())[0]) > 50
