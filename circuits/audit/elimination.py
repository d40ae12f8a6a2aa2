"""Solves for one wire of a small scope: what follows from it is a polynomial in it, and an assertion is an equation.

Where rows evaluate a polynomial, as those do that say a wire is one of some constants, no change of single wires mends
what a wrong power breaks; the roots of one polynomial in that power do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from circuits.audit.structure import Structure
from circuits.audit.system import Form
from circuits.audit.univariate import Polynomial, added, multiplied, roots, trimmed

HIGHEST_DEGREE = 16


def values_that_mend(
    structure: Structure,
    scope: range,
    without: int,
    start: Sequence[int],
    changes: Mapping[int, int],
    unknown: int,
    random: Random,
) -> list[int]:
    """Values of `unknown` for which the first assertion that depends on it holds, the row `without` left out.

    Rows before it give their wires as polynomials in the unknown. Empty if there is none, or the degree grows too high.
    """
    prime = structure.system.prime
    known: dict[int, Polynomial] = {wire: trimmed([value], prime) for wire, value in changes.items()}
    known[unknown] = [0, 1]
    for row in scope:
        constraint = structure.system.constraints[row]
        if row == without or not any(wire in known for form in constraint.forms() for wire, _ in form):
            continue
        a, b, c = (_evaluated(form, known, start, prime) for form in constraint.forms())
        if len(a) + len(b) - 2 > HIGHEST_DEGREE:
            return []
        product = multiplied(a, b, prime)
        wire = structure.definer[row]
        weight = dict(constraint.c).get(wire, 0) if wire and wire not in known else 0
        if weight:
            rest = added(c, [start[wire]], -weight, prime)
            inverse = pow(weight, -1, prime)
            known[wire] = trimmed([value * inverse for value in added(product, rest, -1, prime)], prime)
        elif len(equation := added(product, c, -1, prime)) > 1:
            return roots(equation, prime, random)
    return []


def _evaluated(form: Form, known: Mapping[int, Polynomial], start: Sequence[int], prime: int) -> Polynomial:
    total: Polynomial = [0]
    for wire, weight in form:
        total = added(total, known.get(wire) or [start[wire] if wire not in known else 0], weight, prime)
    return trimmed(total, prime)
