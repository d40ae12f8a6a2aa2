"""The circuit of a preset with inputs of its own: for `zkclear circuit`, audits and tables."""

from __future__ import annotations

from random import Random

from circuits.frontend import InputValues
from circuits.gadgets.example import Example
from circuits.settlement.inputs import settlement_values
from circuits.settlement.sample import Venue, sample
from circuits.settlement.statement import settlement_circuit
from primitives.field import FR
from rollup.presets import Preset
from rollup.trace import trace_batch


def settlement_example(preset: Preset) -> Example:
    """Batches of `sample`, every other with a forced close-out instead of a liquidation. About a second at TINY."""

    def inputs(random: Random) -> InputValues:
        found = sample(Venue(preset, random), close_out=random.random() < 0.5)
        trace = trace_batch(found.state, found.table, found.batch, preset)
        return settlement_values(trace, random.randrange(FR))

    circuit = settlement_circuit(preset)
    return Example(circuit.name, circuit, inputs)
