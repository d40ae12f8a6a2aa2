"""Applying a good batch to the state: new roots, and the words that go to L1."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from rollup.presets import Preset
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.transition import Outcome, transition
from rollup.types.batches import Batch, Roots
from rollup.types.words import words_of


@dataclass(frozen=True)
class AppliedBatch:
    """What a batch did, under which roots, in which words."""

    outcome: Outcome
    roots: Roots
    preset: Preset

    @cached_property
    def words(self) -> tuple[int, ...]:
        """What goes to L1. Made when they are first asked for: whoever follows the state alone needs none."""
        return tuple(words_of(self.outcome.batch, self.roots, self.outcome.served, self.preset))


def apply_batch(state: State, table: RiskTable, batch: Batch, preset: Preset) -> AppliedBatch:
    """Changes the state by a batch. Raises as `transition` does, and then nothing has changed."""
    outcome = transition(state, table, batch, preset)
    before = state.root
    state.put(outcome.accounts)
    roots = Roots(before, state.root, table.root)
    return AppliedBatch(outcome, roots, preset)
