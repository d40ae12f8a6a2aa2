"""What a simulation measures with: books that must balance, provers that only take time, percentiles, troubles."""

from __future__ import annotations

from random import Random

import pytest

from sequencer.stress.errors import TooFewAccounts, UnknownScenario
from sequencer.stress.latencies import Latencies, percentiles
from sequencer.stress.market import MarketDay
from sequencer.stress.measures import Books, Trouble
from sequencer.stress.population import populate, series_around
from sequencer.stress.proving import SimulatedProvers
from sequencer.stress.scenarios import CRASH, SCENARIOS, scenario_named
from tests.support.markets_stress import START_S, first_table, planted, quiet_batches, terms_of_a_quiet_day


def test_every_scenario_has_a_name() -> None:
    assert set(SCENARIOS) == {"flow", "crash", "volatility-spike", "oracle-outage", "flood", "prover-loss"}
    assert scenario_named("crash") is CRASH
    with pytest.raises(UnknownScenario, match="choose one of flow, crash"):
        scenario_named("boredom")


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_has_a_market(name: str) -> None:
    scenario = scenario_named(name)
    day = MarketDay.of(scenario, START_S, Random(1))
    assert len(day.surfaces) == scenario.seconds + 1 == len(day.path.prices)


def test_the_crash_is_one_of_30_percent_in_ten_minutes() -> None:
    day = MarketDay.of(CRASH, START_S, Random(1))
    assert day.path.price(START_S + 720) / day.path.price(START_S + 120) == pytest.approx(0.7, rel=0.01)
    volatility = [day.surface_at(START_S + second).short for second in (120, 720)]
    assert volatility[1] == pytest.approx(2 * volatility[0])


def test_people_are_as_many_as_asked_for() -> None:
    table = first_table()
    for accounts in (20, 40, 300):
        people = populate(accounts, [row.series for row in table.rows], table, *terms_of_a_quiet_day(), Random(1))
        assert len(people.accounts) == accounts + 2
        assert len(people.openings) == accounts - len(people.makers) - len(people.takers) > 0
        assert {opening.trade.maker for opening in people.openings} <= set(people.makers)
    with pytest.raises(TooFewAccounts):
        populate(19, [row.series for row in table.rows], table, *terms_of_a_quiet_day(), Random(1))


def test_strikes_lie_around_the_price() -> None:
    series = series_around(9_200_000, START_S, 6)
    assert len(series) == 24
    strikes = sorted({one.strike_e2 for one in series})
    assert (strikes[0], strikes[-1]) == (6_440_000, 11_040_000)


def test_lost_provers_leave_everything_to_be_proven_again() -> None:
    provers = SimulatedProvers(count=2, proof_s=3.0, lost=(10, 20))
    provers.add(0.0, 4)
    provers.advance(6.0)
    assert (provers.delays_s, provers.unproven) == ([3.0, 3.0, 6.0, 6.0], 0)
    provers.add(8.0, 2)
    provers.advance(15.0)
    assert provers.unproven == 2
    for second in (20.0, 25.0):
        provers.advance(second)
    assert provers.delays_s[4:] == [15.0, 15.0]


def test_lost_provers_leave_everything_to_be_proven_again_twin() -> None:
    never = SimulatedProvers(count=2, proof_s=3.0)
    never.add(8.0, 2)
    never.advance(15.0)
    assert never.delays_s == [3.0, 3.0]


def test_orders_wait_for_those_before_them() -> None:
    latencies = Latencies()
    latencies.took(0.0, 0.5, is_order=False)
    latencies.took(0.1, 0.1, is_order=True)
    latencies.took(5.0, 0.1, is_order=True)
    assert latencies.processing_s == [0.1, 0.1]
    assert latencies.total_s == pytest.approx([0.5, 0.1])


def test_percentiles() -> None:
    found = percentiles([float(value) for value in range(1_000)], 2.0)
    assert found == {"p50": 1_000.0, "p90": 1_800.0, "p99": 1_980.0, "p99.9": 1_998.0, "max": 1_998.0}
    assert percentiles([]) == {}


def test_trouble_lasts_from_being_found_to_being_cured() -> None:
    trouble = Trouble()
    trouble.begin([5, 6], 10)
    trouble.begin([5], 14)
    trouble.end([5], 14)
    assert (trouble.delays_s, trouble.since) == ([4], {5: 10})
    trouble.end([], 30)
    assert (trouble.delays_s, trouble.ever) == ([4, 20], {5, 6})


def test_books_balance() -> None:
    books = Books()
    for batch in quiet_batches():
        books.check(batch)
    assert books.batches > 3
    assert books.off == []


@pytest.mark.parametrize("defect", ["cash", "contracts"])
def test_books_balance_twin(defect: str) -> None:
    """A micro-dollar or a ten-thousandth of a contract out of nothing is found, in the batch in which it is made."""
    batches = quiet_batches()
    place = next(i for i, batch in enumerate(batches) if batch.batch.trades)
    books = Books()
    for batch in batches[:place]:
        books.check(batch)
    books.check(planted(batches[place], defect))
    (off,) = books.off
    assert (off.batch, off.residual) == (batches[place].number, 1)
