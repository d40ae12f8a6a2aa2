"""Recomputation: what a lying prover chooses, and everything that follows from it computed natively, hashes and all.

A search that changes wires one by one stops at a hash. Here the tape computes the whole witness again, transcript and
challenges included, from changed inputs and lies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from circuits.audit.lies import Told
from circuits.audit.lying_tape import LyingTapes
from circuits.audit.system import Constraint, coefficient_in
from circuits.audit.target import Judged
from circuits.frontend import CompiledCircuit, InputValues
from prover.bn254 import FR, ints_from_scalars, scalars_from_ints
from prover.r1cs import SparseArithmetic
from prover.tape import Tape


class Executor(SparseArithmetic, Protocol):
    """What recomputing needs of `prover.kernels.interface.Kernels`."""

    def execute_tape(self, tape: Tape, witness: NDArray[np.uint64]) -> None:
        """Fills in a witness in place."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """A witness made from inputs number `start` with `changes` to inputs and other wires, and the rows it breaks."""

    start: int
    changes: Mapping[int, int]
    witness: NDArray[np.uint64]
    broken: tuple[int, ...]

    def value(self, wire: int) -> int:
        """A wire's value."""
        return ints_from_scalars(self.witness[wire : wire + 1])[0]

    def error(self, constraint: Constraint) -> int:
        """a * b - c."""
        a, b, c = (self._form(form) for form in constraint.forms())
        return (a * b - c) % FR

    def slope(self, constraint: Constraint, wire: int) -> int | None:
        """By how much the error grows with a wire; `None` if not linearly."""
        in_a, in_b, in_c = (coefficient_in(form, wire) for form in constraint.forms())
        if in_a and in_b:
            return None
        return (in_a * self._form(constraint.b) + in_b * self._form(constraint.a) - in_c) % FR

    def _form(self, form: Sequence[tuple[int, int]]) -> int:
        return sum(coefficient * self.value(wire) for wire, coefficient in form) % FR


class Recomputation:
    """Makes witnesses of a compiled circuit. About 40 ms each for 80,000 rows."""

    def __init__(
        self,
        compiled: CompiledCircuit,
        kernels: Executor,
        honest: Sequence[InputValues],
        refused: Sequence[InputValues] = (),
    ) -> None:
        self.compiled = compiled
        self.n_honest, self.n_starts = len(honest), len(honest) + len(refused)
        self._kernels = kernels
        self._given = [scalars_from_ints(compiled.circuit.input_integers(inputs)) for inputs in (*honest, *refused)]
        self._tapes = LyingTapes(compiled.tape)
        first = 1 + len(compiled.output_names)
        self.inputs = range(first, compiled.first_block_wire)
        self.starts = [self.outcome(start, {}) for start in range(self.n_starts)]
        self._integers: dict[int, list[int]] = {}

    def honest(self, turn: int) -> Sequence[int]:
        """A witness from honest inputs; see `lies.Liar`."""
        return self._integers_of(turn % self.n_honest)

    def told(self, turn: int, wire: int, value: int) -> Told:
        """What comes of a lie; see `lies.Liar`."""
        start = turn % self.n_honest
        lied = self.outcome(start, {wire: value})
        changed = np.flatnonzero((lied.witness != self.starts[start].witness).any(axis=1))
        return Told(bool(lied.broken), changed.tolist() != [wire])

    def _integers_of(self, start: int) -> list[int]:
        if start not in self._integers:
            self._integers[start] = ints_from_scalars(self.starts[start].witness)
        return self._integers[start]

    def outcome(self, start: int, changes: Mapping[int, int]) -> Outcome:
        """Everything computed from honest inputs with some of them changed, and from lies about other wires."""
        witness = np.zeros((self.compiled.relation.n_wires, 4), dtype=np.uint64)
        witness[0, 0] = 1
        witness[self.inputs.start : self.inputs.stop] = self._given[start]
        given = [wire for wire in changes if wire in self.inputs]
        if given:
            witness[given] = scalars_from_ints([changes[wire] for wire in given])
        lies = {wire: value for wire, value in changes.items() if wire not in self.inputs}
        self._kernels.execute_tape(self._tapes.with_lies(lies), witness)
        broken = self.compiled.relation.unsatisfied_rows(witness, self._kernels)
        return Outcome(start, dict(changes), witness, tuple(broken.tolist()))


def judged_natively(compiled: CompiledCircuit, kernels: Executor, values: InputValues) -> Judged:
    """The witness that the circuit computes from inputs, good or not, and the rows that it breaks. About 60 ms."""
    witness = compiled.unchecked_witness(values, kernels)
    return ints_from_scalars(witness), compiled.relation.unsatisfied_rows(witness, kernels).tolist()
