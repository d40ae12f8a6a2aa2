"""The `.sym` file that circom writes beside a relation: a line `label,wire,component,name` for each wire."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from circuits.frontend.compiled import CompiledCircuit


def symbol_lines(compiled: CompiledCircuit) -> Iterator[str]:
    """One line a wire but the constant 1. Component is 0, the circuit: names carry the path of sub-circuits."""
    names = chain(compiled.output_names, compiled.circuit.input_names(), compiled.outline.names_of_wires())
    for wire, name in enumerate(names, start=1):
        yield f"{wire},{wire},0,main.{name.replace('/', '.').replace(',', ';')}"
