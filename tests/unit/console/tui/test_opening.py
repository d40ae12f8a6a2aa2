"""`zkclear tui`: what is said where there is nothing to show, and what opening costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from textual.pilot import Pilot
from typer.testing import CliRunner

from console.cli.main import app
from console.tui.app import ZkclearTui
from sequencer.record.connection import record_path
from sequencer.record.recorder import Recorder
from tests.support.tui_runs import many_batches, pilot_run, press, seen

RUNNER = CliRunner()


def asked(*arguments: str) -> tuple[int, str]:
    result = RUNNER.invoke(app, ["tui", *arguments])
    return result.exit_code, " ".join(result.output.split())


def test_a_folder_without_a_run(tmp_path: Path) -> None:
    code, said = asked(str(tmp_path))
    assert code == 2
    assert "there is no record of a run; name" in said
    assert "Traceback" not in said


def test_no_folder_and_no_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKCLEAR_NODE", str(tmp_path / "nothing"))
    code, said = asked()
    assert code != 0
    assert "zkclear node up" in said


def test_a_file_that_is_none(tmp_path: Path) -> None:
    record_path(tmp_path).write_bytes(b"dear diary, " * 1_000)
    code, said = asked(str(tmp_path))
    assert code == 2
    assert "this is no record of a run" in said


def test_a_record_of_a_newer_version(tmp_path: Path) -> None:
    many_batches(tmp_path, 1)
    data = bytearray(record_path(tmp_path).read_bytes())
    data[60:64] = (99).to_bytes(4, "big")  # SQLite's user_version
    record_path(tmp_path).write_bytes(bytes(data))
    code, said = asked(str(tmp_path))
    assert code == 2
    assert "it is of version 99" in said
    assert "take the newer program" in said


def test_no_terminal_says_what_else_there_is(tmp_path: Path) -> None:
    code, said = asked(str(many_batches(tmp_path, 1)))
    assert code == 2
    assert "this is no terminal" in said
    assert "zkclear batch list" in said


def test_json_of_a_screen_is_refused(tmp_path: Path) -> None:
    code, said = asked(str(many_batches(tmp_path, 1)), "--json")
    assert code == 2
    assert "--json is of what --measure finds" in said


@pytest.mark.parametrize("words", [("--light",), ("--key", "a.zkey")])
def test_what_changes_nothing_is_refused(tmp_path: Path, words: tuple[str, ...]) -> None:
    code, said = asked(str(many_batches(tmp_path, 1)), "--measure", *words)
    assert code == 2
    assert "--light and --key change nothing" in said


def test_errors_for_programs(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["tui", str(tmp_path), "--measure", "--json"])
    assert result.exit_code == 2
    assert json.loads(result.output)["error"]["type"] == "NoRecord"


def test_measuring_for_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.tui.opening.PRESSES", 2)
    busy_s = time.process_time()
    result = RUNNER.invoke(app, ["tui", str(many_batches(tmp_path, 40)), "--measure", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert found["batches"] == 40
    assert all(step["spent_ms"] >= 0 for step in found["steps"])
    loaded, shown, both = found["steps"][:3]
    assert loaded["busy_ms"] >= 1_000 * busy_s  # counted from the start of the process, not of the command
    assert both["busy_ms"] == pytest.approx(loaded["busy_ms"] + shown["busy_ms"])


@pytest.mark.parametrize("arguments", [["--help"], ["tui", "--help"], ["tui", "nowhere"]])
def test_textual_is_loaded_by_nobody_who_does_not_need_it(arguments: list[str]) -> None:
    program = (
        "import sys; from console.cli.main import app; "
        f"code = 0\ntry:\n app({arguments!r})\nexcept SystemExit: pass\n"
        "loaded = {'textual', 'numpy', 'web3'} & set(sys.modules)\nsys.exit(f'loaded: {loaded}' if loaded else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 0, done.stderr


FIRST_SCREEN = """
import asyncio, sys
from pathlib import Path
import console.cli.main
from console.tui.app import ZkclearTui
from console.tui.run import Run

async def first_screen(run):
    tui = ZkclearTui(run, lambda: 0, polls=False)
    async with tui.run_test(size=(160, 50)) as pilot:
        await pilot.pause()
        print(tui.stage.pane.table.row_count, tui.stage.pane.table.drawn_rows)

run = Run(Path(sys.argv[1]))
asyncio.run(first_screen(run))
run.close()
print(" ".join(sys.modules))
"""
HEAVY = ("numpy", "web3", "eth_account", "matplotlib", "pydantic", "markdown_it", "pygments", "tree_sitter", "circuits")


def test_the_first_screen_loads_what_it_shows(tmp_path: Path) -> None:
    """Rows of the record, and of eight panes the one that is seen; neither mathematics nor other panes' views."""
    command = [sys.executable, "-c", FIRST_SCREEN, str(many_batches(tmp_path, 60))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows, names = done.stdout.splitlines()
    assert [int(word) >= least for word, least in zip(rows.split(), (60, 40), strict=True)] == [True, True]
    loaded = set(names.split())
    assert "console.tui.views.batches" in loaded
    assert {name.partition(".")[0] for name in loaded} & set(HEAVY) == set()
    panes = {name.rpartition(".")[2] for name in loaded if name.startswith("console.tui.panes.")}
    assert panes == {"pane", "batches"}
    assert loaded & {"rollup.types.orders", "console.tui.exposure"} == set()


def test_a_run_that_has_not_begun(tmp_path: Path) -> None:
    with Recorder(record_path(tmp_path), group_s=0.0):
        pass
    screens: list[str] = []

    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        for key in "12345678":
            await press(tui, pilot, key)
            screens.append(seen(tui))

    pilot_run(tmp_path, (80, 24), scene)
    for screen, words in zip(
        screens,
        (
            "no batch is sealed yet",
            "no batch is sealed yet",
            "no proof is made yet",
            "no account yet",
            "the oracles have no table yet",
            "L1's queue has had no entry yet",
            "no prover's worker is known",
            "nothing was said yet",
        ),
        strict=True,
    ):
        assert words in screen
        assert "a run that has not said what it is" in screen
