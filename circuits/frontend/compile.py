"""From a `Circuit` to a `CompiledCircuit`: the relation, the witness tape, and what names their rows and wires."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from circuits.frontend.circuit import Circuit, named_outputs
from circuits.frontend.coefficients import COEFFICIENTS, RULES, SOURCES
from circuits.frontend.compiled import CompiledCircuit
from circuits.frontend.constraint_builder import ConstraintBuilder, seen_from_caller
from circuits.frontend.errors import CircuitDefinitionError
from circuits.frontend.flatten import flatten
from circuits.frontend.outline import outline_of
from circuits.frontend.tape_encoder import TapeEncoder, root_word
from circuits.frontend.template import SparseRows, Template
from prover.r1cs import R1CS, SparseMatrix


def compile_circuit(circuit: Circuit) -> CompiledCircuit:
    """Compiles a circuit. Raises `CircuitDefinitionError`. See `circuits.frontend.cache` for the copy on disk.

    Cost: Python for each distinct sub-circuit, once; then numpy, well below a microsecond per constraint.
    """
    root, outputs = root_template(circuit)
    n_outputs = len(outputs)
    n_wires = 1 + n_outputs + circuit.n_inputs + root.n_wires
    flat = flatten(root)
    relation = R1CS(
        n_wires=n_wires,
        n_public_outputs=n_outputs,
        n_public_inputs=circuit.n_public_inputs,
        n_private_inputs=circuit.n_inputs - circuit.n_public_inputs,
        a=_matrix(flat.a, n_outputs),
        b=_matrix(flat.b, n_outputs),
        c=_matrix(flat.c, n_outputs),
    )
    return CompiledCircuit(
        circuit=circuit,
        relation=relation,
        tape=TapeEncoder().encode(root, n_wires, root_word(n_outputs, circuit.n_inputs)),
        output_names=outputs,
        outline=outline_of(root),
        rules=tuple(RULES.texts()),
        rule_of_row=flat.rule,
        sources=tuple(SOURCES.texts()),
        source_of_row=flat.source,
    )


def root_template(circuit: Circuit) -> tuple[Template, tuple[str, ...]]:
    """The circuit as a template, and the names of its outputs. Raises `CircuitDefinitionError`."""
    builder = ConstraintBuilder(circuit.name, circuit.n_inputs, inputs_are_wires=True)
    inputs = [builder.input(number) for number in range(circuit.n_inputs)]
    outputs = named_outputs(builder, circuit.define(builder, **circuit.arguments(inputs)))
    for number, (_, wire) in enumerate(outputs):
        builder.write_output(wire, number)
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


def _matrix(rows: SparseRows, n_outputs: int) -> SparseMatrix:
    """Keys to columns: outputs come after the constant 1, then everything else."""
    column = np.where(rows.key == 0, 0, np.where(rows.key < 0, -rows.key, rows.key + n_outputs)).astype(np.uint32)
    coefficients: NDArray[np.uint64] = COEFFICIENTS.scalars(rows.coefficient)
    matrix = SparseMatrix(rows.row_start.astype(np.uint64), column, coefficients)
    return matrix if n_outputs == 0 else matrix.with_sorted_rows()
