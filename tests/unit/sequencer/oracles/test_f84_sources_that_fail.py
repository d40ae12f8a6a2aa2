"""Item 84: what a source answers badly is no price, is said in a sentence, and stops nobody else."""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pytest

from sequencer.oracles import http_json
from sequencer.oracles.deribit_source import DeribitMarket, DeribitSource
from sequencer.oracles.errors import BadReading, SourceDown, SourceStale, TooFewSources
from sequencer.oracles.exact_json import NotExactJson, parse_exact
from sequencer.oracles.http_json import BadUrl, JsonFetcher, checked_url, checking_context
from sequencer.oracles.index_presets import EXCHANGES, at_market
from sequencer.oracles.index_source import IndexSource
from sequencer.oracles.readings import UnderlyingReading
from sequencer.oracles.sources import PriceSource, SourceRules, read_sources
from tests.support.exchange_answers import EXPIRY_S, NOW, PRICE_E2, series_of
from tests.support.price_server import PriceServer, Reply, price_server, with_body

UNDERLYING = 1
SERIES = series_of(EXPIRY_S)
FETCHER = JsonFetcher(limit_s=1.0, most_bytes=20_000)
RULES = SourceRules(least=2, least_volatilities=1)
DEEP = b"[" * 100_000

FAULTS: dict[str, tuple[Any, str]] = {
    "slow": (lambda good: Reply(good, drip_s=5.0), "has not answered (within 1 s|in time)"),
    "dripping": (lambda good: Reply(good, drip_s=0.02), "has not answered (within 1 s|in time)"),
    "huge": (lambda good: Reply(good + b" " * 20_001), "more than 20000 bytes"),
    "error 500": (lambda good: Reply(good, status=500), "answers 500 Internal Server Error"),
    "error 429": (lambda good: Reply(good, status=429), "answers 429 Too Many Requests"),
    "html": (with_body(b"<html>Bad gateway</html>", "text/html"), r"no JSON.*Bad gateway.*\(text/html\)"),
    "redirect": (lambda good: Reply(good, 302, {"Location": "https://elsewhere.example/"}), "elsewhere.example"),
    "truncated": (lambda good: Reply(good[:-9], missing=9), "ends too early: 9 bytes are missing"),
    "half a JSON": (lambda good: Reply(good[:-9]), "no JSON"),
    "empty": (with_body(b""), "no JSON"),
    "packed": (lambda good: Reply(good, headers={"Content-Encoding": "gzip"}), "packed"),
    "not UTF-8": (with_body(b'{"a": "\xff"}'), "not UTF-8, at 7"),
    "NaN": (lambda good: Reply(good.replace(b"92000.50", b"NaN").replace(b'"NaN"', b"NaN")), "NaN"),
    "infinity": (lambda good: Reply(good.replace(b"92000.50", b"Infinity").replace(b'"Inf', b"Inf")), "Inf|JSON"),
    "a key twice": (with_body(b'{"a": 1, "a": 1}'), "a key twice"),
    "too deep": (with_body(DEEP[:10_000]), "nested deeper than 32 times"),
    "nothing in it": (with_body(b"{}"), "answers without .*: {}"),
    "another shape": (with_body(b'[[1], "x"]'), "answers without "),
    "a word": (lambda good: Reply(good.replace(b"92000.50", b'"cheap"').replace(b'""', b'"')), "no number"),
    "true": (lambda good: Reply(good.replace(b'"92000.50"', b"true").replace(b"92000.50", b"true")), "no number"),
    "null": (lambda good: Reply(good.replace(b'"92000.50"', b"null").replace(b"92000.50", b"null")), "no number"),
    "negative": (lambda good: Reply(good.replace(b"92000.50", b"-92000.50")), "must be a positive integer"),
    "enormous": (lambda good: Reply(good.replace(b"92000.50", b"9" * 29)), "must be a positive integer"),
    "a gigabyte": (lambda good: Reply(good.replace(b"92000.50", b"1e999999999")), "no number|too long or too large"),
}


@pytest.fixture
def server() -> Iterator[PriceServer]:
    with price_server() as made:
        yield made


def sources_of(server: PriceServer) -> list[DeribitSource | IndexSource]:
    names = ("coinbase", "kraken", "bitstamp", "okx")
    markets = [at_market(EXCHANGES[name], EXCHANGES[name].example, server.url) for name in names]
    return [
        DeribitSource("deribit", UNDERLYING, DeribitMarket(base=server.url + "/api/v2"), FETCHER),
        *(IndexSource(name, UNDERLYING, *market, FETCHER) for name, market in zip(names, markets, strict=True)),
    ]


def read(sources: Sequence[PriceSource], now_s: int = NOW) -> UnderlyingReading:
    return read_sources(sources, RULES, UNDERLYING, SERIES, now_s)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("place", "path"), [(0, "get_index_price"), (2, "0/public/Ticker")])
def test_f84_one_bad_source_of_three_counts_not_and_stops_nothing(
    server: PriceServer, fault: str, place: int, path: str
) -> None:
    server.faults[path], says = FAULTS[fault]
    sources = sources_of(server)[:3]
    found = read(sources)
    assert (found.index_e2, found.time_s) == (PRICE_E2, NOW)
    with pytest.raises((SourceDown, BadReading), match=says):
        sources[place].read(UNDERLYING, SERIES, NOW)


def test_f84_one_bad_source_of_three_counts_not_and_stops_nothing_twin(server: PriceServer) -> None:
    """Two bad ones of three are too many, and the error says what is wrong with each."""
    server.faults["/0/public"] = lambda good: Reply(good, status=500)
    server.faults["/products"] = with_body(b"<html>", "text/html")
    with pytest.raises(TooFewSources, match=r"1 of 2 needed sources.*500 Internal.*text/html") as caught:
        read([sources_of(server)[place] for place in (3, 2, 1)])
    assert set(caught.value.problems) == {"kraken", "coinbase"}


@pytest.mark.parametrize(("late_s", "counts"), [(30, True), (31, False), (-2, True), (-3, False)])
def test_f84_a_price_of_another_time_does_not_count(server: PriceServer, late_s: int, counts: bool) -> None:
    """By the exchange's own time, and where it says none by the time of its answer."""
    server.exchange.now_s = NOW - late_s
    if counts:
        assert read(sources_of(server)).index_e2 == PRICE_E2
        return
    with pytest.raises(TooFewSources) as caught:
        read(sources_of(server))
    assert set(caught.value.problems) == {"deribit", "coinbase", "kraken", "bitstamp", "okx"}
    assert all(isinstance(problem, SourceStale) for problem in caught.value.problems.values())


def test_f84_a_price_of_another_time_does_not_count_twin(server: PriceServer) -> None:
    """Were the time of asking taken for that of the price, nobody would see how old it is."""
    server.exchange.now_s = NOW - 3_600
    found = sources_of(server)[1].read(UNDERLYING, SERIES, NOW)
    assert (found.index_e2, found.time_s) == (PRICE_E2, NOW - 3_600)


def test_f84_who_says_another_price_is_outvoted(server: PriceServer) -> None:
    server.exchange.prices = {"coinbase": "46000", "kraken": "92001.50"}
    assert read(sources_of(server)).index_e2 == PRICE_E2


def test_f84_who_says_no_volatility_does_not_stand_in_the_way_of_one(server: PriceServer) -> None:
    found = read(sources_of(server))
    assert found.volatilities_ppm == {one.series_id: 552_500 for one in SERIES}
    assert found.forwards_e2 == {EXPIRY_S: 9_231_012}


def test_f84_who_says_no_volatility_does_not_confirm_one(server: PriceServer) -> None:
    """Four exchanges of prices and one of options: where two must say a volatility, there is none."""
    two = SourceRules(least=2, least_volatilities=2)
    found = read_sources(sources_of(server), two, UNDERLYING, SERIES, NOW)
    assert (found.index_e2, found.volatilities_ppm, found.forwards_e2) == (PRICE_E2, {}, {})
    again = [*sources_of(server), sources_of(server)[0]]
    assert set(read_sources(again, two, UNDERLYING, SERIES, NOW).volatilities_ppm) == {one.series_id for one in SERIES}


def test_f84_all_are_asked_at_once(server: PriceServer) -> None:
    """Five slow ones take as long as one."""
    server.faults["/"] = lambda good: Reply(good, drip_s=5.0)
    sources = sources_of(server)
    began = time.monotonic()
    for source in sources:
        source.begin(NOW)
    with pytest.raises(TooFewSources):
        read(sources)
    assert time.monotonic() - began < 4 * FETCHER.limit_s


def test_f84_who_hangs_is_not_asked_twice_at_a_time_and_holds_up_one_look(server: PriceServer) -> None:
    server.faults["/0/public"] = lambda good: Reply(good, drip_s=0.02)
    kraken = sources_of(server)[2]
    waited = [0.0, 0.0, 0.0]
    for look in range(3):
        began = time.monotonic()
        with pytest.raises(SourceDown, match="has not answered"):
            kraken.read(UNDERLYING, SERIES, NOW + look)
        waited[look] = time.monotonic() - began
        time.sleep(0.2)
    assert len(server.asked) <= 3
    assert waited[0] >= 0.9 * FETCHER.limit_s > max(waited[1:])
    time.sleep(1.5 * FETCHER.limit_s)
    server.faults.clear()
    server.exchange.now_s = NOW + 3
    assert kraken.read(UNDERLYING, SERIES, NOW + 3).index_e2 == PRICE_E2


def test_nobody_at_home() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
        with pytest.raises(SourceDown, match=r"127\.0\.0\.1 does not answer: Connection refused"):
            FETCHER.fetch("gone", url)


def test_prices_come_over_checked_lines_alone(server: PriceServer) -> None:
    assert checking_context().verify_mode is ssl.CERT_REQUIRED
    assert checking_context().check_hostname
    with pytest.raises(SourceDown, match=r"does not answer: .*(SSL|ssl)"):
        FETCHER.fetch("plain", server.url.replace("http:", "https:"))
    for url, why in (
        ("http://api.kraken.com/", "not https"),
        ("ftp://api.kraken.com/", "not https"),
        ("https://user:secret@api.kraken.com/", "name or a password"),
        ("https:///x", "no address"),
        ("https://a b/", "no address"),
        ("https://a:x/", "no address"),
        ("api.kraken.com", "no address"),
    ):
        with pytest.raises(BadUrl, match=why):
            checked_url(url)
    assert checked_url("https://api.kraken.com/0?a=b").query == "a=b"


@pytest.mark.parametrize("text", ["0.1", "1e2", "-5", "12345678901234567890.123456789", "1E+3", "0e0"])
def test_numbers_are_read_as_they_are_written(text: str) -> None:
    assert parse_exact(f"[{text}]".encode()) == [Decimal(text)]
    with pytest.raises(NotExactJson):
        parse_exact(b"1e41")


def test_numbers_are_read_as_they_are_written_twin() -> None:
    """A float would say another price: half a cent more or less decides how it is rounded."""
    price = b"1.115"
    assert round(json.loads(price) * 100) == 112
    assert round(json.loads(b"1.005") * 100) == 100


def test_the_limit_is_four_mebibytes() -> None:
    assert (http_json.MOST_BYTES, JsonFetcher().most_bytes) == (1 << 22, 1 << 22)
