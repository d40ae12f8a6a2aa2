"""What one source, or one oracle, says of the underlyings: whole numbers, so that all compute the same from them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from rollup.units import PRICE_BITS, TIME_BITS
from sequencer.oracles.errors import BadReading

VOLATILITY_BITS: Final = 26
"""In parts per million: up to 6,710 % a year."""


@dataclass(frozen=True, slots=True)
class UnderlyingReading:
    """One underlying at `time_s`: its price, forwards by expiry, and volatilities (0.0001 %) by series id.

    Raises `BadReading` for a number that is not positive or too large; floats are none.
    """

    time_s: int
    index_e2: int
    forwards_e2: Mapping[int, int] = field(default_factory=dict)
    volatilities_ppm: Mapping[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check("time_s", self.time_s, TIME_BITS)
        _check("index_e2", self.index_e2, PRICE_BITS)
        for expiry_s, forward_e2 in self.forwards_e2.items():
            _check(f"forward_e2 of {expiry_s}", forward_e2, PRICE_BITS)
        for series_id, volatility_ppm in self.volatilities_ppm.items():
            _check(f"volatility_ppm of series {series_id}", volatility_ppm, VOLATILITY_BITS)

    def as_data(self) -> list[object]:
        """In one order, for whoever hashes it."""
        return [
            self.time_s,
            self.index_e2,
            sorted(self.forwards_e2.items()),
            sorted(self.volatilities_ppm.items()),
        ]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one oracle made of its sources at `time_s`, by underlying."""

    time_s: int
    underlyings: Mapping[int, UnderlyingReading]

    def encoded(self) -> bytes:
        """One way to write it."""
        parts = [[number, reading.as_data()] for number, reading in sorted(self.underlyings.items())]
        return json.dumps([self.time_s, parts], separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class ExpiryPrice:
    """What a source says of an underlying at an expiry; `is_average`: over the time before it, as the source does."""

    time_s: int
    price_e2: int
    is_average: bool = False

    def __post_init__(self) -> None:
        _check("time_s", self.time_s, TIME_BITS)
        _check("price_e2", self.price_e2, PRICE_BITS)


def _check(what: str, value: int, bits: int) -> None:
    if type(value) is not int or not 0 < value < 1 << bits:
        raise BadReading(what, value)
