"""A path that is moved while it is looked at."""

from __future__ import annotations

from random import Random

import pytest

from rollup.types.series import OptionKind, Series
from sequencer.markets.errors import BadSetting
from sequencer.markets.flow import FlowSettings, OrderFlow
from sequencer.markets.intents import OrderIntent
from sequencer.markets.paths import PathPart, PricePath, ShockedPath
from sequencer.markets.surface import VolatilitySurface

START_S, SECONDS = 1_700_000_000, 60
BEFORE = PricePath(START_S, tuple(100.0 + second for second in range(SECONDS + 1)))


def test_a_shock_moves_what_comes_and_nothing_before() -> None:
    path = ShockedPath(BEFORE)
    path.shock(START_S + 10, 0.9)
    path.shock(START_S + 20, 0.5)
    assert [path.price(START_S + second) for second in (0, 9.9)] == [100.0, 109.0]
    assert path.price(START_S + 10) == pytest.approx(110 * 0.9)
    assert path.price(START_S + 59) == pytest.approx(159 * 0.45)
    assert path.shocks == ((START_S + 10, 0.9), (START_S + 20, 0.5))
    assert (path.start_s, path.end_s) == (START_S, START_S + SECONDS)


def test_without_a_shock_it_is_the_path() -> None:
    path = ShockedPath(BEFORE)
    assert [path.price(START_S + one) for one in range(-5, 70)] == [
        BEFORE.price(START_S + one) for one in range(-5, 70)
    ]


@pytest.mark.parametrize("factor", [0.0, -1.0, float("nan"), float("inf")])
def test_a_shock_that_means_nothing(factor: float) -> None:
    path = ShockedPath(BEFORE)
    with pytest.raises(BadSetting, match="factor"):
        path.shock(START_S, factor)
    assert path.shocks == ()


def test_a_part_of_a_path() -> None:
    part = PathPart(BEFORE, START_S + 5, START_S + 8)
    assert (part.start_s, part.end_s, part.price(START_S + 6)) == (START_S + 5, START_S + 8, 106.0)
    with pytest.raises(BadSetting, match="end_s"):
        PathPart(BEFORE, START_S + 5, START_S + 4)


def test_nobody_orders_what_has_expired() -> None:
    series = tuple(
        Series(number, 1, START_S + life_s, 10_000, OptionKind.CALL) for number, life_s in ((1, 20), (2, 90_000))
    )
    flow = OrderFlow(FlowSettings((1,), (2, 3)), series, BEFORE, lambda _now: VolatilitySurface(), Random(4))
    late = [one for one in flow.intents() if isinstance(one, OrderIntent) and one.time_ms >= (START_S + 20) * 1000]
    assert late
    assert {one.series_id for one in late} == {2}
