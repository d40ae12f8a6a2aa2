"""Batches that are taken back and cut anew, amid all of L1's faults: what stays on L1 are the last ones."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from sequencer.submitter import submitter as submitter_module
from sequencer.submitter.intent_store import IntentStore
from sequencer.submitter.intents import Kind, Meaning
from sequencer.submitter.view import View
from sequencer.submitter.work import Task
from tests.support.submitter_weather import run_with_recuts

SEEDS = 40
DEEP_SEEDS = 1_000
FOUND_BEFORE = (199, 244, 360)
"""A restart while batches were being taken back: L1 still had the old ones."""

TWIN_SEEDS = 10


def fleet(seed: int) -> int:
    return 3 if seed % 3 else 1


def runs(seeds: Iterable[int]) -> int:
    return sum(run_with_recuts(seed, nodes=fleet(seed)).recuts for seed in seeds)


def test_h114_batches_cut_anew() -> None:
    assert runs([*range(SEEDS), *FOUND_BEFORE]) > SEEDS // 2


@pytest.mark.deep
def test_h114_more_batches_cut_anew() -> None:
    runs(range(SEEDS, DEEP_SEEDS))


def test_h114_batches_cut_anew_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Taken back here, and forgotten on L1."""

    def at_once(tasks: Iterable[Task], _: IntentStore, __: View) -> tuple[set[Meaning], set[Meaning]]:
        reverts = {task.meaning for task in tasks if task.meaning.kind is Kind.REVERT}
        return reverts, reverts

    monkeypatch.setattr(submitter_module, "reverts_done", at_once)
    with pytest.raises(AssertionError, match="stopped without a reason"):
        runs(range(TWIN_SEEDS))
