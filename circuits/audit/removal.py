"""Removes constraints one at a time: for each, a witness that breaks it and nothing else.

Such a witness is accepted by the relation without the row and refused with it, so the row matters. What the search
finds is checked against every row of its scope that a changed wire is in before it counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from random import Random

from circuits.audit.alterations import Alteration
from circuits.audit.beginnings import Beginning, Beginnings
from circuits.audit.elimination import values_that_mend
from circuits.audit.forger import Attempt, FalseWitness
from circuits.audit.scopes import Scope
from circuits.audit.system import Constraint, holds
from circuits.audit.target import AuditTarget

_MOST_ALSO_TRUE = 40
_MOST_ROWS_ELIMINATED, _ELIMINATIONS = 64, 24
_FEWEST_ATTEMPTS, _MOST_ATTEMPTS = 24, 200


@dataclass(frozen=True, slots=True)
class Removal:
    """A row that matters: `path` names the sub-circuit that would accept the false witness ("" the whole relation).

    `values` has the values of the row's wires in it, `changed` counts the wires that differ from where it began.
    """

    row: int
    path: str
    changed: int
    values: Mapping[int, int]


class RemovalSearch:
    """Looks for witnesses that break one row. An attempt costs what re-evaluating the rows downstream costs."""

    def __init__(self, target: AuditTarget, random: Random, effort: int = 20_000) -> None:
        self._target = target
        self._random = random
        self._effort = effort
        self._system = target.structure.system
        self._beginnings = Beginnings(target, random)
        self.also_true: list[list[int]] = []

    def find(self, row: int) -> Removal | None:
        """A false witness that breaks `row` alone, in the whole relation if possible, else in a sub-circuit."""
        for scope in self._target.scopes(row):
            found = self._find_in(row, scope, None)
            if found is not None:
                return self._at_row(row, scope, found, self._system.constraints[row].wires())
        return None

    def find_passing(self, row: int, altered: Constraint, guesses: Sequence[Mapping[int, int]] = ()) -> Removal | None:
        """A witness that breaks `row`, satisfies `altered` in its place, and all other rows of a scope.

        `guesses` are values of wires to try first, from every honest witness that they break the row in.
        """
        for scope in self._target.scopes(row):
            found = self._find_in(row, scope, altered, guesses)
            if found is not None:
                wires = {*self._system.constraints[row].wires(), *altered.wires()}
                return self._at_row(row, scope, found, wires)
        return None

    def find_refused(self, row: int, alteration: Alteration, most: int = 12) -> Removal | None:
        """A true witness of a scope's rows that the altered row refuses, made to differ in the wires that it is about.

        True witnesses of the whole relation are kept in `also_true`: they often refuse other alterations too.
        """
        altered = alteration.applied(self._system.constraints[row], self._system.prime)
        differing = [wire for _, wire, _ in alteration.differences if wire] or altered.wires()
        for scope in self._target.scopes(row):
            for beginning in self._beginnings.against(altered, differing, most):
                attempt = Attempt(self._target.structure, self._random, scope.rows, boldness=20)
                true = attempt.run(beginning.start, beginning.changes)
                if true is None or not self._is_true(true, scope):
                    continue
                if scope.path == "" and len(self.also_true) < _MOST_ALSO_TRUE:
                    self.also_true.append(true.witness)
                if not holds(altered, true.witness, self._system.prime):
                    wires = {*self._system.constraints[row].wires(), *altered.wires()}
                    return self._at_row(row, scope, true, wires)
        return None

    def _is_true(self, found: FalseWitness, scope: Scope) -> bool:
        touched = self._system.rows_of(found.changed)
        return not self._system.broken_rows(found.witness, (row for row in touched if row in scope.rows))

    def _at_row(self, row: int, scope: Scope, found: FalseWitness, wires: Iterable[int]) -> Removal:
        return Removal(row, scope.path, len(found.changed), {0: 1} | {wire: found.witness[wire] for wire in wires})

    def _find_in(
        self, row: int, scope: Scope, altered: Constraint | None, guesses: Sequence[Mapping[int, int]] = ()
    ) -> FalseWitness | None:
        replaced = {} if altered is None else {row: altered}
        spared = frozenset({row}) if altered is None else frozenset[int]()
        attempts = max(_FEWEST_ATTEMPTS, min(_MOST_ATTEMPTS, self._effort // len(scope.rows)))
        beginnings = self._beginnings.for_row(row, scope.rows, attempts)
        if altered is None and len(scope.rows) <= _MOST_ROWS_ELIMINATED:
            beginnings = chain(beginnings, self._by_elimination(row, scope.rows))
        promising = self._beginnings.guessed(row, guesses)
        if altered is not None:
            promising = chain(promising, self._beginnings.passing(row, altered, attempts))
        for number, beginning in enumerate(chain(promising, beginnings)):
            boldness = 0 if number < attempts // 3 else self._random.choice((10, 30, 60))
            attempt = Attempt(
                self._target.structure, self._random, scope.rows, spared=spared, replaced=replaced, boldness=boldness
            )
            mend = beginning.mend if altered is None else (*beginning.mend, row)
            found = attempt.run(beginning.start, beginning.changes, mend)
            if found is not None and self._proves(found, row, scope, altered, beginning.mend):
                return found
        return None

    def _by_elimination(self, row: int, scope: range) -> Iterator[Beginning]:
        """Honest witnesses, or with a wire of the row at random, and another wire of the row solved for."""
        wires = self._system.constraints[row].wires()
        for number in range(_ELIMINATIONS):
            start, unknown = self._random.choice(self._target.honest), self._random.choice(wires)
            other = self._random.choice(wires)
            changes = {other: self._random.randrange(self._system.prime)} if number % 2 and other != unknown else {}
            values = values_that_mend(self._target.structure, scope, row, start, changes, unknown, self._random)
            for value in values:
                if value != start[unknown]:
                    yield Beginning(start, {**changes, unknown: value})

    def _proves(
        self, found: FalseWitness, row: int, scope: Scope, altered: Constraint | None, mended: tuple[int, ...]
    ) -> bool:
        if self._system.holds(row, found.witness):
            return False
        touched = self._system.rows_of(found.changed).union(mended)
        if self._system.broken_rows(
            found.witness, (other for other in touched if other in scope.rows and other != row)
        ):
            return False
        return altered is None or holds(altered, found.witness, self._system.prime)
