"""Where attempts to break one row begin: a refused witness, or an honest one with a wire of the row changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice, product
from random import Random

from circuits.audit.bit_sums import rewritten_bits
from circuits.audit.structure import Structure
from circuits.audit.system import Constraint, coefficient_in, value_of
from circuits.audit.target import AuditTarget

_ALIASES_AFTER = 8
_MOST_LOOKED_AT = 400
_MOST_WIRES_SOLVED = 12
_MOST_WIRES_PAIRED = 6
LONGEST_SAFE_SUM = 253
"""Sums of more bits than this may stand for a value and for the value plus r."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """A witness, wires of it to change and keep, and rows that it breaks and that must be mended."""

    start: Sequence[int]
    changes: Mapping[int, int]
    mend: tuple[int, ...] = ()


class Beginnings:
    """Makes beginnings for a target; what does not depend on the row is computed once."""

    def __init__(self, target: AuditTarget, random: Random) -> None:
        self._target = target
        self._random = random
        self._structure: Structure = target.structure

    def for_row(self, row: int, scope: range, most: int) -> Iterator[Beginning]:
        """At most `most` beginnings to break `row`, those likely to succeed first, and eight more with aliases."""
        yield from self._from_refused(row, scope, most // 4)
        aliases = iter(self._aliases)
        for number, beginning in enumerate(islice(self._breaking(row), most)):
            yield beginning
            if number > _ALIASES_AFTER and (alias := next(aliases, None)) is not None:
                yield alias

    def _breaking(self, row: int) -> Iterator[Beginning]:
        """Those from honest witnesses that break the row at once: others cannot succeed, and looking costs little."""
        constraint = self._structure.system.constraints[row]
        for beginning in islice(self._from_honest(row), _MOST_LOOKED_AT):
            if self._breaks(constraint, beginning):
                yield beginning

    def guessed(self, row: int, guesses: Sequence[Mapping[int, int]]) -> Iterator[Beginning]:
        """Honest witnesses with the wires' values guessed, where that breaks the row."""
        constraint = self._structure.system.constraints[row]
        for guess, start in product(guesses, self._target.honest):
            beginning = Beginning(start, {wire: value for wire, value in guess.items() if start[wire] != value})
            if self._breaks(constraint, beginning):
                yield beginning

    def passing(self, row: int, altered: Constraint, most: int) -> Iterator[Beginning]:
        """Honest witnesses with one wire changed, or two, so that `altered` holds and the row does not: `most` of each.

        The last wire is solved for; where it does not matter to `altered`, it gets other values.
        """
        wires = sorted({*self._structure.system.constraints[row].wires(), *altered.wires()})
        paired = wires if len(wires) <= _MOST_WIRES_PAIRED else []
        if len(wires) > _MOST_WIRES_SOLVED:
            wires = sorted(self._random.sample(wires, _MOST_WIRES_SOLVED))
        starts = self._random.sample(self._target.honest, len(self._target.honest))
        yield from islice(chain.from_iterable(self._solved(row, altered, start, {}, wires) for start in starts), most)
        changed = (
            self._solved(row, altered, start, {other: value}, wires)
            for start in starts
            for other in paired
            for value in self._other_values(-1, other, start[other])
        )
        yield from islice(chain.from_iterable(changed), most)

    def _solved(
        self, row: int, altered: Constraint, start: Sequence[int], changes: Mapping[int, int], wires: Iterable[int]
    ) -> Iterator[Beginning]:
        """One more wire is changed for `altered` to hold."""
        constraint, prime = self._structure.system.constraints[row], self._structure.system.prime
        a, b, c = (sum(weight * changes.get(wire, start[wire]) for wire, weight in form) for form in altered.forms())
        error = (a * b - c) % prime
        for wire in wires:
            in_a, in_b, in_c = (coefficient_in(form, wire) for form in altered.forms())
            slope = (in_a * b + in_b * a - in_c) % prime
            values: Iterable[int] = ()
            if in_a * in_b % prime == 0 and wire not in changes:
                values = [(start[wire] - error * pow(slope, -1, prime)) % prime] if slope else ()
                values = self._other_values(-1, wire, start[wire]) if slope == error == 0 else values
            for value in values:
                beginning = Beginning(start, {**changes, wire: value})
                if self._breaks(constraint, beginning):
                    yield beginning

    def against(self, altered: Constraint, wires: Sequence[int], most: int) -> Iterator[Beginning]:
        """Honest witnesses with one of `wires` changed, as its own rows allow if that is known, breaking `altered`."""
        for _ in range(_MOST_LOOKED_AT):
            start, wire = self._random.choice(self._target.honest), self._random.choice(wires)
            beginning = Beginning(start, {wire: self._random.choice(self._other_values(-1, wire, start[wire]))})
            if self._breaks(altered, beginning):
                yield beginning
                most -= 1
            if most == 0:
                return

    def _breaks(self, constraint: Constraint, beginning: Beginning) -> bool:
        changes = {wire: value - beginning.start[wire] for wire, value in beginning.changes.items()}
        a, b, c = (
            value_of(form, beginning.start)
            + sum(change * coefficient_in(form, wire) for wire, change in changes.items())
            for form in constraint.forms()
        )
        return (a * b - c) % self._structure.system.prime != 0

    @cached_property
    def _refused(self) -> list[tuple[Sequence[int], frozenset[int]]]:
        return list(zip(self._target.refused, self._target.refused_rows, strict=True))

    def _from_refused(self, row: int, scope: range, most: int) -> Iterable[Beginning]:
        found = [
            Beginning(witness, {}, tuple(other for other in broken if other in scope and other != row))
            for witness, broken in self._refused
            if row in broken
        ]
        return sorted(found, key=lambda beginning: len(beginning.mend))[:most]

    def _from_honest(self, row: int) -> Iterator[Beginning]:
        """Every wire of the row by every value once, the wire it defines first; then at random."""
        wires = self._wires_by_promise(row)
        if not wires:
            return
        honest, random = self._target.honest, self._random
        turn = 0
        for number in range(6):
            for wire in wires:
                start = honest[turn % len(honest)]
                turn += 1
                values = self._other_values(row, wire, start[wire])
                yield Beginning(start, {wire: values[number % len(values)]})
            yield from self._pairs(row, wires)
        while True:
            start, wire = random.choice(honest), random.choice(wires)
            yield Beginning(start, {wire: random.choice(self._other_values(row, wire, start[wire]))})
            yield from self._pairs(row, wires)

    def _pairs(self, row: int, wires: Sequence[int]) -> Iterator[Beginning]:
        """A wire of the row takes what another's change in a sum leaves: the sum holds, with a bit that is none."""
        system, random = self._structure.system, self._random
        wire, start = random.choice(wires), random.choice(self._target.honest)
        sums = [other for other in system.rows_of_wire[wire] if other != row and self._structure.sum_of(other)[0]]
        if sums:
            form = dict(self._structure.sum_of(random.choice(sums))[0] or ())
            neighbour = random.choice(list(form))
            if neighbour not in (0, wire):
                value = random.choice(self._other_values(-1, neighbour, start[neighbour]))
                change = (value - start[neighbour]) * form[neighbour] * pow(form[wire], -1, system.prime)
                yield Beginning(start, {neighbour: value, wire: (start[wire] - change) % system.prime})

    def _wires_by_promise(self, row: int) -> list[int]:
        definer, rows_of_wire = self._structure.definer[row], self._structure.system.rows_of_wire
        wires = self._structure.system.constraints[row].wires()
        others = sorted((wire for wire in wires if wire != definer), key=lambda wire: (len(rows_of_wire[wire]), -wire))
        return ([definer] if definer else []) + others[:8] + self._random.sample(others[8:], min(4, len(others[8:])))

    def _other_values(self, row: int, wire: int, honest: int) -> list[int]:
        prime = self._structure.system.prime
        roots = self._structure.roots.get(wire)
        if roots is not None and (row < 0 or self._structure.system.constraints[row].wires() != [wire]):
            return sorted(roots - {honest}) or [(honest + 1) % prime]
        values = [honest + 1, 3 * honest, prime - 1, 2, self._random.randrange(prime), -3 * honest, 0, 1, -honest, 3]
        return [value for value in dict.fromkeys(value % prime for value in values) if value != honest]

    @cached_property
    def _aliases(self) -> list[Beginning]:
        """Honest witnesses with the bits of a long sum rewritten to another integer for the same value."""
        found = []
        prime = self._structure.system.prime
        for row in range(len(self._structure.linear)):
            form, slack = self._structure.sum_of(row)
            bits = {wire for wire, _ in form or () if self._structure.roots.get(wire) == frozenset({0, 1})}
            if form is None or len(bits) + bool(slack) <= min(LONGEST_SAFE_SUM, prime.bit_length() - 1):
                continue
            for start in self._target.honest:
                for _ in range(4):
                    values = rewritten_bits(form, start, bits, prime, self._random, slack) or {}
                    changes = {wire: value for wire, value in values.items() if start[wire] != value}
                    if changes:
                        found.append(Beginning(start, changes))
                        break
        return found[:8]
