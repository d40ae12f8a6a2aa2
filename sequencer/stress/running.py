"""From a scenario's name to its report."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from sequencer.native_crypto import NativeCrypto
from sequencer.stress.latencies import MILLISECONDS, percentiles
from sequencer.stress.measures import in_trouble, insurance_e6, owed_e6
from sequencer.stress.population import CONTRACT_E4
from sequencer.stress.report import StressReport
from sequencer.stress.scenarios import scenario_named
from sequencer.stress.settings import Progress, StressSettings
from sequencer.stress.simulation import Simulation


def run_scenario(
    name: str,
    accounts: int,
    seed: int,
    rng: Random,
    crypto: NativeCrypto,
    clock: Callable[[], float],
    report: Progress | None = None,
    settings: StressSettings | None = None,
) -> StressReport:
    """Runs a scenario on so many accounts besides the venue's own. `rng` is seeded with `seed`, which is written down.

    The crash on 1,000 accounts takes a minute or so. Raises `UnknownScenario`, `TooFewAccounts`.
    """
    simulation = Simulation(scenario_named(name), accounts, rng, crypto, clock, settings or StressSettings())
    began = clock()
    simulation.open(report)
    simulation.run(report)
    return summarise(simulation, seed, clock() - began)


def summarise(day: Simulation, seed: int, wall_s: float) -> StressReport:
    """What a day that was run came to, and how many seconds that took."""
    venue, settings, seen = day.venue, day.settings, day.seen
    if venue.table is None:
        raise RuntimeError("open the venue first")
    below, insolvent = in_trouble(venue.state, venue.table)
    fund_e6 = insurance_e6(venue)
    return StressReport(
        scenario=day.scenario.name,
        says=day.scenario.says,
        accounts=len(day.people.accounts) - 2,
        seed=seed,
        seconds=day.scenario.seconds,
        preset=settings.preset.name,
        orders=seen["order"],
        accepted=seen["accepted"],
        refused=dict(day.refused),
        trades=seen["trade"],
        tables=seen["table"],
        batches=day.books.batches,
        dropped=seen["dropped"],
        ever_below_maintenance=len(day.trouble.ever),
        ever_insolvent=len(day.trouble.ever_insolvent),
        liquidated_accounts=len(day.liquidated.accounts),
        liquidation_fills=day.liquidated.fills,
        liquidated_contracts=day.liquidated.contracts_e4 / CONTRACT_E4,
        penalties_e6=day.liquidated.penalties_e6,
        subsidies_e6=day.liquidated.subsidies_e6,
        liquidation_delays_s=percentiles(day.trouble.delays_s),
        uncured=len(below),
        insolvent_at_the_end=len(insolvent),
        uncovered_e6=max(0, owed_e6(venue.state, venue.table, insolvent) - fund_e6),
        insurance_before_e6=settings.insurance_e6,
        insurance_after_e6=fund_e6,
        books_balance=not day.books.off,
        proof_delays_s=percentiles(day.provers.delays_s),
        most_unproven=seen["most unproven"],
        stress_seconds=seen["stress"],
        halted_seconds=seen["halted"],
        samples=tuple(day.samples),
        latencies_ms={
            "processing": percentiles(day.latencies.processing_s, MILLISECONDS),
            "waits": percentiles(day.latencies.total_s, MILLISECONDS),
        },
        batch_ms=percentiles(day.turns_s, MILLISECONDS),
        wall_s=wall_s,
    )
