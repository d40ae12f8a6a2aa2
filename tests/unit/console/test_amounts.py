"""Numbers of people and numbers that are signed: the same, or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.amounts import BadAmount, cash, cash_e6, moment, price, price_e2, size, size_e4


@pytest.mark.parametrize(
    ("text", "value_e2"), [("1234.50", 123_450), ("0", 0), ("0.01", 1), ("5", 500), (" 7.1 ", 710), ("1.5000", 150)]
)
def test_prices(text: str, value_e2: int) -> None:
    assert price_e2(text) == value_e2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1234.505", "finer than 0.01"),
        ("0.001", "finer than 0.01"),
        ("1e3", "write digits"),
        ("-1", "write digits"),
        ("+1", "write digits"),
        ("1,234.5", "write digits"),
        ("NaN", "write digits"),
        ("1.", "write digits"),
        (".5", "write digits"),
        ("", "write digits"),
        ("٣", "write digits"),
        ("10995116277.76", "from 0 to 10,995,116,277.75"),
        ("9" * 20, "from 0 to"),
        ("9" * 21, "write digits"),
    ],
)
def test_prices_that_are_none(text: str, says: str) -> None:
    with pytest.raises(BadAmount, match=says):
        price_e2(text)


def test_sizes_and_cash_are_more_than_nothing() -> None:
    assert (size_e4("0.0001"), cash_e6("0.000001")) == (1, 1)
    for wanted in (size_e4, cash_e6):
        for text in ("0", "0.0", "0.00000000"):
            with pytest.raises(BadAmount, match="must be from"):
                wanted(text)
    with pytest.raises(BadAmount, match=r"finer than 0\.0001"):
        size_e4("0.00001")
    with pytest.raises(BadAmount, match=r"finer than 0\.000001"):
        cash_e6("0.0000001")


def test_what_people_read() -> None:
    assert (price(123_450), price(0), price(None)) == ("1,234.50", "0.00", "-")
    assert (size(15_000), size(-1), size(10_000), size(None)) == ("1.5", "-0.0001", "1", "-")
    assert (cash("-1500000"), cash(1), cash(None)) == ("-1.50", "0.000001", "-")
    assert (cash(0), cash(-1_234_567_890_000), cash(10**13)) == ("0.00", "-1,234,567.89", "10,000,000.00")
    assert moment(1_703_836_800) == "2023-12-29 08:00:00"


@given(st.integers(0, (1 << 40) - 1))
def test_there_and_back(value: int) -> None:
    assert price_e2(price(value).replace(",", "")) == value
    if value:
        assert size_e4(size(min(value, (1 << 40) - 2)).replace(",", "")) == min(value, (1 << 40) - 2)
        assert cash_e6(cash(value).replace(",", "")) == value
