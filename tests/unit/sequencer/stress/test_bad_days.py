"""Bad days on few accounts: nobody's money comes from nowhere, whoever is in trouble is helped, one seed is one day."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from time import perf_counter

import pytest

from sequencer.stress import SCENARIOS, StressReport, run_scenario, write_report
from sequencer.stress.scenarios import FLOOD, ORACLE_OUTAGE, PROVER_LOSS, VOLATILITY_SPIKE
from tests.support.markets_stress import QUIET, SHORT_CRASH, SMALL, simulated
from tests.support.native_crypto import native_crypto


@pytest.fixture(scope="module")
def crash() -> StressReport:
    return simulated(SHORT_CRASH)


def test_a_crash_on_few_accounts(crash: StressReport) -> None:
    assert crash.books_balance
    assert crash.ever_below_maintenance >= 5
    assert crash.liquidated_accounts >= 5
    assert (crash.uncured, crash.uncovered_e6) == (0, 0)
    assert crash.all_covered
    assert crash.accepted + sum(crash.refused.values()) == crash.orders > 500
    assert crash.tables > 80
    assert crash.insurance_after_e6 == crash.insurance_before_e6 + crash.penalties_e6 - crash.subsidies_e6


def test_a_crash_on_few_accounts_twin() -> None:
    """Without anybody who takes over, the same check finds accounts that nothing was done about."""
    alone = replace(SMALL, arrivals_per_account=0.0, orders_per_s=0.0, burst=0)
    report = simulated(SHORT_CRASH, settings=alone)
    assert report.books_balance
    assert report.uncured > 0
    assert not report.all_covered


def test_g104_one_seed_is_one_day(crash: StressReport) -> None:
    assert simulated(SHORT_CRASH).digest() == crash.digest()
    assert simulated(SHORT_CRASH, seed=2).digest() != crash.digest()


def test_nothing_happens_on_a_quiet_day() -> None:
    report = simulated(QUIET)
    assert (report.ever_below_maintenance, report.liquidation_fills, report.dropped) == (0, 0, 0)
    assert report.trades > 0
    assert report.all_covered


def test_volatility_alone_brings_accounts_below_maintenance() -> None:
    spike = replace(VOLATILITY_SPIKE, seconds=120, volatility=((0, 1.0), (20, 1.0), (60, 3.0)))
    report = simulated(spike)
    assert report.ever_below_maintenance > 0
    assert report.all_covered


def test_without_tables_there_are_no_batches_and_no_orders() -> None:
    outage = replace(
        ORACLE_OUTAGE, seconds=200, outage=(20, 160), price=((0, 1.0), (30, 1.0), (150, 0.9)), volatility=((0, 1.0),)
    )
    report = simulated(outage, settings=replace(SMALL, report_age_s=60))
    assert report.refused["TableTooOld"] > 100
    assert 60 <= report.halted_seconds <= 100
    assert max(sample.table_age_s for sample in report.samples) >= 130
    assert report.books_balance
    assert report.all_covered, "and it goes on when they are back"


def test_a_flood_is_refused_at_the_door() -> None:
    flood = replace(FLOOD, seconds=60, flood=(20, 40))
    report = simulated(flood, settings=replace(SMALL, orders_per_s=20.0, burst=100, arrivals_per_account=0.2))
    assert report.refused["TooManyOrders"] > 100
    assert report.accepted > 1_000
    assert report.all_covered


def test_batches_wait_for_provers_and_are_caught_up_with() -> None:
    loss = replace(PROVER_LOSS, seconds=150, provers_lost=(20, 80))
    report = simulated(loss)
    assert report.most_unproven >= 8
    assert report.proof_delays_s["max"] > 50
    assert report.samples[-1].unproven <= 2
    assert report.all_covered


def test_a_report_is_written_whole(crash: StressReport, tmp_path: Path) -> None:
    paths = write_report(crash, tmp_path / "new")
    assert [path.name for path in paths] == ["crash.json", "crash.csv", "crash.svg", "crash.png"]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(path.name for path in paths)
    data = json.loads(paths[0].read_text())
    assert data["all_covered"] is True
    assert len(data["samples"]) == len(paths[1].read_text().splitlines()) - 1
    assert paths[2].read_text().startswith("<?xml")
    assert paths[3].read_bytes().startswith(b"\x89PNG")


def test_a_report_is_written_whole_twin(crash: StressReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where drawing fails, what was there stays, and no part of a picture is left."""
    (tmp_path / "crash.svg").write_text("before")

    def fail(_report: StressReport, paths: list[Path]) -> None:
        paths[0].write_text("half")
        raise OSError(28, "no space")

    monkeypatch.setattr("sequencer.stress.writing.draw", fail)
    with pytest.raises(OSError, match="no space"):
        write_report(crash, tmp_path)
    assert (tmp_path / "crash.svg").read_text() == "before"
    assert not list(tmp_path.glob(".*"))


def test_lines_for_people(crash: StressReport) -> None:
    lines = dict(crash.rows())
    assert lines["all covered"] == "yes"
    assert "40" in lines["accounts, seed, batch size"]
    assert all(lines.values())


@pytest.mark.deep
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_bad_day_on_a_thousand_accounts(name: str) -> None:
    """All of them, with the clock of this machine. Minutes each."""
    report = run_scenario(name, 1_000, 1, Random(1), native_crypto(), perf_counter, settings=replace(SMALL, strikes=6))
    assert report.books_balance
    assert report.all_covered
