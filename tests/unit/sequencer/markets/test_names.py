"""One instrument, one name: the same for files of markets and for the API."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollup.types.series import OptionKind
from sequencer.markets.errors import BadInstrumentName, BadValue
from sequencer.markets.names import PATTERN, instrument_of, name_of
from sequencer.markets.records import Instrument

instruments = st.builds(
    Instrument,
    st.from_regex(r"[A-Z][A-Z0-9_]{0,15}", fullmatch=True),
    st.one_of(st.integers(0, 2**32 - 1), st.integers(0, 49_709).map(lambda day: day * 86_400 + 28_800)),
    st.integers(0, 2**40 - 1),
    st.sampled_from(OptionKind),
)


@given(instruments)
def test_names_are_read_back(instrument: Instrument) -> None:
    name = name_of(instrument)
    assert instrument_of(name) == instrument
    assert re.match(PATTERN, name)


@given(instruments, instruments)
def test_two_instruments_have_two_names(one: Instrument, other: Instrument) -> None:
    assert (name_of(one) == name_of(other)) == (one == other)


@pytest.mark.parametrize(
    ("name", "expiry_s", "strike_e2"),
    [
        ("BTC-26DEC25-100000-C", 1_766_736_000, 10_000_000),
        ("BTC-5JAN24-42000-P", 1_704_441_600, 4_200_000),
        ("SPXW-5JAN24T2100-4700-P", 1_704_488_400, 470_000),
        ("SOL_USDC-26DEC25-2d5-P", 1_766_736_000, 250),
        ("XRP-26DEC25-0d5-C", 1_766_736_000, 50),
        ("XRP-26DEC25-12d05-C", 1_766_736_000, 1_205),
    ],
)
def test_names_as_venues_write_them(name: str, expiry_s: int, strike_e2: int) -> None:
    found = instrument_of(name)
    assert (found.expiry_s, found.strike_e2) == (expiry_s, strike_e2)
    assert name_of(found) == name


@pytest.mark.parametrize(
    "name",
    [
        "", "BTC", "btc-26DEC25-1-C", "BTC-26DEC25-1-X", "BTC-32DEC25-1-C", "BTC-30FEB25-1-C", "BTC-026DEC25-1-C",
        "BTC-26DEC25T0800-1-C", "BTC-26DEC2025-1-C", "BTC-26DEC25-01-C", "BTC-26DEC25-1d50-C", "BTC-26DEC25-1d0-C",
        "BTC-26DEC25-1.5-C", "BTC-26DEC25-1-C\n", " BTC-26DEC25-1-C", "BTC-26DEC25-٣-C", "BTC-26DEZ25-1-C",
        "BTC-26DEC25T210000-1-C", "BTC-26DEC25-99999999999-C", "BTC-26DEC9999-1-C", "BTC-PERPETUAL", "BTC-26DEC25",
        "BTC-26DEC25--1-C",
    ],
)  # fmt: skip
def test_no_second_writing_is_read(name: str) -> None:
    with pytest.raises(BadInstrumentName, match="names look like BTC-27DEC25-100000-C") as caught:
        instrument_of(name)
    assert isinstance(caught.value, BadValue)
    assert caught.value.name == name


@pytest.mark.parametrize("underlying", ["", "btc", "1BTC", "BTC-USDC", "B" * 17])
def test_an_underlying_that_no_name_can_have(underlying: str) -> None:
    with pytest.raises(BadValue, match="underlying is"):
        name_of(Instrument(underlying, 1_766_736_000, 100, OptionKind.CALL))
