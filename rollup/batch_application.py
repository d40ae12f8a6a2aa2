"""Applying a good batch to the state: new roots, and the words that go to L1."""

from __future__ import annotations

from dataclasses import dataclass

from rollup.presets import Preset
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.transition import Outcome, transition
from rollup.types.batches import Batch, Roots
from rollup.types.words import words_of


@dataclass(frozen=True, slots=True)
class AppliedBatch:
    """What a batch did, under which roots, in which words."""

    outcome: Outcome
    roots: Roots
    words: tuple[int, ...]


def apply_batch(state: State, table: RiskTable, batch: Batch, preset: Preset) -> AppliedBatch:
    """Changes the state by a batch. Raises as `transition` does, and then nothing has changed."""
    outcome = transition(state, table, batch, preset)
    before = state.root
    state.put(outcome.accounts)
    roots = Roots(before, state.root, table.root)
    return AppliedBatch(outcome, roots, tuple(words_of(batch, roots, outcome.served, preset)))
