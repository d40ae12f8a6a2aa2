"""Standard margin equals Derive's published cases, and cases worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

from rollup.risk.black76 import PricingError
from rollup.risk.isolated import DERIBIT, Leg, Margin, isolated_margin, standard_margin, worst_loss
from rollup.types.series import OptionKind
from tests.unit.rollup.risk.published import published_vectors

CALL, PUT = OptionKind.CALL, OptionKind.PUT
DERIVE_CASES = 12
SECONDS_PER_YEAR = 365 * 24 * 60 * 60


def at_expiry(kind: OptionKind, strike: float, size: float) -> Leg:
    """A leg for cases at expiry, where the mark is the payoff and volatility does not matter."""
    return Leg(kind, strike, size, volatility=0.5)


def margin_of_published_case(case: dict[str, Any]) -> Margin:
    """The sum over its groups of one underlying and expiry.

    A case gives one index, that of its first leg's underlying; another's forward stands for its index.
    """
    groups: dict[tuple[str, int], list[Leg]] = {}
    for leg in case["legs"]:
        kind = CALL if leg["call"] else PUT
        groups.setdefault((leg["u"], leg["exp_s"]), []).append(Leg(kind, leg["K"], leg["qty"], leg["vol"]))
    margins = []
    for (underlying, seconds), legs in groups.items():
        forward = case["forwards"][str(seconds)]
        index = case["spot"] if underlying == case["legs"][0]["u"] else forward
        margins.append(standard_margin(legs, index, forward, seconds / SECONDS_PER_YEAR))
    return Margin.total(margins)


@pytest.mark.parametrize("number", range(DERIVE_CASES))
def test_derives_cases(number: int) -> None:
    cases = published_vectors("derive_srm_vectors.json")
    assert len(cases) == DERIVE_CASES
    case = cases[number]
    margin = margin_of_published_case(case)
    assert margin.initial == pytest.approx(case["IM"], rel=1e-7, abs=1e-7), case["note"]
    assert margin.maintenance == pytest.approx(case["MM"], rel=1e-7, abs=1e-7), case["note"]


BY_HAND = [
    # Mark 0. Initial: 15 % of 100, above 1.05 * 7.5. Maintenance: 7.5 % of 100.
    ("call at the money", [at_expiry(CALL, 100, -1)], 100, 15.0, 7.5),
    # 10 % out of the money leaves a share of 5 %, below the floor of 10 %: 10 each. Maintenance: 7.5 each.
    ("two calls out of the money", [at_expiry(CALL, 110, -2)], 100, 20.0, 15.0),
    # 4 % out of the money leaves 11 % of 100.
    ("put out of the money", [at_expiry(PUT, 96, -1)], 100, 11.0, 7.5),
    # Mark 200. Maintenance: 7.5 % of the mark, 15, above 7.5 % of the index, and the mark. Initial: 1.05 * 215, above
    # 15 + 200. The worst payoff, 300 at a price of 0, is more than either.
    ("put deep in the money", [at_expiry(PUT, 300, -1)], 100, 225.75, 215.0),
    # The put of strike 10 pays at most 10: below 10 % of 1000, and above its maintenance share of 7.5 % of 100 only.
    ("put whose worst payoff is small", [at_expiry(PUT, 5, -1)], 100, 5.0, 5.0),
    # Isolated, the call of 90 would need 15 % of 95 and its mark of 5: 19.25. The spread loses at most 10, at 100.
    ("call spread", [at_expiry(CALL, 90, -1), at_expiry(CALL, 100, 1)], 95, 10.0, 10.0),
    # Isolated: 48 and 3.8. By payoff: 10 at a price of 100, and a tenth of 1.2 (or 1.1) times 120, unpaired.
    ("unpaired", [at_expiry(CALL, 90, -1), at_expiry(CALL, 100, 0.9)], 120, 24.4, 23.2),
    ("held options alone", [at_expiry(CALL, 90, 3), at_expiry(PUT, 100, 2)], 95, 0.0, 0.0),
    ("nothing", [], 95, 0.0, 0.0),
]


@pytest.mark.parametrize(
    ("name", "legs", "index", "initial", "maintenance"), BY_HAND, ids=[case[0] for case in BY_HAND]
)
def test_by_hand(name: str, legs: list[Leg], index: float, initial: float, maintenance: float) -> None:
    margin = standard_margin(legs, index, forward=index, years=0.0)
    assert margin.initial == pytest.approx(initial), name
    assert margin.maintenance == pytest.approx(maintenance), name


def test_deribit_has_no_bound_by_payoff_and_no_multiple_of_maintenance() -> None:
    """The spread needs its short call's 14.25 + 5 and 7.125 + 5; the deep put 200 + 15, both times."""
    spread = standard_margin([at_expiry(CALL, 90, -1), at_expiry(CALL, 100, 1)], 95, 95, 0.0, DERIBIT)
    assert (spread.initial, spread.maintenance) == pytest.approx((19.25, 12.125))
    assert standard_margin([at_expiry(CALL, 90, -1), at_expiry(CALL, 100, 0.5)], 95, 95, 0.0, DERIBIT) == spread
    put = standard_margin([at_expiry(PUT, 300, -1)], 100, 100, 0.0, DERIBIT)
    assert (put.initial, put.maintenance) == pytest.approx((215.0, 215.0))


def test_worst_loss_is_at_zero_or_a_strike() -> None:
    butterfly = [at_expiry(CALL, 90, -1), at_expiry(CALL, 100, 2), at_expiry(CALL, 110, -1)]
    assert worst_loss(butterfly) == 10.0
    assert worst_loss([Leg(leg.kind, leg.strike, -leg.size, 0.5) for leg in butterfly]) == 0.0
    assert worst_loss([at_expiry(PUT, 100, -2), at_expiry(PUT, 90, 1)]) == 110.0
    assert worst_loss([]) == 0.0


def test_a_long_option_never_asks_for_more() -> None:
    short = at_expiry(CALL, 90, -1)
    alone = standard_margin([short], 120, 120, 0.0)
    for strike in (50, 90, 100, 150, 1000):
        with_long = standard_margin([short, at_expiry(CALL, strike, 1)], 120, 120, 0.0)
        assert with_long.initial <= alone.initial
        assert with_long.maintenance <= alone.maintenance


@pytest.mark.parametrize("index", [0.0, -1.0, math.nan, math.inf])
def test_an_index_that_is_not_positive_is_refused(index: float) -> None:
    with pytest.raises(PricingError, match="index is"):
        isolated_margin(at_expiry(CALL, 100, -1), index, 100.0, 0.0)
