"""Sources that are exchanges: their public answers become readings, exactly; and what they answer badly counts not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sequencer.oracles import index_source
from sequencer.oracles.deribit_source import DeribitMarket, DeribitSource
from sequencer.oracles.errors import BadReading, OtherUnderlying, SourceDown
from sequencer.oracles.http_json import JsonFetcher
from sequencer.oracles.index_presets import EXCHANGES, at_market
from sequencer.oracles.index_source import IndexSource, Ticker
from sequencer.oracles.okx_source import OkxSource
from sequencer.oracles.readings import ExpiryPrice
from tests.support.exchange_answers import EXPIRY_S, NOW, PRICE_E2, series_of
from tests.support.price_server import PriceServer, Reply, price_server

UNDERLYING = 1
FETCHER = JsonFetcher(limit_s=10.0)
SERIES = series_of(EXPIRY_S, EXPIRY_S + 7 * 86_400)


@pytest.fixture
def server() -> Iterator[PriceServer]:
    with price_server() as made:
        yield made


def deribit(server: PriceServer) -> DeribitSource:
    return DeribitSource("deribit", UNDERLYING, DeribitMarket(base=server.url + "/api/v2"), FETCHER)


def exchange(server: PriceServer, name: str) -> IndexSource:
    return IndexSource(name, UNDERLYING, *at_market(EXCHANGES[name], EXCHANGES[name].example, server.url), FETCHER)


def okx(server: PriceServer) -> OkxSource:
    return OkxSource("okx options", UNDERLYING, "BTC-USD", FETCHER, server.url)


@pytest.mark.parametrize("name", EXCHANGES)
def test_an_exchange_says_a_price_and_its_time(server: PriceServer, name: str) -> None:
    server.exchange.price, server.exchange.now_s = "92000.505000000000000000001", NOW - 7
    found = exchange(server, name).read(UNDERLYING, SERIES, NOW)
    assert (found.index_e2, found.time_s) == (9_200_051, NOW - 7)
    assert (found.forwards_e2, found.volatilities_ppm) == ({}, {})


def test_deribit_says_everything(server: PriceServer) -> None:
    found = deribit(server).read(UNDERLYING, SERIES, NOW)
    assert (found.index_e2, found.time_s) == (PRICE_E2, NOW)
    assert found.forwards_e2 == dict.fromkeys((EXPIRY_S, EXPIRY_S + 7 * 86_400), 9_231_012)
    assert found.volatilities_ppm == {one.series_id: 552_500 for one in SERIES}


def test_okx_says_everything(server: PriceServer) -> None:
    found = okx(server).read(UNDERLYING, SERIES, NOW)
    assert (found.index_e2, found.time_s) == (PRICE_E2, NOW)
    assert found.forwards_e2 == dict.fromkeys((EXPIRY_S, EXPIRY_S + 7 * 86_400), 9_231_012)
    assert found.volatilities_ppm == {one.series_id: 552_500 for one in SERIES}


def test_one_look_is_one_set_of_requests(server: PriceServer) -> None:
    source = deribit(server)
    for _ in range(3):
        source.read(UNDERLYING, SERIES, NOW)
    assert len(server.asked) == 2
    server.exchange.price = "93000"
    assert source.read(UNDERLYING, SERIES, NOW + 1).index_e2 == 9_300_000
    assert len(server.asked) == 4


def test_what_deribit_does_not_list_or_value_is_not_known(server: PriceServer) -> None:
    odd = series_of(EXPIRY_S + 60)
    assert deribit(server).read(UNDERLYING, odd, NOW).volatilities_ppm == {}
    assert okx(server).read(UNDERLYING, odd, NOW).volatilities_ppm == {}
    server.exchange.series = SERIES[:4]
    assert set(deribit(server).read(UNDERLYING, SERIES, NOW).volatilities_ppm) == {1, 2, 3, 4}
    server.exchange.volatility = "0"
    found = deribit(server).read(UNDERLYING, SERIES, NOW)
    assert (found.volatilities_ppm, found.index_e2) == ({}, PRICE_E2)
    assert deribit(server).read(UNDERLYING, SERIES, EXPIRY_S).volatilities_ppm == {}, "expired"


def test_options_that_were_valued_long_ago_are_left_out(server: PriceServer) -> None:
    late = str((NOW - 31) * 1_000).encode()
    server.faults["get_book_summary"] = lambda good: Reply(good.replace(str(NOW * 1_000).encode(), late, 1))
    found = deribit(server).read(UNDERLYING, SERIES, NOW)
    assert (set(found.volatilities_ppm), found.time_s) == ({one.series_id for one in SERIES[1:]}, NOW)
    a_little = str((NOW - 30) * 1_000).encode()
    server.faults["get_book_summary"] = lambda good: Reply(good.replace(str(NOW * 1_000).encode(), a_little, 1))
    found = deribit(server).read(UNDERLYING, SERIES, NOW)
    assert (len(found.volatilities_ppm), found.time_s) == (len(SERIES), NOW - 30), "as old as its oldest part"


def test_an_option_without_a_time_is_left_out_and_no_other(server: PriceServer) -> None:
    timed = f'"creation_timestamp": {NOW * 1_000}'.encode()
    server.faults["get_book_summary"] = lambda good: Reply(good.replace(timed, b'"creation_timestamp": null', 1))
    assert set(deribit(server).read(UNDERLYING, SERIES, NOW).volatilities_ppm) == {one.series_id for one in SERIES[1:]}
    told = f'"ts": "{NOW * 1_000}"'.encode()
    server.faults["opt-summary"] = lambda good: Reply(good.replace(told, b'"ts": "soon"', 1))
    assert set(okx(server).read(UNDERLYING, SERIES, NOW).volatilities_ppm) == {one.series_id for one in SERIES[1:]}


def test_a_price_without_a_time_is_as_old_as_its_answer(server: PriceServer) -> None:
    server.exchange.now_s = NOW - 3
    out = f'"usOut": {(NOW - 3) * 1_000_000 + 5}, '.encode()
    server.faults["get_index_price"] = lambda good: Reply(good.replace(out, b""))
    assert deribit(server).read(UNDERLYING, (), NOW).time_s == NOW - 3


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("get_book_summary", b'{"result": {}}', "no list"),
        ("opt-summary", b'{"data": "none"}', "no list"),
        ("opt-summary", b'{"msg": "x"}', "without data"),
    ],
)
def test_f84_a_list_of_options_that_is_none(server: PriceServer, path: str, body: bytes, says: str) -> None:
    server.faults[path] = lambda _good: Reply(body)
    source = deribit(server) if "book" in path else okx(server)
    with pytest.raises(SourceDown, match=says):
        source.read(UNDERLYING, SERIES, NOW)


def test_f85_prices_of_expiries_that_are_no_list(server: PriceServer) -> None:
    server.faults["get_delivery_prices"] = lambda _good: Reply(b'{"result": {"data": 5}}')
    server.faults["OHLC"] = lambda _good: Reply(b'{"result": {"XXBTZUSD": "5"}}')
    for source in (deribit(server), exchange(server, "kraken")):
        with pytest.raises(SourceDown, match="no list"):
            source.at_expiry(UNDERLYING, EXPIRY_S, EXPIRY_S + 10)


def test_prices_of_a_test_net_are_none(server: PriceServer) -> None:
    server.exchange.testnet = True
    with pytest.raises(SourceDown, match="test net"):
        deribit(server).read(UNDERLYING, SERIES, NOW)


def test_a_source_knows_its_own_underlying_alone(server: PriceServer) -> None:
    for source in (deribit(server), okx(server), exchange(server, "kraken")):
        with pytest.raises(SourceDown, match="no underlying 2"):
            source.read(2, SERIES, NOW)
        with pytest.raises(OtherUnderlying):
            source.at_expiry(2, EXPIRY_S, EXPIRY_S + 60)
    assert server.asked in ([], ["/api/v5/public/opt-summary?instFamily=BTC-USD"])


@pytest.mark.parametrize("name", EXCHANGES)
def test_f85_an_exchange_settles_by_the_minutes_before_the_expiry(server: PriceServer, name: str) -> None:
    source = exchange(server, name)
    assert source.at_expiry(UNDERLYING, EXPIRY_S, EXPIRY_S + 9) is None, "its last minute may not be over"
    assert server.asked == []
    found = source.at_expiry(UNDERLYING, EXPIRY_S, EXPIRY_S + 10)
    assert found == ExpiryPrice(EXPIRY_S, PRICE_E2, is_average=True)
    assert source.at_expiry(UNDERLYING, EXPIRY_S, EXPIRY_S + 14) == found
    assert len(server.asked) == 1
    assert source.at_expiry(UNDERLYING, EXPIRY_S + 1, EXPIRY_S + 60) is None, "no minute ends there"


def test_f85_expiries_that_wait_together_are_each_asked_of_every_five_seconds(server: PriceServer) -> None:
    server.exchange.minutes = 3
    source = exchange(server, "bitstamp")
    for now_s in range(EXPIRY_S + 10, EXPIRY_S + 15):
        for expiry_s in (EXPIRY_S, EXPIRY_S - 3_600):
            with pytest.raises(SourceDown, match="of the 30 minutes"):
                source.at_expiry(UNDERLYING, expiry_s, now_s)
    assert len(server.asked) == 2


def mean_of_kraken(server: PriceServer) -> int:
    """One minute more at either end of the half hour has another price."""
    source = exchange(server, "kraken")
    row = '[{at_s}, "1", "2", "3", "{price}", "2.5", "3.4", 23]'
    rows = [row.format(at_s=EXPIRY_S + 60 * place, price="5" if place in (-31, 0) else 100) for place in range(-31, 1)]
    body = '{"error": [], "result": {"XXBTZUSD": [' + ", ".join(rows) + "]}}"
    server.faults["OHLC"] = lambda _good: Reply(body.encode())
    found = source.at_expiry(UNDERLYING, EXPIRY_S, EXPIRY_S + 10)
    assert found is not None
    return found.price_e2


def test_f85_the_minutes_are_those_before_the_expiry_alone(server: PriceServer) -> None:
    assert mean_of_kraken(server) == 10_000


def test_f85_the_minutes_are_those_before_the_expiry_alone_twin(
    server: PriceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mean over a minute more is another price."""
    monkeypatch.setattr(index_source, "AVERAGE_S", 31 * 60)
    assert mean_of_kraken(server) < 10_000


@pytest.mark.parametrize(("minutes", "is_enough"), [(30, True), (27, True), (26, False), (0, False)])
def test_f85_too_few_minutes_settle_nothing(server: PriceServer, minutes: int, is_enough: bool) -> None:
    server.exchange.minutes = minutes
    source = exchange(server, "bitstamp")
    if is_enough:
        assert source.at_expiry(UNDERLYING, EXPIRY_S, EXPIRY_S + 10) is not None
        return
    with pytest.raises(SourceDown, match=f"{minutes} of the 30 minutes"):
        source.at_expiry(UNDERLYING, EXPIRY_S, EXPIRY_S + 10)


def test_f85_deribit_settles_by_its_delivery_price(server: PriceServer) -> None:
    source = deribit(server)
    assert source.at_expiry(UNDERLYING, EXPIRY_S, EXPIRY_S - 1) is None
    assert source.at_expiry(UNDERLYING, EXPIRY_S + 60, EXPIRY_S + 90) is None, "Deribit expires at 08:00"
    server.exchange.deliveries = {"2025-12-04": "91000.0"}
    assert source.at_expiry(UNDERLYING, EXPIRY_S, EXPIRY_S) is None, "yesterday's is not today's"
    server.exchange.deliveries["2025-12-05"] = "92100.123456"
    assert source.at_expiry(UNDERLYING, EXPIRY_S, EXPIRY_S + 4) is None, "asked again every five seconds"
    found = source.at_expiry(UNDERLYING, EXPIRY_S, EXPIRY_S + 5)
    assert found == ExpiryPrice(EXPIRY_S, 9_210_012, is_average=True)


def test_a_ticker_of_ones_own(server: PriceServer) -> None:
    server.faults["/mine"] = lambda _good: Reply(b'{"deep": [{"price": 5.125, "at": "1764896999.75"}]}')
    ticker = Ticker(server.url + "/mine", ("deep", 0, "price"), ("deep", 0, "at"))
    source = IndexSource("mine", UNDERLYING, ticker, None, FETCHER)
    found = source.read(UNDERLYING, SERIES, NOW)
    assert (found.index_e2, found.time_s) == (512, NOW - 1), "ties go to even"
    assert source.at_expiry(UNDERLYING, EXPIRY_S, EXPIRY_S + 60) is None


def test_f84_a_price_that_is_not_positive(server: PriceServer) -> None:
    for price in ("-92000.5", "0", "0.004", "0e9"):
        server.exchange.price = price
        for source in (deribit(server), exchange(server, "kraken"), okx(server)):
            with pytest.raises(BadReading, match="must be a positive integer"):
                source.read(UNDERLYING, SERIES, NOW)


def test_f84_a_price_that_is_not_positive_twin(server: PriceServer) -> None:
    """The smallest that there is passes: it is the sign that refuses."""
    server.exchange.price = "0.006"
    assert deribit(server).read(UNDERLYING, SERIES, NOW).index_e2 == 1
    assert exchange(server, "kraken").read(UNDERLYING, SERIES, NOW).index_e2 == 1
