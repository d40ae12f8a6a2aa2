"""Surfaces without arbitrage, paths, arrivals: what the generator is made of."""

from __future__ import annotations

import math
from random import Random
from statistics import fmean, pstdev

import pytest

from sequencer.markets.arrivals import Arrivals
from sequencer.markets.errors import BadSetting, NotArbitrageFree
from sequencer.markets.paths import YEAR_S, Diffusion, PricePath, scripted
from sequencer.markets.surface import VolatilitySurface, check_butterflies, check_calendars

MONEYNESS = [k / 20 for k in range(-30, 31)]
YEARS = [days / 365 for days in (1, 2, 7, 30, 90, 365)]
START = 1_764_897_052


def free_of_arbitrage(surface: VolatilitySurface) -> None:
    for years in YEARS:
        check_butterflies(surface.total_variance, years, MONEYNESS)
    check_calendars(surface.total_variance, YEARS, MONEYNESS)


@pytest.mark.parametrize(
    "surface",
    [
        VolatilitySurface(),
        VolatilitySurface(short=1.8, long=0.5),
        VolatilitySurface(short=0.2, long=0.9, skew=-0.7, curvature=1.0),
        VolatilitySurface().shifted(3.0),
        VolatilitySurface(skew=0.0, curvature=0.01),
    ],
)
def test_surfaces_have_no_arbitrage(surface: VolatilitySurface) -> None:
    free_of_arbitrage(surface)


def test_surfaces_have_no_arbitrage_twin() -> None:
    """The numerical check finds both kinds where the constructor's rule is taken away, or time runs backwards."""
    steep = object.__new__(VolatilitySurface)
    for name, value in (("short", 0.6), ("long", 0.55), ("speed", 6.0), ("skew", -0.9), ("curvature", 4.0)):
        object.__setattr__(steep, name, value)
    with pytest.raises(NotArbitrageFree, match="butterfly"):
        free_of_arbitrage(steep)
    with pytest.raises(NotArbitrageFree, match="calendar"):
        check_calendars(VolatilitySurface().total_variance, YEARS[::-1], MONEYNESS)


def test_settings_that_mean_nothing() -> None:
    with pytest.raises(NotArbitrageFree):
        VolatilitySurface(skew=-0.9, curvature=1.9)
    for wrong in ({"short": 0.0}, {"long": math.nan}, {"skew": 1.0}, {"speed": -1.0}):
        with pytest.raises(BadSetting):
            VolatilitySurface(**wrong)
    for bad in ({"per_second": -1.0}, {"per_second": 1.0, "excitation": 1.0}, {"per_second": 1.0, "decay": 0.0}):
        with pytest.raises(BadSetting):
            Arrivals(**bad)
    with pytest.raises(BadSetting):
        PricePath(0, (1.0, 0.0))
    for knots in ([], [(1, 1.0)], [(0, 1.0), (0, 2.0)]):
        with pytest.raises(BadSetting):
            scripted(0, knots)


def test_the_term_structure_goes_from_short_to_long() -> None:
    surface = VolatilitySurface(short=0.9, long=0.5)
    at_the_money = [math.sqrt(surface.variance_at_the_money(years) / years) for years in (1e-6, 0.1, 1.0, 5.0)]
    assert at_the_money == sorted(at_the_money, reverse=True)
    assert at_the_money[0] == pytest.approx(0.9, rel=1e-4)
    assert surface.volatility(100.0, 100.0, 0.0) == 0.0


def test_a_script_is_followed() -> None:
    crash = scripted(START, [(0, 1.0), (600, 0.7), (700, 0.7)])
    assert crash.price(START) == crash.price(START - 5) == 1.0
    assert crash.price(START + 600) == crash.price(START + 10_000) == pytest.approx(0.7)
    assert crash.price(START + 300) == pytest.approx(math.sqrt(0.7))
    calm = PricePath(START, (100.0,) * 701)
    assert calm.times(crash).price(START + 650) == pytest.approx(70.0)


def test_a_diffusion_has_the_volatility_it_is_asked_for_and_no_drift() -> None:
    rng, seconds = Random(5), 20_000
    path = Diffusion(volatility=0.6, jumps_per_day=0.0).path(START, seconds, 100.0, rng)
    steps = [math.log(b / a) for a, b in zip(path.prices, path.prices[1:], strict=False)]
    assert pstdev(steps) * math.sqrt(YEAR_S) == pytest.approx(0.6, rel=0.03)
    jumping = Diffusion(volatility=0.0, jumps_per_day=8_640.0, jump_mean=-0.01, jump_deviation=0.02)
    ends = [jumping.path(START, 100, 1.0, rng).prices[-1] for _ in range(3_000)]
    assert fmean(ends) == pytest.approx(1.0, abs=4 * pstdev(ends) / math.sqrt(len(ends)))


@pytest.mark.parametrize("excitation", [0.0, 0.5])
def test_arrivals_come_as_often_as_they_should(excitation: float) -> None:
    found = list(Arrivals(per_second=2.0, excitation=excitation, decay=1.0).times(5_000.0, Random(9)))
    assert found == sorted(found)
    assert len(found) == pytest.approx(10_000 / (1 - excitation), rel=0.06)
    counts = [0] * 500
    for time in found:
        counts[int(time // 10)] += 1
    spread = pstdev(counts) ** 2 / fmean(counts)
    assert (spread > 2.0) == (excitation > 0), "those that excite each other come in waves"


def test_a_rush_multiplies_arrivals() -> None:
    def rate(second: float) -> float:
        return 10.0 if 100 <= second < 200 else 1.0

    found = list(Arrivals(per_second=1.0).times(300.0, Random(3), rate, 10.0))
    inside = sum(100 <= time < 200 for time in found)
    assert inside == pytest.approx(1_000, rel=0.15)
    assert len(found) - inside == pytest.approx(200, rel=0.3)
    assert list(Arrivals(per_second=0.0).times(10.0, Random(1))) == []
