"""Wires: the values that a circuit is written in.

Circuits are written against `Wire` and `Advice`, and know nothing else of whoever runs them: the `ConstraintBuilder`,
where a wire is a linear combination, or the `IntegerEngine`, where it is a number.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from prover.bn254 import FR
from prover.tape import Operation

if TYPE_CHECKING:
    from circuits.frontend.builder import Builder


class Wire(ABC):
    """An element of Fr in a circuit. Sums and products with integers are free; a product of two wires is a constraint.

    `constant` says whether it is made of integers alone, so that products with it are free too. Integers are taken
    modulo r: they are the author's constants, never data from outside.
    """

    __slots__ = ()

    builder: Builder
    constant: bool

    @abstractmethod
    def scaled(self, factor: int) -> Wire:
        """The wire times an integer; free."""

    @abstractmethod
    def plus(self, other: Wire) -> Wire:
        """The sum; free."""

    @abstractmethod
    def constant_value(self) -> int:
        """The integer of a constant wire; raises `CircuitDefinitionError` for any other."""

    def __add__(self, other: Wire | int) -> Wire:
        return self.plus(self.builder.wire(other))

    __radd__ = __add__

    def __neg__(self) -> Wire:
        return self.scaled(FR - 1)

    def __sub__(self, other: Wire | int) -> Wire:
        return self.plus(-self.builder.wire(other))

    def __rsub__(self, other: int) -> Wire:
        return self.builder.wire(other).plus(-self)

    def __mul__(self, other: Wire | int) -> Wire:
        if isinstance(other, int):
            return self.scaled(other % FR)
        return self.builder.product(self, other)

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        raise TypeError("a wire has no truth value while the circuit is written: use the select and compare gadgets")

    def __eq__(self, other: object) -> bool:
        raise TypeError("wires cannot be compared with ==: use `assert_equal`, or the gadget `is_equal`")

    __hash__ = object.__hash__


Handle = TypeVar("Handle")


class Advice(Generic[Handle]):
    """A value that the prover computes and nothing constrains: it becomes a wire only by `Builder.witness`.

    Integers are canonical, in [0, r). No operation fails; what has no value is 0 (see `prover.tape.Operation`).
    """

    __slots__ = ("builder", "handle")

    def __init__(self, builder: Builder, handle: Handle) -> None:
        self.builder = builder
        self.handle = handle

    def __add__(self, other: Advice[Handle] | Wire | int) -> Advice[Handle]:
        return self._linear(1, other)

    def __sub__(self, other: Advice[Handle] | Wire | int) -> Advice[Handle]:
        return self._linear(FR - 1, other)

    def __mul__(self, other: Advice[Handle] | Wire | int) -> Advice[Handle]:
        return self.builder.operate(Operation.MULTIPLY, [self, other])[0]

    def __truediv__(self, other: Advice[Handle] | Wire | int) -> Advice[Handle]:
        """The quotient in the field, 0 when `other` is 0."""
        return self.builder.operate(Operation.DIVIDE, [self, other])[0]

    def inverse(self) -> Advice[Handle]:
        """1 / self, and 0 for 0."""
        return self.builder.operate(Operation.INVERSE, [self])[0]

    def bits(self, n: int, shift: int = 0) -> list[Advice[Handle]]:
        """Bits `shift` to `shift + n` of the integer, the lowest first."""
        return self.builder.operate(Operation.BITS, [self], [shift, n], n_results=n)

    def extract(self, shift: int, n: int) -> Advice[Handle]:
        """(self >> shift) mod 2^n."""
        return self.builder.operate(Operation.EXTRACT, [self], [shift, n])[0]

    def divide_integers(self, divisor: Advice[Handle] | Wire | int) -> tuple[Advice[Handle], Advice[Handle]]:
        """Quotient, rounded down, and remainder; 0 and self when `divisor` is 0."""
        quotient, remainder = self.builder.operate(Operation.DIVIDE_INTEGERS, [self, divisor], n_results=2)
        return quotient, remainder

    def is_zero(self) -> Advice[Handle]:
        """1 for 0, else 0."""
        return self.builder.operate(Operation.IS_ZERO, [self])[0]

    def less_than(self, other: Advice[Handle] | Wire | int) -> Advice[Handle]:
        """1 if self < other as integers, else 0."""
        return self.builder.operate(Operation.LESS_THAN, [self, other])[0]

    def select(self, if_not_zero: Advice[Handle] | Wire | int, if_zero: Advice[Handle] | Wire | int) -> Advice[Handle]:
        """One of two values, by whether self is 0."""
        return self.builder.operate(Operation.SELECT, [self, if_not_zero, if_zero])[0]

    def look_up(self, table: Sequence[int]) -> Advice[Handle]:
        """table[self], and 0 outside."""
        return self.builder.operate(Operation.LOOKUP, [self], table=[value % FR for value in table])[0]

    def _linear(self, factor: int, other: Advice[Handle] | Wire | int) -> Advice[Handle]:
        return self.builder.operate(Operation.LINEAR, [self, other], [1, factor])[0]
