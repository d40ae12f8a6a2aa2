"""A demo on real trades: their day is played again by its own clock, and what comes of it is compared to the dollar."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from console.amounts import cash
from console.demo.chronicle import Chronicle, EquitySample
from console.demo.ends import compare_with_l1
from console.demo.evidence import EVERYTHING, Evidence, evidence_of
from console.demo.plan import DemoPlan
from console.demo.promises import ALL_EXECUTED, BALANCES, CLEARED, PAID_OUT, REAL_DATA, SETTLEMENT
from sequencer.markets.collateral import FeeRates
from sequencer.node.local import LocalRollup
from sequencer.record.reader import RecordReader
from sequencer.replay.report import ReplayReport
from sequencer.replay.runner import Replay
from sequencer.replay.scenarios import ReplayOptions, Scenario
from sequencer.replay.sources import scenario_of
from sequencer.replay.stage import stage_for

FEES: Final = FeeRates(300, 500)
TABLE_EVERY_S: Final = 300
MS: Final = 1_000


def scenario_for(data: Path, most_trades: int | None, chronicle: Chronicle) -> Scenario:
    """What is to be played. Raises `MarketDataError`."""
    chronicle.act("reading data")
    scenario = scenario_of(data, ReplayOptions(FEES, most_trades, TABLE_EVERY_S))
    chronicle.note(f"{scenario.name}: {len(scenario.plan.trades)} trades, {len(scenario.accounts)} accounts")
    return scenario


def play_data(plan: DemoPlan, scenario: Scenario, chronicle: Chronicle) -> Evidence:
    """From registration to the dollars that come back. Raises `ReplayError`, and what chain and node raise."""
    chronicle.act("deploying")
    chronicle.roles.update(dict.fromkeys(scenario.accounts, "trader"))

    def tell(phase: str, done: int, steps: int) -> None:
        if chronicle.act_name != phase:
            chronicle.act(phase)
        chronicle.progress = done, steps

    name, folder = plan.preset.name, plan.folder
    with stage_for(scenario, name, folder, workers=plan.workers, keys=plan.keys, port=plan.port) as (rollup, node):
        report = Replay(scenario, rollup, node, tell).run()
        judge(scenario, report, rollup, chronicle)
        root = node.sequencer.ask(lambda venue: venue.state.root).result()
        chronicle.act("comparing with L1")
        compare_with_l1(rollup, root, chronicle)
        chronicle.act("ending")
    zero_ms = scenario.tables[0].time_s * MS
    with RecordReader.of(plan.folder) as record:
        watched = watch_nearest(record, scenario.accounts, zero_ms, chronicle)
        return evidence_of(
            record,
            chronicle,
            title=f"zkclear: {scenario.name}, cleared and proven",
            expected=REAL_DATA,
            preset=name,
            underlying=next(iter(scenario.underlyings.items())),
            watched=watched,
            zero_ms=zero_ms,
        )


def watch_nearest(record: RecordReader, accounts: Iterable[int], zero_ms: int, chronicle: Chronicle) -> int | None:
    """Writes down how the account stood that came nearest to a liquidation, after each batch that touched it.

    Its number; None where nobody ever held anything. Raises `RecordError`.
    """
    rows = [row for account in accounts for row in record.account_history(account, limit=EVERYTHING)[::-1]]
    judged = [(row.distance, row) for row in rows if row.distance is not None]
    if not judged:
        return None
    _, nearest = min(judged, key=lambda pair: pair[0])
    chronicle.sample(nearest.account, f"after batch {nearest.batch}", nearest.values_e6)
    chronicle.equity += [
        EquitySample((row.time_ms - zero_ms) / MS, row.equity_e6, row.maintenance_requirement_e6)
        for row in rows
        if row.account == nearest.account
    ]
    return nearest.account


def judge(scenario: Scenario, report: ReplayReport, rollup: LocalRollup, chronicle: Chronicle) -> None:
    """What was promised of real trades: all of them are cleared, and everybody has what the trades alone say."""
    expected, executed = len(scenario.plan.trades), rollup.house.progress().executed
    chronicle.promise(
        CLEARED,
        f"{report.trades} of {expected}, from {report.orders} signed orders of {report.accounts} accounts",
        is_kept=report.trades >= expected > 0,
        trades=report.trades,
        orders=report.orders,
    )
    chronicle.promise(
        ALL_EXECUTED,
        f"{executed} of {report.batches} batches on L1",
        is_kept=executed == report.batches > 0,
        batches=report.batches,
    )
    wrong = [one for one in report.differences if one.what == "settlement price"]
    prices = ", ".join(f"{price_e2 / 100:,.2f}" for price_e2 in scenario.settlements_e2.values())
    chronicle.promise(SETTLEMENT, f"at {prices}, as the data say", is_kept=not wrong)
    chronicle.promise(
        BALANCES,
        f"{report.accounts} accounts, from the trades alone and in fractions; {len(report.differences)} differ",
        is_kept=not report.differences,
        differences=len(report.differences),
    )
    chronicle.promise(
        PAID_OUT,
        f"{cash(report.deposited_e6)} USD came in, {cash(report.withdrawn_e6)} USD went out, "
        f"{cash(report.fees_e6)} USD are fees",
        is_kept=report.withdrawn_e6 + report.fees_e6 == report.deposited_e6 > 0,
        deposited_e6=report.deposited_e6,
        withdrawn_e6=report.withdrawn_e6,
        fees_e6=report.fees_e6,
    )
