"""The data sets beside the repository, read whole; without them there is nothing to test."""

from __future__ import annotations

from collections import Counter

import pytest

from rollup.risk.table import risk_table
from sequencer.markets import deribit, spx
from sequencer.markets.history import ChainHistory
from sequencer.markets.listing import Listing
from tests.support.markets import CHAIN, DERIBIT, SPX

EXPIRY_S = 1_609_794_000

needs_spx = pytest.mark.skipif(not SPX.is_dir(), reason="the SPX data are not beside this repository")
needs_chain = pytest.mark.skipif(not CHAIN.is_file(), reason="the Deribit chain is not beside this repository")
needs_deribit = pytest.mark.skipif(not DERIBIT.is_dir(), reason="the Deribit events are not beside this repository")


@needs_spx
def test_spx() -> None:
    trades = list(spx.trades(SPX))
    assert len(trades) == 8_098
    assert sum(trade.instrument.expiry_s == EXPIRY_S for trade in trades) == 836
    assert spx.settlement_e2(SPX, EXPIRY_S) == 370_065
    quotes = list(spx.quotes(SPX))
    assert len(quotes) == 19_605
    assert sum(quote.bid_e2 is None for quote in quotes) >= 404
    crossed = [quote for quote in quotes if quote.bid_e2 and quote.ask_e2 and quote.bid_e2 > quote.ask_e2]
    assert len(crossed) == 55, "last bid and last ask of a minute need not be of one moment"
    assert len(list(spx.index(SPX))) == 411


@needs_chain
def test_the_chain_is_valued_as_its_market_values_it() -> None:
    rows = deribit.chain(CHAIN)
    listing = Listing({"BTC": 1})
    series = listing.add_all(row.point.instrument for row in rows)
    assert len(series) == 676
    history = ChainHistory.of(listing, rows, {})
    table = risk_table(series, history.market(history.time_s), history.time_s)
    apart = [abs(ours.mark_e2 - theirs.point.mark_e2) for ours, theirs in zip(table, rows, strict=True)]
    assert max(apart) <= 250, "2.50 USD of a price of up to 246,000: their volatilities have two places"


@needs_deribit
def test_events_of_2021() -> None:
    assert len(list(deribit.instruments(DERIBIT / "instruments.csv"))) == 980
    tickers = list(deribit.tickers(DERIBIT / "tickers.csv"))
    assert len(tickers) == 89
    assert all(1_500 < ticker.index < 40_000 for ticker in tickers)
    actions = Counter(event.action.value for event in deribit.book_events(DERIBIT / "book_events.csv"))
    assert actions == {"new": 125, "delete": 19, "change": 5}
