"""The circuit of a preset with inputs of its own: for `zkclear circuit`, audits and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import Final, TypeVar

from circuits.frontend import InputValues
from circuits.gadgets.example import Example
from circuits.settlement.crowds import crowds
from circuits.settlement.edges import column_values, edge_values
from circuits.settlement.inputs import settlement_values
from circuits.settlement.places import (
    far_apart,
    free_trades,
    full_accounts,
    liquidated_longs,
    new_signers,
    new_traders,
    registrations,
)
from circuits.settlement.redundant import DETERMINED, VANISHING, redundant_rows
from circuits.settlement.refused import refused_values
from circuits.settlement.refused_arguments import refused_arguments
from circuits.settlement.refused_places import refused_places
from circuits.settlement.refused_states import refused_states
from circuits.settlement.sample import Venue, sample
from circuits.settlement.statement import settlement_circuit
from primitives.field import FR
from rollup.errors import SectionFull
from rollup.presets import Preset
from rollup.risk_table import RiskTable
from rollup.trace import trace_batch
from rollup.types.batches import Batch
from rollup.units import COLUMNS, POSITION_SLOTS

KINDS: Final = 3
"""Kinds of operations, and of queue entries, that `sample` can make in one batch."""
EMPTY: Final = 0.25
"""How often a section is left empty: places that are not used have rules too."""

Item = TypeVar("Item")


def settlement_example(preset: Preset) -> Example:
    """Batches of `sample`, every other with a forced close-out instead of a liquidation. About a second at TINY.

    Each has other kinds of operations and of queue entries, positions in other slots, and some sections are empty;
    what would touch too many accounts is drawn again. In every other the last series is worth nothing.
    """
    roomy = replace(preset, operations=max(preset.operations, KINDS), queue=max(preset.queue, KINDS))

    def inputs(random: Random) -> InputValues:
        venue = Venue(roomy, random, first_slot=random.randrange(POSITION_SLOTS))
        found = sample(venue, close_out=random.random() < 0.5)
        table = _last_worthless(found.table, preset.series_depth) if random.random() < 0.5 else found.table
        while True:
            try:
                trace = trace_batch(found.state, table, _some(found.batch, preset, random), preset)
            except SectionFull:
                continue
            return settlement_values(trace, random.randrange(FR))

    circuit = settlement_circuit(preset)

    def refused(random: Random) -> Iterator[tuple[str, InputValues]]:
        yield from refused_values(preset, random)
        yield from refused_states(preset, random)
        yield from refused_arguments(preset, random)
        yield from refused_places(preset, random)

    def edges(random: Random) -> Iterator[InputValues]:
        if min(preset.queue, preset.examined) > 1:
            yield from edge_values(preset, random)
            yield from column_values(preset, random)
            yield from new_traders(preset, random)
            yield from registrations(preset, random)
            yield from new_signers(preset, random)
            yield from full_accounts(preset, random)
        yield from liquidated_longs(preset, random)
        yield from free_trades(preset, random)
        yield from far_apart(preset, random)

    def everywhere(random: Random) -> Iterator[InputValues]:
        yield from crowds(Venue(preset, random))

    redundant = redundant_rows(preset)
    return Example(circuit.name, circuit, inputs, refused, redundant, DETERMINED, edges, everywhere, VANISHING)


def _last_worthless(table: RiskTable, depth: int) -> RiskTable:
    """The last series is out of the money wherever the market goes."""
    *others, last = table.rows()
    nothing = replace(last, values_e2=(0,) * COLUMNS)
    return RiskTable([*others, nothing], depth)


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
