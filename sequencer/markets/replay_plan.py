"""Real trades as orders of simulated accounts: each a maker's order at rest and another account's order that takes it.

Every account keeps to a group of series, as many as have room in its position slots; the accounts of a group trade
among themselves, so that batches touch few series. An account's order slots are used in turn under growing nonces. Each
pair comes in order, so that no other order is ever in the book: each trade happens as it did, whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from rollup.types.series import Series
from rollup.units import POSITION_SLOTS
from sequencer.markets.collateral import FeeRates, PlannedTrade, needed_cash_e6
from sequencer.markets.errors import BadSetting
from sequencer.markets.expectation import Balances, expected_balances
from sequencer.markets.history import TimedTable
from sequencer.markets.intents import Nonces, OrderIntent
from sequencer.markets.listing import Listing
from sequencer.markets.records import Aggressor, MarketTrade
from sequencer.matching.requests import TimeInForce

DOLLAR_E6: Final = 10**6
MILLION: Final = 10**6
FIRST_TRADER: Final = 2
"""Accounts 0 and 1 are the venue's own."""


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """How trades are given to accounts. `spare_ppm`: so much more than needed is deposited, for tables that differ."""

    fees: FeeRates = field(default_factory=FeeRates)
    accounts_per_group: int = 4
    series_per_account: int = POSITION_SLOTS
    first_account: int = FIRST_TRADER
    order_lifetime_s: int = 3_600
    spare_ppm: int = 500_000
    least_deposit_e6: int = 1_000 * DOLLAR_E6

    def __post_init__(self) -> None:
        if self.accounts_per_group < 2:
            raise BadSetting("accounts_per_group", self.accounts_per_group, "at least 2: nobody trades with itself")
        if not 1 <= self.series_per_account <= POSITION_SLOTS:
            raise BadSetting("series_per_account", self.series_per_account, f"between 1 and {POSITION_SLOTS}")


@dataclass(frozen=True, slots=True)
class ReplayPlan:
    """Who deposits what, and which orders are signed in which order; `trades` is what must come of it.

    `left_out` are trades at or after their series' expiry, which no venue takes.
    """

    deposits_e6: Mapping[int, int]
    intents: tuple[OrderIntent, ...]
    trades: tuple[PlannedTrade, ...]
    series: Mapping[int, Series]
    fees: FeeRates
    left_out: tuple[MarketTrade, ...] = ()

    def expected(self, settlements_e2: Mapping[tuple[int, int], int]) -> Balances:
        """An independent calculation of what everybody owns in the end; as `expected_balances`."""
        return expected_balances(self.deposits_e6, self.trades, self.series, self.fees, settlements_e2)


def plan_replay(
    trades: Iterable[MarketTrade],
    listing: Listing,
    tables: Sequence[TimedTable],
    rng: Random,
    settings: PlanSettings | None = None,
) -> ReplayPlan:
    """A plan of trades, put in order of time, judged by tables that ascend in time and value every series of them.

    Where a trade does not say who met whom, chance does. Raises `NotListed`, `UnknownSeries`.
    """
    chosen = settings or PlanSettings()
    pairing = _Pairing(chosen, rng)
    ordered = sorted(trades, key=lambda trade: trade.time_s)
    late = tuple(trade for trade in ordered if trade.time_s >= trade.instrument.expiry_s)
    planned = tuple(
        pairing.planned(trade, listing.series_of(trade.instrument))
        for trade in ordered
        if trade.time_s < trade.instrument.expiry_s
    )
    needed = needed_cash_e6(planned, tables, chosen.fees)
    deposits_e6 = {account: _deposit_e6(amount_e6, chosen) for account, amount_e6 in needed.items()}
    series = {series.series_id: series for series in listing.series()}
    return ReplayPlan(deposits_e6, tuple(_intents(planned, series, chosen)), planned, series, chosen.fees, late)


class _Pairing:
    def __init__(self, settings: PlanSettings, rng: Random) -> None:
        self._settings, self._rng = settings, rng
        self._groups: dict[int, int] = {}

    def planned(self, trade: MarketTrade, series: Series) -> PlannedTrade:
        settings, rng = self._settings, self._rng
        group = self._groups.setdefault(series.series_id, len(self._groups) // settings.series_per_account)
        first = settings.first_account + group * settings.accounts_per_group
        maker, taker = rng.sample(range(first, first + settings.accounts_per_group), 2)
        maker_buys = rng.random() < 0.5
        if trade.aggressor is not Aggressor.UNKNOWN:
            maker_buys = trade.aggressor is Aggressor.SELLER
        return PlannedTrade(trade.time_s, series.series_id, trade.price_e2, trade.size_e4, maker, taker, maker_buys)


def _intents(
    planned: Iterable[PlannedTrade], series: Mapping[int, Series], settings: PlanSettings
) -> Iterable[OrderIntent]:
    nonces = Nonces()
    for trade in planned:
        expiry_s = min(trade.time_s + settings.order_lifetime_s, series[trade.series_id].expiry_s)
        for (account, bought_e4, _), how in zip(
            trade.sides, (TimeInForce.GOOD_TILL_EXPIRY, TimeInForce.IMMEDIATE_OR_CANCEL), strict=True
        ):
            slot = nonces.slot(account)
            yield OrderIntent(
                trade.time_s * 1000,
                account,
                trade.series_id,
                bought_e4 > 0,
                trade.price_e2,
                trade.size_e4,
                slot,
                nonces.next(account, slot),
                expiry_s,
                how,
            )


def _deposit_e6(needed_e6: int, settings: PlanSettings) -> int:
    with_spare = needed_e6 + needed_e6 * settings.spare_ppm // MILLION
    return max(settings.least_deposit_e6, -(-with_spare // DOLLAR_E6) * DOLLAR_E6)
