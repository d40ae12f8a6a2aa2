"""Which data are recognised, what becomes of them, and that nothing is known before its time."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rollup.risk.black76 import price
from rollup.types.series import OptionKind
from sequencer.markets.collateral import FeeRates
from sequencer.markets.errors import DataMissing, MalformedRow, MarketDataError, NoQuoteKnown
from sequencer.markets.listing import Listing
from sequencer.markets.records import Aggressor, Instrument, MarketTrade
from sequencer.replay.scenarios import ReplayOptions, table_times
from sequencer.replay.sources import scenario_of
from sequencer.replay.told import UNTOLD_VOLATILITY, Observation, ToldHistory
from tests.support.source_tree import ROOT
from tests.support.spx_files import write_spx_files

VECTORS = ROOT / "tests/vectors/markets"
CHAIN_HEADER = "instrument_name,T_years,S0,market_price_usd,mark_iv,bid_btc,ask_btc,open_interest"
OPTIONS = ReplayOptions(FeeRates(300, 500), table_every_s=300)
EXPIRY_S = 1_766_736_000
"""2025-12-26 at 08:00 UTC."""

CALL = Instrument("BTC", EXPIRY_S, 10_000_000, OptionKind.CALL)
PUT = Instrument("BTC", EXPIRY_S, 8_000_000, OptionKind.PUT)


def copied(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).write_bytes((VECTORS / name).read_bytes())
    return folder


def test_a_trade_history() -> None:
    found = scenario_of(VECTORS / "deribit_trades.json", OPTIONS)
    assert [(one.price_e2, one.size_e4) for one in found.plan.trades] == [(397_754, 25_000), (393_127, 3_000)]
    assert [one.time_s for one in found.tables] == [1_764_899_990, EXPIRY_S]
    assert found.spots_e2[0] == {1: 9_250_100}
    assert found.settlements_e2 == {(1, EXPIRY_S): 9_250_040}
    assert found.underlyings == {1: "BTC"}
    assert [row.is_settled for row in found.tables[-1].rows] == [True]


def test_several_answers_and_a_folder_of_them(tmp_path: Path) -> None:
    lines = scenario_of(VECTORS / "deribit_trades.jsonl", OPTIONS)
    assert len(lines.plan.trades) == 1, "two expiries with one trade each: the first by name and time"
    folder = copied(tmp_path, "deribit_trades.json", "deribit_trades.jsonl")
    assert len(scenario_of(folder, OPTIONS).plan.trades) == 2, "a trade that is in both files is one"
    assert len(scenario_of(folder, replace(OPTIONS, most_trades=1)).plan.trades) == 1


def test_tardis_files(tmp_path: Path) -> None:
    folder = copied(tmp_path, "tardis_trades.csv", "tardis_options_chain.csv")
    found = scenario_of(folder, OPTIONS)
    assert [one.price_e2 for one in found.plan.trades] == [398_724, 394_400, 51_040]
    years = (EXPIRY_S - found.tables[0].time_s) / (365 * 86_400)
    assert found.tables[0].rows[0].mark_e2 == round(price(CALL.kind, 9_272_647.0, 10_000_000.0, years, 0.462))
    assert found.settlements_e2 == {(1, EXPIRY_S): 9_280_000}
    for name in ("tardis_trades.csv", "tardis_options_chain.csv"):
        assert scenario_of(folder / name, OPTIONS) == found, "a file is known by its columns, and its fellow"
        (folder / f"{name}.gz").write_bytes(gzip.compress((folder / name).read_bytes()))
        (folder / name).unlink()
    assert len(scenario_of(folder, OPTIONS).plan.trades) == 3


def test_trades_before_the_chain_are_left_out(tmp_path: Path) -> None:
    folder = copied(tmp_path, "tardis_trades.csv", "tardis_options_chain.csv")
    chain = (folder / "tardis_options_chain.csv").read_text().replace("1764899980000000", "1764899991000000")
    (folder / "tardis_options_chain.csv").write_text(chain)
    assert [one.time_s for one in scenario_of(folder, OPTIONS).plan.trades] == [1_764_900_000, 1_764_900_000]


def test_spx_files_are_known_by_their_name(tmp_path: Path) -> None:
    assert scenario_of(write_spx_files(tmp_path, 4), OPTIONS).name.startswith("SPXW")


def history(**changes: str) -> str:
    answer = json.loads((VECTORS / "deribit_trades.json").read_text(), parse_float=str)
    answer["result"]["trades"][0] |= {name: json.loads(text, parse_float=str) for name, text in changes.items()}
    return json.dumps(answer)


def only(name: str) -> Callable[[Path], object]:
    return lambda folder: copied(folder, name)


def written(name: str, text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(text)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda _folder: None, "nothing to replay"),
        (written("readme.txt", "x"), "nothing to replay"),
        (only("tardis_trades.csv"), "put the options_chain of the same days beside them"),
        (only("tardis_options_chain.csv"), "put the trades of the same days beside it"),
        (written("x.json", '{"trades": []}'), "no trade in an option"),
        (written("x.json", "{"), "no JSON"),
        (written("x.csv", "symbol,timestamp,side,price,amount\n"), "options_chain"),
        (written("x.csv", f"{CHAIN_HEADER}\n"), "no option in it"),
        (written("x.json", "[" * 100_000), "nested too deep"),
        (written("x.json", history(index_price="0")), "index_price is '0'"),
        (written("x.json", history(index_price="1e18")), "index_price"),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, make: Callable[[Path], object], says: str) -> None:
    make(tmp_path)
    with pytest.raises(MarketDataError, match=says):
        scenario_of(tmp_path, OPTIONS)


def test_a_folder_with_a_chain(tmp_path: Path) -> None:
    chain = CHAIN_HEADER + "\nBTC-26DEC25-100000-C,0.05,92000,800,45,0.008,0.009,5\n"
    (tmp_path / "quotes.csv").write_text(chain)
    assert scenario_of(tmp_path, OPTIONS) == scenario_of(tmp_path / "quotes.csv", OPTIONS)
    (tmp_path / "more.csv").write_text(chain)
    with pytest.raises(DataMissing, match="2 Deribit chains"):
        scenario_of(tmp_path, OPTIONS)


@pytest.mark.parametrize("data", [b"", b"\x00\xff\xfe" * 99, b"a,b\n1,2\n"])
@pytest.mark.parametrize("name", ["x.csv", "x.json", "x.csv.gz", "x"])
def test_other_files(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises((DataMissing, MalformedRow)):
        scenario_of(tmp_path / name, OPTIONS)


def test_a_history_knows_nothing_early() -> None:
    listing = Listing({"BTC": 1})
    listing.add_all([CALL, PUT])
    told = [Observation(100, CALL, 90_000.0, None), Observation(200, CALL, 91_000.0, 0.5)]
    told.append(Observation(300, PUT, 92_000.0, 9.0))
    history = ToldHistory.of(listing, told, {EXPIRY_S: 1})
    with pytest.raises(NoQuoteKnown):
        history.market(99)

    def known(time_s: int) -> tuple[float, object]:
        market = history.market(time_s).underlyings[1]
        return market.index, market.volatility

    assert known(150) == (90_000.0, {1: UNTOLD_VOLATILITY, 2: UNTOLD_VOLATILITY})
    assert known(250) == (91_000.0, {1: 0.5, 2: 0.5})
    assert known(350) == (92_000.0, {1: 0.5, 2: 5.0}), "a volatility that nobody believes is cut"
    assert history.market(350).underlyings[1].settlements_e2 == {}
    assert history.market(EXPIRY_S).underlyings[1].settlements_e2 == {EXPIRY_S: 1}


def test_tables_are_only_made_where_trades_follow() -> None:
    trades = [MarketTrade(time_s, CALL, 1, 1, Aggressor.BUYER) for time_s in (1_000, 1_299, 1_300, 9_950, 9_960)]
    assert table_times(trades, 300) == [1_000, 1_300, 9_700]
    dense = [MarketTrade(time_s, CALL, 1, 1, Aggressor.BUYER) for time_s in range(1_000, 2_000, 50)]
    assert table_times(dense, 300) == [*range(1_000, 2_000, 300)]


def test_an_answer_without_a_volatility(tmp_path: Path) -> None:
    answer = json.loads((VECTORS / "deribit_trades.json").read_text())
    for trade in answer["result"]["trades"]:
        trade.pop("iv", None)
    (tmp_path / "a.json").write_text(json.dumps(answer))
    found = scenario_of(tmp_path / "a.json", OPTIONS)
    assert (
        found.tables[0].rows[0].mark_e2
        > scenario_of(VECTORS / "deribit_trades.json", OPTIONS).tables[0].rows[0].mark_e2
    )
