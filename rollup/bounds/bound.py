"""What a row of the table of bounds says, and whether it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol, TypeAlias

from primitives.field import FR
from rollup.packing import WORD_BITS

Interval: TypeAlias = tuple[int, int]
"""Both ends included."""


class Expression(Protocol):
    """A function of integers, or of a solver's, whose parameters name the variables."""

    __code__: Any

    def __call__(self, *values: Any, **named: Any) -> Any:
        """The value."""
        ...


class Refuses(Enum):
    """What a range is there to refuse, besides fields that do not fit."""

    NOTHING = "nothing: all values are inside"
    BELOW = "what is below: there the rule is broken"
    OUTSIDE = "what is below and above"


@dataclass(frozen=True, slots=True)
class Bound:
    """low <= expression < low + 2^bits, asserted by the function `where` of the circuit, or, without one, relied on.

    The expression takes integers or a solver's; its parameters name the variables.
    """

    name: str
    where: str
    expression: Expression
    bits: int
    ranges: Mapping[str, Interval]
    low: int = 0
    refuses: Refuses = Refuses.NOTHING

    @property
    def variables(self) -> dict[str, Interval]:
        """By name, with their ranges."""
        code = self.expression.__code__
        return {name: self.ranges[name] for name in code.co_varnames[: code.co_argcount]}

    def corners(self) -> Iterator[int]:
        """The expression at every corner."""
        intervals = list(self.variables.values())
        for corner in range(1 << len(intervals)):
            yield self.expression(*(interval[corner >> i & 1] for i, interval in enumerate(intervals)))

    def faults(self) -> list[str]:
        """What does not hold."""
        found, values = [], list(self.corners())
        least, most = min(values) - self.low, max(values) - self.low
        is_cut = (least < 0 and self.refuses is Refuses.NOTHING) or (
            most >> self.bits > 0 and self.refuses is not Refuses.OUTSIDE
        )
        if is_cut:
            found.append(f"{self.name}: {least} .. {most} from {self.low} on does not fit {self.bits} bits")
        if most >= FR or least + FR < 1 << self.bits:
            found.append(f"{self.name}: {least} .. {most} has an alias in {self.bits} bits")
        return found


@dataclass(frozen=True, slots=True)
class Packing:
    """Parts side by side, the lowest first, each in bits of its own: below 2^most, and that below r."""

    name: str
    parts: tuple[tuple[str, int], ...]
    most: int = WORD_BITS

    @property
    def bits(self) -> int:
        """Of all parts."""
        return sum(bits for _, bits in self.parts)

    def faults(self) -> list[str]:
        """What does not hold."""
        if self.bits <= self.most and 1 << self.most < FR:
            return []
        return [f"{self.name}: {self.bits} bits do not fit {self.most} below r"]
