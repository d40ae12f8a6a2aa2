"""One oracle and its sources: what is stale, silent or far off does not count, and too little counts for nothing."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from sequencer.markets.history import COIN_SCAN, ChainHistory
from sequencer.markets.paths import Diffusion, PricePath
from sequencer.markets.surface import VolatilitySurface
from sequencer.oracles.errors import BadReading, PricesApart, SourceDown, SourceStale, TooFewSources
from sequencer.oracles.medians import Spreads, consensus, is_near, middle
from sequencer.oracles.readings import ExpiryPrice, UnderlyingReading
from sequencer.oracles.sources import HistorySource, ModelSource, SourceRules, read_expiry, read_sources
from tests.support.markets_oracles import EXPIRY_S, NOW, PRICE_E2, SERIES, UNDERLYING, FixedSource, sources_of

RULES = SourceRules(least=2, age_s=30, ahead_s=2)


def read(sources: list[FixedSource], rules: SourceRules = RULES) -> UnderlyingReading:
    return read_sources(sources, rules, UNDERLYING, SERIES, NOW)


def test_the_middle_is_the_contracts() -> None:
    assert [middle(values) for values in ([5], [7, 5], [9, 5, 7], [9, 5, 7, 6])] == [5, 5, 7, 6]
    assert is_near(10_000, 10_100, 10_000)
    assert not is_near(10_000, 10_101, 10_000)


def test_what_most_say_counts() -> None:
    sources = sources_of()
    sources[0].index_e2 += 900
    sources[1].index_e2 -= 900
    assert read(sources).index_e2 == PRICE_E2


def test_f84_an_outlier_moves_nothing() -> None:
    sources = sources_of(4)
    for wrong in (1, PRICE_E2 * 2, PRICE_E2 * 98 // 100):
        sources[0].index_e2 = wrong
        assert read(sources).index_e2 == PRICE_E2


def test_f84_an_outlier_moves_nothing_twin() -> None:
    """Without the rule the price would be another: a mean moves."""
    prices = [1, PRICE_E2, PRICE_E2, PRICE_E2]
    assert sum(prices) // 4 != PRICE_E2
    assert consensus(prices, 10_000, 3) == PRICE_E2


@pytest.mark.parametrize("late_s", [31, -3])
def test_f84_a_stale_source_and_one_from_the_future_do_not_count(late_s: int) -> None:
    sources = sources_of()
    sources[0].late_s, sources[0].index_e2 = late_s, PRICE_E2 + 9_000
    assert read(sources).index_e2 == PRICE_E2
    sources[1].late_s = late_s
    with pytest.raises(TooFewSources) as caught:
        read(sources)
    stale = caught.value.problems["source 0"]
    assert isinstance(stale, SourceStale)
    assert (stale.time_s, stale.now_s) == (NOW - late_s, NOW)


@pytest.mark.parametrize("late_s", [31, -3])
def test_f84_a_stale_source_and_one_from_the_future_do_not_count_twin(late_s: int) -> None:
    """With an age limit that lets them pass, the same two sources make a price."""
    sources = sources_of(3, late_s=late_s)
    loose = SourceRules(least=2, age_s=100, ahead_s=100)
    assert read(sources, loose).index_e2 == PRICE_E2


def test_silence_counts_for_nothing() -> None:
    sources = sources_of()
    sources[2].is_up = False
    assert read(sources).index_e2 == PRICE_E2
    sources[1].is_up = False
    with pytest.raises(TooFewSources, match="1 of 2 needed") as caught:
        read(sources)
    assert isinstance(caught.value.problems["source 2"], SourceDown)
    with pytest.raises(TooFewSources):
        read([])


def test_two_against_two_is_no_price() -> None:
    sources = sources_of(4)
    for source in sources[:2]:
        source.index_e2 = PRICE_E2 * 102 // 100
    with pytest.raises(PricesApart) as caught:
        read(sources)
    assert (caught.value.lowest, caught.value.highest) == (PRICE_E2, PRICE_E2 * 102 // 100)


def test_a_volatility_without_agreement_is_not_known() -> None:
    sources = sources_of()
    sources[0].volatility_ppm = 5_000_000
    assert set(read(sources).volatilities_ppm.values()) == {600_000}
    sources[1].volatility_ppm = 100_000
    assert read(sources).volatilities_ppm == {}


def test_forwards_are_agreed_on_like_prices() -> None:
    sources = sources_of()
    for source in sources:
        source.forwards_e2 = {EXPIRY_S: PRICE_E2 + 5_000}
    sources[0].forwards_e2 = {EXPIRY_S: 1, 7: 3}
    assert read(sources).forwards_e2 == {EXPIRY_S: PRICE_E2 + 5_000}


@pytest.mark.parametrize("value", [0, -1, 1 << 40, 1.5, float("nan"), True, "5", None])
def test_f84_a_price_that_is_none(value: Any) -> None:
    for made in (
        lambda: UnderlyingReading(NOW, value),
        lambda: UnderlyingReading(NOW, PRICE_E2, {EXPIRY_S: value}),
        lambda: UnderlyingReading(NOW, PRICE_E2, {}, {1: value}),
        lambda: ExpiryPrice(EXPIRY_S, value),
    ):
        with pytest.raises(BadReading):
            made()


def test_f85_only_prices_of_the_very_second_count() -> None:
    sources = sources_of()
    for source, time_s, price_e2 in zip(sources, (0, 0, -1), (100, 102, 90), strict=True):
        source.expiry = ExpiryPrice(EXPIRY_S + time_s, PRICE_E2 + price_e2)
    assert read_expiry(sources, RULES, UNDERLYING, EXPIRY_S, EXPIRY_S + 5) == PRICE_E2 + 100
    sources[1].expiry = ExpiryPrice(EXPIRY_S + 1, PRICE_E2)
    with pytest.raises(TooFewSources) as caught:
        read_expiry(sources, RULES, UNDERLYING, EXPIRY_S, EXPIRY_S + 5)
    assert set(caught.value.problems) == {"source 1", "source 2"}


def test_f85_only_prices_of_the_very_second_count_twin() -> None:
    """Were a second off good enough, the price would be another."""
    others = [PRICE_E2 + 100, PRICE_E2 + 102, PRICE_E2 + 90]
    assert consensus(others, 10_000, 2) == PRICE_E2 + 100
    assert consensus([PRICE_E2 + 90, PRICE_E2 + 100], 10_000, 2) == PRICE_E2 + 90


def test_f85_an_average_goes_before_a_point() -> None:
    sources = sources_of(4)
    for place, source in enumerate(sources):
        source.expiry = ExpiryPrice(EXPIRY_S, PRICE_E2 + place, is_average=place >= 2)
    assert read_expiry(sources, RULES, UNDERLYING, EXPIRY_S, EXPIRY_S) == PRICE_E2 + 2
    sources[3].expiry = None
    assert read_expiry(sources, RULES, UNDERLYING, EXPIRY_S, EXPIRY_S) == PRICE_E2 + 1, "one average is too few"


def test_f85_prices_far_apart_settle_nothing() -> None:
    sources = sources_of(2)
    sources[0].expiry = ExpiryPrice(EXPIRY_S, PRICE_E2)
    sources[1].expiry = ExpiryPrice(EXPIRY_S, PRICE_E2 * 102 // 100)
    with pytest.raises(PricesApart):
        read_expiry(sources, RULES, UNDERLYING, EXPIRY_S, EXPIRY_S)
    for source in sources:
        source.expiry = None
    with pytest.raises(TooFewSources, match="0 of 2"):
        read_expiry(sources, RULES, UNDERLYING, EXPIRY_S, EXPIRY_S)


def test_a_model_is_seen_with_errors_and_settled_by_its_mean() -> None:
    path = Diffusion().path(NOW, 3_600, 92_000.0, Random(1))
    sources = [
        ModelSource(f"model {i}", UNDERLYING, path, lambda _time: VolatilitySurface(), Random(i)) for i in range(3)
    ]
    found = read_sources(sources, RULES, UNDERLYING, SERIES, NOW + 60)
    assert is_near(found.index_e2, round(path.price(NOW + 60) * 100), 500)
    assert set(found.volatilities_ppm) == {one.series_id for one in SERIES}
    assert sources[0].at_expiry(UNDERLYING, NOW + 3_600, NOW + 3_599) is None
    settled = sources[0].at_expiry(UNDERLYING, NOW + 3_600, NOW + 3_700)
    mean = sum(path.price(NOW + second) for second in range(1_801, 3_601)) / 1_800
    assert settled == ExpiryPrice(NOW + 3_600, round(mean * 100), is_average=True)
    with pytest.raises(SourceDown):
        sources[0].read(2, SERIES, NOW)


def test_data_are_a_source() -> None:
    history = ChainHistory(
        UNDERLYING, NOW, 92_000.0, {EXPIRY_S: 92_100.5}, {one.series_id: 0.5 for one in SERIES}, COIN_SCAN
    )
    source = HistorySource("chain", history, {(UNDERLYING, EXPIRY_S): PRICE_E2})
    found = source.read(UNDERLYING, SERIES, NOW)
    assert (found.index_e2, found.forwards_e2, found.volatilities_ppm[1]) == (9_200_000, {EXPIRY_S: 9_210_050}, 500_000)
    assert source.at_expiry(UNDERLYING, EXPIRY_S, EXPIRY_S - 1) is None
    assert source.at_expiry(UNDERLYING, EXPIRY_S, EXPIRY_S) == ExpiryPrice(EXPIRY_S, PRICE_E2)
    for underlying, now_s in ((2, NOW), (UNDERLYING, NOW - 1)):
        with pytest.raises(SourceDown):
            source.read(underlying, SERIES, now_s)


def test_spreads_are_whole_numbers() -> None:
    assert Spreads().index_ppm == 10_000
    assert PricePath(NOW, (1.0,)).end_s == NOW
