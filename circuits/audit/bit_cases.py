"""What other rows leave of wires, bit by bit: for each choice of a row's bits, the box of integers that a wire is in.

Read off rows other than the one that is looked at: which wires are bits, which are sums of bits, which are 0 where a
bit is 0, and which factors are 0 because the other factor is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from circuits.audit.boxes import Box, Zeros, signed, zeros_in
from circuits.audit.polynomials import constant_of
from circuits.audit.structure import Structure
from circuits.audit.system import Form, coefficient_in, holds_by

MOST_WIRES = 24
SLACK = -1
"""Stands for a wire that is 0 or 1, of a row that says that a form is one of two values."""
_MOST_BITS = 8
_MOST_ROWS = 60


def bit_cases(structure: Structure, row: int, wires: Iterable[int]) -> Iterator[BitCase]:
    """The choices of bits among the wires and of those that they hang on, as long as they are few.

    Those that a row of these bits alone refuses are left out.
    """
    ordered, prime = sorted(_bits(structure, row, set(wires))), structure.system.prime
    rows = [structure.system.constraints[other] for other in sorted(structure.system.rows_of(ordered) - {row})]
    rows = [one for one in rows if set(one.wires()) <= set(ordered)]
    for chosen in product((0, 1), repeat=len(ordered)):
        case = dict(zip(ordered, chosen, strict=True))
        if all(holds_by(one, {0: 1, **case}, prime) for one in rows):
            yield BitCase(structure, row, case)


def zero_products(structure: Structure, row: int, wires: Iterable[int]) -> list[tuple[Form, Form]]:
    """Factors whose product a row but `row` makes 0, and which is about one of the wires; both ways round."""
    system = structure.system
    found = []
    for other in sorted({other for wire in wires for other in system.rows_of_wire[wire][:_MOST_ROWS]} - {row}):
        constraint = system.constraints[other]
        if not constraint.c:
            found += [(constraint.a, constraint.b), (constraint.b, constraint.a)]
    return [(factor, other) for factor, other in found if len(other) <= MOST_WIRES]


class BitCase:
    """The boxes of wires for one choice of bits."""

    def __init__(self, structure: Structure, row: int, case: Mapping[int, int]) -> None:
        self._structure, self._row, self._case = structure, row, case
        self._prime = structure.system.prime
        self._fixed: dict[int, int] = {}

    def at(self, values: Mapping[int, int]) -> BitCase:
        """The same with more wires known."""
        other = BitCase(self._structure, self._row, self._case)
        other._fixed = {**self._fixed, **values}
        return other

    def is_impossible(self, zero: Iterable[Form], slack: int = 0) -> bool:
        """Whether one of the forms, all of which are 0, is never 0. Wires that they fix are fixed from now on.

        With a `slack` each form is 0 or that.
        """
        extra, boxes = ((), {}) if not slack else (((SLACK, -slack % self._prime),), {SLACK: (0, 1)})
        for form in zero:
            if not slack:
                self._solve(form)
            zeros = self.zeros((*form, *extra), boxes)
            if zeros is not None and zeros.is_all and not zeros.found:
                return True
            if zeros is not None and zeros.is_all and len(zeros.found) == 1:
                self._fixed |= {wire: value for wire, value in zeros.found[0].items() if wire != SLACK}
        return False

    @property
    def n_fixed(self) -> int:
        """How many wires were found to have one value."""
        return len(self._fixed)

    def is_zero(self, form: Form) -> bool:
        """Whether a form is 0 whatever the wires in their boxes."""
        return self.value(form) == 0

    def is_not_zero(self, form: Form) -> bool:
        """Whether a form that is no constant has one value, and not 0."""
        return constant_of(form) is None and self.value(form) not in (0, None)

    def known(self, wires: Iterable[int]) -> dict[int, int]:
        """The wires that have one value, and that."""
        return {wire: value for wire in wires if (value := self._single(wire)) is not None}

    def vanish_alike(self, before: Form, after: Form) -> bool:
        """Whether both are 0 for the same values, all of which are known."""
        left, right = self.zeros(before), self.zeros(after)
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
        zeros = self.zeros(after)
        wires = {wire for form in (before, after) for wire, _ in form if wire}
        for found in () if zeros is None else zeros.found:
            values = self._completed(found, wires)
            if values is not None:
                total = sum(weight * (values | {0: 1})[wire] for wire, weight in before)
                if total % self._prime:
                    yield values

    def zeros(self, form: Form, given: Mapping[int, Box] | None = None) -> Zeros | None:
        """Where the form is 0; `None` if a wire has no box, and none is given."""
        boxes = dict(given or {})
        for wire, _ in form:
            box = (1, 1) if wire == 0 else boxes.get(wire) or self._box(wire)
            if box is None:
                return None
            boxes[wire] = box
        return zeros_in(form, boxes, self._prime)

    def _completed(self, values: Mapping[int, int], wires: Iterable[int]) -> dict[int, int] | None:
        """With the values of wires that can have one only; `None` if others are absent."""
        completed = {wire: values[wire] if wire in values else self._single(wire) for wire in wires}
        known = {wire: value for wire, value in completed.items() if value is not None}
        return known if len(known) == len(completed) else None

    def _solve(self, form: Form) -> None:
        """Fixes the one wire of a form that is 0 that has neither value nor box: the others leave it one value."""
        unknown = [(wire, weight) for wire, weight in form if self._box(wire) is None]
        if len(unknown) == 1:
            wire, weight = unknown[0]
            rest = self.value(tuple(term for term in form if term[0] != wire))
            if rest is not None:
                self._fixed[wire] = -rest * pow(weight, -1, self._prime) % self._prime

    def value(self, form: Form) -> int | None:
        """The one value of a form, if it has one only."""
        total = 0
        for wire, weight in form:
            value = self._single(wire)
            if value is None:
                return None
            total += weight * value
        return total % self._prime

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
        either: dict[int, dict[int, Box | None]] = {}
        for bit, value, other in switches_of(self._structure, wire, self._row):
            box = self._box(other) if other else (0, 0)
            if self._case.get(bit, self._fixed.get(bit)) == value:
                return box
            either.setdefault(bit, {})[value] = box
        for boxes in either.values():
            zero, one = boxes.get(0), boxes.get(1)
            if zero is not None and one is not None:
                return min(zero[0], one[0]), max(zero[1], one[1])
        return (0, 1) if self._structure.is_bit_without(wire, self._row) else self._range(wire)

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


def _bits(structure: Structure, row: int, wires: set[int]) -> set[int]:
    """Bits among the wires, and those that others hang on; if too many, of others that hang on none of the first."""
    own = {wire for wire in wires if structure.is_bit_without(wire, row)}
    hung_on = [{bit for bit, _, _ in switches_of(structure, wire, row)} for wire in sorted(wires - own - {0})]
    for bits in (own.union(*hung_on), own.union(*(some for some in hung_on if not some & own)), own):
        if len(bits) <= _MOST_BITS:
            return bits
    return set()
