"""Rows a * b = 0 whose factor b is altered: the same where b and the altered factor are zero for the same integers.

Other rows say which wires are bits, which lie in a range, and which are 0 when a bit is 0. For each choice of the bits
the ranges are boxes, and the integers in them for which a form vanishes are found exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from circuits.audit.boxes import Box, Zeros, signed, zeros_in
from circuits.audit.facts import monic
from circuits.audit.polynomials import constant_of
from circuits.audit.structure import Structure
from circuits.audit.system import Constraint, Form, coefficient_in

_MOST_BITS = 8
_MOST_ROWS = 60
_MOST_WIRES = 24


class ZeroSets:
    """Compares factors of rows whose product is 0."""

    def __init__(self, structure: Structure, not_zero: Iterable[Form] = ()) -> None:
        self._structure = structure
        self._system = structure.system
        self._not_zero = {monic(form, self._system.prime) for form in not_zero}

    def same(self, row: int, original: Constraint, altered: Constraint) -> bool:
        """Whether given the other rows, and where the factor that both share is not 0, both others vanish alike."""
        forms = self._forms(original, altered)
        if forms is None or all(map(self._is_not_zero, forms[1:])):
            return forms is not None
        return all(
            boxes.are_impossible(beside) or boxes.vanish_alike(*forms[1:]) for boxes, beside in self._cases(row, *forms)
        )

    def passing(self, row: int, original: Constraint, altered: Constraint) -> Iterator[dict[int, int]]:
        """Values of the wires for which the altered factor vanishes, and the original one does not."""
        forms = self._forms(original, altered)
        for boxes, beside in () if forms is None else self._cases(row, *forms):
            if forms is not None and not boxes.are_impossible(beside):
                yield from boxes.told_apart(*forms[1:])

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
        is_short = len({*original.wires(), *altered.wires()}) <= _MOST_WIRES
        return None if original.c or altered.c or not is_short else _other_factors(original, altered)

    def _cases(self, row: int, shared: Form, before: Form, after: Form) -> Iterator[tuple[_Boxes, list[Form]]]:
        """The boxes for each choice of bits where the shared factor may not be 0, and what then is 0 by other rows.

        Of all bits among the wires and those that they hang on; a single choice of none where they are too many.
        """
        wires = {wire for form in (before, after) for wire, _ in form if wire} - {wire for wire, _ in shared}
        beside = [form for form in self._also_zero(row, shared, wires) if len(form) <= _MOST_WIRES]
        ordered = sorted(self._bits(row, {wire for form in (shared, before, after, *beside) for wire, _ in form}))
        for chosen in product((0, 1), repeat=len(ordered)):
            boxes = _Boxes(self._structure, row, dict(zip(ordered, chosen, strict=True)))
            if not boxes.is_zero(shared):
                yield boxes, beside

    def _bits(self, row: int, wires: Iterable[int]) -> set[int]:
        bits: set[int] = set()
        for wire in wires:
            if self._structure.is_bit_without(wire, row):
                bits.add(wire)
            elif wire:
                bits.update(bit for bit, _, _ in switches_of(self._structure, wire, row))
        return bits if len(bits) <= _MOST_BITS else set()

    def _also_zero(self, row: int, shared: Form, wires: Iterable[int]) -> Iterator[Form]:
        """Factors that other rows make 0 where the shared one is not."""
        for other in sorted(
            {other for wire in wires for other in self._system.rows_of_wire[wire][:_MOST_ROWS]} - {row}
        ):
            constraint = self._system.constraints[other]
            if not constraint.c:
                for one, factor in ((constraint.a, constraint.b), (constraint.b, constraint.a)):
                    if one == shared:
                        yield factor


class _Boxes:
    """The boxes of wires for one choice of bits."""

    def __init__(self, structure: Structure, row: int, case: Mapping[int, int]) -> None:
        self._structure, self._row, self._case = structure, row, case
        self._fixed: dict[int, int] = {}

    def are_impossible(self, zero: Iterable[Form]) -> bool:
        """Whether one of the forms is never 0. Wires that they fix are fixed from now on."""
        for form in zero:
            zeros = self._zeros(form)
            if zeros is not None and zeros.is_all and not zeros.found:
                return True
            if zeros is not None and zeros.is_all and len(zeros.found) == 1:
                self._fixed |= zeros.found[0]
        return False

    def is_zero(self, form: Form) -> bool:
        """Whether a form is 0 whatever the wires in their boxes."""
        values = {wire: self._single(wire) for wire, _ in form}
        total = sum(weight * value for wire, weight in form if (value := values[wire]) is not None)
        return None not in values.values() and total % self._structure.system.prime == 0

    def vanish_alike(self, before: Form, after: Form) -> bool:
        """Whether both are 0 for the same values, all of which are known."""
        left, right = self._zeros(before), self._zeros(after)
        if left is None or right is None or not (left.is_all and right.is_all):
            return False
        wires = {wire for form in (before, after) for wire, _ in form if wire}
        completed = [[self._completed(values, wires) for values in zeros.found] for zeros in (left, right)]
        if any(None in found for found in completed):
            return False
        one, other = ({frozenset((values or {}).items()) for values in found} for found in completed)
        return one == other

    def told_apart(self, before: Form, after: Form) -> Iterator[dict[int, int]]:
        """Values for which `after` is 0 and `before` is not."""
        zeros = self._zeros(after)
        wires = {wire for form in (before, after) for wire, _ in form if wire}
        for found in () if zeros is None else zeros.found:
            values = self._completed(found, wires)
            if values is not None:
                total = sum(weight * (values | {0: 1})[wire] for wire, weight in before)
                if total % self._structure.system.prime:
                    yield values

    def _completed(self, values: Mapping[int, int], wires: Iterable[int]) -> dict[int, int] | None:
        """With the values of wires that can have one only; `None` if others are absent."""
        completed = {wire: values[wire] if wire in values else self._single(wire) for wire in wires}
        known = {wire: value for wire, value in completed.items() if value is not None}
        return known if len(known) == len(completed) else None

    def _zeros(self, form: Form) -> Zeros | None:
        """Where the form is 0; `None` if a wire has no box."""
        boxes = {wire: box for wire, _ in form if wire and (box := self._box(wire)) is not None}
        is_known = all(wire in boxes for wire, _ in form if wire)
        return zeros_in(form, boxes, self._structure.system.prime) if is_known else None

    def _single(self, wire: int) -> int | None:
        """The wire's value, if its box has one only."""
        box = self._box(wire)
        return box[0] if box is not None and box[0] == box[1] else None

    def _box(self, wire: int) -> Box | None:
        if wire == 0:
            return 1, 1
        if wire in self._fixed or wire in self._case:
            value = self._fixed[wire] if wire in self._fixed else self._case[wire]
            return value, value
        for bit, value, other in switches_of(self._structure, wire, self._row):
            if self._case.get(bit) == value:
                return self._box(other) if other else (0, 0)
        return self._range(wire)

    def _range(self, wire: int) -> Box | None:
        """What a sum of bits leaves the wire."""
        system, structure = self._structure.system, self._structure
        for other in system.rows_of_wire[wire][:_MOST_ROWS]:
            form, slack = structure.sum_of(other)
            if form is None or other == self._row:
                continue
            if all(one in (0, wire) or structure.is_bit_without(one, self._row) for one, _ in form):
                scale = pow(coefficient_in(form, wire), -1, system.prime)
                constant = signed(-scale * coefficient_in(form, 0), system.prime)
                weights = [signed(-scale * value, system.prime) for one, value in form if one not in (0, wire)]
                weights.append(signed(scale * slack, system.prime))
                low = constant + sum(weight for weight in weights if weight < 0)
                high = constant + sum(weight for weight in weights if weight > 0)
                if high - low < system.prime:
                    return low, high
        return None


def switches_of(structure: Structure, wire: int, row: int) -> Iterator[tuple[int, int, int]]:
    """(bit, value, other): where the bit has the value the wire is the other one, or 0 if that is 0.

    Read off rows but `row`: bit * other = wire, and products of the wire and 1 - bit, or the bit, that are 0.
    """
    system = structure.system
    for number in system.rows_of_wire[wire][:_MOST_ROWS]:
        constraint = system.constraints[number]
        if number == row:
            continue
        for one, other in ((constraint.a, constraint.b), (constraint.b, constraint.a)):
            bits = [bit for bit, _ in one if bit]
            if len(bits) != 1 or bits[0] == wire or not structure.is_bit_without(bits[0], row):
                continue
            at = {
                value: (coefficient_in(one, 0) + value * coefficient_in(one, bits[0])) % system.prime
                for value in (0, 1)
            }
            if not constraint.c and len(other) == 1 and other[0][0] == wire:
                yield from ((bits[0], value, 0) for value in (0, 1) if at[value])
            if constraint.c == ((wire, 1),) and len(other) == 1 and other[0][0] != wire:
                is_plain = other[0][0] != 0 and other[0][1] == 1 and other[0][0] < wire
                yield from ((bits[0], value, 0) for value in (0, 1) if not at[value])
                yield from ((bits[0], value, other[0][0]) for value in (0, 1) if at[value] == 1 and is_plain)


def _other_factors(original: Constraint, altered: Constraint) -> tuple[Form, Form, Form] | None:
    """The factor that both share, and the other one of each."""
    for one, before in ((original.a, original.b), (original.b, original.a)):
        for other, after in ((altered.a, altered.b), (altered.b, altered.a)):
            if one == other:
                return one, before, after
    return None
