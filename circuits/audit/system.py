"""A relation in plain integers, row by row: what the audit reads, over any prime.

The audit looks at a few wires of a few rows at a time, again and again, which is what Python's integers are best at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from prover.bn254 import ints_from_scalars
from prover.r1cs import R1CS, SparseMatrix

Form: TypeAlias = tuple[tuple[int, int], ...]
"""A linear form: (wire, coefficient) pairs, coefficients in 1..prime-1, each wire once; wire 0 is the constant 1."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """a * b = c."""

    a: Form
    b: Form
    c: Form

    def forms(self) -> tuple[Form, Form, Form]:
        """(a, b, c)."""
        return self.a, self.b, self.c

    def wires(self) -> list[int]:
        """Its wires in order, the constant 1 not among them."""
        return sorted({wire for form in self.forms() for wire, _ in form if wire})


@dataclass(frozen=True, slots=True, eq=False)
class ConstraintSystem:
    """Constraints over integers modulo `prime`. Wires: 0 the constant 1, then outputs, then inputs, then the rest."""

    prime: int
    n_wires: int
    n_outputs: int
    n_inputs: int
    constraints: tuple[Constraint, ...]
    rows_of_wire: tuple[tuple[int, ...], ...]

    @property
    def inputs(self) -> range:
        """The wires of the inputs, public and private."""
        return range(1 + self.n_outputs, 1 + self.n_outputs + self.n_inputs)

    @property
    def outputs(self) -> range:
        """The wires of the public outputs."""
        return range(1, 1 + self.n_outputs)

    def holds(self, row: int, witness: Sequence[int]) -> bool:
        """Whether `witness` satisfies a row."""
        return holds(self.constraints[row], witness, self.prime)

    def broken_rows(self, witness: Sequence[int], rows: Iterable[int] | None = None) -> list[int]:
        """The rows that `witness` breaks, out of `rows`, by default all; about 1 µs an entry."""
        chosen = range(len(self.constraints)) if rows is None else rows
        return [row for row in chosen if not self.holds(row, witness)]

    def rows_of(self, wires: Iterable[int]) -> set[int]:
        """The rows that contain one of `wires`."""
        return {row for wire in wires for row in self.rows_of_wire[wire]}


def constraint_system(
    constraints: Iterable[Constraint], *, n_wires: int, n_outputs: int, n_inputs: int, prime: int
) -> ConstraintSystem:
    """A system from its constraints."""
    rows = tuple(constraints)
    rows_of_wire: list[list[int]] = [[] for _ in range(n_wires)]
    for number, constraint in enumerate(rows):
        for wire in constraint.wires():
            rows_of_wire[wire].append(number)
    return ConstraintSystem(prime, n_wires, n_outputs, n_inputs, rows, tuple(map(tuple, rows_of_wire)))


def system_of_relation(relation: R1CS) -> ConstraintSystem:
    """The system of a compiled relation, or of one that circom made. Costs about 1 µs per entry."""
    a, b, c = (_forms(matrix) for _, matrix in relation.matrices())
    return constraint_system(
        map(Constraint, a, b, c),
        n_wires=relation.n_wires,
        n_outputs=relation.n_public_outputs,
        n_inputs=relation.n_public_inputs + relation.n_private_inputs,
        prime=relation.prime,
    )


def value_of(form: Form, witness: Sequence[int]) -> int:
    """The value of a linear form, not reduced."""
    total = 0
    for wire, coefficient in form:
        total += coefficient * witness[wire]
    return total


def coefficient_in(form: Form, wire: int) -> int:
    """The coefficient of a wire, 0 if the form does not have it."""
    for other, coefficient in form:
        if other == wire:
            return coefficient
    return 0


def holds(constraint: Constraint, witness: Sequence[int], prime: int) -> bool:
    """Whether a * b = c."""
    left, right = value_of(constraint.a, witness), value_of(constraint.b, witness)
    return (left * right - value_of(constraint.c, witness)) % prime == 0


def holds_by(constraint: Constraint, values: Mapping[int, int], prime: int) -> bool:
    """Whether a * b = c, for values by wire, wire 0 among them."""
    a, b, c = (sum(coefficient * values[wire] for wire, coefficient in form) for form in constraint.forms())
    return (a * b - c) % prime == 0


def _forms(matrix: SparseMatrix) -> list[Form]:
    columns, coefficients = matrix.column.tolist(), ints_from_scalars(matrix.coefficient)
    starts = matrix.row_start.tolist()
    return [
        tuple((wire, value) for wire, value in zip(columns[i:j], coefficients[i:j], strict=True) if value)
        for i, j in pairwise(starts)
    ]
