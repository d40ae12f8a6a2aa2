"""Rows compared case by case: for each choice of bits, other rows are followed until they say nothing new.

A row whose one factor is known is a linear equation, and fixes a wire or contradicts the case; one whose product is not
0 says that neither factor is. Two rows say the same if in every case that stands both hold, or both fail, or their
polynomials are multiples of each other once the known wires are put in.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from typing import Final

from circuits.audit.bit_cases import MOST_WIRES, BitCase, bit_cases
from circuits.audit.facts import monic
from circuits.audit.polynomials import Monomial, constant_of, multiple_of, polynomial_of
from circuits.audit.structure import Structure
from circuits.audit.system import Constraint, Form

_MOST_ROWS: Final = 60
_RINGS: Final = 2
_SHORT: Final = 4
_ROUNDS: Final = 4


class _Verdict(Enum):
    HOLDS = auto()
    FAILS = auto()
    OPEN = auto()


class Propagation:
    """Compares a row with another in its place, given the rows around it."""

    def __init__(self, structure: Structure, not_zero: Iterable[Form] = ()) -> None:
        self._structure = structure
        self._prime = structure.system.prime
        self._not_zero = frozenset(monic(form, self._prime) for form in not_zero)

    def same(self, row: int, original: Constraint, altered: Constraint) -> bool:
        """Whether no witness of the other rows tells `altered` from `original`. Up to a second."""
        wires = {*original.wires(), *altered.wires()}
        if not 0 < len(wires) <= MOST_WIRES:
            return False
        rows = self._around(row, wires)
        return all(
            self._contradicts(case := _Case(bits, self._prime, self._not_zero), rows)
            or case.says_the_same(original, altered)
            for bits in bit_cases(self._structure, row, wires)
        )

    def _around(self, row: int, wires: Iterable[int]) -> list[int]:
        """Rows with one of the wires, and then rows with a wire of those, those that say most first.

        A sum of many bits leads no further by its bits.
        """
        system, found, seen, frontier = self._structure.system, list[int](), {row}, set(wires)
        for _ in range(_RINGS):
            ring = system.rows_of(frontier) - seen
            seen |= ring
            frontier = set()
            for other in sorted(ring, key=self._reluctance)[:_MOST_ROWS]:
                found.append(other)
                own = system.constraints[other].wires()
                is_short = len(own) <= MOST_WIRES
                frontier.update(own if is_short else (wire for wire in own if wire not in self._structure.bit_rows))
        return found

    def _reluctance(self, row: int) -> tuple[bool, int]:
        """Low for assertions, and for products of few wires; hashes come last."""
        constraint = self._structure.system.constraints[row]
        n_wires = len(constraint.wires())
        is_assertion = constant_of(constraint.c) is not None or self._structure.sum_of(row)[0] is not None
        return not is_assertion and n_wires > _SHORT, n_wires

    def _contradicts(self, case: _Case, rows: list[int]) -> bool:
        """Whether the rows leave nothing of a case; what they fix is noted in it."""
        for _ in range(_ROUNDS):
            before = case.n_known
            for row in rows:
                form, slack = self._structure.sum_of(row)
                if form is not None and case.bits.is_impossible([form], slack):
                    return True
                if case.is_contradicted(self._structure.system.constraints[row]):
                    return True
            if case.n_known == before:
                break
        return False


class _Case:
    """A choice of bits, and what follows from it."""

    def __init__(self, bits: BitCase, prime: int, not_zero: frozenset[Form]) -> None:
        self.bits, self._prime, self._not_zero = bits, prime, set(not_zero)

    @property
    def n_known(self) -> int:
        """How much is known: it only grows."""
        return self.bits.n_fixed + len(self._not_zero)

    def is_contradicted(self, constraint: Constraint) -> bool:
        """Whether a row cannot hold; what it fixes is noted."""
        a, b, c = (self.bits.value(form) for form in constraint.forms())
        if a is not None:
            return self.bits.is_impossible([self._sum(constraint.b, a, constraint.c)])
        if b is not None:
            return self.bits.is_impossible([self._sum(constraint.a, b, constraint.c)])
        if c:
            self._not_zero |= {monic(self._reduced(form), self._prime) for form in (constraint.a, constraint.b)}
        elif c == 0:
            for factor, other in ((constraint.a, constraint.b), (constraint.b, constraint.a)):
                if self._is_not_zero(factor) and self.bits.is_impossible([other]):
                    return True
        return False

    def says_the_same(self, original: Constraint, altered: Constraint) -> bool:
        """Whether both rows hold, or fail, for the same witnesses."""
        verdicts = [self._verdict(one) for one in (original, altered)]
        if verdicts[0] is verdicts[1] and verdicts[0] is not _Verdict.OPEN:
            return True
        return multiple_of(self._polynomial(original), self._polynomial(altered), self._prime)

    def _verdict(self, constraint: Constraint) -> _Verdict:
        polynomial = self._polynomial(constraint)
        if not polynomial:
            return _Verdict.HOLDS
        if polynomial.keys() == {(0, 0)}:
            return _Verdict.FAILS
        if self.bits.value(constraint.c) == 0 and all(map(self._is_not_zero, (constraint.a, constraint.b))):
            return _Verdict.FAILS
        return _Verdict.OPEN

    def _is_not_zero(self, form: Form) -> bool:
        value = self.bits.value(form)
        if value is not None:
            return value != 0
        return not self._not_zero.isdisjoint({monic(form, self._prime), monic(self._reduced(form), self._prime)})

    def _reduced(self, form: Form) -> Form:
        """With the known wires put in."""
        known, total = self.bits.known({wire for wire, _ in form}), dict[int, int]()
        for wire, weight in form:
            left = 0 if wire in known else wire
            total[left] = (total.get(left, 0) + weight * known.get(wire, 1)) % self._prime
        return tuple((wire, weight) for wire, weight in total.items() if weight)

    def _sum(self, form: Form, factor: int, less: Form) -> Form:
        """factor * form - less."""
        total = {wire: factor * weight for wire, weight in form}
        for wire, weight in less:
            total[wire] = total.get(wire, 0) - weight
        return tuple((wire, weight % self._prime) for wire, weight in total.items() if weight % self._prime)

    def _polynomial(self, constraint: Constraint) -> dict[Monomial, int]:
        """The row's polynomial in the wires that are not known."""
        known = self.bits.known({0, *constraint.wires()})
        total: dict[Monomial, int] = {}
        for (u, v), weight in polynomial_of(constraint, self._prime).items():
            value = weight * known.get(u, 1) * known.get(v, 1)
            left, right = (0 if wire in known else wire for wire in (u, v))
            monomial = (min(left, right), max(left, right))
            total[monomial] = (total.get(monomial, 0) + value) % self._prime
        return {monomial: value for monomial, value in total.items() if value}
