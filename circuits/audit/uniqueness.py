"""Which wires are determined by the inputs: a proof by propagation, or an honest "not shown".

A wire is determined if any two witnesses with equal inputs agree in it. Beginning with the inputs, rules are applied
until nothing changes:

* *linear*: a row in which one wire is not determined, with a coefficient that is not zero;
* *cases*: the same in both cases of a determined factor being zero or not;
* *digits*: an equation whose open wires are bits, with weights that tell all assignments apart modulo the prime: since
  they grow faster than their sum, or since ranges shown elsewhere leave an interval shorter than the prime, or, for a
  few bits, since all assignments were tried;
* *steps*: a multiple D x of an integer x of bounded size, held inside an interval shorter than D;
* *division*: q * b + r = a with all bounded, below the prime, and r < b.

Non-zero is what a row proves (x * y = 1) or what the circuit assumes and says so (`Builder.assume_not_zero`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from circuits.audit.digits import DigitReasoner
from circuits.audit.facts import Facts, facts_of
from circuits.audit.system import Constraint, ConstraintSystem, Form


@dataclass(frozen=True, slots=True)
class UniquenessReport:
    """How many wires there are, and those that were not shown to be determined; `declared` are by what is given."""

    n_wires: int
    open_wires: tuple[int, ...]
    assumptions: int
    declared: int = 0

    @property
    def is_unique(self) -> bool:
        """Whether every wire is determined."""
        return not self.open_wires


def find_undetermined(
    system: ConstraintSystem, not_zero: Iterable[Form] = (), determined: Iterable[int] = ()
) -> UniquenessReport:
    """Propagates from the inputs. `not_zero` are forms that are assumed not to be 0. Sound, not complete.

    `determined` are wires that no algebra determines but an argument does, but for a small chance: reasons are the
    caller's business.
    """
    assumed, declared = list(not_zero), frozenset(determined)
    search = _Propagation(system, facts_of(system, assumed), {0, *system.inputs, *declared})
    search.run()
    open_wires = tuple(wire for wire in range(system.n_wires) if wire not in search.known)
    return UniquenessReport(system.n_wires, open_wires, len(assumed), len(declared))


@dataclass(slots=True)
class _Propagation:
    system: ConstraintSystem
    facts: Facts
    known: set[int]

    def run(self) -> None:
        digits = DigitReasoner(self.facts, self.system.prime)
        pending = set(range(len(self.system.constraints)))
        while True:
            found = self._linear(pending)
            found |= digits.determined(self.known) | self._divisions(digits)
            if not found:
                found = self._cases()
            if not found:
                return
            self.known |= found
            pending = self.system.rows_of(found) if found else set()

    def _divisions(self, digits: DigitReasoner) -> set[int]:
        """Rows quotient * divisor = known - remainder whose quotient and remainder are open."""
        found: set[int] = set()
        for constraint in self.system.constraints:
            open_wires = [wire for wire in constraint.wires() if wire not in self.known]
            if len(open_wires) != 2 or len(constraint.a) != 1 or len(constraint.b) != 1:
                continue
            quotient, divisor = constraint.a[0], constraint.b[0]
            remainder = open_wires[0] if open_wires[1] == quotient[0] else open_wires[1]
            is_one = quotient[1] == divisor[1] == 1 and _coefficient(constraint.c, remainder) == self.system.prime - 1
            placed = quotient[0] in open_wires and divisor[0] in self.known
            if is_one and placed and digits.is_division(quotient[0], divisor[0], remainder):
                found |= {quotient[0], remainder}
        return found

    def _linear(self, rows: Iterable[int]) -> set[int]:
        """Rows with one open wire, followed to the end."""
        found: set[int] = set()
        queue = sorted(rows)
        while queue:
            following: set[int] = set()
            for row in queue:
                wire = self._determined_by(self.system.constraints[row], self.known, self.facts.is_not_zero)
                if wire is not None:
                    found.add(wire)
                    self.known.add(wire)
                    following.update(self.system.rows_of_wire[wire])
            queue = sorted(following)
        return found

    def _determined_by(self, constraint: Constraint, known: set[int], not_zero: Callable[[Form], bool]) -> int | None:
        """The one open wire of a row, if the row determines it."""
        wires = [wire for wire in constraint.wires() if wire not in known]
        if len(wires) != 1:
            return None
        wire = wires[0]
        in_a, in_b, in_c = (_coefficient(form, wire) for form in constraint.forms())
        if in_a and in_b:
            return None
        if not in_a and not in_b:
            return wire
        factor = constraint.b if in_a else constraint.a
        scaled = _combined(factor, in_a or in_b, in_c, self.system.prime)
        return wire if not_zero(scaled) else None

    def _cases(self) -> set[int]:
        """Small clusters of open wires that are determined whether a determined factor is zero or not."""
        found: set[int] = set()
        tried: set[Form] = set()
        for row, constraint in enumerate(self.system.constraints):
            open_here = [wire for wire in constraint.wires() if wire not in self.known]
            if not open_here or len(open_here) > 2:
                continue
            for factor in (constraint.a, constraint.b):
                if factor in tried or len(factor) == 0 or any(wire not in self.known for wire, _ in factor):
                    continue
                tried.add(factor)
                found |= self._by_cases(factor, row) - self.known
        return found

    def _by_cases(self, factor: Form, row: int) -> set[int]:
        rows = sorted(
            {
                other
                for wire in self.system.constraints[row].wires()
                if wire not in self.known
                for other in self.system.rows_of_wire[wire]
            }
        )[:12]
        if_zero = self._closure(rows, factor, is_zero=True)
        if_not = self._closure(rows, factor, is_zero=False)
        return if_zero & if_not

    def _closure(self, rows: list[int], factor: Form, *, is_zero: bool) -> set[int]:
        known = set(self.known)
        found: set[int] = set()

        def not_zero(form: Form) -> bool:
            return self.facts.is_not_zero(form) or (not is_zero and form == _monic(factor, self.system.prime))

        constants: dict[int, int] = {}
        changed = True
        while changed:
            changed = False
            for row in rows:
                constraint = self.system.constraints[row]
                if is_zero:
                    constraint = _without(constraint, factor)
                constraint = _substituted(constraint, constants, self.system.prime)
                fixed = constraint.wires()
                if len(fixed) == 1 and fixed[0] in known:
                    value = _value_of_only_wire(constraint, fixed[0], self.system.prime)
                    if value is not None:
                        constants[fixed[0]] = value
                        changed = True
                    continue
                wire = self._determined_by(constraint, known, lambda form: not_zero(_monic(form, self.system.prime)))
                if wire is None or wire in known:
                    continue
                known.add(wire)
                found.add(wire)
                value = _value_of_only_wire(constraint, wire, self.system.prime)
                if value is not None:
                    constants[wire] = value
                changed = True
        return found


def _coefficient(form: Form, wire: int) -> int:
    return next((coefficient for other, coefficient in form if other == wire), 0)


def _combined(factor: Form, scale: int, constant: int, prime: int) -> Form:
    """scale * factor - constant."""
    terms = {wire: scale * coefficient % prime for wire, coefficient in factor}
    terms[0] = (terms.get(0, 0) - constant) % prime
    return _monic(tuple((wire, value) for wire, value in sorted(terms.items()) if value), prime)


def _monic(form: Form, prime: int) -> Form:
    """The multiple whose first coefficient is 1."""
    if not form:
        return form
    inverse = pow(form[0][1], -1, prime)
    return tuple((wire, coefficient * inverse % prime) for wire, coefficient in sorted(form))


def _without(constraint: Constraint, factor: Form) -> Constraint:
    """The constraint where `factor` is zero."""
    if factor in (constraint.a, constraint.b):
        return Constraint((), (), constraint.c)
    return constraint


def _substituted(constraint: Constraint, constants: dict[int, int], prime: int) -> Constraint:
    def put(form: Form) -> Form:
        terms: dict[int, int] = {}
        for wire, coefficient in form:
            if wire in constants:
                terms[0] = (terms.get(0, 0) + coefficient * constants[wire]) % prime
            else:
                terms[wire] = (terms.get(wire, 0) + coefficient) % prime
        return tuple((wire, value) for wire, value in sorted(terms.items()) if value)

    if not constants:
        return constraint
    return Constraint(put(constraint.a), put(constraint.b), put(constraint.c))


def _value_of_only_wire(constraint: Constraint, wire: int, prime: int) -> int | None:
    """The value of a wire that is alone in a constraint with constants."""
    if constraint.wires() != [wire]:
        return None
    (a0, a1), (b0, b1), (c0, c1) = ((_coefficient(form, 0), _coefficient(form, wire)) for form in constraint.forms())
    slope = (a0 * b1 + a1 * b0 - c1) % prime
    if slope == 0 or a1 * b1 % prime:
        return None
    return (c0 - a0 * b0) * pow(slope, -1, prime) % prime
