"""Order flow and plans for any seed: a venue books what was planned, and nobody's money comes from nowhere."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollup.types.series import OptionKind, SeriesRow
from rollup.units import COLUMNS
from sequencer.markets.arrivals import Arrivals
from sequencer.markets.collateral import FeeRates, needed_cash_e6
from sequencer.markets.flow import FlowSettings, OrderFlow
from sequencer.markets.history import TimedTable
from sequencer.markets.intents import OrderIntent
from sequencer.markets.listing import Listing
from sequencer.markets.paths import Diffusion
from sequencer.markets.records import Aggressor, Instrument, MarketTrade
from sequencer.markets.replay_plan import PlanSettings, plan_replay
from sequencer.markets.surface import VolatilitySurface
from tests.support.markets import Hall

START, EXPIRY_S = 1_700_000_000, 1_700_086_400
INSTRUMENTS = [Instrument("X", EXPIRY_S, 90_00 + 3_00 * i, OptionKind(i % 2)) for i in range(20)]
PRICES, SIZES = st.integers(0, 20_000), st.integers(1, 10**7)
TRADES = st.lists(
    st.tuples(st.integers(0, 3_600), st.sampled_from(INSTRUMENTS), PRICES, SIZES, st.sampled_from(list(Aggressor))),
    min_size=1,
    max_size=25,
)


def tables(listed: Listing, rng: Random) -> list[TimedTable]:
    return [
        TimedTable(
            START + 900 * turn,
            tuple(
                SeriesRow(series, False, tuple(rng.randint(0, 30_000) for _ in range(COLUMNS)))
                for series in listed.series()
            ),
        )
        for turn in range(4)
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TRADES, st.integers(0, 2**32), st.integers(0, 5_000), st.integers(0, 1_000), st.integers(0, 20_000))
def test_plans_happen_with_no_more_than_is_needed(
    given_trades: list[tuple[int, Instrument, int, int, Aggressor]],
    seed: int,
    maker_ppm: int,
    taker_ppm: int,
    settled_e2: int,
) -> None:
    listed = Listing({"X": 3})
    listed.add_all(INSTRUMENTS)
    judged = tables(listed, Random(seed))
    fees = FeeRates(min(maker_ppm, 1_000), taker_ppm)
    trades = [MarketTrade(START + one[0], *one[1:]) for one in given_trades]
    plan = plan_replay(trades, listed, judged, Random(seed + 1), PlanSettings(fees, accounts_per_group=3))
    rows = tuple(SeriesRow.settled(series, settled_e2) for series in listed.series())
    settled = TimedTable(EXPIRY_S, rows)
    exact = needed_cash_e6(plan.trades, [*judged, settled], fees)
    hall = Hall(exact, judged, fees)
    hall.run(plan.intents)
    hall.book()
    assert hall.seen["order"] == 2 * len(trades)
    assert hall.seen["trade"] == len(trades)
    hall.settle(settled, {series.series_id for series in listed.series()})
    expected = replace(plan, deposits_e6=exact).expected({(3, EXPIRY_S): settled_e2})
    cash = hall.cash_e6()
    assert {account: cash[account] for account in exact} == expected.cash_e6
    assert cash[0] == expected.fees_e6
    assert sum(cash.values()) == sum(exact.values())


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**32),
    st.floats(0.0, 5.0),
    st.floats(0.0, 0.9),
    st.floats(0.01, 0.5),
    st.floats(-0.7, 0.7),
)
def test_flows_are_made_of_orders_that_can_be_signed(
    seed: int, per_second: float, excitation: float, spread: float, skew: float
) -> None:
    rng = Random(seed)
    listed = Listing({"X": 3})
    series = listed.add_all(INSTRUMENTS)
    made = FlowSettings((2, 3), (4, 5, 6), Arrivals(per_second, excitation), spread=spread, least_spread_e2=1)
    path = Diffusion(volatility=2.0, jumps_per_day=2_000.0).path(START, 60, 100.0, rng)
    flow = OrderFlow(made, series, path, lambda _time: VolatilitySurface(skew=skew), rng)
    last_ms = 0
    for intent in flow.intents():
        assert intent.time_ms >= last_ms
        last_ms = intent.time_ms
        if isinstance(intent, OrderIntent):
            assert intent.order(500).limit_price_e2 == intent.price_e2 >= 1
