"""The `.sym` file that circom writes beside a relation: a line `label,wire,component,name` for each wire."""

from __future__ import annotations

from collections.abc import Iterator

from circuits.frontend.compiled import CompiledCircuit


def symbol_lines(compiled: CompiledCircuit) -> Iterator[str]:
    """One line a wire but the constant 1. Component is 0, the circuit: names carry the path of sub-circuits."""
    names = [*compiled.output_names, *compiled.circuit.input_names()]
    for wire in range(1, compiled.relation.n_wires):
        known = wire <= len(names)
        name = names[wire - 1] if known else compiled.outline.name_of_wire(wire - compiled.first_block_wire)
        yield f"{wire},{wire},0,main.{name.replace('/', '.').replace(',', ';')}"
