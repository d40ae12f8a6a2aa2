"""History takes facts in the order in which contracts can have written them, and no others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rollup.types.transactions import Deposit
from rollup.types.words import queue_words
from sequencer.l1.bindings.structs import Batch, Commitment
from sequencer.l1.history import (
    BatchCommitted,
    BatchesProven,
    BatchesReverted,
    BatchExecuted,
    EntryQueued,
    Fact,
    History,
    InconsistentHistory,
    RollupFrozen,
    TableReported,
)
from sequencer.l1.records import genesis_batch

COMMITMENT = Commitment(1, 2, 3, 4, 0, b"")
EMPTY = genesis_batch(5)


def batch(number: int, queue_end: int = 0) -> Batch:
    return replace(EMPTY, number=number, queue_end=queue_end)


def committed(number: int, queue_end: int = 0) -> BatchCommitted:
    return BatchCommitted(batch(number, queue_end), COMMITMENT, ())


def entry(index: int) -> EntryQueued:
    return EntryQueued(index, 2, queue_words(Deposit(2, 7 + index)), 99)


def test_batches_are_proven_and_reverted() -> None:
    facts: list[Fact] = [entry(0), entry(1), entry(2), committed(1, 1), committed(2, 2), BatchesProven(1)]
    history = History.of([*facts, BatchesReverted(1), committed(2, 3), BatchExecuted(1), RollupFrozen(1)])
    assert (history.committed, history.proven, history.executed, history.reverted) == (2, 1, 1, 1)
    assert (history.served, history.frozen_at_entry) == (1, 1)
    assert history.open_entries(5) == []
    assert History.of([*facts, BatchesReverted(1)]).open_entries(5) == [Deposit(2, 8), Deposit(2, 9)]
    assert History.of([*facts, BatchesReverted(1)]).open_entries(1) == [Deposit(2, 8)]


@pytest.mark.parametrize(
    "facts",
    [
        [entry(1)],
        [entry(0), entry(0)],
        [committed(2)],
        [committed(1), committed(1)],
        [BatchesProven(1)],
        [committed(1), BatchesProven(1), BatchesProven(1)],
        [committed(1), BatchesProven(2)],
        [committed(1), BatchesProven(1), BatchesReverted(0)],
        [committed(1), BatchesReverted(1)],
        [committed(1), BatchExecuted(2)],
        [TableReported(5, 1, b""), TableReported(5, 2, b"")],
        [TableReported(5, 1, b""), TableReported(4, 2, b"")],
    ],
)
def test_e81_what_contracts_cannot_have_written_is_refused(facts: list[Fact]) -> None:
    history = History.of(facts[:-1])
    with pytest.raises(InconsistentHistory):
        history.add(facts[-1])
