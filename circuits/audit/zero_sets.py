"""Rows a * b = 0 whose factor b is altered: the same where b and the altered factor are zero for the same integers.

For each choice of the bits that the wires hang on, the integers for which a form vanishes are found exactly, out of
what other rows leave of the wires.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from circuits.audit.bit_cases import MOST_WIRES, BitCase, bit_cases, zero_products
from circuits.audit.facts import monic
from circuits.audit.polynomials import constant_of
from circuits.audit.structure import Structure
from circuits.audit.system import Constraint, Form


class ZeroSets:
    """Compares rows where other rows leave few values."""

    def __init__(self, structure: Structure, not_zero: Iterable[Form] = ()) -> None:
        self._structure = structure
        self._system = structure.system
        self._not_zero = {monic(form, self._system.prime) for form in not_zero}

    def same(self, row: int, original: Constraint, altered: Constraint) -> bool:
        """Whether given the other rows, and where the factor that both share is not 0, both others vanish alike."""
        forms = self._forms(original, altered)
        if forms is None or all(map(self._is_not_zero, forms[1:])):
            return forms is not None
        return all(case.is_impossible(zero) or case.vanish_alike(*forms[1:]) for case, zero in self._cases(row, *forms))

    def passing(self, row: int, original: Constraint, altered: Constraint) -> Iterator[dict[int, int]]:
        """Values of the wires for which the altered factor vanishes, and the original one does not."""
        forms = self._forms(original, altered)
        for case, zero in () if forms is None else self._cases(row, *forms):
            if forms is not None and not case.is_impossible(zero):
                yield from case.told_apart(*forms[1:])

    def _is_not_zero(self, form: Form) -> bool:
        """Whether a form is a constant, or assumed."""
        constant = constant_of(form)
        return (
            constant % self._system.prime != 0
            if constant is not None
            else monic(form, self._system.prime) in self._not_zero
        )

    def _forms(self, original: Constraint, altered: Constraint) -> tuple[Form, Form, Form] | None:
        """The shared factor, and the other of each; `None` for rows of another kind, or of too many wires."""
        is_short = len({*original.wires(), *altered.wires()}) <= MOST_WIRES
        return None if original.c or altered.c or not is_short else _other_factors(original, altered)

    def _cases(self, row: int, shared: Form, before: Form, after: Form) -> Iterator[tuple[BitCase, list[Form]]]:
        """Each choice of bits where the shared factor may not be 0, and what then is 0 by other rows."""
        wires = {wire for form in (before, after) for wire, _ in form if wire} - {wire for wire, _ in shared}
        products = zero_products(self._structure, row, wires)
        beside = [form for factor, form in products if factor == shared]
        mentioned = {wire for form in (shared, before, after, *beside) for wire, _ in form}
        for case in bit_cases(self._structure, row, mentioned):
            if not case.is_zero(shared):
                yield case, [form for factor, form in products if factor == shared or case.is_not_zero(factor)]


def _other_factors(original: Constraint, altered: Constraint) -> tuple[Form, Form, Form] | None:
    """The factor that both share, and the other one of each."""
    for one, before in ((original.a, original.b), (original.b, original.a)):
        for other, after in ((altered.a, altered.b), (altered.b, altered.a)):
            if one == other:
                return one, before, after
    return None
