"""What `python3 do.py coverage` says of figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import do
from bootstrap import coverage
from bootstrap.coverage import Covered, Package
from bootstrap.processes import SetupError
from tests.support.source_tree import ROOT

STRICT, LOOSE = Package("strict", ("tests",), 100.0, 100.0), Package("loose", ("tests",))


class Machine:
    """Runs no test: answers as coverage does, with figures of its own."""

    def __init__(self, folder: Path, **totals: int) -> None:
        self.folder, self.totals = folder, totals
        self.tests_end_with, self.is_measured = 0, True
        self.commands: list[list[str]] = []

    def run(self, command: list[str | Path], *, environment: dict[str, str]) -> int:
        words = [str(word) for word in command][3:]
        self.commands.append(words)
        assert Path(environment["COVERAGE_FILE"]).is_relative_to(self.folder)
        if words[0] == "run":
            return self.tests_end_with
        if words[0] == "json":
            Path(words[-1]).write_text(json.dumps({"totals": self.totals}))
        return 0 if self.is_measured else 1


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(tmp_path, covered_lines=96, num_statements=100, covered_branches=7, num_branches=10)
    monkeypatch.setattr(coverage, "FOLDER", tmp_path)
    monkeypatch.setattr(coverage, "run", made.run)
    monkeypatch.setattr(coverage, "PACKAGES", (STRICT, LOOSE))
    return made


def test_a_package_that_covers_enough(machine: Machine) -> None:
    assert coverage.measure(["loose"]) == 0
    assert [words[0] for words in machine.commands] == ["run", "combine", "json", "report"]


def test_a_package_below_its_bounds_fails(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    assert coverage.measure([]) == 1
    strict, loose = capsys.readouterr().err.splitlines()[-2:]
    assert strict.split() == ["strict", "96.00", "%", "100", "%", "70.00", "%", "100", "%", "too", "little"]
    assert loose.split() == ["loose", "96.00", "%", "95", "%", "70.00", "%"]


@pytest.mark.parametrize(
    ("lines", "branches", "enough"),
    [((100, 100), (10, 10), True), ((99, 100), (10, 10), False), ((100, 100), (9, 10), False), ((0, 0), (0, 0), True)],
)
def test_lines_and_branches_have_bounds_of_their_own(
    lines: tuple[int, int], branches: tuple[int, int], enough: bool
) -> None:
    assert Covered(STRICT, lines, branches, tests_passed=True).is_enough == enough


def test_tests_that_fail_are_no_coverage(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.tests_end_with = 1
    assert coverage.measure(["loose"]) == 1
    assert "tests failed" in capsys.readouterr().err


def test_nothing_measured_and_no_such_package(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SetupError, match=r"no package other: choose from strict, loose"):
        coverage.measure(["other"])
    machine.is_measured = False
    with pytest.raises(SetupError, match="nothing of loose was measured"):
        coverage.measure(["loose"])
    monkeypatch.setattr(do, "setup", lambda: None)
    assert do.main(["coverage", "other"]) == do.SETUP_FAILED


def test_tests_that_are_counted_exist() -> None:
    named = [path for package in coverage.PACKAGES for path in package.tests]
    assert [path for path in named if not (ROOT / path).exists()] == []
