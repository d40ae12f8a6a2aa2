"""Which series are listed, and when a market is under stress."""

from __future__ import annotations

import pytest

from rollup.risk_table import PlaceTaken
from rollup.types.series import OptionKind
from sequencer.messages import SetStress
from sequencer.oracles.errors import NoRoom, StillNeeded
from sequencer.oracles.readings import UnderlyingReading
from sequencer.oracles.series_book import NewSeries, SeriesBook, strikes_around
from sequencer.oracles.stress_watch import StressRules, StressWatch
from tests.support.markets_oracles import EXPIRY_S, NOW, PRICE_E2, SERIES, UNDERLYING

SETTLED = {(UNDERLYING, EXPIRY_S): PRICE_E2}


def new(strike_e2: int) -> NewSeries:
    return NewSeries(UNDERLYING, EXPIRY_S, strike_e2, OptionKind.CALL)


def test_ids_are_given_out_once_and_places_again() -> None:
    book = SeriesBook(1)
    made = [book.list_new(new(strike)) for strike in (1, 2)]
    assert [one.series_id for one in made] == [1, 2]
    assert book.list_new(new(1)) is made[0]
    third = book.list_new(new(3))
    assert third.series_id == 4, "the last place, 3, stays empty, and 4 has place 0"
    with pytest.raises(NoRoom):
        book.list_new(new(4))
    book.retire(1, SETTLED, set())
    again = book.list_new(new(5))
    assert again.series_id == 5, "place 1 again, under an id that nobody had"
    assert [one.series_id for one in book.series] == [2, 4, 5]


def test_a_series_leaves_when_it_is_settled_and_nobodys() -> None:
    book = SeriesBook(3, SERIES)
    for settlements, held in (({}, set()), (SETTLED, {1})):
        with pytest.raises(StillNeeded):
            book.retire(1, settlements, held)
    book.retire(1, SETTLED, {2})
    book.retire(1, SETTLED, {2})
    assert book.retire_all(SETTLED, {2}) == (3,)
    assert [one.series_id for one in book.series] == [2, 4, 5, 6]


def test_places_are_not_shared() -> None:
    book = SeriesBook(1, SERIES[:1])
    with pytest.raises(PlaceTaken):
        book.adopt(SERIES[4])
    with pytest.raises(NoRoom):
        book.adopt(SERIES[2])


def test_strikes_lie_around_a_price() -> None:
    assert strikes_around(9_249_999, 500_000, 5) == (8_000_000, 8_500_000, 9_000_000, 9_500_000, 10_000_000)
    assert strikes_around(10, 100, 3) == (100, 200, 300)
    assert strikes_around(10, (1 << 40) - 1, 3) == ((1 << 40) - 1,)


def reading(price_e2: int, volatility_ppm: int = 600_000) -> dict[int, UnderlyingReading]:
    return {UNDERLYING: UnderlyingReading(NOW, price_e2, {}, {1: volatility_ppm, 2: volatility_ppm, 3: 1})}


@pytest.mark.parametrize("factor", [95, 105])
def test_a_fast_move_is_stress_and_calm_ends_it(factor: int) -> None:
    watch = StressWatch(StressRules(window_s=300, calm_s=600))
    assert watch.observe(NOW, reading(PRICE_E2)) is None
    assert watch.observe(NOW + 100, reading(PRICE_E2 * factor // 100)) == SetStress(True)
    assert watch.observe(NOW + 350, reading(PRICE_E2 * factor // 100)) is None
    assert watch.observe(NOW + 699, reading(PRICE_E2 * factor // 100)) is None
    assert watch.observe(NOW + 700, reading(PRICE_E2 * factor // 100)) == SetStress(False)
    assert not watch.is_under_stress


def test_a_slow_move_is_none() -> None:
    watch = StressWatch()
    said = [watch.observe(NOW + 100 * turn, reading(PRICE_E2 * (1_000 + 15 * turn) // 1_000)) for turn in range(20)]
    assert said == [None] * 20


def test_a_jump_of_volatility_is_stress() -> None:
    watch = StressWatch()
    assert watch.observe(NOW, reading(PRICE_E2)) is None
    assert watch.observe(NOW + 30, reading(PRICE_E2, 770_000)) is None
    assert watch.observe(NOW + 60, reading(PRICE_E2, 800_000)) == SetStress(True)


def test_a_jump_of_volatility_is_stress_twin() -> None:
    """A watch that looks at prices alone sees nothing."""
    blind = StressWatch(StressRules(volatility_ppm=10**9))
    assert [blind.observe(NOW + 30 * i, reading(PRICE_E2, 600_000 + 300_000 * i)) for i in range(3)] == [None] * 3
