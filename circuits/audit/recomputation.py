"""Recomputation: what a lying prover chooses, and everything that follows from it computed natively, hashes and all.

A search that changes wires one by one stops at a hash. Here the tape computes the whole witness again, transcript and
challenges included, from changed inputs and lies. If one row breaks, and no other, then that witness is accepted
without the row, so the row matters. If others break too they are mended: by a wire of theirs that is the prover's, or
by the wire that the row would have defined, which is free without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from circuits.audit.lies import Told
from circuits.audit.lying_tape import LyingTapes
from circuits.audit.scopes import Scope
from circuits.audit.structure import Structure
from circuits.audit.system import Constraint, coefficient_in
from circuits.frontend import CompiledCircuit, InputValues
from prover.bn254 import FR, ints_from_scalars, scalars_from_ints
from prover.r1cs import SparseArithmetic
from prover.tape import Tape

MOST_MENDED: Final = 4
MOST_POOLED: Final = 6


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


class RecomputationSearch:
    """Looks for witnesses that break one row: of the whole relation, else of a sub-circuit around it."""

    def __init__(
        self, structure: Structure, scopes: Callable[[int], Sequence[Scope]], made: Recomputation, random: Random
    ) -> None:
        self._structure, self._scopes, self._made, self._random = structure, scopes, made, random
        self._free = frozenset([*made.inputs, *made.compiled.hinted_wires()])
        self._pool: dict[int, list[Outcome]] = {}
        self.killed: dict[int, str] = {}
        """Rows that matter -> the sub-circuit in which nothing else breaks, "" for the whole relation."""
        for outcome in made.starts:
            self._note(outcome)

    def sweep(self, wires: Iterable[int]) -> Iterator[Outcome]:
        """Changes every one of `wires` alone, and keeps in mind what breaks one row only."""
        for wire in wires:
            start = self._random.randrange(self._made.n_honest)
            yield self._try(start, {wire: self._other(start, wire)})

    def find(self, row: int, tries: int = 40) -> str | None:
        """Where `row` matters: the path of a sub-circuit. Each try costs a few recomputations."""
        for number in range(tries):
            if row in self.killed:
                break
            outcome = self._mended(row, self._beginning(row, number))
            self._by_definition(row, outcome)
        return self.killed.get(row)

    def _try(self, start: int, changes: Mapping[int, int]) -> Outcome:
        outcome = self._made.outcome(start, changes)
        self._note(outcome)
        return outcome

    def _note(self, outcome: Outcome) -> None:
        """Looks for rows that are broken alone, and keeps what breaks a single row of all."""
        if len(outcome.broken) == 1:
            pool = self._pool.setdefault(outcome.broken[0], [])
            if len(pool) < MOST_POOLED:
                pool.append(outcome)
        for row in outcome.broken:
            for scope in self._scopes(row):
                if self.killed.get(row, row) != "" and sum(other in scope.rows for other in outcome.broken) == 1:
                    self.killed[row] = scope.path
                    break

    def _beginning(self, row: int, number: int) -> Outcome:
        """The wire that the row defines changed, or any of its wires; later inputs too that are in a row with it."""
        random = self._random
        start = random.randrange(self._made.n_starts)
        wires = self._structure.system.constraints[row].wires()
        own = self._structure.definer[row]
        wire = own if own and number % 2 else random.choice(wires)
        changes = {wire: self._other(start, wire)}
        if number % 3 == 2:
            for _ in range(random.randrange(1, 4)):
                near = random.choice(self._structure.system.rows_of_wire[wire])
                other = random.choice(self._structure.system.constraints[near].wires())
                if other in self._made.inputs and other not in changes:
                    changes[other] = self._other(start, other)
        return self._try(start, changes)

    def _mended(self, row: int, outcome: Outcome) -> Outcome:
        """The same with the other broken rows mended by wires of theirs that are free."""
        for _ in range(MOST_MENDED):
            others = [other for other in outcome.broken if other != row]
            if not others or len(others) > 2 * MOST_MENDED:
                break
            changes = self._mend(row, others[0], outcome) or self._mend(row, others[-1], outcome)
            if changes is None:
                break
            outcome = self._try(outcome.start, {**outcome.changes, **changes})
        return outcome

    def _mend(self, row: int, broken: int, outcome: Outcome) -> Mapping[int, int] | None:
        constraint = self._structure.system.constraints[broken]
        own = self._structure.definer[row]
        wires = [wire for wire in constraint.wires() if wire in self._free or wire == own]
        self._random.shuffle(wires)
        for wire in wires:
            slope = outcome.slope(constraint, wire)
            if wire not in outcome.changes and slope:
                return {wire: (outcome.value(wire) - outcome.error(constraint) * pow(slope, -1, FR)) % FR}
        return None

    def _by_definition(self, row: int, outcome: Outcome) -> None:
        """Tries whether the wire that the row defines can mend another row that is broken alone.

        What is broken depends on the wire linearly if nothing but sums and products by other wires is between them.
        """
        own = self._structure.definer[row]
        for broken in outcome.broken:
            pool = self._pool.get(broken, [])
            for base in self._random.sample(pool, min(2, len(pool))) if own and broken != row else ():
                changes = self._solved(base, own, broken)
                if changes is not None:
                    self._try(base.start, changes)

    def _solved(self, base: Outcome, own: int, broken: int) -> Mapping[int, int] | None:
        constraint = self._structure.system.constraints[broken]
        changed = {**base.changes, own: (base.value(own) + 1) % FR}
        error, slope = base.error(constraint), self._try(base.start, changed).error(constraint) - base.error(constraint)
        if slope % FR == 0:
            return None
        return {**base.changes, own: (base.value(own) - error * pow(slope, -1, FR)) % FR}

    def _other(self, start: int, wire: int) -> int:
        honest = self._made.starts[start].value(wire)
        values = [honest + 1, honest - 1, 1 - honest, 0, 1, FR - 1, 2, self._random.randrange(FR)]
        return self._random.choice([value % FR for value in values if value % FR != honest])
