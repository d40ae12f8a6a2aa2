"""Rows a * b = 0 whose factor b is altered: the same where b and the altered factor are zero for the same integers.

Other rows say which wires are bits, which lie in a range, and which are 0 when a bit is 0. For each choice of the bits
the ranges are boxes, and the integers in them for which a form vanishes are found exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import TypeAlias

from circuits.audit.boxes import Box, signed, zeros_in
from circuits.audit.structure import Structure
from circuits.audit.system import Constraint, Form, coefficient_in

Zeros: TypeAlias = frozenset[frozenset[tuple[int, int]]]
"""Sets of (wire, value)."""

_MOST_BITS = 8
_MOST_ROWS = 60
_MOST_WIRES = 24


class ZeroSets:
    """Compares factors of rows whose product is 0."""

    def __init__(self, structure: Structure) -> None:
        self._structure = structure
        self._system = structure.system

    def same(self, row: int, original: Constraint, altered: Constraint) -> bool:
        """Whether given the other rows, and where the factor that both share is not 0, both others vanish alike."""
        compared = list(self._compared(row, original, altered))
        return bool(compared) and all(found is not None and found[0] == found[1] for found in compared)

    def passing(self, row: int, original: Constraint, altered: Constraint) -> Iterator[dict[int, int]]:
        """Values of the wires for which the altered factor vanishes, and the original one does not."""
        for found in self._compared(row, original, altered):
            if found is not None:
                yield from (dict(values) for values in found[1] - found[0])

    def _compared(self, row: int, original: Constraint, altered: Constraint) -> Iterator[tuple[Zeros, Zeros] | None]:
        """For each choice of bits where the factors vanish, `None` where that is not known."""
        forms = _other_factors(original, altered)
        if forms is None or original.c or altered.c or len({*original.wires(), *altered.wires()}) > _MOST_WIRES:
            return
        shared, before, after = forms
        wires = {wire for form in (before, after) for wire, _ in form if wire}
        beside = [form for form in self._also_zero(row, shared, wires) if len(form) <= _MOST_WIRES]
        for case in self._cases(row, wires.union(wire for form in beside for wire, _ in form if wire)):
            yield self._zeros(_Boxes(self._structure, row, case), beside, before, after)

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

    def _cases(self, row: int, wires: Iterable[int]) -> Iterator[dict[int, int]]:
        """Every choice of the bits among the wires and of those that they hang on; none if there are too many."""
        bits: set[int] = set()
        for wire in wires:
            if self._structure.is_bit_without(wire, row):
                bits.add(wire)
            else:
                bits.update(bit for bit, _, _ in switches_of(self._structure, wire, row))
        if len(bits) <= _MOST_BITS:
            for chosen in product((0, 1), repeat=len(bits)):
                yield dict(zip(sorted(bits), chosen, strict=True))

    def _zeros(self, boxes: _Boxes, beside: Iterable[Form], before: Form, after: Form) -> tuple[Zeros, Zeros] | None:
        """Where each vanishes, as values of the wires of both."""
        fixed: dict[int, int] = {}
        for form in beside:
            zeros = boxes.zeros(form, {})
            if zeros == []:
                return frozenset(), frozenset()
            if zeros is not None and len(zeros) == 1:
                fixed |= zeros[0]
        wires = {wire for form in (before, after) for wire, _ in form if wire}
        found = []
        for form in (before, after):
            zeros = boxes.zeros(form, fixed)
            if zeros is None:
                return None
            absent = {wire: boxes.single(wire, fixed) for wire in wires - {wire for wire, _ in form}}
            values = {wire: value for wire, value in absent.items() if value is not None}
            if zeros and len(values) < len(absent):
                return None
            found.append(frozenset(frozenset({**values, **zero}.items()) for zero in zeros))
        return found[0], found[1]


class _Boxes:
    """The boxes of wires for one choice of bits."""

    def __init__(self, structure: Structure, row: int, case: Mapping[int, int]) -> None:
        self._structure, self._row, self._case = structure, row, case

    def zeros(self, form: Form, fixed: Mapping[int, int]) -> list[dict[int, int]] | None:
        """Where the form is 0; `None` if that is not known."""
        boxes = {wire: self._box(wire, fixed) for wire, _ in form if wire}
        known = {wire: box for wire, box in boxes.items() if box is not None}
        return zeros_in(form, known, self._structure.system.prime) if len(known) == len(boxes) else None

    def single(self, wire: int, fixed: Mapping[int, int]) -> int | None:
        """The wire's value, if its box has one only."""
        box = self._box(wire, fixed)
        return box[0] if box is not None and box[0] == box[1] else None

    def _box(self, wire: int, fixed: Mapping[int, int] | None = None) -> Box | None:
        if fixed and wire in fixed:
            return fixed[wire], fixed[wire]
        if wire in self._case:
            return self._case[wire], self._case[wire]
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
