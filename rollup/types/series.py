"""A series of options, and its row in the risk table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from rollup.errors import check_range
from rollup.units import COLUMNS, PRICE_BITS, SERIES_ID_BITS, TIME_BITS

UNDERLYING_BITS: Final = 16


class OptionKind(IntEnum):
    """The right to buy, or the right to sell."""

    CALL = 0
    PUT = 1

    @property
    def sign(self) -> int:
        """+1 for a call, -1 for a put."""
        return 1 if self is OptionKind.CALL else -1


@dataclass(frozen=True, slots=True)
class Series:
    """A European, cash-settled option. Raises `FieldOutOfRange` for what does not fit its width; ids begin at 1."""

    series_id: int
    underlying: int
    expiry_s: int
    strike_e2: int
    kind: OptionKind

    def __post_init__(self) -> None:
        check_range("series_id", self.series_id, SERIES_ID_BITS, minimum=1)
        check_range("underlying", self.underlying, UNDERLYING_BITS)
        check_range("expiry_s", self.expiry_s, TIME_BITS)
        check_range("strike_e2", self.strike_e2, PRICE_BITS)

    def payoff_e2(self, settlement_price_e2: int) -> int:
        """What one contract pays at expiry. Raises `FieldOutOfRange` for a price beyond its width."""
        check_range("settlement_price_e2", settlement_price_e2, PRICE_BITS)
        return max(0, self.kind.sign * (settlement_price_e2 - self.strike_e2))


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """A series as the oracles value it: `values_e2[0]` is the mark, the others what it is worth in each scenario.

    A settled series has its payoff in every column. Shape of `values_e2`: (COLUMNS,).
    """

    series: Series
    is_settled: bool
    values_e2: tuple[int, ...]

    def __post_init__(self) -> None:
        check_range("number of values", len(self.values_e2), 8, minimum=COLUMNS, maximum=COLUMNS)
        for value in self.values_e2:
            check_range("value_e2", value, PRICE_BITS)

    @property
    def mark_e2(self) -> int:
        """The mark, or the payoff of a settled series."""
        return self.values_e2[0]

    @classmethod
    def settled(cls, series: Series, settlement_price_e2: int) -> SeriesRow:
        """The row of a series after its settlement price is known."""
        return cls(series, is_settled=True, values_e2=(series.payoff_e2(settlement_price_e2),) * COLUMNS)
