"""Forwards out of marks."""

from __future__ import annotations

from rollup.risk.black76 import implied_volatility, price
from rollup.risk.parity import Marked, forwards_e2
from rollup.types.series import OptionKind

EXPIRY_S, YEARS, VOLATILITY = 1_800_000_000, 0.25, 0.55
FORWARD_E2, INDEX_E2 = 10_310_000, 10_000_000


def marks(strikes_e2: tuple[int, ...]) -> list[Marked]:
    """Of calls and puts, rounded to cents."""
    return [
        Marked(
            1,
            EXPIRY_S,
            strike_e2,
            kind is OptionKind.CALL,
            round(price(kind, FORWARD_E2, strike_e2, YEARS, VOLATILITY)),
        )
        for strike_e2 in strikes_e2
        for kind in OptionKind
    ]


def test_the_forward_is_that_of_the_marks() -> None:
    found = forwards_e2(marks((8_000_000, 10_000_000, 12_000_000)))
    assert abs(found[1, EXPIRY_S] - FORWARD_E2) <= 2


def test_volatilities_by_it_are_those_of_the_marks_and_by_the_index_are_not() -> None:
    some = marks((10_000_000,))
    forward_e2 = forwards_e2(some)[1, EXPIRY_S]
    call_e2, put_e2 = (one.mark_e2 for one in sorted(some, key=lambda one: not one.is_call))
    for kind, mark_e2 in ((OptionKind.CALL, call_e2), (OptionKind.PUT, put_e2)):
        assert abs(implied_volatility(kind, mark_e2, forward_e2, 10_000_000, YEARS) - VOLATILITY) < 1e-4
        assert abs(implied_volatility(kind, mark_e2, INDEX_E2, 10_000_000, YEARS) - VOLATILITY) > 0.05


def test_the_strike_with_the_nearest_marks_counts() -> None:
    far = [Marked(1, EXPIRY_S, 5_000_000, is_call, mark_e2) for is_call, mark_e2 in ((True, 9_999_999), (False, 1))]
    assert abs(forwards_e2([*far, *marks((10_000_000,))])[1, EXPIRY_S] - FORWARD_E2) <= 2


def test_nothing_is_made_up() -> None:
    assert forwards_e2([]) == {}
    assert forwards_e2([one for one in marks((10_000_000,)) if one.is_call]) == {}
    assert forwards_e2([Marked(1, EXPIRY_S, 100, True, 1), Marked(1, EXPIRY_S, 100, False, 500)]) == {}
    assert forwards_e2([Marked(1, EXPIRY_S, 100, True, 1), Marked(1, EXPIRY_S + 1, 100, False, 1)]) == {}
