"""A compiled circuit as it is kept on disk: coefficients, rules and source lines once each, and then by number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from circuits.frontend.circuit import Circuit
from circuits.frontend.coefficients import COEFFICIENTS, RULES, SOURCES
from circuits.frontend.compiled import CompiledCircuit
from circuits.frontend.outline import Outline
from circuits.frontend.template import FlatTemplate, SparseRows
from circuits.frontend.witness_maker import WitnessMaker
from prover.bn254 import scalars_from_ints
from prover.r1cs import R1CS, SparseMatrix
from prover.tape import Tape

Numbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class CompactMatrix:
    """A `SparseMatrix` whose coefficients are rows of the circuit's table: 8 bytes an entry, not 36."""

    row_start: NDArray[np.uint64]
    column: NDArray[np.uint32]
    coefficient: Numbers

    def expanded(self, table: NDArray[np.uint64]) -> SparseMatrix:
        """The matrix, columns increasing in every row. Raises `InvalidRelation`."""
        coefficients = np.take(table, self.coefficient, axis=0)
        return SparseMatrix(self.row_start, self.column, coefficients).with_sorted_rows()


@dataclass(frozen=True, slots=True, eq=False)
class CompactCircuit:
    """All of a `CompiledCircuit`; it depends on the circuit alone, not on what else this process has compiled.

    `table`, shape (coefficients, 4), has the coefficients in canonical form.
    """

    circuit: Circuit
    n_wires: int
    a: CompactMatrix
    b: CompactMatrix
    c: CompactMatrix
    table: NDArray[np.uint64]
    tape: Tape
    output_names: tuple[str, ...]
    outline: Outline
    rules: tuple[str, ...]
    rule_of_row: Numbers
    sources: tuple[str, ...]
    source_of_row: Numbers

    @property
    def maker(self) -> WitnessMaker:
        """What makes the witnesses; the arrays of its tape are copies, so that nothing else of this is kept."""
        tape = Tape(**{field.name: getattr(self.tape, field.name).copy() for field in fields(Tape)})
        return WitnessMaker(self.circuit, self.n_wires, len(self.rule_of_row), tape, self.output_names)

    def expanded(self) -> CompiledCircuit:
        """The circuit ready for use; costs the memory of its coefficients, 32 bytes an entry."""
        circuit = self.circuit
        relation = R1CS(
            n_wires=self.n_wires,
            n_public_outputs=len(self.output_names),
            n_public_inputs=circuit.n_public_inputs,
            n_private_inputs=circuit.n_inputs - circuit.n_public_inputs,
            a=self.a.expanded(self.table),
            b=self.b.expanded(self.table),
            c=self.c.expanded(self.table),
        )
        return CompiledCircuit(
            circuit=circuit,
            relation=relation,
            tape=self.tape,
            output_names=self.output_names,
            outline=self.outline,
            rules=self.rules,
            rule_of_row=self.rule_of_row,
            sources=self.sources,
            source_of_row=self.source_of_row,
        )


def compact(
    circuit: Circuit, flat: FlatTemplate, n_wires: int, output_names: tuple[str, ...], tape: Tape, outline: Outline
) -> CompactCircuit:
    """From the written-out root template: keys become columns, numbers of this process those of the circuit."""
    numbers = [flat.a.coefficient, flat.b.coefficient, flat.c.coefficient]
    used, (a, b, c) = _renumbered(numbers, COEFFICIENTS.value, len(COEFFICIENTS))
    rule_texts, source_texts = RULES.texts(), SOURCES.texts()
    rules, (rule_of_row,) = _renumbered([flat.rule], rule_texts.__getitem__, len(rule_texts), always=(0,))
    sources, (source_of_row,) = _renumbered([flat.source], source_texts.__getitem__, len(source_texts))
    n_outputs = len(output_names)
    return CompactCircuit(
        circuit=circuit,
        n_wires=n_wires,
        a=_matrix(flat.a, a, n_outputs),
        b=_matrix(flat.b, b, n_outputs),
        c=_matrix(flat.c, c, n_outputs),
        table=scalars_from_ints([COEFFICIENTS.value(number) for number in used]),
        tape=tape,
        output_names=output_names,
        outline=outline,
        rules=tuple(rule_texts[number] for number in rules),
        rule_of_row=rule_of_row,
        sources=tuple(source_texts[number] for number in sources),
        source_of_row=source_of_row,
    )


def _matrix(rows: SparseRows, coefficient: Numbers, n_outputs: int) -> CompactMatrix:
    """Keys to columns: outputs come after the constant 1, then everything else."""
    column = np.where(rows.key > 0, rows.key + n_outputs, -rows.key).astype(np.uint32)
    return CompactMatrix(rows.row_start.astype(np.uint64), column, coefficient)


def _renumbered(
    arrays: list[Numbers], value_of: Callable[[int], Any], n: int, *, always: tuple[int, ...] = ()
) -> tuple[list[int], list[Numbers]]:
    """The numbers that are used, or `always`, in the order of what they stand for, and the arrays as places there."""
    is_used = np.zeros(n, dtype=bool)
    is_used[list(always)] = True
    for array in arrays:
        is_used[array] = True
    used = sorted(np.flatnonzero(is_used).tolist(), key=value_of)
    place = np.zeros(n, dtype=np.int32)
    place[used] = np.arange(len(used), dtype=np.int32)
    return used, [place[array] for array in arrays]
