"""Rows behind a hash: witnesses that break one row alone, recomputed whole from changed inputs and lies.

If one row breaks, and no other, then that witness is accepted without the row, so the row matters. If others break too
they are mended: by a wire of theirs that is the prover's, or by the wire that the row would have defined, which is free
without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Final

from circuits.audit.recomputation import Outcome, Recomputation
from circuits.audit.scopes import Scope
from circuits.audit.structure import Structure
from prover.bn254 import FR

MOST_MENDED: Final = 4
MOST_POOLED: Final = 6


class RecomputationSearch:
    """Looks for witnesses that break one row: of the whole relation, else of a sub-circuit around it."""

    def __init__(
        self,
        structure: Structure,
        scopes: Callable[[int], Sequence[Scope]],
        made: Recomputation,
        random: Random,
        chosen: Iterable[int] = (),
    ) -> None:
        """`chosen` are hints that algebra does not fix: a lie about one may break an argument and nothing else."""
        self._structure, self._scopes, self._made, self._random = structure, scopes, made, random
        self._free = frozenset([*made.inputs, *made.compiled.hinted_wires()])
        self._pool: dict[int, list[Outcome]] = {}
        self.killed: dict[int, str] = {}
        """Rows that matter -> the sub-circuit in which nothing else breaks, "" for the whole relation."""
        self._chosen, self._is_swept = tuple(chosen), False
        for outcome in made.starts:
            self._note(outcome)

    def find(self, row: int, tries: int = 40) -> str | None:
        """Where `row` matters: the path of a sub-circuit. Each try costs a few recomputations.

        The first row that is not known to matter has every input changed alone, which tells of many rows.
        """
        if row not in self.killed and not self._is_swept:
            self._is_swept = True
            self._sweep()
        for number in range(tries):
            if row in self.killed:
                break
            outcome = self._mended(row, self._beginning(row, number))
            self._by_definition(row, outcome)
        return self.killed.get(row)

    def begun(self, row: int) -> list[Outcome]:
        """Of the witnesses that all is begun from, those that break no other row of a sub-circuit around `row`."""
        return [outcome for outcome in self._made.starts if self._is_alone(row, outcome)]

    def around(self, row: int, rounds: int = 2) -> Iterator[Outcome]:
        """As `begun`, with the wire that the row defines changed alone, or to mend another row, and then with a few
        changes near the row: what the row itself says decides there.
        """
        yield from (outcome for outcome in self._redefined(row) if self._is_alone(row, outcome))
        near, n_starts = self._inputs_near(row), self._made.n_starts
        for number in range(rounds * n_starts):
            start = number % n_starts
            if near and number % 4:
                chosen = self._random.sample(near, min(len(near), self._random.randrange(1, 4)))
                outcome = self._try(start, {wire: self._other(start, wire) for wire in chosen})
            else:
                outcome = self._mended(row, self._beginning(row, number))
            if self._is_alone(row, outcome):
                yield outcome

    def _redefined(self, row: int) -> Iterator[Outcome]:
        """The wire that a row defines is 1 more, in every beginning, or what another row needs that broke alone."""
        own = self._structure.definer[row]
        if not own:
            return
        for start in range(self._made.n_starts):
            yield self._try(start, {own: (self._made.starts[start].value(own) + 1) % FR})
        for broken, pool in list(self._pool.items()):
            changes = self._solved(pool[0], own, broken) if broken != row else None
            if changes is not None:
                yield self._try(pool[0].start, changes)

    def _is_alone(self, row: int, outcome: Outcome) -> bool:
        others = [other for other in outcome.broken if other != row]
        return any(not any(other in scope.rows for other in others) for scope in self._scopes(row))

    def _sweep(self) -> None:
        """Changes every input alone, and every chosen hint in each honest witness."""
        for wire in self._made.inputs:
            start = self._random.randrange(self._made.n_honest)
            self._try(start, {wire: self._other(start, wire)})
        for wire in self._chosen:
            for start in range(self._made.n_honest):
                self._try(start, {wire: self._other(start, wire)})

    def _inputs_near(self, row: int) -> list[int]:
        """Inputs in the row, or in one with a wire of it."""
        system = self._structure.system
        rows = system.rows_of(system.constraints[row].wires())
        return sorted({wire for near in rows for wire in system.constraints[near].wires() if wire in self._made.inputs})

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
