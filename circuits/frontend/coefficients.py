"""Coefficients by number: a relation has millions of entries, and few distinct coefficients."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from prover.bn254 import FR, field_from_ints

UNIT: Final = 0
"""The number of the coefficient 1."""


class CoefficientTable:
    """Integers in [0, r) <-> numbers; grows, never forgets."""

    def __init__(self) -> None:
        self._values: list[int] = [1]
        self._numbers: dict[int, int] = {1: UNIT}

    def __len__(self) -> int:
        return len(self._values)

    def number(self, value: int) -> int:
        """The number of a coefficient; a new one if it is new."""
        known = self._numbers.get(value)
        if known is None:
            known = self._numbers[value] = len(self._values)
            self._values.append(value)
        return known

    def value(self, number: int) -> int:
        """The coefficient of a number."""
        return self._values[number]

    def products(self, a: NDArray[np.int32], b: NDArray[np.int32]) -> NDArray[np.int32]:
        """Numbers of the products, element by element; each distinct pair is multiplied once."""
        result = np.where(a == UNIT, b, a).astype(np.int32)
        both = np.flatnonzero((a != UNIT) & (b != UNIT))
        if both.size:
            pairs = a[both].astype(np.int64) << 32 | b[both].astype(np.int64)
            distinct, where = np.unique(pairs, return_inverse=True)
            numbers = [
                self.number(self._values[pair >> 32] * self._values[pair & 0xFFFFFFFF] % FR)
                for pair in distinct.tolist()
            ]
            result[both] = np.array(numbers, dtype=np.int32)[where]
        return result


COEFFICIENTS: Final = CoefficientTable()
"""The table of this process: templates live as long as it does."""


class Numbering:
    """Distinct strings or constants <-> 0, 1, 2 …, in the order of their first appearance."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of a string; a new one if it is new."""
        return self._numbers.setdefault(text, len(self._numbers))

    def texts(self) -> list[str]:
        """All strings; position i has number i."""
        return list(self._numbers)


RULES: Final = Numbering()
SOURCES: Final = Numbering()
RULES.number("")


def montgomery_constants(values: list[int]) -> NDArray[np.uint64]:
    """The constants of a tape, shape (n, 4)."""
    return field_from_ints(values) if values else np.zeros((0, 4), dtype=np.uint64)
