"""`zkclear tui`: what is said where there is nothing to show, and what opening costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
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


def test_errors_for_programs(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["tui", str(tmp_path), "--measure", "--json"])
    assert result.exit_code == 2
    assert json.loads(result.output)["error"]["type"] == "NoRecord"


def test_measuring_for_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.tui.opening.PRESSES", 2)
    result = RUNNER.invoke(app, ["tui", str(many_batches(tmp_path, 40)), "--measure", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert found["batches"] == 40
    assert all(step["spent_ms"] >= 0 for step in found["steps"])


@pytest.mark.parametrize("arguments", [["--help"], ["tui", "--help"], ["tui", "nowhere"]])
def test_textual_is_loaded_by_nobody_who_does_not_need_it(arguments: list[str]) -> None:
    program = (
        "import sys; from console.cli.main import app; "
        f"code = 0\ntry:\n app({arguments!r})\nexcept SystemExit: pass\n"
        "loaded = {'textual', 'numpy', 'web3'} & set(sys.modules)\nsys.exit(f'loaded: {loaded}' if loaded else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 0, done.stderr


def test_the_program_of_the_screens_does_not_load_the_mathematics() -> None:
    program = "import console.tui.app, sys; sys.exit(str([m for m in ('numpy', 'circuits') if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "[]"


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
