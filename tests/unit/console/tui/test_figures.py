"""Numbers, hashes and times as people read them."""

from __future__ import annotations

import pytest

from console.tui import figures


@pytest.mark.parametrize(
    ("cash_e6", "said"),
    [
        (0, "0.00"),
        (1, "0.00"),
        (5_000, "0.01"),
        (-4_999, "0.00"),
        (-5_000, "-0.01"),
        (1_234_567_890_000, "1,234,567.89"),
        (None, "–"),
    ],
)
def test_dollars_to_the_cent(cash_e6: int | None, said: str) -> None:
    assert figures.dollars(cash_e6) == said


def test_signs() -> None:
    assert figures.dollars(2_000_000, signed=True) == "+2.00"
    assert figures.dollars(0, signed=True) == "0.00"
    assert figures.contracts(-15_000, signed=True) == "-1.50"
    assert figures.contracts(1, signed=True) == "+0.0001"
    assert figures.contracts(0) == "0.00"


@pytest.mark.parametrize(
    ("cash_e6", "said"), [(3, "0.000003"), (12_500_000, "12.50"), (-1, "-0.000001"), (10**12, "1,000,000.00")]
)
def test_exact_dollars(cash_e6: int, said: str) -> None:
    assert figures.exact_dollars(cash_e6) == said


@pytest.mark.parametrize(
    ("cash_e6", "said"),
    [
        (0, "0"),
        (-400_000, "0"),
        (999_400_000, "999"),
        (1_230_000_000, "1.23k"),
        (-45_600_000_000, "-45.6k"),
        (-1_234_567 * 10**6, "-1.23M"),
        (2 * 10**18, "2.00T"),
    ],
)
def test_short_dollars_have_six_places_at_most(cash_e6: int, said: str) -> None:
    assert figures.short_dollars(cash_e6) == said
    assert len(said) <= 6


@pytest.mark.parametrize(
    ("time_ms", "said"),
    [
        (0.04, "0.0 ms"),
        (9.96, "10.0 ms"),
        (950, "950 ms"),
        (1_234, "1.23 s"),
        (59_990, "59.99 s"),
        (125_000, "2 m 05 s"),
        (12_000_000, "3 h 20 m"),
        (86_400_000, "1 d 00 h"),
        (40 * 86_400_000, "40 d 00 h"),
        (None, "–"),
    ],
)
def test_durations(time_ms: float | None, said: str) -> None:
    assert figures.duration(time_ms) == said


@pytest.mark.parametrize(
    ("time_ms", "said"),
    [(-5, "0 s"), (119_999, "119 s"), (120_000, "2 m"), (7_200_000, "2 h"), (3 * 86_400_000, "3 d")],
)
def test_ages(time_ms: int, said: str) -> None:
    assert figures.age(time_ms) == said


def test_hashes_lose_their_middle() -> None:
    assert figures.shortened("0x" + "ab" * 32) == "0xababab…ababab"
    assert figures.shortened("0x1234567890abc") == "0x1234567890abc"
    assert figures.hash_text(bytes(31) + b"\x07") == "0x000000…000007"
    assert figures.hash_text(b"") == "–"
    assert figures.hash_text(7) == figures.hash_text(bytes(31) + b"\x07")


def test_times_are_utc() -> None:
    assert figures.clock(1_700_000_000_123) == "22:13:20"
    assert figures.clock(1_700_000_000_123, milliseconds=True) == "22:13:20.123"
    assert figures.date_and_clock(1_700_000_000_999) == "2023-11-14 22:13:20"


@pytest.mark.parametrize("share", [-1.0, 0.0, 0.04, 0.5, 0.99, 1.0, 7.0])
def test_a_bar_has_its_width(share: float) -> None:
    assert len(figures.bar(share, 9)) == 9


def test_bars_grow_by_eighths() -> None:
    assert figures.bar(0.5, 4) == "██  "
    assert figures.bar(1 / 16, 2) == "▏ "
    assert figures.bar(1.0, 3) == "███"
