"""Lies that are roots of an equation: what a chain of products leaves of a row is a polynomial in one wire.

Where a table is asserted by a polynomial of the wire, no lie at random passes, and mending one row after the other only
carries the error on. So the wire is given several values and what the rows below define is made to follow: the error
of a row that defines nothing is then a polynomial in the wire, known by interpolation, and its roots are lies that this
row does not see.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

from circuits.audit.polynomial_roots import interpolated, polynomial_roots
from circuits.audit.structure import Structure
from circuits.audit.system import coefficient_in

HIGHEST_DEGREE: Final = 12
MOST_ROWS: Final = 64
"""Only small sub-circuits are tried: each try re-evaluates their rows fifteen times."""


def algebraic_lies(
    structure: Structure, scope: range, row: int, honest: Sequence[int], random: Random
) -> Iterator[dict[int, int]]:
    """Changes of a witness for which, without `row`, another row that they lead to is true again.

    A wire of the row, the one that it defines if it defines one, takes a root; half the time another one is drawn
    first, so that there are as many chances as are wanted. Wires that no row of the scope defines keep their values.
    """
    if len(scope) > MOST_ROWS:
        return
    prime = structure.system.prime
    wires = structure.system.constraints[row].wires()
    wire = structure.definer[row] or random.choice(wires)
    drawn: dict[int, int] = {}
    if (others := [other for other in wires if other not in (0, wire)]) and random.random() < 0.5:
        drawn[random.choice(others)] = random.randrange(prime)
    errors: dict[int, list[tuple[int, int]]] = {}
    for value in random.sample(range(1, 1 << 32), HIGHEST_DEGREE + 3):
        for other, error in _errors(structure, scope, row, {**drawn, wire: value}, honest).items():
            errors.setdefault(other, []).append((value, error))
    for points in errors.values():
        polynomial = interpolated(points, prime)
        if 1 < len(polynomial) <= HIGHEST_DEGREE + 1:
            for root in polynomial_roots(polynomial, prime, random):
                if root != honest[wire] or drawn:
                    yield {**drawn, wire: root}


def _errors(
    structure: Structure, scope: range, row: int, changes: dict[int, int], honest: Sequence[int]
) -> dict[int, int]:
    """The errors of the rows that define nothing and see the changes, once what other rows define has followed."""
    prime, constraints = structure.system.prime, structure.system.constraints
    errors = {}
    for other in scope:
        constraint, definer = constraints[other], structure.definer[other]
        wires = constraint.wires()
        if other == row or not any(wire in changes for wire in wires):
            continue
        now = {wire: changes.get(wire, honest[wire]) for wire in (0, *wires)}
        a, b, c = (sum(factor * now[wire] for wire, factor in form) % prime for form in constraint.forms())
        error = (a * b - c) % prime
        in_a, in_b, in_c = (coefficient_in(form, definer) for form in constraint.forms())
        if definer and definer not in changes and not in_a and not in_b:
            changes[definer] = (now[definer] + error * pow(in_c, -1, prime)) % prime
        else:
            errors[other] = error
    return errors
