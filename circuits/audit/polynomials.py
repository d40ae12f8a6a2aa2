"""A constraint as the polynomial a * b - c: when it is linear, what its roots are, and when two are the same."""

from __future__ import annotations

from typing import TypeAlias

from circuits.audit.square_root import quadratic_roots
from circuits.audit.system import Constraint, Form

Monomial: TypeAlias = tuple[int, int]
"""The product of two wires, the smaller first; wire 0 is the constant 1."""


def polynomial_of(constraint: Constraint, prime: int) -> dict[Monomial, int]:
    """Coefficients of a * b - c, those that vanish left out. Costs |a| * |b|."""
    total: dict[Monomial, int] = {}
    for left, x in constraint.a:
        for right, y in constraint.b:
            monomial = (left, right) if left <= right else (right, left)
            total[monomial] = total.get(monomial, 0) + x * y
    for wire, z in constraint.c:
        total[0, wire] = total.get((0, wire), 0) - z
    return {monomial: value % prime for monomial, value in total.items() if value % prime}


def polynomial_difference(left: Constraint, right: Constraint, prime: int) -> dict[Monomial, int]:
    """The polynomial of `left` less that of `right`, computed form by form where they share a form."""
    if left.a == right.a and left.b != right.b:
        difference = _form_difference(left.b, right.b, prime)
        linear = _form_difference(left.c, right.c, prime)
        return polynomial_of(Constraint(left.a, difference, linear), prime)
    if left.b == right.b:
        difference = _form_difference(left.a, right.a, prime)
        return polynomial_of(Constraint(difference, left.b, _form_difference(left.c, right.c, prime)), prime)
    total = polynomial_of(left, prime)
    for monomial, value in polynomial_of(right, prime).items():
        total[monomial] = (total.get(monomial, 0) - value) % prime
    return {monomial: value for monomial, value in total.items() if value}


def _form_difference(left: Form, right: Form, prime: int) -> Form:
    total = dict(left)
    for wire, value in right:
        total[wire] = (total.get(wire, 0) - value) % prime
    return tuple((wire, value) for wire, value in total.items() if value)


def multiple_of(p: dict[Monomial, int], q: dict[Monomial, int], prime: int) -> bool:
    """Whether q is a multiple of p by a factor that is not zero, so that no witness tells them apart."""
    if p.keys() != q.keys():
        return False
    if not p:
        return True
    first = next(iter(p))
    factor = q[first] * pow(p[first], -1, prime) % prime
    return all(value * factor % prime == q[monomial] for monomial, value in p.items())


def constant_of(form: Form) -> int | None:
    """The value of a form that has no wire but 1, else `None`."""
    if not form:
        return 0
    return form[0][1] if len(form) == 1 and form[0][0] == 0 else None


def linear_form_of(constraint: Constraint, prime: int) -> Form | None:
    """The form that the constraint says is zero, when a or b is constant; else `None`."""
    for factor, other in ((constraint.a, constraint.b), (constraint.b, constraint.a)):
        constant = constant_of(factor)
        if constant is not None:
            total = {wire: -value for wire, value in constraint.c}
            for wire, value in other:
                total[wire] = total.get(wire, 0) + constant * value
            return tuple((wire, reduced) for wire, value in total.items() if (reduced := value % prime))
    return None


def roots_of(constraint: Constraint, prime: int) -> tuple[int, frozenset[int]] | None:
    """The one wire of a constraint that has one, and the values that it leaves it; `None` for any other."""
    wires = constraint.wires()
    if len(wires) != 1:
        return None
    wire = wires[0]
    polynomial = polynomial_of(constraint, prime)
    square, slope, constant = (polynomial.get(key, 0) for key in ((wire, wire), (0, wire), (0, 0)))
    if not (square or slope or constant):
        return None
    return wire, frozenset(quadratic_roots(square, slope, constant, prime))


def two_values_of(constraint: Constraint, prime: int) -> tuple[Form, int] | None:
    """A form L and a value v that is not 0, if the constraint says L (L - v) = 0 of more than one wire; else `None`.

    So is written that what upper bits leave of a number is its lowest bit.
    """
    a, b = dict(constraint.a), dict(constraint.b)
    wires = set(a) - {0}
    if constraint.c or len(wires) < 2 or wires != set(b) - {0}:
        return None
    first = next(iter(wires))
    factor = b[first] * pow(a[first], -1, prime) % prime
    if any(value * factor % prime != b[wire] for wire, value in a.items() if wire):
        return None
    shift = (b.get(0, 0) * pow(factor, -1, prime) - a.get(0, 0)) % prime
    return (constraint.a, -shift % prime) if shift else None
