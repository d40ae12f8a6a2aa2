"""Risk tables as words on L1: whoever has the words has the table, and nothing but a table's words is read as one."""

from __future__ import annotations

import contextlib
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollup.packing import WORD_BITS
from rollup.recover import MalformedWords, decode_rows
from rollup.types.rows import WORDS_PER_ROW, row_words
from rollup.types.series import OptionKind, Series, SeriesRow
from rollup.units import COLUMNS

prices = st.integers(0, (1 << 40) - 1)


@st.composite
def series_rows(draw: st.DrawFn) -> SeriesRow:
    series = Series(
        draw(st.integers(1, (1 << 24) - 1)),
        draw(st.integers(0, (1 << 16) - 1)),
        draw(st.integers(0, (1 << 32) - 1)),
        draw(prices),
        draw(st.sampled_from(OptionKind)),
    )
    values = draw(st.lists(prices, min_size=COLUMNS, max_size=COLUMNS))
    return SeriesRow(series, draw(st.booleans()), tuple(values))


@given(st.lists(series_rows(), max_size=3))
def test_e65_rows_are_read_as_they_were_written(rows: list[SeriesRow]) -> None:
    words = [word for row in rows for word in row_words(row)]
    assert decode_rows(words) == rows
    assert all(0 <= word < 1 << WORD_BITS for word in words)


@given(series_rows(), st.randoms(use_true_random=False))
def test_e65_one_bit_makes_another_table_or_none(row: SeriesRow, random: Random) -> None:
    words = list(row_words(row))
    words[random.randrange(WORDS_PER_ROW)] ^= 1 << random.randrange(WORD_BITS)
    with contextlib.suppress(MalformedWords):
        assert decode_rows(words) != [row]


@given(series_rows())
def test_rows_are_whole(row: SeriesRow) -> None:
    for words in (row_words(row)[:-1], (*row_words(row), 0), (1 << WORD_BITS, *row_words(row)[1:])):
        with pytest.raises(MalformedWords):
            decode_rows(words)


def test_no_row_is_all_zeros() -> None:
    with pytest.raises(MalformedWords, match="series_id"):
        decode_rows([0] * WORDS_PER_ROW)
