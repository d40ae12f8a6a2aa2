"""From a `Circuit` to a `CompiledCircuit`: the relation, the witness tape, and what names their rows and wires."""

from __future__ import annotations

from collections.abc import Iterator

from circuits.frontend.circuit import Circuit, named_outputs
from circuits.frontend.compact import CompactCircuit, compact
from circuits.frontend.compiled import CompiledCircuit
from circuits.frontend.constraint_builder import ConstraintBuilder, seen_from_caller
from circuits.frontend.errors import CircuitDefinitionError
from circuits.frontend.flatten import flatten
from circuits.frontend.labels import source_of_function
from circuits.frontend.outline import outline_of
from circuits.frontend.tape_encoder import TapeEncoder, root_word
from circuits.frontend.template import Template


def compile_circuit(circuit: Circuit) -> CompiledCircuit:
    """Compiles a circuit. Raises `CircuitDefinitionError`. See `circuits.frontend.cache` for the copy on disk.

    Cost: Python for each distinct sub-circuit, once; then numpy, well below a microsecond per constraint.
    """
    return compile_compact(circuit).expanded()


def compile_compact(circuit: Circuit) -> CompactCircuit:
    """The same in the form that is kept on disk. Raises `CircuitDefinitionError`."""
    root, outputs = root_template(circuit)
    n_wires = 1 + len(outputs) + circuit.n_inputs + root.n_wires
    tape = TapeEncoder().encode(root, n_wires, root_word(len(outputs), circuit.n_inputs))
    return compact(circuit, flatten(root), n_wires, outputs, tape, outline_of(root))


def root_template(circuit: Circuit) -> tuple[Template, tuple[str, ...]]:
    """The circuit as a template, and the names of its outputs. Raises `CircuitDefinitionError`."""
    builder = ConstraintBuilder(circuit.name, circuit.n_inputs, inputs_are_wires=True)
    inputs = [builder.input(number) for number in range(circuit.n_inputs)]
    outputs = named_outputs(builder, circuit.define(builder, **circuit.arguments(inputs)))
    source = source_of_function(circuit.define)
    for number, (_, wire) in enumerate(outputs):
        builder.write_output(wire, number, source)
    root = builder.finish(None)
    if root.n_rows == 0:
        raise CircuitDefinitionError(f"the circuit {circuit.name} has no constraint: it would prove nothing")
    return root, tuple(name for name, _ in outputs)


def assumptions_of(circuit: Circuit) -> list[tuple[dict[int, int], str]]:
    """What the circuit assumes not to be 0: wires of the witness -> coefficients (wire 0 is 1), and the reason."""
    root, outputs = root_template(circuit)
    return [
        ({0 if key == 0 else key + len(outputs): value for key, value in terms.items()}, reason)
        for terms, reason in _assumptions(root)
    ]


def _assumptions(template: Template) -> Iterator[tuple[dict[int, int], str]]:
    for assumption in template.assumptions:
        yield assumption.terms, assumption.reason
    for call in template.calls:
        for terms, reason in _assumptions(call.template):
            yield seen_from_caller(terms, call, template.n_inputs), reason
