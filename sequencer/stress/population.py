"""Who is at the venue: makers with deep pockets, takers, and many who sold options on little cash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from rollup.types.series import OptionKind, Series
from sequencer.markets.collateral import FeeRates, PlannedTrade, needed_cash_e6
from sequencer.markets.flow import SERIES_PER_MAKER
from sequencer.markets.history import TimedTable
from sequencer.stress.errors import TooFewAccounts

DOLLAR_E6: Final = 10**6
FIRST_ACCOUNT: Final = 2
LEAST_ACCOUNTS: Final = 20
DAY_S: Final = 86_400
CONTRACT_E4: Final = 10_000
UNDERLYING: Final = 1


@dataclass(frozen=True, slots=True)
class Opening:
    """A position that a trader has from the beginning, with a maker on its other side."""

    trade: PlannedTrade
    deposit_e6: int


@dataclass(frozen=True, slots=True)
class Population:
    """Accounts by what they do; `deposits_e6` of all, the insurance fund's too; `openings` by trader."""

    series: tuple[Series, ...]
    makers: tuple[int, ...]
    takers: tuple[int, ...]
    openings: tuple[Opening, ...]
    deposits_e6: dict[int, int]

    @property
    def accounts(self) -> tuple[int, ...]:
        """All, by id."""
        return tuple(sorted(self.deposits_e6))


def series_around(price_e2: int, start_s: int, strikes: int) -> tuple[Series, ...]:
    """Calls and puts in two expiries, a week and four weeks away, at strikes from 70 to 120 % of the price."""
    made: list[Series] = []
    step_e2 = max(100, price_e2 * 50 // 100 // max(1, strikes - 1) // 100 * 100)
    first_e2 = price_e2 * 70 // 100 // 100 * 100
    for days in (7, 28):
        for place in range(strikes):
            for kind in OptionKind:
                strike_e2 = first_e2 + place * step_e2
                made.append(Series(len(made) + 1, UNDERLYING, start_s + days * DAY_S, strike_e2, kind))
    return tuple(made)


def populate(
    accounts: int, series: Sequence[Series], table: TimedTable, fees: FeeRates, insurance_e6: int, rng: Random
) -> Population:
    """So many accounts besides the venue's own. Raises `TooFewAccounts`.

    A tenth takes now and then. All others have one position, four in five of them sold, on 1.05 to 3 times the cash
    that initial margin asks for: most on little more than that.
    """
    if accounts < LEAST_ACCOUNTS:
        raise TooFewAccounts(accounts, LEAST_ACCOUNTS)
    groups = -(-len(series) // SERIES_PER_MAKER)
    per_group = max(1, min(4, accounts // (5 * groups)))
    ids = range(FIRST_ACCOUNT, FIRST_ACCOUNT + accounts)
    makers, rest = ids[: groups * per_group], ids[groups * per_group :]
    takers, traders = rest[: accounts // 10], rest[accounts // 10 :]
    marks = {row.series.series_id: row.mark_e2 for row in table.rows}
    openings = [_opening(trader, makers, groups, series, marks, table, fees, rng) for trader in traders]
    deposits = {0: 0, 1: insurance_e6}
    deposits |= dict.fromkeys(makers, 20000000 * DOLLAR_E6)
    deposits |= dict.fromkeys(takers, 2000000 * DOLLAR_E6)
    deposits |= {opening.trade.taker: opening.deposit_e6 for opening in openings}
    return Population(tuple(series), tuple(makers), tuple(takers), tuple(openings), deposits)


def _opening(
    trader: int,
    makers: Sequence[int],
    groups: int,
    series: Sequence[Series],
    marks: dict[int, int],
    table: TimedTable,
    fees: FeeRates,
    rng: Random,
) -> Opening:
    place = rng.randrange(len(series))
    maker = makers[place // SERIES_PER_MAKER + groups * rng.randrange(len(makers) // groups)]
    size_e4 = rng.randint(1, 30) * CONTRACT_E4 // 10
    maker_buys = rng.random() < 0.8
    series_id = series[place].series_id
    trade = PlannedTrade(table.time_s, series_id, max(1, marks[series_id]), size_e4, maker, trader, maker_buys)
    needed_e6 = needed_cash_e6([trade], [table], fees)[trader]
    factor = 1.05 + min(1.95, rng.expovariate(3.0))
    return Opening(trade, int(needed_e6 * factor) + 100 * DOLLAR_E6)
