"""When an altered row says the same as the original: multiples, squares of linear rows, what another row adds, ranges.

Polynomials are compared at random points. Two of degree two that are not multiples of each other agree there with a
chance below 4 / prime, which is no chance at all (Schwartz and Zippel); over a small prime they are compared in full.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from itertools import product
from random import Random

from circuits.audit.polynomials import Monomial, linear_form_of, multiple_of, polynomial_difference, polynomial_of
from circuits.audit.propagation import Propagation
from circuits.audit.structure import Structure
from circuits.audit.system import Constraint, Form, holds_by, value_of
from circuits.audit.zero_sets import ZeroSets

_MOST_COMPARED = 50
_MOST_FACTORS = 1000
_MOST_BITS = 10
_SHORT = 6
_SMALL_PRIME = 1 << 64


class Equivalence:
    """Decides whether altered rows say the same as the original, given the other rows."""

    def __init__(self, structure: Structure, random: Random, not_zero: Iterable[Form] = ()) -> None:
        """`not_zero` are forms that the circuit assumes not to be 0."""
        self._structure = structure
        self._system = structure.system
        assumed = tuple(not_zero)
        self._zero_sets = ZeroSets(structure, assumed)
        self._propagation = Propagation(structure, assumed)
        self._points = [
            [1, *(random.randrange(self._system.prime) for _ in range(1, self._system.n_wires))] for _ in "xy"
        ]

    def holds(self, row: int, altered: Constraint, vanishing: Collection[int] = ()) -> bool:
        """Whether no witness that satisfies the other rows, which leave some wires 0, tells `altered` from the row."""
        original = self._system.constraints[row]
        return (
            self._multiple(self._at_points(original), self._at_points(altered), original, altered)
            or self._same_given_bits(row, original, altered)
            or self._differ_by_another_row(row, original, altered)
            or self._is_square(original, altered)
            or self._differ_by_nothing(row, original, altered, vanishing)
            or self._same_on_bits(row, original, altered)
            or self._zero_sets.same(row, original, altered)
        )

    def holds_by_cases(self, row: int, altered: Constraint) -> bool:
        """As `holds`, for what only the rows around this one show: bit by bit, which takes up to a second."""
        return self._propagation.same(row, self._system.constraints[row], altered)

    def passing(self, row: int, altered: Constraint) -> Iterator[dict[int, int]]:
        """Values of the row's wires that may pass `altered`, and do not pass the row."""
        return self._zero_sets.passing(row, self._system.constraints[row], altered)

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

    def _differ_by_nothing(
        self, row: int, original: Constraint, altered: Constraint, vanishing: Collection[int]
    ) -> bool:
        """Whether every product of wires in altered - original is zero by other rows."""
        monomials = polynomial_difference(altered, original, self._system.prime)
        return 0 < len(monomials) <= _MOST_COMPARED and all(
            u in vanishing or v in vanishing or (u != 0 and (self._vanishes(u, v, row) or self._vanishes(v, u, row)))
            for u, v in monomials
        )

    def _vanishes(self, product: int, wire: int, row: int) -> bool:
        """Whether product * wire is 0: a row says so, or says it of a factor of `product`, and so on.

        In a comparison bit by bit `equal` is such a product, of all bits above.
        """
        seen: set[int] = set()
        queue = [product]
        while queue:
            factor = queue.pop()
            if factor in seen or len(seen) > _MOST_FACTORS:
                continue
            seen.add(factor)
            if self._zero_products.get(frozenset((factor, wire)), row) != row:
                return True
            if self._product_row.get(factor, row) != row:
                queue.extend(self._factors[factor])
        return False

    @cached_property
    def _zero_products(self) -> dict[frozenset[int], int]:
        """Pairs of wires whose product a row says is 0, with the row."""
        return {
            frozenset((constraint.a[0][0], constraint.b[0][0])): row
            for row, constraint in enumerate(self._system.constraints)
            if not constraint.c and len(constraint.a) == len(constraint.b) == 1
        }

    @cached_property
    def _factors(self) -> dict[int, tuple[int, int]]:
        """Wires that a row says are the product of two."""
        return {
            constraint.c[0][0]: (constraint.a[0][0], constraint.b[0][0])
            for constraint in self._system.constraints
            if _is_plain_product(constraint)
        }

    def _same_on_bits(self, row: int, original: Constraint, altered: Constraint) -> bool:
        """Whether both hold for the same bits, all tried: for rows of few bits and of products of them."""
        wires = {*original.wires(), *altered.wires()}
        factors: dict[int, tuple[int, int]] = {}
        bits: set[int] = set()
        queue = sorted(wires)
        while queue and len(bits) <= _MOST_BITS:
            wire = queue.pop()
            if self._structure.is_bit_without(wire, row):
                bits.add(wire)
            elif self._product_row.get(wire, row) != row and max(self._factors[wire]) < wire:
                factors[wire] = self._factors[wire]
                queue.extend(factor for factor in factors[wire] if factor not in factors and factor not in bits)
            else:
                return False
        if len(bits) > _MOST_BITS:
            return False
        return all(
            holds_by(original, values, self._system.prime) == holds_by(altered, values, self._system.prime)
            for chosen in product((0, 1), repeat=len(bits))
            if (values := _with_products(dict(zip(sorted(bits), chosen, strict=True)), factors))
        )

    @cached_property
    def _product_row(self) -> dict[int, int]:
        """The row that `_factors` has of a wire."""
        return {
            constraint.c[0][0]: row
            for row, constraint in enumerate(self._system.constraints)
            if _is_plain_product(constraint)
        }

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


def _is_plain_product(constraint: Constraint) -> bool:
    """x * y = z."""
    return all(len(form) == 1 and form[0][0] and form[0][1] == 1 for form in constraint.forms())


def _with_products(values: dict[int, int], factors: dict[int, tuple[int, int]]) -> dict[int, int]:
    """Bits, and the products that are made of them; a product comes after its factors."""
    values[0] = 1
    for wire in sorted(factors):
        left, right = factors[wire]
        values[wire] = values.get(left, 0) * values.get(right, 0)
    return values


def _is_multiple(form: Form, of: Form, prime: int) -> bool:
    return multiple_of({(0, wire): value for wire, value in of}, {(0, wire): value for wire, value in form}, prime)
