"""How quickly commands start: what they import, and how much they do; no seconds, which depend on the machine."""

from __future__ import annotations

import json
import os

import pytest
from typer.testing import CliRunner

from console.cli import bench_start
from console.cli.bench_start import imported_by
from console.cli.main import app
from tests.support.recorded_run import shared_run
from tests.support.work import calls_of_program


@pytest.fixture(autouse=True)
def _no_measurement_of_coverage(monkeypatch: pytest.MonkeyPatch) -> None:
    """It imports modules of its own into the programs that are started here, and slows them down."""
    for name in [name for name in os.environ if name.startswith("COVERAGE")]:
        monkeypatch.delenv(name)


HEAVY = {"numpy", "web3", "eth_account", "matplotlib", "textual", "starlette", "uvicorn", "distributed", "galois"}
OURS = {"prover", "rollup", "circuits", "primitives"}
PAGE = ("--help",)
HELP_CALLS = 400_000
DATA_CALLS = 550_000


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


STARTED = "from console.cli.main import app; app()"


@pytest.mark.parametrize(
    ("words", "most"), [(PAGE, HELP_CALLS), (("batch", "list"), DATA_CALLS), (("batch", "list", "--json"), DATA_CALLS)]
)
def test_little_is_done(words: tuple[str, ...], most: int) -> None:
    """Calls, some of 0.6 us each: as many on any machine. `zkclear bench start` measures seconds."""
    given = words if words == PAGE else (*words, str(shared_run().folder))
    assert HELP_CALLS / 10 < calls_of_program(STARTED, *given) < most


def test_little_is_done_twin() -> None:
    """What knows the circuits does more."""
    assert calls_of_program(STARTED, "circuit", "list", "--json") > DATA_CALLS > HELP_CALLS


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
