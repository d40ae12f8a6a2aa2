"""Ways to alter a constraint a little: coefficients by one, to zero, their sign; wires and parts swapped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from circuits.audit.system import Constraint, ConstraintSystem, Form

MOST_WIRES_PAIRWISE = 5
"""Rows of more wires have each wire swapped with the next one only."""


@dataclass(frozen=True, slots=True)
class Alteration:
    """What is added to which coefficients of a row: (0, 1 or 2 for a, b or c; wire; difference)."""

    row: int
    what: str
    differences: tuple[tuple[int, int, int], ...]

    def applied(self, constraint: Constraint, prime: int) -> Constraint:
        """The altered constraint."""
        forms = [dict(form) for form in constraint.forms()]
        for which, wire, difference in self.differences:
            forms[which][wire] = (forms[which].get(wire, 0) + difference) % prime
        a, b, c = (tuple((wire, value) for wire, value in form.items() if value) for form in forms)
        return Constraint(a, b, c)


def alterations_of(system: ConstraintSystem, row: int) -> Iterator[Alteration]:
    """All alterations of a row; those that change nothing are left out. About five per entry."""
    constraint = system.constraints[row]
    for which, form in enumerate(constraint.forms()):
        yield from _of_coefficients(row, which, form, system.prime)
    yield from _of_wires(system, row)
    yield from _of_parts(system, row)


def _of_coefficients(row: int, which: int, form: Form, prime: int) -> Iterator[Alteration]:
    name = "abc"[which]
    for wire, value in form:
        changes = {"+ 1": 1, "- 1": -1, "to 0": -value, "negated": -2 * value}
        for what, difference in changes.items():
            yield Alteration(row, f"{name}: coefficient of {wire} {what}", ((which, wire, difference % prime),))
    if all(wire for wire, _ in form):
        for difference in (1, -1):
            yield Alteration(row, f"{name}: constant {difference:+d}", ((which, 0, difference % prime),))


def _of_wires(system: ConstraintSystem, row: int) -> Iterator[Alteration]:
    """Two wires of the row exchanged in one of its forms, and a wire replaced by the next one of the relation."""
    constraint, prime = system.constraints[row], system.prime
    wires = constraint.wires()
    pairs = (
        [(u, v) for i, u in enumerate(wires) for v in wires[i + 1 :]]
        if len(wires) <= MOST_WIRES_PAIRWISE
        else list(pairwise(wires))
    )
    for which, form in enumerate(constraint.forms()):
        values = dict(form)
        for u, v in pairs:
            difference = (values.get(v, 0) - values.get(u, 0)) % prime
            if difference:
                what = f"{'abc'[which]}: wires {u} and {v} swapped"
                yield Alteration(row, what, ((which, u, difference), (which, v, -difference % prime)))
        for wire, value in form:
            other = wire + 1 if wire + 1 < system.n_wires else wire - 1
            if wire and other:
                what = f"{'abc'[which]}: wire {wire} replaced by {other}"
                yield Alteration(row, what, ((which, wire, -value % prime), (which, other, value)))


def _of_parts(system: ConstraintSystem, row: int) -> Iterator[Alteration]:
    """A part of the row replaced by another of its parts, or by the same part of the next row."""
    constraint = system.constraints[row]
    following = system.constraints[row + 1] if row + 1 < len(system.constraints) else constraint
    for which, form in enumerate(constraint.forms()):
        for what, other in (
            (f"{'abc'[which]} replaced by {'abc'[which - 1]}", constraint.forms()[which - 1]),
            (f"{'abc'[which]} taken from the next row", following.forms()[which]),
        ):
            if dict(other) != dict(form):
                removed = tuple((which, wire, -value % system.prime) for wire, value in form)
                added = tuple((which, wire, value) for wire, value in other)
                yield Alteration(row, what, removed + added)
