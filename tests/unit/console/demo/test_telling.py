"""What a demo says of itself, in lines and in its folder; and when it may say that all is well."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from console.demo.chronicle import Chronicle
from console.demo.ends import payoff_e2
from console.demo.errors import FolderTaken
from console.demo.evidence import evidence_of
from console.demo.folder import MARK, OURS, prepare
from console.demo.look import Look
from console.demo.promises import MADE_UP, REAL_DATA
from console.demo.replayed import judge
from console.demo.shows import LiveShow, PlainShow, Show, progress_line, show_of
from rollup.types.series import OptionKind, Series
from sequencer.record.types import RunState
from sequencer.replay.report import Difference, ReplayReport
from tests.support.demo_looks import full_look


def test_lines_as_they_are_said() -> None:
    stream = StringIO()
    chronicle = Chronicle(PlainShow(stream).hear)
    chronicle.act("trading")
    chronicle.announce("SHOCK")
    chronicle.promise("a withdrawal was paid", "0 USD", is_kept=False, paid_e6=0)
    lines = [line.split(" s ", 1)[1] for line in stream.getvalue().splitlines()]
    assert lines == ["== trading", "!! SHOCK", "   NOT a withdrawal was paid: 0 USD"]
    assert chronicle.promises[0].data == {"paid_e6": 0}


def test_acts_and_their_progress() -> None:
    chronicle = Chronicle()
    assert (chronicle.now, chronicle.act_seconds()) == ("", {})
    chronicle.act("deploying")
    chronicle.act("trading")
    chronicle.progress = 1_200, 8_000
    assert chronicle.now == "trading 1,200/8,000"
    chronicle.act("ending")
    assert chronicle.now == "ending"
    seconds = chronicle.act_seconds()
    assert list(seconds) == ["deploying", "trading", "ending"]
    assert sum(seconds.values()) <= chronicle.second


def test_how_far_it_is_in_a_line() -> None:
    state = RunState(1, 5, 4, 4, 4, 4, 4, 0)
    said = progress_line(replace(full_look(), state=state))
    assert said == "0 trades; batches: 2/16 filling, 5 sealed, 4 proved, 4 executed, the last proof took 1.04 s"
    assert progress_line(Look()) == ""


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "is_plain", "as_json", "expected"),
    [
        ({"TERM": "xterm"}, False, False, LiveShow),
        ({"TERM": "xterm"}, True, False, PlainShow),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False, False, PlainShow),
        ({"TERM": "dumb"}, False, False, PlainShow),
        ({"TERM": "xterm"}, False, True, Show),
        ({"TERM": "xterm"}, True, True, PlainShow),
    ],
)
def test_who_gets_a_live_screen(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], is_plain: bool, as_json: bool, expected: type
) -> None:
    for name in ("TERM", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert type(show_of(Terminal(), is_plain=is_plain, as_json=as_json)) is expected
    assert type(show_of(StringIO(), is_plain=is_plain, as_json=as_json)) is (Show if expected is Show else PlainShow)


def test_a_folder_is_cleared_of_what_a_demo_wrote_and_of_nothing_else(tmp_path: Path) -> None:
    prepare(tmp_path / "run")
    for name in ("node.db", "node.db-wal", "follower.db.witness", "report.html"):
        (tmp_path / "run" / name).write_text("old")
    (tmp_path / "run" / "mine.txt").write_text("mine")
    prepare(tmp_path / "run")
    assert {path.name for path in (tmp_path / "run").iterdir()} == {MARK, "mine.txt"}


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "node.db").write_text("a node's")
    with pytest.raises(FolderTaken, match="--out"):
        prepare(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["node.db"]
    assert all("/" not in pattern and not pattern.startswith("*.*") for pattern in OURS)


@pytest.mark.parametrize(
    ("kind", "price_e2", "expected_e2"),
    [
        (OptionKind.CALL, 10_500, 500),
        (OptionKind.CALL, 9_500, 0),
        (OptionKind.PUT, 9_500, 500),
        (OptionKind.PUT, 10_500, 0),
    ],
)
def test_what_an_option_pays(kind: OptionKind, price_e2: int, expected_e2: int) -> None:
    assert payoff_e2(Series(1, 1, 2_000_000_000, 10_000, kind), price_e2) == expected_e2


class EmptyRecord:
    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: ()


def test_what_was_never_looked_at_was_not_kept() -> None:
    chronicle = Chronicle()
    for name in MADE_UP[:-1]:
        chronicle.promise(name, "seen", is_kept=True)
    record: Any = EmptyRecord()
    found = evidence_of(record, chronicle, title="", expected=MADE_UP, preset="tiny", underlying=(1, "BTC"))
    assert not found.all_kept
    assert [one.name for one in found.promises if not one.is_kept] == [MADE_UP[-1]]
    chronicle.promise(MADE_UP[-1], "seen", is_kept=True)
    assert evidence_of(record, chronicle, title="", expected=MADE_UP, preset="tiny", underlying=(1, "BTC")).all_kept


@dataclass
class Progress:
    executed: int


class Rollup:
    """A rollup that has executed three batches."""

    house = property(lambda self: self)

    def progress(self) -> Progress:
        return Progress(3)


class Plan:
    trades = (1, 2)


class Scenario:
    plan, settlements_e2 = Plan, {(1, 2): 370_065}


GOOD = ReplayReport("x", accounts=3, orders=4, trades=2, batches=3, deposited_e6=100, fees_e6=1, withdrawn_e6=99)
PLANTED: dict[str, dict[str, Any]] = {
    "all trades of the data were cleared": {"trades": 1},
    "every batch is proven and executed": {"batches": 4},
    "a series expired and was settled": {"differences": [Difference("settlement price", 1, 2, 3)]},
    "every balance is as calculated": {"differences": [Difference("cash", 1, 2, 3)]},
    "all money was paid out on L1": {"withdrawn_e6": 98},
}


def judged(report: ReplayReport) -> dict[str, bool]:
    chronicle = Chronicle()
    scenario: Any = Scenario()
    rollup: Any = Rollup()
    judge(scenario, report, rollup, chronicle)
    return {one.name: one.is_kept for one in chronicle.promises}


def test_real_trades_are_judged_by_the_report() -> None:
    assert all(judged(GOOD).values())
    assert set(judged(GOOD)) < set(REAL_DATA)


@pytest.mark.parametrize("name", PLANTED)
def test_real_trades_are_judged_by_the_report_twin(name: str) -> None:
    assert not judged(replace(GOOD, **PLANTED[name]))[name]
