"""Inputs of a section: named columns, in one place for the circuit and for whoever fills them in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from circuits.frontend import InputShape, Wire, private

Nested = Any
"""A wire or integer, or nested sequences of them."""


@dataclass(frozen=True, slots=True)
class Record:
    """Columns of one row of a section, each with a shape; () is one value."""

    columns: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def size(self) -> int:
        """Values in a row."""
        return sum(_size(shape) for _, shape in self.columns)

    def inputs(self, count: int) -> InputShape:
        """The private input of `count` rows."""
        return private(count, self.size)

    def read(self, row: Sequence[Wire]) -> dict[str, Nested]:
        """The columns of a row of wires, by name."""
        values = iter(row)
        return {name: _take(values, shape) for name, shape in self.columns}

    def write(self, values: Mapping[str, Nested]) -> list[int]:
        """A row of integers. Raises `KeyError` for a column that is missing and `ValueError` for a wrong shape."""
        row: list[int] = []
        for name, shape in self.columns:
            row.extend(_flat(name, values[name], shape))
        return row


def record(**columns: tuple[int, ...]) -> Record:
    """A record of these columns, in this order."""
    return Record(tuple(columns.items()))


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for extent in shape:
        size *= extent
    return size


def _take(values: Iterator[Wire], shape: tuple[int, ...]) -> Nested:
    if not shape:
        return next(values)
    return [_take(values, shape[1:]) for _ in range(shape[0])]


def _flat(name: str, value: Nested, shape: tuple[int, ...]) -> Iterator[int]:
    if not shape:
        yield value
        return
    if len(value) != shape[0]:
        raise ValueError(f"{name} has {len(value)} values where {shape[0]} are needed")
    for item in value:
        yield from _flat(name, item, shape[1:])
