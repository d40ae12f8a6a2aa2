"""A row of the risk table as words of data on L1, for whoever needs the table without its makers.

| words | what |
|---|---|
| 1 | the description: series, whether it is settled, mark |
| 3 | the scenario values, six in a word |

A word has at most 248 bits.
"""

from __future__ import annotations

from typing import Final

from rollup.packing import Field, packed
from rollup.types.series import UNDERLYING_BITS, SeriesRow
from rollup.units import PRICE_BITS, SCENARIOS, SERIES_ID_BITS, TIME_BITS

VALUES_PER_WORD: Final = 6
WORDS_PER_ROW: Final = 1 + len(range(0, SCENARIOS, VALUES_PER_WORD))


def description_fields(row: SeriesRow) -> list[Field]:
    """What identifies a series, and whether it is settled; 154 bits."""
    series = row.series
    return [
        Field("series_id", series.series_id, SERIES_ID_BITS),
        Field("expiry_s", series.expiry_s, TIME_BITS),
        Field("is_settled", int(row.is_settled), 1),
        Field("mark_e2", row.mark_e2, PRICE_BITS),
        Field("strike_e2", series.strike_e2, PRICE_BITS),
        Field("kind", int(series.kind), 1),
        Field("underlying", series.underlying, UNDERLYING_BITS),
    ]


def row_words(row: SeriesRow) -> tuple[int, ...]:
    """All words of a row, shape (WORDS_PER_ROW,). `rollup.recover.decode_rows` is the inverse."""
    values = [Field(f"value {i}", value, PRICE_BITS) for i, value in enumerate(row.values_e2[1:], start=1)]
    groups = [values[first : first + VALUES_PER_WORD] for first in range(0, SCENARIOS, VALUES_PER_WORD)]
    return (packed(description_fields(row)), *map(packed, groups))
