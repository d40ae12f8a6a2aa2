"""Rows compared case by case: for each choice of bits, other rows are followed until they say nothing new.

A row whose one factor is known is a linear equation, and fixes a wire or contradicts the case; one whose product is not
0 says that neither factor is. Two rows say the same if in every case that stands both hold, or both fail, or their
polynomials are multiples of each other once the known wires are put in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum, auto
from functools import cached_property, partial
from typing import Final

from circuits.audit.bit_cases import MOST_WIRES, BitCase, bit_cases
from circuits.audit.boxes import Zeros
from circuits.audit.facts import monic
from circuits.audit.polynomials import Monomial, constant_of, multiple_of, polynomial_of
from circuits.audit.structure import Structure
from circuits.audit.system import Constraint, Form

_MOST_ROWS: Final = 60
_MOST_WIRES_COMPARED: Final = 60
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
        if not 0 < len(wires) <= _MOST_WIRES_COMPARED:
            return False
        rows, not_zero = self._around(row, wires), partial(self._is_never_zero, row)
        return all(
            self._contradicts(case := _Case(bits, self._prime, not_zero), rows)
            or case.says_the_same(original, altered)
            or all(
                self._hold_alike(case, rows, one, other) for one, other in ((original, altered), (altered, original))
            )
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

    def _is_never_zero(self, row: int, form: Form) -> bool:
        """Whether a monic form is assumed not to be 0, or is a factor of what rows but `row` say is not."""
        return form in self._not_zero or row not in self._factors.get(form, (row,))

    @cached_property
    def _factors(self) -> dict[Form, frozenset[int]]:
        """Monic forms whose product, or a product of that, is not 0, and the rows that say so."""
        found: dict[Form, frozenset[int]] = {}
        for row in reversed(range(len(self._structure.system.constraints))):
            constraint = self._structure.system.constraints[row]
            rows = frozenset[int]() if constant_of(constraint.c) else found.get(monic(constraint.c, self._prime))
            if constraint.c and rows is not None:
                for form in (constraint.a, constraint.b):
                    if constant_of(form) is None:
                        found.setdefault(monic(form, self._prime), rows | {row})
        return found

    def _reluctance(self, row: int) -> tuple[bool, int]:
        """Low for assertions, and for products of few wires; hashes come last."""
        constraint = self._structure.system.constraints[row]
        n_wires = len(constraint.wires())
        is_assertion = constant_of(constraint.c) is not None or self._structure.sum_of(row)[0] is not None
        return not is_assertion and n_wires > _SHORT, n_wires

    def _hold_alike(self, case: _Case, rows: list[int], one: Constraint, other: Constraint) -> bool:
        """Whether wherever `one` holds, `other` does: where it holds are few values, each of which is followed."""
        zeros = case.zeros(one)
        if zeros is None or not zeros.is_all:
            return False
        for values in zeros.found:
            here = _Case(case.bits.at(values), self._prime, case.is_never_zero)
            if not self._contradicts(here, rows) and not here.holds(other):
                return False
        return True

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

    def __init__(self, bits: BitCase, prime: int, is_never_zero: Callable[[Form], bool]) -> None:
        """`is_never_zero` says so of a monic form, whatever the case."""
        self.bits, self._prime, self.is_never_zero = bits, prime, is_never_zero
        self._not_zero: set[Form] = set()

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

    def holds(self, constraint: Constraint) -> bool:
        """Whether a row holds whatever the wires that are not known."""
        return self._verdict(constraint) is _Verdict.HOLDS

    def zeros(self, constraint: Constraint) -> Zeros | None:
        """Where a row holds, if one of its factors is known and all wires have boxes."""
        a, b = self.bits.value(constraint.a), self.bits.value(constraint.b)
        if a is not None:
            return self.bits.zeros(self._sum(constraint.b, a, constraint.c))
        return None if b is None else self.bits.zeros(self._sum(constraint.a, b, constraint.c))

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
        forms = [monic(one, self._prime) for one in (form, self._reduced(form))]
        return any(one in self._not_zero or self.is_never_zero(one) for one in forms)

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
        """The row's polynomial in the wires that are not known, without a factor that is not 0 if the product is."""
        if self.bits.value(constraint.c) == 0:
            for factor, other in ((constraint.a, constraint.b), (constraint.b, constraint.a)):
                if self._is_not_zero(factor):
                    constraint = Constraint(((0, 1),), other, ())
                    break
        known = self.bits.known({0, *constraint.wires()})
        total: dict[Monomial, int] = {}
        for (u, v), weight in polynomial_of(constraint, self._prime).items():
            value = weight * known.get(u, 1) * known.get(v, 1)
            left, right = (0 if wire in known else wire for wire in (u, v))
            monomial = (min(left, right), max(left, right))
            total[monomial] = (total.get(monomial, 0) + value) % self._prime
        return {monomial: value for monomial, value in total.items() if value}
