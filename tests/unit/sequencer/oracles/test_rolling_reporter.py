"""A committee by its settings file, over exchanges on this machine: tables, series that come, settlements, restarts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from rollup.types.series import Series, SeriesRow
from sequencer.oracles import assembly
from sequencer.oracles.assembly import CommitteeOnL1, reporter_of
from sequencer.oracles.committee import Committee
from sequencer.oracles.errors import NoRoom, OracleError, QuorumMissing, SettlementUnknown, SourceDown, TooFewSources
from sequencer.oracles.reporter import OracleReporter
from sequencer.oracles.rolling_reporter import Memory, RollingReporter
from sequencer.oracles.series_book import NewSeries, SeriesBook
from sequencer.oracles.settings import read_oracle_settings
from sequencer.oracles.signed_table import SignedTable
from sequencer.oracles.source_look import look_at_sources
from sequencer.oracles.sourcing import listing_rules, source_rules, sources_of
from tests.support.exchange_answers import EXPIRY_S, NOW, PRICE_E2, series_of
from tests.support.markets_oracles import DOMAIN, keys
from tests.support.native_crypto import native_crypto
from tests.support.oracle_files import example_at, exchange_at
from tests.support.price_server import PriceServer, Reply, price_server

DEPTH = 4
REQUESTS = 7
"""Of the example's five sources: two each for Deribit and OKX, one for each exchange more."""

COMMITTEE = CommitteeOnL1(tuple(str(key.address) for key in keys(3)), 2, DOMAIN, DEPTH)
SMALL = {"strikes": "3", "days": "1", "fridays": "1", "limit_s": "10.0"}


@pytest.fixture
def server() -> Iterator[PriceServer]:
    with price_server(exchange_at(NOW)) as made:
        yield made


def reporter(
    server: PriceServer,
    folder: Path,
    rows: Sequence[SeriesRow] = (),
    settled: Callable[[int, int], int | None] = lambda _underlying, _expiry_s: None,
    **changes: str,
) -> RollingReporter:
    path = folder / "oracles.toml"
    path.write_text(example_at(server.url, **(SMALL | changes)), encoding="utf-8")
    memory = Memory(lambda: rows, settled)
    return reporter_of(path, read_oracle_settings(path), keys(3), COMMITTEE, native_crypto(), memory)


def stepped(made: RollingReporter, server: PriceServer, now_s: int) -> SignedTable:
    server.exchange.now_s = now_s
    table = made.step(now_s).table
    assert table is not None
    return table


def test_a_committee_makes_a_table_from_exchanges(server: PriceServer, tmp_path: Path) -> None:
    made = reporter(server, tmp_path)
    table = stepped(made, server, NOW)
    assert (table.spots, len(table.rows), len(table.signatures)) == ({1: PRICE_E2}, 12 // 2, 3)
    signers = tuple(sorted(COMMITTEE.signers, key=lambda address: int(address, 16)))
    Committee(signers, 2, DOMAIN).require_report(table.report, table.signatures)
    assert len(server.asked) == REQUESTS, "three members share what was asked"
    server.exchange.now_s = NOW + 1
    assert made.step(NOW + 1).table is None, "nothing moved"
    assert len(server.asked) == 2 * REQUESTS


def test_strikes_follow_the_price_and_ids_stay(server: PriceServer, tmp_path: Path) -> None:
    made = reporter(server, tmp_path)
    first = stepped(made, server, NOW)
    server.exchange.price = "96000"
    server.exchange.series = series_of(EXPIRY_S, strikes=9)
    table = stepped(made, server, NOW + 15)
    assert {row.series for row in table.rows} > {row.series for row in first.rows}
    assert {row.series.strike_e2 for row in table.rows} == {9_000_000 + 200_000 * place for place in range(5)}


def test_a_series_that_nobody_values_is_not_listed_and_stops_nothing(server: PriceServer, tmp_path: Path) -> None:
    made = reporter(server, tmp_path)
    server.exchange.series = tuple(one for one in exchange_at(NOW).series if one.strike_e2 != 9_200_000)
    assert {row.series.strike_e2 for row in stepped(made, server, NOW).rows} == {9_000_000, 9_400_000}
    server.exchange.series = exchange_at(NOW).series
    assert len(stepped(made, server, NOW + 15).rows) == 6, "listed as soon as somebody values it"


def test_f84_without_agreement_there_is_no_table(server: PriceServer, tmp_path: Path) -> None:
    made = reporter(server, tmp_path)
    server.faults["/"] = lambda good: Reply(good, status=500)
    with pytest.raises(TooFewSources, match=r"0 of 2 needed .*500 Internal"):
        made.step(NOW)
    server.faults = {"/api/v2/public": lambda good: Reply(good, status=500)}
    server.exchange.now_s = NOW + 1
    with pytest.raises(OracleError, match="no source says a volatility"):
        made.step(NOW + 1)
    server.faults.clear()
    assert stepped(made, server, NOW + 2).spots == {1: PRICE_E2}


def test_f84_without_agreement_there_is_no_table_twin(server: PriceServer, tmp_path: Path) -> None:
    """Where one source's volatilities are enough, the same outage stops nothing: it is the rule that stops it."""
    made = reporter(server, tmp_path, least_volatilities="1")
    server.faults = {"/api/v2/public": lambda good: Reply(good, status=500)}
    assert len(stepped(made, server, NOW).rows) == 6


def test_f85_a_committee_settles_by_the_half_hour_before(server: PriceServer, tmp_path: Path) -> None:
    made = reporter(server, tmp_path)
    stepped(made, server, NOW)
    server.exchange.now_s = EXPIRY_S
    assert made.step(EXPIRY_S).unsettled, "the last minute is not over"
    server.exchange.prices = {"bitstamp": "120000"}
    server.exchange.deliveries = {"2025-12-05": "92003.00"}
    table = stepped(made, server, EXPIRY_S + 10)
    assert [(one.expiry_s, one.price_e2) for one in table.settlements] == [(EXPIRY_S, PRICE_E2)]
    settled = [row for row in table.rows if row.is_settled]
    assert {row.series.expiry_s for row in settled} == {EXPIRY_S}
    assert all(set(row.values_e2) == {row.series.payoff_e2(PRICE_E2)} for row in settled)


def test_a_new_run_goes_on_with_the_series_of_the_last(server: PriceServer, tmp_path: Path) -> None:
    rows = stepped(reporter(server, tmp_path), server, NOW).rows
    server.exchange.price = "96000"
    again = stepped(reporter(server, tmp_path, rows), server, NOW + 60)
    assert {row.series for row in again.rows} > {row.series for row in rows}


def test_a_new_run_goes_on_with_the_series_of_the_last_twin(server: PriceServer, tmp_path: Path) -> None:
    """A run that forgets gives old ids to new strikes: the venue would refuse its tables."""
    rows = stepped(reporter(server, tmp_path), server, NOW).rows
    server.exchange.price = "96000"
    again = stepped(reporter(server, tmp_path), server, NOW + 60)
    known = {row.series.series_id: row.series for row in rows}
    assert any(known[row.series.series_id] != row.series for row in again.rows if row.series.series_id in known)


def settled_rows(rows: Sequence[SeriesRow], price_e2: int) -> list[SeriesRow]:
    return [SeriesRow.settled(row.series, price_e2) if row.series.expiry_s == EXPIRY_S else row for row in rows]


def test_f85_a_new_run_settles_nothing_anew(server: PriceServer, tmp_path: Path) -> None:
    rows = settled_rows(stepped(reporter(server, tmp_path), server, NOW).rows, PRICE_E2 + 500)
    on_l1: dict[tuple[int, int], int] = {}
    made = reporter(server, tmp_path, rows, lambda underlying, expiry_s: on_l1.get((underlying, expiry_s)))
    server.exchange.now_s = EXPIRY_S + 60
    with pytest.raises(SettlementUnknown, match="L1 does not say at what price yet"):
        made.step(EXPIRY_S + 60)
    on_l1[1, EXPIRY_S] = PRICE_E2 + 500
    table = stepped(made, server, EXPIRY_S + 61)
    assert table.settlements == ()
    assert {row for row in table.rows if row.is_settled} == {row for row in rows if row.is_settled}


def test_f85_a_new_run_settles_nothing_anew_twin(server: PriceServer, tmp_path: Path) -> None:
    """Rows that do not say that they are settled are settled anew, at another price than L1 may have."""
    rows = stepped(reporter(server, tmp_path), server, NOW).rows
    table = stepped(reporter(server, tmp_path, rows), server, EXPIRY_S + 60)
    assert [one.price_e2 for one in table.settlements] == [PRICE_E2]


def test_f85_what_only_l1_knows_is_settled_by_its_price(server: PriceServer, tmp_path: Path) -> None:
    """The run before ended after its settlement was handed over, and before its table."""
    rows = stepped(reporter(server, tmp_path), server, NOW).rows
    table = stepped(reporter(server, tmp_path, rows, lambda *_: PRICE_E2 + 500), server, EXPIRY_S + 60)
    assert table.settlements == ()
    assert {row for row in table.rows if row.is_settled} == {
        row for row in settled_rows(rows, PRICE_E2 + 500) if row.is_settled
    }


def test_what_l1_does_not_say_now_is_asked_again(server: PriceServer, tmp_path: Path) -> None:
    rows = settled_rows(stepped(reporter(server, tmp_path), server, NOW).rows, PRICE_E2)
    answers: Iterator[SourceDown | int] = iter([SourceDown("L1", "it is away"), PRICE_E2])

    def settled(_underlying: int, _expiry_s: int) -> int | None:
        answer = next(answers)
        if isinstance(answer, SourceDown):
            raise answer
        return answer

    made = reporter(server, tmp_path, rows, settled)
    server.exchange.now_s = EXPIRY_S + 60
    with pytest.raises(SourceDown, match="it is away"):
        made.step(EXPIRY_S + 60)
    assert stepped(made, server, EXPIRY_S + 61).settlements == ()


def test_settled_series_that_nobody_holds_make_place(server: PriceServer, tmp_path: Path) -> None:
    """After a table that says that they are settled, and not with the very look that settles them."""
    made = reporter(server, tmp_path)
    stepped(made, server, NOW)
    server.exchange.now_s = EXPIRY_S + 10
    table = made.step(EXPIRY_S + 10, held=()).table
    assert table is not None
    assert EXPIRY_S in {row.series.expiry_s for row in table.rows if row.is_settled}
    server.exchange.now_s = EXPIRY_S + 11
    table = made.step(EXPIRY_S + 11, held=()).table
    assert table is not None
    assert EXPIRY_S not in {row.series.expiry_s for row in table.rows}


def test_a_full_table_is_said_once_for_each_set_of_series(
    server: PriceServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = stepped(reporter(server, tmp_path), server, NOW).rows
    server.exchange.price = "96000"
    has_place = iter([False, False, True, False, False])
    list_new = SeriesBook.list_new

    def listed(book: SeriesBook, new: NewSeries) -> Series:
        if next(has_place):
            return list_new(book, new)
        raise NoRoom(len(book.series))

    monkeypatch.setattr(SeriesBook, "list_new", listed)
    made = reporter(server, tmp_path, rows)
    with capture_logs() as lines:
        for look in range(4):
            stepped(made, server, NOW + 60 * (look + 1))
    assert [line["listed"] for line in lines if line["event"] == "no place for more series"] == [6, 7]


class Hasty(OracleReporter):
    """A planted defect: what is settled goes at once."""

    def _shown(self) -> dict[tuple[int, int], int]:
        return dict(self.settled.prices)


def test_settled_series_that_nobody_holds_make_place_twin(
    server: PriceServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Oracles sign no table without a row that they never signed as settled: there would be no table any more."""
    monkeypatch.setattr(assembly, "OracleReporter", Hasty)
    made = reporter(server, tmp_path)
    stepped(made, server, NOW)
    server.exchange.now_s = EXPIRY_S + 10
    with pytest.raises(QuorumMissing, match="must keep its row"):
        made.step(EXPIRY_S + 10, held=())


def test_a_look_says_what_is_wrong_with_whom(server: PriceServer, tmp_path: Path) -> None:
    server.exchange.prices = {"coinbase": "95000", "kraken": "-1"}
    server.exchange.volatilities = {"okx": "0.90"}
    server.faults["/api/v2/ticker"] = lambda good: Reply(good, status=503)
    path = tmp_path / "oracles.toml"
    path.write_text(example_at(server.url, **SMALL), encoding="utf-8")
    settings = read_oracle_settings(path)
    (found,) = look_at_sources(sources_of(settings), source_rules(settings), listing_rules(settings), NOW)
    assert found.agreed is not None
    assert found.agreed.index_e2 == PRICE_E2
    words = {one.name: type(one.problem).__name__ for one in found.sources}
    assert words == {
        "deribit": "NoneType",
        "okx": "NoneType",
        "coinbase": "PricesApart",
        "kraken": "BadReading",
        "bitstamp": "SourceDown",
    }
    assert [one.off_ppm for one in found.sources] == [0, 0, 32_603, None, None]
    assert found.unvalued == found.series, "two volatilities that far apart are none"
    assert replace(found, agreed=None).unvalued == found.series
