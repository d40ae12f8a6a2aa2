"""Small bad days, and a quiet one; and defects to be planted into what they leave."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import count
from random import Random

from rollup.types.accounts import Account
from sequencer.markets.collateral import FeeRates
from sequencer.markets.history import TimedTable
from sequencer.messages import EndBatch, Message
from sequencer.stress.market import MarketDay, OracleDesk
from sequencer.stress.population import series_around
from sequencer.stress.report import StressReport
from sequencer.stress.running import summarise
from sequencer.stress.scenarios import CRASH, Scenario
from sequencer.stress.settings import StressSettings
from sequencer.stress.simulation import START_S, Simulation
from sequencer.venue import CutBatch, Outcome
from tests.support.native_crypto import native_crypto

SMALL = StressSettings(strikes=3)
SHORT_CRASH = replace(
    CRASH, seconds=240, price=((0, 1.0), (20, 1.0), (200, 0.7)), volatility=((0, 1.0), (20, 1.0), (200, 2.0))
)
QUIET = Scenario("quiet", "nothing happens", 30)

__all__ = ["SMALL", "START_S"]


def terms_of_a_quiet_day() -> tuple[FeeRates, int]:
    return FeeRates(100, 300), 10**12


@cache
def first_table() -> TimedTable:
    day = MarketDay.of(QUIET, START_S, Random(1))
    series = series_around(9_200_000, START_S, 3)
    return TimedTable(START_S, OracleDesk(day, series, QUIET, Random(1)).first(START_S).rows)


def simulated(scenario: Scenario, accounts: int = 40, seed: int = 1, settings: StressSettings = SMALL) -> StressReport:
    """By a clock that counts how often it is asked, so that nothing depends on this machine."""
    ticks = count()
    day = Simulation(scenario, accounts, Random(seed), native_crypto(), lambda: next(ticks) / 1_000, settings)
    day.open(None)
    day.run(None)
    return summarise(day, seed, 0.0)


class Keeping(Simulation):
    """Keeps the batches that are cut."""

    batches: list[CutBatch]

    def _apply(self, message: Message, arrival: float = 0.0) -> Outcome:
        outcome = super()._apply(message, arrival)
        self.batches = [*getattr(self, "batches", []), *outcome.batches]
        return outcome


@cache
def quiet_batches() -> tuple[CutBatch, ...]:
    """Those of half a quiet minute."""
    day = Keeping(QUIET, 20, Random(1), native_crypto(), lambda: 0.0, SMALL)
    day.open(None)
    day.run(None)
    day._apply(EndBatch(START_S + 60))
    return tuple(day.batches)


def planted(batch: CutBatch, defect: str) -> CutBatch:
    """The same batch, but somebody has a smallest unit more of cash, or of contracts."""
    outcome = batch.applied.outcome
    place = next(i for i, one in enumerate(outcome.touched) if any(p.size_e4 for p in one.after.positions))
    after = outcome.touched[place].after
    richer = replace(after, cash_e6=after.cash_e6 + 1) if defect == "cash" else with_more_contracts(after)
    touched = list(outcome.touched)
    touched[place] = replace(touched[place], after=richer)
    return replace(batch, applied=replace(batch.applied, outcome=replace(outcome, touched=tuple(touched))))


def with_more_contracts(account: Account) -> Account:
    positions = list(account.positions)
    place = next(i for i, one in enumerate(positions) if one.size_e4)
    positions[place] = replace(positions[place], size_e4=positions[place].size_e4 + 1)
    return replace(account, positions=tuple(positions))
