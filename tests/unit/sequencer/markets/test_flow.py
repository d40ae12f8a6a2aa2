"""Order flow made up: one seed, one flow; and a venue can live on it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from random import Random

import pytest

from rollup.risk.table import Market, UnderlyingMarket, risk_table
from rollup.types.series import OptionKind, Series
from sequencer.markets.arrivals import Arrivals
from sequencer.markets.collateral import FeeRates
from sequencer.markets.errors import BadSetting
from sequencer.markets.flow import FlowSettings, OrderFlow
from sequencer.markets.history import COIN_SCAN, TimedTable
from sequencer.markets.intents import CancelIntent, Intent, OrderIntent
from sequencer.markets.paths import YEAR_S, Diffusion, PricePath
from sequencer.markets.surface import VolatilitySurface
from sequencer.matching import TimeInForce
from tests.support.markets import Hall
from tests.support.source_tree import ROOT

START, SECONDS = 1_764_897_052, 600
SERIES = tuple(
    Series(place + 1, 1, START + 7 * 86_400, 8_000_000 + 400_000 * place, OptionKind(place % 2)) for place in range(8)
)
SETTINGS = FlowSettings(makers=range(2, 8), takers=range(8, 28), arrivals=Arrivals(3.0, 0.4, 0.5))


def the_path(seed: int = 3) -> PricePath:
    return Diffusion().path(START, SECONDS, 92_000.0, Random(seed))


def flow_of(seed: int, path: PricePath | None = None, settings: FlowSettings = SETTINGS) -> OrderFlow:
    return OrderFlow(settings, SERIES, path or the_path(), lambda _time: VolatilitySurface(), Random(seed))


def digest(intents: list[Intent]) -> str:
    return sha256(repr(intents).encode()).hexdigest()


def test_one_seed_one_flow() -> None:
    first = list(flow_of(1).intents())
    assert list(flow_of(1).intents()) == first
    assert list(flow_of(2).intents()) != first
    times = [intent.time_ms for intent in first]
    assert times == sorted(times)
    assert times[0] >= START * 1000
    assert any(isinstance(intent, CancelIntent) for intent in first)


@pytest.mark.parametrize("seed", ["0", "7"])
def test_one_seed_one_flow_in_another_process(seed: str) -> None:
    code = "from tests.unit.sequencer.markets import test_flow as t; print(t.digest(list(t.flow_of(1).intents())))"
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment, cwd=ROOT
    )
    assert ran.stdout.strip() == digest(list(flow_of(1).intents()))


def test_makers_quote_both_sides_around_the_value() -> None:
    flow = flow_of(1)
    for intent in flow.intents():
        if isinstance(intent, OrderIntent) and intent.account in SETTINGS.makers:
            series = SERIES[intent.series_id - 1]
            assert series in flow.quoted_by(intent.account)
            value = flow.value_e2(series, intent.time_ms / 1000)
            assert (intent.price_e2 < value) == intent.is_buy
            assert intent.slot % 2 == (0 if intent.is_buy else 1)


def test_nonces_grow_in_every_slot() -> None:
    last: dict[tuple[int, int], int] = {}
    for intent in flow_of(4).intents():
        if isinstance(intent, OrderIntent):
            assert intent.nonce == last.get((intent.account, intent.slot), 0) + 1
            last[intent.account, intent.slot] = intent.nonce
            assert intent.expiry_s * 1000 >= intent.time_ms - 999


def test_a_quiet_market_is_quoted_again_only_when_quotes_are_old() -> None:
    still = PricePath(START, (92_000.0,) * (SECONDS + 1))
    lone = replace(SETTINGS, makers=(2,), arrivals=Arrivals(0.0))
    quotes = list(flow_of(1, still, lone).intents())
    assert 8 * 9 <= len(quotes) <= 8 * 11, "four pairs, every minute"


def test_a_venue_lives_on_it() -> None:
    path, flow = the_path(), flow_of(11)
    tables = [table_at(path, time_s) for time_s in range(START, START + SECONDS, 60)]
    deposits = dict.fromkeys([*SETTINGS.makers, *SETTINGS.takers], 20_000_000 * 10**6)
    hall = Hall(deposits, tables, FeeRates(100, 300))
    hall.run(flow.intents())
    hall.book()
    assert set(hall.seen) <= {"order", "trade", "cancel", "NoSuchOrder", "OwnOrderInTheWay"}, hall.seen
    assert hall.seen["order"] > 3_000
    assert hall.seen["trade"] > 500
    assert hall.seen["cancel"] > 50
    assert sum(hall.cash_e6().values()) == sum(deposits.values())


def table_at(path: PricePath, time_s: int) -> TimedTable:
    surface = VolatilitySurface()
    forward = path.price(time_s)

    def volatility(series: Series) -> float:
        return surface.volatility(forward * 100, series.strike_e2, (series.expiry_s - time_s) / YEAR_S)

    market = Market({1: UnderlyingMarket(forward, volatility, COIN_SCAN)})
    return TimedTable(time_s, risk_table(SERIES, market, time_s))


def test_some_rest_and_some_take() -> None:
    taken = [one for one in flow_of(5).intents() if isinstance(one, OrderIntent) and one.account in SETTINGS.takers]
    resting = sum(one.time_in_force is TimeInForce.GOOD_TILL_EXPIRY for one in taken)
    assert resting / len(taken) == pytest.approx(SETTINGS.resting, abs=0.05)


def test_settings_that_mean_nothing() -> None:
    for wrong in ({"makers": ()}, {"takers": ()}, {"look_s": 0.0}, {"least_spread_e2": 0}):
        with pytest.raises(BadSetting):
            replace(SETTINGS, **wrong)
    with pytest.raises(BadSetting):
        OrderFlow(SETTINGS, (), the_path(), lambda _time: VolatilitySurface(), Random(1))
