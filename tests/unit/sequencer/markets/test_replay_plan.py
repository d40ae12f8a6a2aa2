"""Real trades become orders that a venue takes, all of them, and what comes of them is what fractions say."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from rollup.errors import UnknownSeries
from rollup.types.series import OptionKind, SeriesRow
from rollup.units import COLUMNS
from sequencer.markets import deribit, spx
from sequencer.markets.chain_trades import chain_trades
from sequencer.markets.collateral import FeeRates, needed_cash_e6
from sequencer.markets.errors import BadSetting, NoQuoteKnown, NotListed
from sequencer.markets.history import ChainHistory, QuotedHistory, TimedTable, tables_of
from sequencer.markets.listing import Listing
from sequencer.markets.records import Aggressor, Instrument, MarketTrade
from sequencer.markets.replay_plan import PlanSettings, ReplayPlan, plan_replay
from tests.support.markets import CHAIN, SPX, Hall

START, EXPIRY_S = 1_700_000_000, 1_700_086_400
FEES = FeeRates(100, 300)
INSTRUMENTS = [Instrument("X", EXPIRY_S, 100_00 + 5_00 * i, OptionKind(i % 2)) for i in range(40)]


def listing() -> Listing:
    made = Listing({"X": 3})
    made.add_all(INSTRUMENTS)
    return made


def tables(listed: Listing, count: int = 5) -> list[TimedTable]:
    rng = Random(4)
    return [
        TimedTable(
            START + 600 * turn,
            tuple(
                SeriesRow(series, False, (2_000, *(rng.randint(0, 9_000) for _ in range(COLUMNS - 1))))
                for series in listed.series()
            ),
        )
        for turn in range(count)
    ]


def trades(count: int = 300, seed: int = 1) -> list[MarketTrade]:
    rng = Random(seed)
    return [
        MarketTrade(
            START + 10 * place,
            rng.choice(INSTRUMENTS),
            rng.randint(0, 5_000),
            rng.randint(1, 99_999),
            rng.choice(list(Aggressor)),
        )
        for place in range(count)
    ]


def played(plan: ReplayPlan, judged: list[TimedTable]) -> Hall:
    hall = Hall(plan.deposits_e6, judged, plan.fees)
    hall.run(plan.intents)
    hall.book()
    return hall


def test_a_plan_happens_as_planned() -> None:
    listed = listing()
    judged = tables(listed)
    plan = plan_replay(trades(), listed, judged, Random(2), PlanSettings(FEES))
    hall = played(plan, judged)
    assert hall.seen == {"order": 600, "trade": 300}
    expected = plan.expected({})
    cash = hall.cash_e6()
    assert {account: cash[account] for account in plan.deposits_e6} == expected.cash_e6
    assert (cash[0], cash[1]) == (expected.fees_e6, 0)
    assert hall.positions_e4() == expected.positions_e4


def test_the_expiry_is_settled_as_fractions_say() -> None:
    listed = listing()
    judged = tables(listed)
    plan = plan_replay(trades(), listed, judged, Random(2), PlanSettings(FEES))
    hall = played(plan, judged)
    rows = tuple(SeriesRow.settled(series, 15_333) for series in listed.series())
    hall.settle(TimedTable(EXPIRY_S, rows), {series.series_id for series in listed.series()})
    expected = plan.expected({(3, EXPIRY_S): 15_333})
    cash = hall.cash_e6()
    assert {account: cash[account] for account in plan.deposits_e6} == expected.cash_e6
    assert expected.positions_e4 == hall.positions_e4() == {}
    assert sum(cash.values()) == sum(plan.deposits_e6.values())


@pytest.mark.parametrize("lie", ["price", "size", "side", "fees", "settlement", "deposit"])
def test_the_expiry_is_settled_as_fractions_say_twin(lie: str) -> None:
    """An expectation of other trades is found to be wrong: the comparison compares."""
    listed = listing()
    plan = plan_replay(trades(), listed, tables(listed), Random(2), PlanSettings(FEES))
    truth = plan.expected({(3, EXPIRY_S): 15_333})
    first, *rest = plan.trades
    changed = {
        "price": replace(first, price_e2=first.price_e2 + 1),
        "size": replace(first, size_e4=first.size_e4 + 1),
        "side": replace(first, maker_buys=not first.maker_buys),
    }.get(lie, first)
    other = replace(plan, trades=(changed, *rest))
    if lie == "fees":
        other = replace(plan, fees=FeeRates(100, 301))
    if lie == "deposit":
        other = replace(plan, deposits_e6={**plan.deposits_e6, 2: plan.deposits_e6[2] - 1})
    assert other.expected({(3, EXPIRY_S): 15_334 if lie == "settlement" else 15_333}) != truth


def test_what_is_deposited_is_needed() -> None:
    """With what the integers ask for and nothing more every order is taken; with a micro-dollar less one is not."""
    listed = listing()
    judged = tables(listed)
    plan = plan_replay(trades(), listed, judged, Random(2), PlanSettings(FEES))
    exact = needed_cash_e6(plan.trades, judged, FEES)
    hall = played(replace(plan, deposits_e6=exact), judged)
    assert hall.seen["order"] == 600
    refused = 0
    for account in exact:
        less = played(replace(plan, deposits_e6={**exact, account: exact[account] - 1}), judged)
        refused += less.seen["order"] < 600 or min(less.seen.values()) < 300
    assert refused >= len(exact) // 2, "others need it for a table that comes while they do not trade"


def test_groups_keep_to_their_series() -> None:
    listed = listing()
    settings = PlanSettings(FEES, accounts_per_group=3, series_per_account=5)
    plan = plan_replay(trades(), listed, tables(listed), Random(2), settings)
    held: dict[int, set[int]] = {}
    for trade in plan.trades:
        assert trade.maker != trade.taker
        for account in (trade.maker, trade.taker):
            held.setdefault(account, set()).add(trade.series_id)
    assert max(map(len, held.values())) <= 5
    assert set(held) <= set(range(2, 2 + 3 * 8))


def test_who_met_whom_is_kept() -> None:
    listed = listing()
    plan = plan_replay(trades(), listed, tables(listed), Random(2), PlanSettings(FEES))
    for given, planned in zip(trades(), plan.trades, strict=True):
        if given.aggressor is Aggressor.BUYER:
            assert not planned.maker_buys
        if given.aggressor is Aggressor.SELLER:
            assert planned.maker_buys


def test_late_trades_are_left_out_and_others_named() -> None:
    listed = listing()
    late = replace(trades()[0], time_s=EXPIRY_S)
    plan = plan_replay([late, *trades(5)], listed, tables(listed), Random(2))
    assert (plan.left_out, len(plan.trades)) == ((late,), 5)
    unknown = replace(late, time_s=START, instrument=replace(INSTRUMENTS[0], strike_e2=1))
    with pytest.raises(NotListed):
        plan_replay([unknown], listed, tables(listed), Random(2))
    with pytest.raises(UnknownSeries):
        plan_replay(trades(5), listed, [], Random(2))
    for per_group, per_account in ((1, 16), (2, 17), (2, 0)):
        with pytest.raises(BadSetting):
            PlanSettings(accounts_per_group=per_group, series_per_account=per_account)


@pytest.mark.skipif(not SPX.is_dir(), reason="the SPX data are not beside this repository")
def test_the_spxw_day() -> None:
    """All 836 bars of the day, 391 tables of its index and quotes, settled at 3700.65."""
    expiry_s, settled_e2 = 1_609_794_000, 370_065
    day = [trade for trade in spx.trades(SPX) if trade.instrument.expiry_s == expiry_s]
    listed = Listing({"SPX": 500})
    listed.add_all(trade.instrument for trade in day)
    history = QuotedHistory.of(listed, "SPX", spx.index(SPX), spx.quotes(SPX), settlements_e2={expiry_s: settled_e2})
    judged = tables_of(history, listed.series(), range(day[0].time_s, expiry_s + 1, 60))
    plan = plan_replay(day, listed, judged, Random(1), PlanSettings(FEES))
    assert not plan.left_out
    hall = played(plan, list(judged[:-1]))
    assert hall.seen == {"order": 2 * 836, "trade": 836}
    hall.settle(judged[-1], {series.series_id for series in listed.series()})
    expected = plan.expected({(500, expiry_s): settled_e2})
    cash = hall.cash_e6()
    assert {account: cash[account] for account in plan.deposits_e6} == expected.cash_e6
    assert cash[0] == expected.fees_e6


@pytest.mark.skipif(not CHAIN.is_file(), reason="the Deribit chain is not beside this repository")
def test_the_deribit_chain() -> None:
    """400 trades at the quotes of the chain, in options all over it."""
    rows = deribit.chain(CHAIN)
    listed = Listing({"BTC": 1})
    listed.add_all(row.point.instrument for row in rows)
    history = ChainHistory.of(listed, rows, {})
    made = chain_trades(rows, 400, 3_600, Random(2))
    assert made == chain_trades(rows, 400, 3_600, Random(2))
    judged = tables_of(history, listed.series(), [history.time_s, history.time_s + 1_800])
    plan = plan_replay(made, listed, judged, Random(1), PlanSettings(FEES))
    hall = played(plan, list(judged))
    assert hall.seen == {"order": 800, "trade": 400}
    cash, expected = hall.cash_e6(), plan.expected({})
    assert {account: cash[account] for account in plan.deposits_e6} == expected.cash_e6
    assert hall.positions_e4() == expected.positions_e4


def test_histories_say_nothing_before_they_begin() -> None:
    listed = listing()
    history = QuotedHistory.of(listed, "X", [], [])
    with pytest.raises(NoQuoteKnown):
        history.market(START)
    with pytest.raises(NoQuoteKnown):
        ChainHistory.of(listed, [], {})
    with pytest.raises(BadSetting):
        chain_trades([], 5, 60, Random(1))
