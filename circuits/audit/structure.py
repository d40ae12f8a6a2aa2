"""What the rows of a relation are for, as far as it can be read off them: who defines which wire, which wires are bits.

Nothing here is trusted: it only guides the search for false witnesses, and each that is found is checked.
"""

from __future__ import annotations

from dataclasses import dataclass

from circuits.audit.polynomials import constant_of, linear_form_of, roots_of, two_values_of
from circuits.audit.system import Constraint, ConstraintSystem, Form

_BITS = frozenset({0, 1})
_MOST_SHARING = 8
"""Rows that share a factor beyond this number are no comparison with zero."""


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """`definer[row]` is the wire that a row gives its value to, 0 for an assertion.

    `roots` has the few values that a wire can take by a row of its own; `linear` the form that a linear row holds at 0.
    """

    system: ConstraintSystem
    definer: tuple[int, ...]
    roots: dict[int, frozenset[int]]
    linear: tuple[Form | None, ...]
    two_values: dict[int, tuple[Form, int]]
    """Row -> a form L and v, where the row says L (L - v) = 0."""
    bit_rows: dict[int, tuple[frozenset[int], ...]]
    """Wire -> sets of rows, each of which makes the wire a bit."""
    definition: dict[int, int]
    """Wire -> the row that defines it; inputs and hints have none."""

    def sum_of(self, row: int) -> tuple[Form | None, int]:
        """A form that the row says is 0 or the second number; `None` where it says something else."""
        return self.two_values.get(row) or (self.linear[row], 0)

    def is_bit_without(self, wire: int, row: int) -> bool:
        """Whether rows other than `row` make a wire 0 or 1."""
        return any(row not in rows for rows in self.bit_rows.get(wire, ()))


def structure_of(system: ConstraintSystem) -> Structure:
    """Reads the structure off a system: one pass over its rows."""
    known = set(system.inputs) | {0}
    definers: list[int] = []
    roots: dict[int, frozenset[int]] = {}
    linear: list[Form | None] = []
    two_values: dict[int, tuple[Form, int]] = {}
    for row, constraint in enumerate(system.constraints):
        own_roots = roots_of(constraint, system.prime)
        if own_roots is not None:
            wire, values = own_roots
            roots[wire] = roots[wire] & values if wire in roots else values
        form = two_values_of(constraint, system.prime)
        if form is not None:
            two_values[row] = form
        definers.append(0 if own_roots or form else _defined_wire(constraint, known))
        known.update(constraint.wires())
        linear.append(linear_form_of(constraint, system.prime))
    bit_rows = _rows_that_make_bits(system)
    for wire in bit_rows:
        roots.setdefault(wire, frozenset({0, 1}))
    definition = {wire: row for row, wire in enumerate(definers) if wire}
    return Structure(system, tuple(definers), roots, tuple(linear), two_values, bit_rows, definition)


def _rows_that_make_bits(system: ConstraintSystem) -> dict[int, tuple[frozenset[int], ...]]:
    """A row x (x - 1) = 0, and pairs f g = h, f k = 0 with the same f: they give h k = 0, which may be such a row.

    The pair is how a comparison with zero is written: x inverse = 1 - z and x z = 0 make z a bit.
    """
    found: dict[int, list[frozenset[int]]] = {}
    products: dict[Form, list[tuple[int, Form, Form]]] = {}

    def note(constraint: Constraint, rows: frozenset[int]) -> None:
        roots = roots_of(constraint, system.prime)
        if roots is not None and roots[1] <= _BITS:
            found.setdefault(roots[0], []).append(rows)

    for row, constraint in enumerate(system.constraints):
        note(constraint, frozenset({row}))
        for factor, other in ((constraint.a, constraint.b), (constraint.b, constraint.a)):
            if constant_of(factor) is None:
                products.setdefault(factor, []).append((row, other, constraint.c))
    for sharing in products.values():
        for row, other, result in sharing:
            if not result and len(sharing) <= _MOST_SHARING:
                for second, _, product in sharing:
                    if second != row and product:
                        note(Constraint(product, other, ()), frozenset({row, second}))
    return {wire: tuple(rows) for wire, rows in found.items()}


def _defined_wire(constraint: Constraint, known: set[int]) -> int:
    """The last wire that no earlier row names and that the row is linear in, one of c if there is one; else 0."""
    left, right = ({wire for wire, _ in form} for form in (constraint.a, constraint.b))
    new_in_c = [wire for wire, _ in constraint.c if wire not in known and wire not in left | right]
    if new_in_c:
        return max(new_in_c)
    return max((wire for wire in left ^ right if wire not in known), default=0)
