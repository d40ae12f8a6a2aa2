"""SPXW of 2021-01-04: real trades are proven in batches, the series expire at 3700.65, and all settle to the cent."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from random import Random

import pytest

from circuits.settlement.sample import DOMAIN, Venue
from prover.groth16.development_setup import development_setup
from rollup.presets import DEMO
from rollup.risk.scenarios import ScanRange
from rollup.risk.table import Market, UnderlyingMarket, risk_table
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.transition.orders import fee_of
from rollup.types.accounts import Account
from rollup.types.batches import Batch
from rollup.types.orders import SignedOrder
from rollup.types.series import OptionKind, Series, SeriesRow
from rollup.types.transactions import Settlement, Trade
from sequencer.settlement_prover import SettlementProver
from tests.support import spxw
from tests.support.kernels import fastest
from tests.support.settlement import compiled_settlement, crypto, venue_of

TRADERS = range(2, 8)
BATCHES = 4
CASH_E6 = 50_000_000 * 10**6
MAKER_PPM, TAKER_PPM = 100, 300
VOLATILITY = 0.35

pytestmark = pytest.mark.skipif(not spxw.is_there(), reason="the data of the SPXW day are not beside this repository")


def test_an_expiry_settles_to_the_cent() -> None:
    random = Random(20210104)
    venue = venue_of(random, DEMO)
    state = State(DEMO.account_depth, crypto())
    state.put({index: Account(venue.public_key(venue.secret(index)), CASH_E6) for index in range(TRADERS.stop)})
    prover = SettlementProver(DEMO, development_setup(compiled_settlement(DEMO).relation, fastest()), fastest())
    bars = list(islice(spxw.bars(), DEMO.trades * BATCHES))
    series = sorted({bar.series for bar in bars}, key=lambda one: one.series_id)
    slots = {one.series_id: place for place, one in enumerate(series)}
    index = spxw.index_by_minute()
    held: defaultdict[tuple[int, Series], int] = defaultdict(int)
    cash = dict.fromkeys(range(TRADERS.stop), CASH_E6)

    for number in range(BATCHES):
        taken = bars[number * DEMO.trades : (number + 1) * DEMO.trades]
        now_s = taken[-1].time_s
        known = max(minute for minute in index if minute <= now_s)
        table = RiskTable(valued(series, index[known], now_s), DEMO.series_depth, crypto())
        trades = []
        for bar in taken:
            buyer, seller = random.sample(TRADERS, 2)
            trades.append(trade(venue, bar, buyer, seller, slots[bar.series.series_id]))
            premium_e6 = bar.price_e2 * bar.contracts * spxw.CONTRACT_E4
            fees = fee_of(premium_e6, MAKER_PPM), fee_of(premium_e6, TAKER_PPM)
            cash[buyer] -= premium_e6 + fees[0]
            cash[seller] += premium_e6 - fees[1]
            cash[0] += sum(fees)
            held[buyer, bar.series] += bar.contracts
            held[seller, bar.series] -= bar.contracts
        prover.prove_batch(state, table, batch(venue, number, now_s, trades=tuple(trades)), point=number + 2)

    settled = RiskTable([SeriesRow.settled(one, spxw.SETTLEMENT_E2) for one in series], DEMO.series_depth, crypto())
    open_positions = [place for place, contracts in held.items() if contracts]
    assert len(open_positions) > DEMO.settlements
    for first in range(0, len(open_positions), DEMO.settlements):
        chosen = open_positions[first : first + DEMO.settlements]
        asked = tuple(Settlement(owner, slots[one.series_id], one.series_id) for owner, one in chosen)
        number = BATCHES + first // DEMO.settlements
        late = batch(venue, number, spxw.EXPIRY_S + 60, settlements=asked)
        prover.prove_batch(state, settled, late, point=number + 2)

    for (owner, one), contracts in held.items():
        sign = 1 if one.kind is OptionKind.CALL else -1
        payoff_e2 = max(0, sign * (370_065 - one.strike_e2))
        cash[owner] += contracts * spxw.CONTRACT_E4 * payoff_e2
    final = dict(state.accounts())
    assert {owner: account.cash_e6 for owner, account in final.items()} == cash
    assert all(position.size_e4 == 0 for account in final.values() for position in account.positions)
    assert sum(cash.values()) == CASH_E6 * len(cash)


def valued(series: list[Series], index_e2: int, now_s: int) -> tuple[SeriesRow, ...]:
    """Rows by Black-76 on the index, with one volatility."""
    scan = ScanRange(price=0.06, volatility_up=0.4, volatility_down=0.3)
    market = UnderlyingMarket(index_e2 / 100, {one.series_id: VOLATILITY for one in series}, scan)
    return risk_table(series, Market({spxw.UNDERLYING: market}), now_s)


def trade(venue: Venue, bar: spxw.Bar, buyer: int, seller: int, slot: int) -> Trade:
    size_e4 = bar.contracts * spxw.CONTRACT_E4
    bid = late_order(venue, bar, buyer, size_e4, is_buy=True)
    offer = late_order(venue, bar, seller, size_e4, is_buy=False)
    return Trade(bid, offer, bar.price_e2, size_e4, slot, slot)


def late_order(venue: Venue, bar: spxw.Bar, owner: int, size_e4: int, *, is_buy: bool) -> SignedOrder:
    return venue.order(owner, bar.series.series_id, size_e4, bar.price_e2, is_buy=is_buy)


def batch(
    venue: Venue,
    number: int,
    time_s: int,
    trades: tuple[Trade, ...] = (),
    settlements: tuple[Settlement, ...] = (),
) -> Batch:
    return Batch(number, time_s, DOMAIN, MAKER_PPM, TAKER_PPM, trades=trades, settlements=settlements)
