"""The circuit of a preset with inputs of its own: for `zkclear circuit`, audits and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Final, TypeVar

from circuits.frontend import InputValues
from circuits.gadgets.example import Example
from circuits.settlement.inputs import settlement_values
from circuits.settlement.redundant import REDUNDANT
from circuits.settlement.refused import refused_values
from circuits.settlement.sample import Venue, sample
from circuits.settlement.statement import settlement_circuit
from primitives.field import FR
from rollup.errors import SectionFull
from rollup.presets import Preset
from rollup.trace import trace_batch
from rollup.types.batches import Batch

KINDS: Final = 3
"""Kinds of operations, and of queue entries, that `sample` can make in one batch."""
EMPTY: Final = 0.25
"""How often a section is left empty: places that are not used have rules too."""

Item = TypeVar("Item")


def settlement_example(preset: Preset) -> Example:
    """Batches of `sample`, every other with a forced close-out instead of a liquidation. About a second at TINY.

    Each has other kinds of operations and of queue entries, and some sections are empty; what would touch too many
    accounts is drawn again.
    """
    roomy = replace(preset, operations=max(preset.operations, KINDS), queue=max(preset.queue, KINDS))

    def inputs(random: Random) -> InputValues:
        found = sample(Venue(roomy, random), close_out=random.random() < 0.5)
        while True:
            try:
                trace = trace_batch(found.state, found.table, _some(found.batch, preset, random), preset)
            except SectionFull:
                continue
            return settlement_values(trace, random.randrange(FR))

    circuit = settlement_circuit(preset)
    return Example(circuit.name, circuit, inputs, lambda random: refused_values(preset, random), REDUNDANT)


def _some(batch: Batch, preset: Preset, random: Random) -> Batch:
    """As much of a batch as fits, and now and then less."""
    return replace(
        batch,
        queue=_chosen(batch.queue, preset.queue, random),
        trades=_chosen(batch.trades, preset.trades, random),
        operations=_chosen(batch.operations, preset.operations, random),
        liquidations=_chosen(batch.liquidations, preset.liquidations, random),
        settlements=_chosen(batch.settlements, preset.settlements, random),
    )


def _chosen(items: Sequence[Item], most: int, random: Random) -> tuple[Item, ...]:
    count = 0 if random.random() < EMPTY else min(most, len(items))
    return tuple(items[i] for i in sorted(random.sample(range(len(items)), count)))
