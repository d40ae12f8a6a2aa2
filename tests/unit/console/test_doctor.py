"""`zkclear doctor`: what it finds is what is there, and what is missing is said."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bootstrap import doctor as before_setup
from console.cli import doctor_programs
from console.cli.doctor_machine import MISSING, kernel_facts
from console.cli.main import app


def doctor(code: int = 0) -> dict[str, tuple[str, str]]:
    """State and detail by name."""
    found = CliRunner().invoke(app, ["doctor", "--json"])
    assert found.exit_code == code, found.output
    answer: dict[str, Any] = json.loads(found.stdout)
    assert answer["is_ready"] == (code == 0)
    return {one["name"]: (one["state"], one["detail"]) for one in answer["findings"]}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with nothing in it."""
    monkeypatch.chdir(tmp_path)
    for name in ("ZKCLEAR_KEYS", "ZKCLEAR_CIRCUITS", "ZKCLEAR_L1", "ZKCLEAR_NODE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_it_says_what_is_there(elsewhere: Path) -> None:
    keys = elsewhere / ".zkclear" / "keys"
    keys.mkdir(parents=True)
    for digest in ("0" * 24, "1" * 24):
        (keys / f"settlement_tiny-{digest}.development.zkey").write_bytes(bytes(1 << 20))
    (keys / "settlement_demo-short.development.zkey").write_bytes(b"")
    found = doctor()
    assert found["kernels"][1].startswith(kernel_facts()["kernel"])
    assert found["key tiny"][0] == "ok"
    assert "2 MiB" in found["key tiny"][1]
    assert "2 of them" in found["key tiny"][1]
    assert found["key demo"][0] == "note"
    assert {"anvil", "node", "solc", "memory", "disk", "chain", "own node", "circuits"} <= found.keys()
    assert not (elsewhere / ".zkclear" / "circuits").exists(), "looking changes nothing"


def test_a_missing_program(monkeypatch: pytest.MonkeyPatch, elsewhere: Path) -> None:
    monkeypatch.setenv("ZKCLEAR_ANVIL", str(elsewhere / "none"))
    assert doctor(code=1)["anvil"][0] == MISSING


def test_a_program_that_does_not_run(monkeypatch: pytest.MonkeyPatch, elsewhere: Path) -> None:
    (elsewhere / "anvil").write_text("no program")
    monkeypatch.setenv("ZKCLEAR_ANVIL", str(elsewhere / "anvil"))
    assert "does not run" in doctor(code=1)["anvil"][1]


def test_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(".")
    monkeypatch.setattr("console.cli.doctor_machine.shutil.disk_usage", lambda _: usage._replace(free=1 << 20))
    assert doctor(code=1)["disk"][0] == MISSING


def test_a_package_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_programs, "EXTRAS", {"no-such-package-at-all": "nothing"})
    assert doctor()["no-such-package-at-all"] == ("note", "not installed, so not there: nothing")


def test_kernels_that_do_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKCLEAR_KERNEL", "abacus")
    assert "abacus" in doctor(code=1)["kernels"][1]


def test_before_the_setup_the_same_is_said() -> None:
    done = subprocess.run([sys.executable, "-m", before_setup.KERNEL_FACTS], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == kernel_facts()


def test_node_beside_python_is_found(monkeypatch: pytest.MonkeyPatch, elsewhere: Path) -> None:
    """A virtual environment that is not active: where setup put a Node, it is there."""
    monkeypatch.setenv("PATH", str(elsewhere))
    monkeypatch.setattr(sys, "executable", str(elsewhere / "bin" / "python"))
    assert doctor()["node"] == ("note", "not there: contracts that were not compiled before cannot be deployed")
    program = elsewhere / "bin" / "node"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho v24.0.0\n")
    program.chmod(0o755)
    assert doctor()["node"][1].startswith("v24.0.0")
