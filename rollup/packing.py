"""Several integers in one field element, each in bits of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

from rollup.errors import FieldOutOfRange, check_range

WORD_BITS: Final = 248
"""31 bytes: what fits a blob's field elements, and is below r."""


@dataclass(frozen=True, slots=True)
class Field:
    """An integer in [0, 2^bits)."""

    name: str
    value: int
    bits: int

    def check(self) -> None:
        """Raises `FieldOutOfRange` for a value that does not fit."""
        check_range(self.name, self.value, self.bits)


def packed(fields: Sequence[Field]) -> int:
    """The sum of value * 2^(bits before it): the first field is the lowest. Below 2^248 by the fields' widths."""
    word = shift = 0
    for field in fields:
        word += field.value << shift
        shift += field.bits
    return word


def unpacked(word: int, widths: Sequence[int]) -> list[int]:
    """The inverse: integers of these widths. Raises `FieldOutOfRange` for a word with bits beyond the last."""
    check_range("word", word, sum(widths))
    values = []
    for bits in widths:
        values.append(word & (1 << bits) - 1)
        word >>= bits
    return values


class Range(NamedTuple):
    """What a field may be, both ends included, and the bits that it is packed into."""

    name: str
    bits: int
    least: int
    most: int

    @classmethod
    def of(cls, name: str, bits: int, *, minimum: int = 0, maximum: int | None = None) -> Self:
        """By default 0 to 2^bits - 1."""
        return cls(name, bits, minimum, (1 << bits) - 1 if maximum is None else maximum)


def check_ranges(ranges: Sequence[Range], values: Iterable[int]) -> None:
    """Raises `FieldOutOfRange` for the first value that is not in its range. For what is made by the thousand."""
    for value, (name, _, least, most) in zip(values, ranges, strict=True):
        if type(value) is not int or not least <= value <= most:
            raise FieldOutOfRange(name, value, least, most)
