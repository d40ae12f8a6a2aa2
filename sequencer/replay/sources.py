"""Which data a file or a folder has, by what stands in it, and the scenario that comes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final

from sequencer.markets import deribit_history, tardis
from sequencer.markets.errors import DataMissing, NoQuoteKnown
from sequencer.markets.files import open_text
from sequencer.markets.listing import Listing
from sequencer.markets.records import MarketTrade
from sequencer.replay.scenarios import (
    COIN_NUMBER,
    ReplayOptions,
    Scenario,
    deribit_chain,
    scenario_of_trades,
    spxw_day,
)
from sequencer.replay.told import Observation, ToldHistory

SPX_FILE: Final = "spx_option_trade_bars.csv"
ANSWERS: Final = (".json", ".jsonl")
TRADE_COLUMNS: Final = frozenset({"symbol", "timestamp", "side", "price", "amount"})
CHAIN_COLUMNS: Final = frozenset({"symbol", "timestamp", "mark_iv", "underlying_price"})
DERIBIT_COLUMNS: Final = frozenset({"instrument_name", "T_years", "S0", "mark_iv"})
CENTS: Final = 100
WHAT_THERE_IS: Final = (
    "there is nothing to replay in it: put SPX minute bars there, a Deribit chain, answers of Deribit's trade history "
    "(.json, .jsonl), or tardis.dev's trades with their options_chain (.csv, .csv.gz)"
)
HEADER_CHARACTERS: Final = 4_096


def scenario_of(data: Path, options: ReplayOptions) -> Scenario:
    """A folder's or a file's. Raises `DataMissing`, `MalformedRow` and other `MarketDataError`s."""
    if data.is_dir():
        return _of_folder(data, options)
    if not data.is_file():
        raise DataMissing(data, "there is no such file or folder")
    if _kind(data) in ANSWERS:
        return deribit_trades([data], options)
    columns = _columns(data)
    if columns >= TRADE_COLUMNS or columns >= CHAIN_COLUMNS:
        return _of_tables(data.parent, options)
    return deribit_chain(data, options)


def deribit_trades(paths: Sequence[Path], options: ReplayOptions) -> Scenario:
    """Trades of Deribit's public history, with the index and the volatilities that came with them."""
    told = deribit_history.told_trades(paths)
    observations = [Observation(one.trade.time_s, one.trade.instrument, one.index, one.volatility) for one in told]
    return _told("Deribit's trades", paths[0], [one.trade for one in told], observations, options)


def tardis_days(trade_files: Sequence[Path], chain_files: Sequence[Path], options: ReplayOptions) -> Scenario:
    """Trades of tardis.dev's files, with forwards and volatilities of the chains. Trades before these are left out."""
    tickers = sorted(
        (ticker for path in chain_files for ticker in tardis.options_chain(path)), key=lambda one: one.point.time_s
    )
    if not tickers:
        raise DataMissing(chain_files[0], "no option with a mark and a volatility")
    known = tardis.coin_prices(tickers)
    first = {one.point.instrument.underlying: one.point.time_s for one in reversed(tickers)}

    def coin_price(name: str, time_s: int) -> Decimal:
        return known(name, max(time_s, first.get(name, time_s)))

    told: list[MarketTrade] = []
    for path in trade_files:
        trades = tardis.trades(path, coin_price)
        told += [trade for trade in trades if trade.time_s >= first[trade.instrument.underlying]]
    observations = [
        Observation(one.point.time_s, one.point.instrument, one.point.forward, one.point.volatility) for one in tickers
    ]
    return _told("tardis.dev's trades", trade_files[0], told, observations, options)


def _of_folder(folder: Path, options: ReplayOptions) -> Scenario:
    if (folder / SPX_FILE).is_file():
        return spxw_day(folder, options)
    answers = sorted(path for path in folder.iterdir() if path.is_file() and _kind(path) in ANSWERS)
    return deribit_trades(answers, options) if answers else _of_tables(folder, options)


def _of_tables(folder: Path, options: ReplayOptions) -> Scenario:
    columns = {path: _columns(path) for path in sorted(folder.iterdir()) if path.is_file() and _kind(path) == ".csv"}
    trades = [path for path, found in columns.items() if found >= TRADE_COLUMNS]
    chains = [path for path, found in columns.items() if found >= CHAIN_COLUMNS]
    if not trades and not chains:
        quotes = [path for path, found in columns.items() if found >= DERIBIT_COLUMNS]
        if len(quotes) == 1:
            return deribit_chain(quotes[0], options)
        raise DataMissing(folder, f"it has {len(quotes)} Deribit chains: name one of them" if quotes else WHAT_THERE_IS)
    if not chains:
        raise DataMissing(folder, "the trades name prices in coins: put the options_chain of the same days beside them")
    if not trades:
        raise DataMissing(folder, "there is an options_chain and no trades: put the trades of the same days beside it")
    return tardis_days(trades, chains, options)


def _told(
    name: str, path: Path, trades: Sequence[MarketTrade], observations: Sequence[Observation], options: ReplayOptions
) -> Scenario:
    """All trades of the one expiry that has most of them; it settles at the last forward that was told of it."""
    priced = [one for one in trades if one.price_e2 and one.time_s < one.instrument.expiry_s]
    if not priced:
        raise DataMissing(path, "no trade in an option that has not expired")
    counts = Counter(map(_expiry, priced))
    (underlying, expiry_s), _ = min(counts.items(), key=lambda item: (-item[1], item[0]))
    about = [one for one in observations if _expiry(one) == (underlying, expiry_s) and one.time_s < expiry_s]
    of_expiry = sorted((one for one in priced if _expiry(one) == (underlying, expiry_s)), key=lambda one: one.time_s)
    since_s = min((one.time_s for one in about), default=expiry_s)
    chosen = [one for one in of_expiry if one.time_s >= since_s][: options.most_trades]
    if not chosen:
        raise NoQuoteKnown(underlying, of_expiry[-1].time_s)
    listing = Listing({underlying: COIN_NUMBER})
    listing.add_all(one.instrument for one in chosen)
    settled_e2 = round(max(about, key=lambda one: one.time_s).forward * CENTS)
    history = ToldHistory.of(listing, about, {expiry_s: settled_e2})
    settlements = {(COIN_NUMBER, expiry_s): settled_e2}
    return scenario_of_trades(
        f"{name} of {path.name.partition('.')[0]}", listing, history, chosen, expiry_s, settlements, options
    )


def _expiry(one: MarketTrade | Observation) -> tuple[str, int]:
    return one.instrument.underlying, one.instrument.expiry_s


def _kind(path: Path) -> str:
    """What a file's name ends with, packed or not."""
    return (path.with_suffix("") if path.suffix == ".gz" else path).suffix


def _columns(path: Path) -> frozenset[str]:
    """Of a CSV file; none for what is no text."""
    try:
        with open_text(path) as file:
            return frozenset(file.readline(HEADER_CHARACTERS).strip().split(","))
    except (OSError, EOFError, UnicodeDecodeError):
        return frozenset()
