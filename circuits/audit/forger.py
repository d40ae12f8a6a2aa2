"""Makes false witnesses: some wires are set to other values, and the rows that this breaks are mended one by one.

Mending a row means changing another wire of it: the wire that the row defines, else a free one, or bits of a sum. In
the order of the rows this is what a witness generator does downstream of a lie; against it, what a lying prover does
who also chooses the inputs. The search is random and has no memory: a failed attempt costs little, and there are
many.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from circuits.audit.bit_sums import rewritten_bits
from circuits.audit.square_root import quadratic_roots
from circuits.audit.structure import Structure
from circuits.audit.system import Constraint, coefficient_in, holds, value_of

MOST_CHANGES_OF_A_WIRE = 4


@dataclass(frozen=True, slots=True)
class FalseWitness:
    """Values for all wires, the wires that differ from where the attempt began, and the rows that are broken."""

    witness: list[int]
    changed: frozenset[int]
    broken: frozenset[int]


@dataclass(slots=True)
class Attempt:
    """One attempt. `scope` are the rows that count, `spared` those that are left broken, `frozen` wires stay.

    `replaced` are rows to be taken as another constraint. `boldness`, 0 to 100, is how often a row is mended by
    another wire than the one it defines. `give_up` ends the attempt at the first row that cannot be mended; else the
    row is left broken.
    """

    structure: Structure
    random: Random
    scope: range
    spared: frozenset[int] = frozenset()
    frozen: Collection[int] = ()
    replaced: Mapping[int, Constraint] = field(default_factory=dict)
    boldness: int = 0
    give_up: bool = True
    _witness: list[int] = field(default_factory=list)
    _owner: dict[int, int] = field(default_factory=dict)
    _changes: dict[int, int] = field(default_factory=dict)
    _queue: list[int] = field(default_factory=list)
    _queued: set[int] = field(default_factory=set)

    def run(self, start: Sequence[int], changes: Mapping[int, int], mend: Iterable[int] = ()) -> FalseWitness | None:
        """From `start`, which breaks no row of the scope but those in `mend`, with `changes` made and kept."""
        self._witness = list(start)
        self._enqueue(mend, -1)
        for wire, value in changes.items():
            self._set(wire, value, -1)
        broken = set()
        budget = 100 + 4 * len(self.scope)
        while self._queue:
            row = heapq.heappop(self._queue)
            self._queued.discard(row)
            budget -= 1
            if budget < 0:
                return None
            if not self._mend(row):
                if self.give_up:
                    return None
                broken.add(row)
        constraints, prime = self.structure.system.constraints, self.structure.system.prime
        unmended = {row for row in broken | self.spared if not holds(constraints[row], self._witness, prime)}
        changed = {wire for wire in self._changes if self._witness[wire] != start[wire]}
        return FalseWitness(self._witness, frozenset(changed), frozenset(unmended))

    def _set(self, wire: int, value: int, owner: int) -> None:
        self._witness[wire] = value % self.structure.system.prime
        self._owner[wire] = owner
        self._changes[wire] = self._changes.get(wire, 0) + 1
        self._enqueue(self.structure.system.rows_of_wire[wire], owner)

    def _enqueue(self, rows: Iterable[int], owner: int) -> None:
        for row in rows:
            if row in self.scope and row != owner and row not in self.spared and row not in self._queued:
                self._queued.add(row)
                heapq.heappush(self._queue, row)

    def _may_change(self, wire: int, row: int) -> bool:
        return (
            wire != 0
            and self._owner.get(wire, row) == row
            and self._changes.get(wire, 0) < MOST_CHANGES_OF_A_WIRE
            and wire not in self.frozen
        )

    def _mend(self, row: int) -> bool:
        structure, prime = self.structure, self.structure.system.prime
        constraint = self.replaced.get(row) or structure.system.constraints[row]
        witness = self._witness
        a, b, c = (value_of(form, witness) % prime for form in constraint.forms())
        error = (a * b - c) % prime
        if error == 0:
            return True
        definer = structure.definer[row]
        bold = self.random.randrange(100) < self.boldness
        if (
            definer
            and not bold
            and self._may_change(definer, row)
            and self._solve(row, constraint, definer, a, b, error)
        ):
            return True
        bits_first = self.random.random() < 0.5
        if bits_first and self._rewrite_bits(row):
            return True
        for wire in self._candidates(constraint, row):
            if self._solve(row, constraint, wire, a, b, error):
                return True
        return not bits_first and self._rewrite_bits(row)

    def _candidates(self, constraint: Constraint, row: int) -> list[int]:
        """Wires to mend a row by: at random, but those free in the scope and in few of its rows come early."""
        wires = [wire for wire in constraint.wires() if self._may_change(wire, row)]
        rows_of_wire, definition, scope = self.structure.system.rows_of_wire, self.structure.definition, self.scope

        def reluctance(wire: int) -> int:
            rows = rows_of_wire[wire]
            inside = min(bisect_left(rows, scope.stop) - bisect_left(rows, scope.start), 8)
            return self.random.randrange(1000) * inside * inside * (20 if definition.get(wire, -1) in scope else 1)

        return sorted(wires, key=reluctance)

    def _solve(self, row: int, constraint: Constraint, wire: int, a: int, b: int, error: int) -> bool:
        """Changes `wire` so that the row holds."""
        prime = self.structure.system.prime
        steps = self._steps(row, constraint, wire, a, b, error)
        if not steps:
            return False
        self._set(wire, (self._witness[wire] + self.random.choice(steps)) % prime, row)
        return True

    def _steps(self, row: int, constraint: Constraint, wire: int, a: int, b: int, error: int) -> list[int]:
        """By how much `wire` may change to make the row hold; square roots are slow, so they are the last resort."""
        prime = self.structure.system.prime
        in_a, in_b, in_c = (coefficient_in(form, wire) for form in constraint.forms())
        square, slope = in_a * in_b % prime, (in_a * b + in_b * a - in_c) % prime
        roots = self.structure.roots.get(wire)
        if roots is not None and not self._is_spared(wire):
            steps = [root - self._witness[wire] for root in roots]
            return [step for step in steps if (square * step * step + slope * step + error) % prime == 0]
        two_values = self.structure.two_values.get(row)
        if two_values is not None and row not in self.replaced:
            form, other = two_values
            value, inverse = value_of(form, self._witness), pow(coefficient_in(form, wire), -1, prime)
            return [(target - value) * inverse % prime for target in (0, other)]
        return quadratic_roots(square, slope, error, prime)

    def _is_spared(self, wire: int) -> bool:
        """Whether the row that leaves a wire few values is one that need not hold."""
        return any(row in self.spared for row in self.structure.system.rows_of_wire[wire])

    def _rewrite_bits(self, row: int) -> bool:
        form, slack = self.structure.sum_of(row)
        if form is None or row in self.replaced:
            return False
        bits = {wire for wire, _ in form if self.structure.roots.get(wire) == _BITS and self._may_change(wire, row)}
        prime = self.structure.system.prime
        values = rewritten_bits(form, self._witness, bits, prime, self.random, slack) if bits else None
        if values is None:
            return False
        for wire, value in values.items():
            if self._witness[wire] != value:
                self._set(wire, value, row)
        return True


_BITS = frozenset({0, 1})
