"""What the rows of a system say at a glance: bits, linear equations over them, and what is not zero.

Two-valued wires are written with bits: a row (f - alpha)(f - beta) = 0 makes f = alpha + (beta - alpha) * bit, and
rows y * y = q and v * v = q make y = v * (2 bit - 1). The bit of a wire has the wire's number; that of a form that is
no wire gets a new one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from circuits.audit.polynomials import constant_of, linear_form_of
from circuits.audit.system import Constraint, ConstraintSystem, Form


@dataclass(frozen=True, slots=True)
class Equation:
    """The sum of weight * bit + coefficient * wire + constant is 0. `divisor` is the known wire that was divided out,
    or 0.
    """

    bits: dict[int, int]
    wires: dict[int, int]
    constant: int


@dataclass(slots=True)
class Facts:
    """`bit_of_wire`: wire -> (low value, step), constant; `scaled`: y -> v for y = +-v; `virtual`: bit number -> its
    form.
    """

    prime: int
    equations: list[Equation] = field(default_factory=list)
    bit_of_wire: dict[int, tuple[int, int]] = field(default_factory=dict)
    scaled: dict[int, int] = field(default_factory=dict)
    virtual: dict[int, Form] = field(default_factory=dict)
    chains: list[tuple[dict[int, int], int]] = field(default_factory=list)
    not_zero: set[Form] = field(default_factory=set)

    def is_not_zero(self, form: Form) -> bool:
        """Whether a form, up to a factor, is a constant other than 0, or known not to be 0."""
        constant = constant_of(form)
        if constant is not None:
            return constant % self.prime != 0
        return monic(form, self.prime) in self.not_zero


def facts_of(system: ConstraintSystem, not_zero: Iterable[Form]) -> Facts:
    """Reads the facts off the rows."""
    facts = Facts(system.prime)
    facts.not_zero = {monic(form, system.prime) for form in not_zero}
    squares: dict[Form, list[int]] = {}
    for constraint in system.constraints:
        _add_not_zero(facts, constraint)
        _note_square(squares, constraint)
    _add_scaled(facts, squares)
    rest = [constraint for constraint in system.constraints if not _add_bit(facts, constraint, system)]
    for constraint in rest:
        form = linear_form_of(constraint, system.prime)
        if form is not None:
            facts.equations.append(equation_of(facts, form))
        else:
            _add_divided(facts, constraint)
    for number, form in facts.virtual.items():
        equation = equation_of(facts, form)
        bits = dict(equation.bits)
        bits[number] = (bits.get(number, 0) - 1) % system.prime
        facts.equations.append(Equation(bits, equation.wires, equation.constant))
    _add_chains(facts, rest)
    return facts


def equation_of(facts: Facts, form: Form) -> Equation:
    """form = 0, its constant bits written as bits."""
    bits: dict[int, int] = {}
    wires: dict[int, int] = {}
    constant = 0
    for wire, coefficient in form:
        if wire == 0:
            constant += coefficient
        elif wire in facts.bit_of_wire:
            low, step = facts.bit_of_wire[wire]
            constant += coefficient * low
            bits[wire] = coefficient * step % facts.prime
        else:
            wires[wire] = coefficient
    return Equation(bits, wires, constant % facts.prime)


def monic(form: Form, prime: int) -> Form:
    """The multiple whose first coefficient is 1, wires in order."""
    ordered = tuple(sorted(form))
    if not ordered:
        return ordered
    inverse = pow(ordered[0][1], -1, prime)
    return tuple((wire, coefficient * inverse % prime) for wire, coefficient in ordered)


def _add_not_zero(facts: Facts, constraint: Constraint) -> None:
    constant = constant_of(constraint.c)
    if constant is not None and constant % facts.prime:
        for form in (constraint.a, constraint.b):
            if constant_of(form) is None:
                facts.not_zero.add(monic(form, facts.prime))


def _note_square(squares: dict[Form, list[int]], constraint: Constraint) -> None:
    if constraint.a == constraint.b and len(constraint.a) == 1 and constraint.a[0][0] and constraint.a[0][1] == 1:
        squares.setdefault(constraint.c, []).append(constraint.a[0][0])


def _add_scaled(facts: Facts, squares: dict[Form, list[int]]) -> None:
    """Of wires with one square, the first is the root that is given, the others are it up to sign."""
    for wires in squares.values():
        root, *others = sorted(wires)
        if facts.is_not_zero(((root, 1),)):
            facts.scaled.update(dict.fromkeys(others, root))


def _add_bit(facts: Facts, constraint: Constraint, system: ConstraintSystem) -> bool:
    """A row f * (f - d) = 0 with d constant, up to constant terms of f: f is one of two constants."""
    prime = system.prime
    if constraint.c:
        return False
    (a, a0), (b, b0) = _split(constraint.a), _split(constraint.b)
    if not a or not b or a.keys() != b.keys():
        return False
    first = next(iter(a))
    ratio = b[first] * pow(a[first], -1, prime) % prime
    if any(b[wire] != ratio * a[wire] % prime for wire in a):
        return False
    low, high = -a0 % prime, -b0 * pow(ratio, -1, prime) % prime  # the two values of the part of a with wires
    if low == high:
        return False
    if len(a) == 1:
        inverse = pow(a[first], -1, prime)
        facts.bit_of_wire[first] = low * inverse % prime, (high - low) * inverse % prime
        return True
    inverse = pow(high - low, -1, prime)
    form = tuple((wire, value * inverse % prime) for wire, value in sorted(a.items()))
    shift = -low * inverse % prime
    number = system.n_wires + len(facts.virtual)
    facts.virtual[number] = ((0, shift), *form) if shift else form
    return True


def _add_divided(facts: Facts, constraint: Constraint) -> None:
    """v * f = sum of w_i y_i with y_i = +-v: divided by v, an equation over bits."""
    for factor, other in ((constraint.a, constraint.b), (constraint.b, constraint.a)):
        if len(factor) != 1 or factor[0][1] != 1 or not constraint.c:
            continue
        root = factor[0][0]
        if any(facts.scaled.get(wire) != root for wire, _ in constraint.c):
            continue
        equation = equation_of(facts, tuple((wire, -value % facts.prime) for wire, value in other))
        constant = equation.constant - sum(weight for _, weight in constraint.c)
        bits = equation.bits | {wire: 2 * weight % facts.prime for wire, weight in constraint.c}
        facts.equations.append(Equation(bits, equation.wires, constant % facts.prime))
        return


def _add_chains(facts: Facts, constraints: list[Constraint]) -> None:
    """Comparisons with a constant, bit by bit from the top: `equal` times a bit is the next `equal`, or 0.

    Adds (bits with weights 2^i, maximum). Each chain is followed from a bit, the top one, as the first `equal`.
    """
    number_of: dict[Form, int] = {((wire, 1),): wire for wire in facts.bit_of_wire if facts.bit_of_wire[wire] == (0, 1)}
    number_of |= {form: number for number, form in facts.virtual.items()}
    steps: dict[Form, list[tuple[int, Form]]] = {}
    results: set[Form] = set()
    for constraint in constraints:
        for equal, bit in ((constraint.a, constraint.b), (constraint.b, constraint.a)):
            if bit in number_of and (not constraint.c or len(constraint.c) == 1):
                steps.setdefault(equal, []).append((number_of[bit], constraint.c))
                if constraint.c:
                    results.add(constraint.c)
                break
    for top in [equal for equal in steps if equal in number_of and equal not in results]:
        order, ones = [number_of[top]], [1]
        at: Form = top
        while at:
            following: Form = ()
            for number, result in steps.get(at, []):
                order.append(number)
                ones.append(1 if result else 0)
                following = result or following
            at = following
        weights = {bit: 1 << i for i, bit in enumerate(reversed(order))}
        facts.chains.append((weights, sum(one << i for i, one in enumerate(reversed(ones)))))


def _split(form: Form) -> tuple[dict[int, int], int]:
    """Coefficients by wire, and the constant."""
    terms = dict(form)
    constant = terms.pop(0, 0)
    return terms, constant
