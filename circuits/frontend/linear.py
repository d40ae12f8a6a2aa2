"""Linear combinations: what a wire is while constraints are made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from circuits.frontend.errors import CircuitDefinitionError
from circuits.frontend.wire import Wire
from prover.bn254 import FR

if TYPE_CHECKING:
    from circuits.frontend.constraint_builder import ConstraintBuilder

ONE_KEY = 0
"""The key of the constant 1 in the terms of a linear combination."""


class LinearCombination(Wire):
    """The sum of coefficient * wire over `terms`: a wire's key in its template -> a coefficient in 1..r-1."""

    __slots__ = ("__weakref__", "builder", "constant", "terms")

    builder: ConstraintBuilder

    def __init__(self, builder: ConstraintBuilder, terms: dict[int, int], *, constant: bool = False) -> None:
        self.builder = builder
        self.terms = terms
        self.constant = constant

    def scaled(self, factor: int) -> LinearCombination:
        """See `Wire`."""
        if factor == 0:
            return LinearCombination(self.builder, {}, constant=True)
        if factor == 1:
            return self
        scaled = {key: value * factor % FR for key, value in self.terms.items()}
        return LinearCombination(self.builder, scaled, constant=self.constant)

    def plus(self, other: Wire) -> LinearCombination:
        """See `Wire`."""
        added = own(self.builder, other)
        terms = dict(self.terms)
        add_terms(terms, added.terms, 1)
        return LinearCombination(self.builder, terms, constant=self.constant and added.constant)

    def constant_value(self) -> int:
        """See `Wire`."""
        if not self.constant:
            raise CircuitDefinitionError("this wire is not a constant")
        return self.terms.get(ONE_KEY, 0)


def own(builder: ConstraintBuilder, wire: Wire) -> LinearCombination:
    """The wire as a linear combination of `builder`; raises `CircuitDefinitionError` for another's."""
    if not isinstance(wire, LinearCombination) or wire.builder is not builder:
        raise CircuitDefinitionError(
            "this wire belongs to another circuit or sub-circuit: pass it as an argument, and return what is to leave"
        )
    return wire


def add_terms(into: dict[int, int], terms: dict[int, int], factor: int) -> None:
    """into += factor * terms, coefficients that vanish removed."""
    for key, value in terms.items():
        total = (into.get(key, 0) + value * factor) % FR
        if total:
            into[key] = total
        else:
            into.pop(key, None)


def combine(terms: Iterable[tuple[int, dict[int, int]]], constant: int) -> dict[int, int]:
    """The sum of factor * terms and a constant, reduced once at the end: for long sums."""
    total: dict[int, int] = {ONE_KEY: constant}
    for factor, part in terms:
        for key, value in part.items():
            total[key] = total.get(key, 0) + factor * value
    return {key: reduced for key, value in total.items() if (reduced := value % FR)}
