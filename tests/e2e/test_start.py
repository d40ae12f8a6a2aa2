"""How quickly commands start: what they import, and how much processor time that takes."""

from __future__ import annotations

import json
import os

import pytest
from typer.testing import CliRunner

from console.cli import bench_start
from console.cli.bench_start import DATA_LIMIT_S, HELP_LIMIT_S, _timed, imported_by
from console.cli.main import app
from tests.support.recorded_run import shared_run


@pytest.fixture(autouse=True)
def _no_measurement_of_coverage(monkeypatch: pytest.MonkeyPatch) -> None:
    """It imports modules of its own into the programs that are started here, and slows them down."""
    for name in [name for name in os.environ if name.startswith("COVERAGE")]:
        monkeypatch.delenv(name)


HEAVY = {"numpy", "web3", "eth_account", "matplotlib", "textual", "starlette", "uvicorn", "distributed", "galois"}
OURS = {"prover", "rollup", "circuits", "primitives"}
PAGE = ("--help",)


LIGHT = {"rollup", "rollup.parameters", "rollup.units"}
"""Pages of numbers."""


def heavy(words: tuple[str, ...], *others: str) -> set[str]:
    """Of the packages that take long, those that a command has imported."""
    return {name.partition(".")[0] for name in imported_by(words) - LIGHT} & {*HEAVY, *OURS, *others}


def test_the_front_page_imports_nothing_heavy() -> None:
    for words in (PAGE, ("--version",)):
        assert heavy(words, "rich", "sequencer", "sqlite3") == set()


def test_what_prints_data_imports_little() -> None:
    folder = str(shared_run().folder)
    assert heavy(("batch", "list", folder)) == set()
    assert heavy(("batch", "list", folder, "--json"), "rich") == set()
    assert heavy(("node", "status")) <= {"prover"}


def test_what_prints_data_imports_little_twin() -> None:
    """What does more is seen to import more."""
    assert "numpy" in heavy(("circuit", "list", "--json"))
    assert "rich" in heavy(("batch", "--help"), "rich")


def test_imports_are_counted() -> None:
    assert len(imported_by(PAGE)) < 260
    assert len(imported_by(("batch", "list", str(shared_run().folder)))) < 340


@pytest.mark.parametrize(
    ("words", "limit_s"),
    [(PAGE, HELP_LIMIT_S), (("batch", "list"), DATA_LIMIT_S), (("batch", "list", "--json"), DATA_LIMIT_S)],
)
def test_processor_time(words: tuple[str, ...], limit_s: float) -> None:
    """The least of some runs: whatever else the machine does can only add to it."""
    given = words if words == PAGE else (*words, str(shared_run().folder))
    assert min(_timed(given)[1] for _ in range(5)) < limit_s


def test_it_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_start, "HELP_LIMIT_S", 10.0)
    monkeypatch.setattr(bench_start, "DATA_LIMIT_S", 10.0)
    found = CliRunner().invoke(app, ["bench", "start", str(shared_run().folder), "--repeats", "1", "--json"])
    assert found.exit_code == 0, found.output
    starts = {one["command"]: one for one in json.loads(found.stdout)["starts"]}
    assert starts["--help"]["modules"] < starts["batch list node"]["modules"]
    assert all(0 < one["cpu_s"] < 10 for one in starts.values())


@pytest.mark.deep
def test_it_is_measured_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_start, "HELP_LIMIT_S", 0.001)
    monkeypatch.setattr(bench_start, "DATA_LIMIT_S", 10.0)
    found = CliRunner().invoke(app, ["bench", "start", str(shared_run().folder), "--repeats", "1", "--json"])
    assert found.exit_code == 1
    assert json.loads(found.stdout)["too_slow"] == ["--help", "--version"]
