"""Thousands of seeded schedules of L1's faults: reorganisations, lost and replaced transactions, lying nodes, crashes.

What must hold is in `tests/support/submitter_world.py` (`judge`) and in `FakeChain._watch`.
"""

from __future__ import annotations

import pytest

from sequencer.submitter.chain_types import BlockMark
from sequencer.submitter.keeping import Keeper
from sequencer.submitter.outbox import Outbox
from sequencer.submitter.view import View
from tests.support.submitter_twins import keep_old_words, send_before_writing
from tests.support.submitter_weather import run

PORTIONS = 10
SEEDS = 500
DEEP_SEEDS = 2_500
TWIN_SEEDS = 10


def fleet(seed: int) -> int:
    """Every third run has one node only, which is slow and loses answers but does not lie."""
    return 3 if seed % 3 else 1


@pytest.mark.parametrize("portion", range(PORTIONS))
def test_h112_to_h116_seeded_faults(portion: int) -> None:
    crashes = sum(run(seed, nodes=fleet(seed)).crashes for seed in range(portion, SEEDS, PORTIONS))
    assert crashes > SEEDS // PORTIONS


@pytest.mark.deep
@pytest.mark.parametrize("portion", range(PORTIONS))
def test_h112_to_h116_more_seeded_faults(portion: int) -> None:
    for seed in range(SEEDS + portion, SEEDS + DEEP_SEEDS, PORTIONS):
        run(seed, nodes=fleet(seed))


def find(*words: str) -> None:
    """Some of the first seeds must find the planted defect, by what it does."""
    said = []
    for seed in range(TWIN_SEEDS):
        try:
            run(seed, nodes=fleet(seed))
        except AssertionError as error:
            said.append(str(error))
    assert any(word in one for one in said for word in words), said


def test_h114_intent_written_after_the_send_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Outbox, "open", send_before_writing)
    find("nonce")


def test_h112_words_kept_after_a_reorganisation_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Keeper, "_rebuild", keep_old_words)
    find("as it was before a reorganisation")


def test_h112_unconfirmed_counted_as_final_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    def is_final(_: View, mark: BlockMark | None) -> bool:
        return mark is not None

    monkeypatch.setattr(View, "is_final", is_final)
    find("finally, and is not", "FinalityLost")
