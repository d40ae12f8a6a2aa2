"""When an altered row says the same as the original: multiples, squares of linear rows, and what another row adds.

Polynomials are compared at random points. Two of degree two that are not multiples of each other agree there with a
chance below 4 / prime, which is no chance at all (Schwartz and Zippel); over a small prime they are compared in full.
"""

from __future__ import annotations

from random import Random

from circuits.audit.polynomials import Monomial, linear_form_of, multiple_of, polynomial_of
from circuits.audit.structure import Structure
from circuits.audit.system import Constraint, Form, value_of

_MOST_COMPARED = 50
_SHORT = 6
_SMALL_PRIME = 1 << 64


class Equivalence:
    """Decides whether altered rows say the same as the original, given the other rows."""

    def __init__(self, structure: Structure, random: Random) -> None:
        self._structure = structure
        self._system = structure.system
        self._points = [[1, *(random.randrange(self._system.prime) for _ in range(1, self._system.n_wires))] for _ in "xy"]

    def holds(self, row: int, altered: Constraint) -> bool:
        """Whether no witness that satisfies the other rows tells `altered` from the row."""
        original = self._system.constraints[row]
        return (
            self._multiple(self._at_points(original), self._at_points(altered), original, altered)
            or self._same_given_bits(row, original, altered)
            or self._differ_by_another_row(row, original, altered)
            or self._is_square(original, altered)
        )

    def _at_points(self, constraint: Constraint) -> list[int]:
        return [
            (value_of(constraint.a, x) * value_of(constraint.b, x) - value_of(constraint.c, x)) % self._system.prime
            for x in self._points
        ]

    def _multiple(self, p: list[int], q: list[int], left: Constraint, right: Constraint) -> bool:
        prime = self._system.prime
        if (p[0] * q[1] - p[1] * q[0]) % prime or any(q) != any(p):
            return False
        return prime > _SMALL_PRIME or multiple_of(polynomial_of(left, prime), polynomial_of(right, prime), prime)

    def _differ_by_another_row(self, row: int, original: Constraint, altered: Constraint) -> bool:
        """Whether altered - original is a multiple of another row, as L L = x and L = x are where L is 0 or 1."""
        prime, system = self._system.prime, self._system
        pairs = zip(self._at_points(altered), self._at_points(original), strict=True)
        difference = [(x - y) % prime for x, y in pairs]
        wires = set(altered.wires()) | set(original.wires())
        if prime <= _SMALL_PRIME or not any(difference) or not wires:
            return False
        candidates = {other for wire in wires for other in system.rows_of_wire[wire][:_MOST_COMPARED]}
        for other in sorted(candidates - {row})[:_MOST_COMPARED]:
            if set(system.constraints[other].wires()) <= wires:
                values = self._at_points(system.constraints[other])
                if any(values) and (values[0] * difference[1] - values[1] * difference[0]) % prime == 0:
                    return True
        return False

    def _is_square(self, original: Constraint, altered: Constraint) -> bool:
        """L = 0 and (f L) (g L) = 0."""
        prime = self._system.prime
        linear = linear_form_of(original, prime)
        return (
            linear is not None
            and not altered.c
            and all(_is_multiple(form, linear, prime) for form in (altered.a, altered.b))
        )

    def _same_given_bits(self, row: int, original: Constraint, altered: Constraint) -> bool:
        if len(original.wires()) > _SHORT or len(altered.wires()) > _SHORT:
            return False
        left, right = (self._with_bits(row, polynomial_of(one, self._system.prime)) for one in (original, altered))
        return multiple_of(left, right, self._system.prime)

    def _with_bits(self, row: int, polynomial: dict[Monomial, int]) -> dict[Monomial, int]:
        """x^2 written as x, for wires x that another row makes bits."""
        reduced: dict[Monomial, int] = {}
        for (u, v), value in polynomial.items():
            monomial = (0, u) if u == v and u and self._structure.is_bit_without(u, row) else (u, v)
            reduced[monomial] = (reduced.get(monomial, 0) + value) % self._system.prime
        return {monomial: value for monomial, value in reduced.items() if value}


def _is_multiple(form: Form, of: Form, prime: int) -> bool:
    return multiple_of({(0, wire): value for wire, value in of}, {(0, wire): value for wire, value in form}, prime)
