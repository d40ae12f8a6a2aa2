"""When a batch ends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.node.batching import BatchPolicy, BatchPressure, is_due

POLICY = BatchPolicy(shortest_wait_s=1, longest_wait_s=10, most_unproven=3, limit_unproven=6, tick_s=5)
CALM = BatchPressure(is_full=False, waiting_s=2.0, unproven=0, since_tick_s=2.0)


def due(**changes: Any) -> bool:
    return is_due(POLICY, replace(CALM, **changes))


def test_an_idle_prover_is_given_something_soon() -> None:
    assert due()
    assert due(waiting_s=1.0)
    assert not due(waiting_s=0.99)


def test_while_batches_wait_for_proofs_others_fill() -> None:
    assert not due(unproven=1)
    assert not due(unproven=1, waiting_s=9.99)
    assert due(unproven=1, waiting_s=10.0)
    assert not due(unproven=3, waiting_s=100.0)


def test_a_full_batch_ends_at_once_until_there_are_too_many() -> None:
    assert due(is_full=True, waiting_s=0.0, unproven=5)
    assert not due(is_full=True, waiting_s=99.0, unproven=6)


def test_time_goes_on_when_nothing_waits() -> None:
    assert not due(waiting_s=None, since_tick_s=4.9)
    assert due(waiting_s=None, since_tick_s=5.0)
    assert due(waiting_s=None, since_tick_s=5.0, unproven=99)


def test_policies_that_cannot_be_meant() -> None:
    with pytest.raises(ValueError, match="choose other waits"):
        BatchPolicy(shortest_wait_s=2, longest_wait_s=1)
    with pytest.raises(ValueError, match="choose other bounds"):
        BatchPolicy(most_unproven=9, limit_unproven=8)
