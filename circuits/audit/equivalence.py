"""When an altered row says the same as the original: multiples, squares of linear rows, and bits, which are their squares."""

from __future__ import annotations

from circuits.audit.polynomials import Monomial, linear_form_of, multiple_of, polynomial_of
from circuits.audit.structure import Structure
from circuits.audit.system import Constraint, Form


def same_given_bits(structure: Structure, row: int, altered: Constraint) -> bool:
    """Whether `altered` has the same solutions as `row`, given the other rows that make wires bits."""
    prime = structure.system.prime
    original = structure.system.constraints[row]
    left, right = (_with_bits(structure, row, polynomial_of(one, prime)) for one in (original, altered))
    if multiple_of(left, right, prime):
        return True
    linear = linear_form_of(original, prime)
    return (
        linear is not None
        and not altered.c
        and all(_is_multiple(form, linear, prime) for form in (altered.a, altered.b))
    )


def _with_bits(structure: Structure, row: int, polynomial: dict[Monomial, int]) -> dict[Monomial, int]:
    """x^2 written as x, for wires x that another row makes bits."""
    reduced: dict[Monomial, int] = {}
    for (u, v), value in polynomial.items():
        monomial = (0, u) if u == v and u and structure.is_bit_without(u, row) else (u, v)
        reduced[monomial] = (reduced.get(monomial, 0) + value) % structure.system.prime
    return {monomial: value for monomial, value in reduced.items() if value}


def _is_multiple(form: Form, of: Form, prime: int) -> bool:
    return multiple_of({(0, wire): value for wire, value in of}, {(0, wire): value for wire, value in form}, prime)
