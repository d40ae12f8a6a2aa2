"""Reads what `rollup.types.rows` writes."""

from __future__ import annotations

from collections.abc import Sequence

from rollup.errors import FieldOutOfRange
from rollup.packing import unpacked
from rollup.recover.words import MalformedWords
from rollup.types.rows import VALUES_PER_WORD, WORDS_PER_ROW
from rollup.types.series import UNDERLYING_BITS, OptionKind, Series, SeriesRow
from rollup.units import PRICE_BITS, SCENARIOS, SERIES_ID_BITS, TIME_BITS

_DESCRIPTION = (SERIES_ID_BITS, TIME_BITS, 1, PRICE_BITS, PRICE_BITS, 1, UNDERLYING_BITS)


def decode_rows(words: Sequence[int]) -> list[SeriesRow]:
    """The rows of a table. Raises `MalformedWords` for what `row_words` does not write."""
    rows = []
    for i, first in enumerate(range(0, len(words), WORDS_PER_ROW)):
        own = words[first : first + WORDS_PER_ROW]
        if len(own) != WORDS_PER_ROW:
            raise MalformedWords(f"row {i}", f"there are {len(own)} words instead of {WORDS_PER_ROW}")
        try:
            rows.append(_row(own))
        except FieldOutOfRange as error:
            raise MalformedWords(f"row {i}", str(error)) from error
    return rows


def _row(words: Sequence[int]) -> SeriesRow:
    series_id, expiry_s, is_settled, mark_e2, strike_e2, kind, underlying = unpacked(words[0], _DESCRIPTION)
    values_e2: list[int] = []
    for word in words[1:]:
        count = min(VALUES_PER_WORD, SCENARIOS - len(values_e2))
        values_e2 += unpacked(word, [PRICE_BITS] * count)
    series = Series(series_id, underlying, expiry_s, strike_e2, OptionKind(kind))
    return SeriesRow(series, bool(is_settled), (mark_e2, *values_e2))
