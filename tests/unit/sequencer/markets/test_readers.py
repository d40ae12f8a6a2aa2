"""Files of others in one form; what is malformed is named by file and line."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rollup.types.series import OptionKind
from sequencer.markets import deribit, deribit_history, spx, tardis
from sequencer.markets.errors import BadValue, DataMissing, MalformedRow, MarketDataError, NoQuoteKnown, NotListed
from sequencer.markets.listing import Listing
from sequencer.markets.names import instrument_of
from sequencer.markets.numbers import decimal, price_e2, size_e4
from sequencer.markets.records import Aggressor, BookAction, Instrument, MarketTrade
from tests.support.markets import VECTORS

CALL = Instrument("BTC", 1_766_736_000, 10_000_000, OptionKind.CALL)
PUT = Instrument("BTC", 1_766_736_000, 8_000_000, OptionKind.PUT)
COIN = Decimal("92726.47")
SPX_TRADES = "time_ny,root,expiry,strike,type,open,high,low,close,volume\n"
GOOD_BAR = "2021-01-04T09:31:00,SPXW,20210104,3700,put,0.5,0.5,0.42,0.47,58\n"


@pytest.mark.parametrize(
    "text", ["", "NaN", "inf", "٣", "+1", " 1", "1_0", "0x1", "1e400", "1.", ".5", "1" * 40, "--1"]
)
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(BadValue):
        decimal("price", text)


def test_numbers_are_exact() -> None:
    assert price_e2("p", decimal("p", "10995116277.75")) == (1 << 40) - 1
    assert price_e2("p", decimal("p", "3.555e-05") * 92_529) == 329
    assert [price_e2("p", Decimal(text)) for text in ("0.005", "0.015", "0.025")] == [0, 2, 2]
    assert size_e4("s", Decimal("0.3")) == 3_000
    for wrong in (Decimal(-1), Decimal(1 << 40)):
        with pytest.raises(BadValue):
            size_e4("s", wrong)


def test_deribit_trade_history() -> None:
    found = deribit_history.trades([VECTORS / "deribit_trades.json"])
    sol = Instrument("SOL_USDC", 1_766_736_000, 250, OptionKind.PUT)
    assert found == [
        MarketTrade(1_764_899_990, CALL, 397_754, 25_000, Aggressor.BUYER),
        MarketTrade(1_764_899_995, sol, 235, 100_000, Aggressor.BUYER),
        MarketTrade(1_764_900_000, CALL, 393_127, 3_000, Aggressor.SELLER),
    ]


def test_a_trade_of_two_answers_counts_once() -> None:
    both = [VECTORS / "deribit_trades.json", VECTORS / "deribit_trades.jsonl"]
    found = deribit_history.trades(both)
    assert len(found) == 4
    assert found[-1] == MarketTrade(1_764_900_100, instrument_of("ETH-5DEC25-3000-P"), 310, 40_000, Aggressor.SELLER)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"price": -1}, "price"),
        ({"price": "1e-5x"}, "price"),
        ({"amount": 0}, "amount"),
        ({"direction": "hold"}, "direction"),
        ({"timestamp": 1.5}, "timestamp"),
        ({"instrument_name": "BTC-32DEC25-1-C"}, "instrument name is 'BTC-32DEC25-1-C'"),
        ({"index_price": None}, "index_price"),
        ({"trade_id": True}, "trade_id"),
    ],
)
def test_a_malformed_trade_is_named(tmp_path: Path, change: dict[str, Any], problem: str) -> None:
    answer = json.loads((VECTORS / "deribit_trades.json").read_text())
    answer["result"]["trades"][1] |= change
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(answer))
    with pytest.raises(MalformedRow, match=f"trade 1: {problem}") as caught:
        deribit_history.trades([path])
    assert (caught.value.path, caught.value.line) == (path, 1)


@pytest.mark.parametrize("text", ["[]", '{"result": []}', '{"trades": 3}', "null", '{"trades": [3]}', "{", "<html>"])
def test_what_is_no_answer(tmp_path: Path, text: str) -> None:
    path = tmp_path / "answer.json"
    path.write_text(text)
    with pytest.raises(MalformedRow):
        deribit_history.trades([path])


def test_tardis() -> None:
    tickers = list(tardis.options_chain(VECTORS / "tardis_options_chain.csv"))
    assert [ticker.point.instrument for ticker in tickers] == [CALL, PUT]
    assert tickers[0].point.mark_e2 == 393_160
    assert tickers[0].point.volatility == pytest.approx(0.462)
    assert (tickers[1].quote.bid_e2, tickers[1].quote.ask_e2, tickers[1].quote.ask_size_e4) == (None, 55_680, 10_000)
    found = list(tardis.trades(VECTORS / "tardis_trades.csv", tardis.coin_prices(tickers)))
    assert [trade.aggressor for trade in found] == [Aggressor.BUYER, Aggressor.SELLER, Aggressor.UNKNOWN]
    assert [trade.price_e2 for trade in found] == [398_724, 394_400, 51_040]


def test_tardis_names_a_coin_without_a_price(tmp_path: Path) -> None:
    with pytest.raises(MalformedRow, match="nothing is known of BTC"):
        list(tardis.trades(VECTORS / "tardis_trades.csv", tardis.coin_prices([])))
    with pytest.raises(NoQuoteKnown):
        tardis.coin_prices([])("BTC", 5)


def test_gzip_is_read_as_plain(tmp_path: Path) -> None:
    packed = tmp_path / "trades.csv.gz"
    packed.write_bytes(gzip.compress((VECTORS / "tardis_trades.csv").read_bytes()))
    assert list(tardis.trades(packed, lambda _name, _time: COIN)) == list(
        tardis.trades(VECTORS / "tardis_trades.csv", lambda _name, _time: COIN)
    )
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(MalformedRow):
        list(tardis.trades(packed, lambda _name, _time: COIN))


@pytest.mark.parametrize(
    "line",
    [
        "2021-01-04T09:31:00,SPXW,20210104,3700,put,0.5,0.5,0.42,0.47\n",
        GOOD_BAR.strip() + ",7\n",
        GOOD_BAR.replace("0.47", "-0.47"),
        GOOD_BAR.replace("0.47", "nan"),
        GOOD_BAR.replace("put", "straddle"),
        GOOD_BAR.replace("SPXW", "SPY"),
        GOOD_BAR.replace("20210104", "20210231"),
        GOOD_BAR.replace("09:31:00", "9h31"),
        GOOD_BAR.replace(",58", ",0"),
        GOOD_BAR.replace("3700", "3700000000000"),
    ],
)
def test_a_malformed_row_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "spx_option_trade_bars.csv"
    path.write_text(SPX_TRADES + GOOD_BAR + line)
    with pytest.raises(MalformedRow) as caught:
        list(spx.trades(tmp_path))
    assert (caught.value.path, caught.value.line) == (path, 3)


def test_a_malformed_row_is_named_twin(tmp_path: Path) -> None:
    """The same file without the bad line is read: the check above does not refuse all."""
    (tmp_path / "spx_option_trade_bars.csv").write_text(SPX_TRADES + GOOD_BAR + GOOD_BAR)
    assert [trade.price_e2 for trade in spx.trades(tmp_path)] == [47, 47]


def test_a_header_that_lacks_a_column(tmp_path: Path) -> None:
    (tmp_path / "spx_option_trade_bars.csv").write_text("time_ny,root\n")
    with pytest.raises(MalformedRow, match="lacks expiry, strike, type, close, volume"):
        list(spx.trades(tmp_path))


@pytest.mark.parametrize(
    "read",
    [
        spx.trades,
        spx.index,
        lambda folder: deribit.tickers(folder / "none.csv"),
        lambda folder: iter(deribit_history.trades([folder / "none.json"])),
    ],
)
def test_a_file_that_is_not_there(tmp_path: Path, read: Callable[[Path], Iterator[object]]) -> None:
    with pytest.raises(DataMissing):
        list(read(tmp_path))


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "spx_option_trade_bars.csv").write_bytes(SPX_TRADES.encode() + b"\xff\xfe,\n")
    with pytest.raises(MarketDataError):
        list(spx.trades(tmp_path))


def test_a_chain_that_disagrees_about_the_time(tmp_path: Path) -> None:
    header = "instrument_name,type,expiry_date,strike,T_years,S0,market_price_btc,market_price_usd,mark_iv,bid_btc,"
    rows = [
        f"BTC-26DEC25-{strike}-C,call,26DEC25,{strike},{years},92500.5,0.01,925.0,46.0,,0.0101,1.5\n"
        for strike, years in ((90_000, "0.05831"), (95_000, "0.05931"))
    ]
    path = tmp_path / "chain.csv"
    path.write_text(header + "ask_btc,open_interest\n" + rows[0])
    (row,) = deribit.chain(path)
    assert (row.quote.bid_e2, row.quote.ask_e2, row.open_interest_e4) == (None, 93_426, 15_000)
    path.write_text(header + "ask_btc,open_interest\n" + "".join(rows))
    with pytest.raises(MalformedRow, match="do not begin at one time"):
        deribit.chain(path)


def test_instruments_agree_with_their_names(tmp_path: Path) -> None:
    header = "kind,instrument_name,expiration_timestamp,strike,option_type\n"
    path = tmp_path / "instruments.csv"
    path.write_text(header + "future,BTC-PERPETUAL,1,,\noption,BTC-26DEC25-100000-C,1766736000000,100000.0,call\n")
    assert list(deribit.instruments(path)) == [CALL]
    path.write_text(header + "option,BTC-26DEC25-100000-C,1766736000000,100000.0,put\n")
    with pytest.raises(MalformedRow, match="other columns"):
        list(deribit.instruments(path))


def test_events_of_books(tmp_path: Path) -> None:
    header = "exchange_ts_ms,instrument_name,msg_type,side,action,price,amount\n"
    good = "1626993724318,BTC-26DEC25-100000-C,change,ask,new,0.001,2.6\n"
    path = tmp_path / "events.csv"
    path.write_text(header + good)
    (event,) = deribit.book_events(path)
    assert (event.action, event.is_bid, event.is_snapshot, event.size_e4) == (BookAction.NEW, False, False, 26_000)
    for old, new in (("change", "other"), ("ask", "middle"), ("new", "newer"), ("0.001", "")):
        path.write_text(header + good.replace(old, new))
        with pytest.raises(MalformedRow):
            list(deribit.book_events(path))


def test_a_listing_is_one_for_one() -> None:
    listing = Listing({"BTC": 7}, first_id=40)
    first, second = listing.add_all([CALL, PUT, CALL])
    assert (first.series_id, second.series_id, first.underlying, len(listing)) == (40, 41, 7, 2)
    assert listing.series_of(PUT) == second
    assert listing.instrument_of(40) == CALL
    eth = instrument_of("ETH-5DEC25-3000-P")
    for lost in (lambda: listing.add(eth), lambda: listing.series_of(eth), lambda: listing.instrument_of(3)):
        with pytest.raises(NotListed):
            lost()
