"""What is replayed: trades of a market, tables of its prices, and who trades; nothing of it is looked up later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from sequencer.markets import deribit, spx
from sequencer.markets.chain_trades import chain_trades
from sequencer.markets.collateral import FeeRates
from sequencer.markets.errors import DataMissing
from sequencer.markets.history import ChainHistory, MarketHistory, QuotedHistory, TimedTable, tables_of
from sequencer.markets.listing import Listing
from sequencer.markets.records import MarketTrade
from sequencer.markets.replay_plan import PlanSettings, ReplayPlan, plan_replay

SPX_NUMBER: Final = 500
COIN_NUMBER: Final = 1
SPXW_EXPIRY_S: Final = 1_609_794_000
"""2021-01-04 at 16:00 in New York."""

HOUR_S: Final = 3_600


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """`most_trades` cuts a data set short; `table_every_s` is how often the oracles report."""

    fees: FeeRates
    most_trades: int | None = None
    table_every_s: int = 300
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Scenario:
    """A plan, the tables by which it is judged, and the prices at which it ends, by underlying and expiry.

    The last table is that of the expiry: with it everything in `settlements_e2` is settled.
    """

    name: str
    underlyings: Mapping[int, str]
    tables: tuple[TimedTable, ...]
    spots_e2: tuple[Mapping[int, int], ...]
    plan: ReplayPlan
    settlements_e2: Mapping[tuple[int, int], int]

    @property
    def accounts(self) -> range:
        """All that L1 has to give out, in order."""
        return range(min(self.plan.deposits_e6), max(self.plan.deposits_e6) + 1)


def spxw_day(folder: Path, options: ReplayOptions) -> Scenario:
    """All trades of 2021-01-04 in the options that expire that day, settled at the official close.

    Raises `DataMissing`, `MalformedRow`.
    """
    day = [trade for trade in spx.trades(folder) if trade.instrument.expiry_s == SPXW_EXPIRY_S]
    day = day[: options.most_trades]
    if not day:
        raise DataMissing(folder, "no trade in an option that expires on 2021-01-04")
    settled_e2 = spx.settlement_e2(folder, SPXW_EXPIRY_S)
    listing = Listing({spx.UNDERLYING: SPX_NUMBER})
    listing.add_all(trade.instrument for trade in day)
    history = QuotedHistory.of(
        listing,
        spx.UNDERLYING,
        spx.index(folder),
        spx.quotes(folder),
        settlements_e2={SPXW_EXPIRY_S: settled_e2},
    )
    return scenario_of_trades(
        "SPXW 2021-01-04", listing, history, day, SPXW_EXPIRY_S, {(SPX_NUMBER, SPXW_EXPIRY_S): settled_e2}, options
    )


def deribit_chain(path: Path, options: ReplayOptions, *, count: int = 200) -> Scenario:
    """Trades at the quotes of a chain, in its options of the nearest expiry, settled at that expiry's forward.

    A chain does not say where it was settled: the forward is what its own market expected. Raises as `spxw_day`.
    """
    rows = deribit.chain(path)
    if not rows:
        raise DataMissing(path, "no option in it")
    nearest_s = min(row.point.instrument.expiry_s for row in rows)
    near = [row for row in rows if row.point.instrument.expiry_s == nearest_s]
    listing = Listing({deribit_underlying(near): COIN_NUMBER})
    listing.add_all(row.point.instrument for row in near)
    settled_e2 = round(near[0].point.forward * 100)
    history = ChainHistory.of(listing, near, {nearest_s: settled_e2})
    seconds = min(HOUR_S, nearest_s - history.time_s)
    trades = chain_trades(near, options.most_trades or count, seconds, Random(options.seed))
    return scenario_of_trades(
        f"Deribit chain of {path.stem}",
        listing,
        history,
        trades,
        nearest_s,
        {(COIN_NUMBER, nearest_s): settled_e2},
        options,
    )


def deribit_underlying(rows: Sequence[deribit.ChainRow]) -> str:
    """The coin of a chain."""
    return rows[0].point.instrument.underlying


def scenario_of_trades(
    name: str,
    listing: Listing,
    history: MarketHistory,
    trades: Sequence[MarketTrade],
    expiry_s: int,
    settlements_e2: Mapping[tuple[int, int], int],
    options: ReplayOptions,
) -> Scenario:
    """Trades in order of time, in series of one expiry, judged by a history: a table for every time with trades."""
    times_s = [*table_times(trades, options.table_every_s), expiry_s]
    tables = tables_of(history, listing.series(), times_s)
    spots = tuple(
        {number: round(market.index * 100) for number, market in history.market(time_s).underlyings.items()}
        for time_s in times_s
    )
    plan = plan_replay(trades, listing, tables, Random(options.seed), PlanSettings(options.fees))
    names = {series.underlying: listing.instrument_of(series.series_id).underlying for series in listing.series()}
    return Scenario(name, names, tables, spots, plan, dict(settlements_e2))


def table_times(trades: Sequence[MarketTrade], every_s: int) -> list[int]:
    """From the first trade on, every so often, but no table where no trade follows before the next one."""
    times_s: list[int] = []
    for trade in trades:
        if not times_s or trade.time_s >= times_s[-1] + every_s:
            since_s = trade.time_s - trades[0].time_s
            times_s.append(trades[0].time_s + since_s // every_s * every_s)
    return times_s
