"""What do.py makes of the machine: which Python, which Node, and what is said before anything is installed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bootstrap import doctor, install, machine
from bootstrap.layout import VENV


def test_the_wheels_node_is_not_the_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZKCLEAR_NODEJS", raising=False)
    monkeypatch.setattr("shutil.which", lambda name: str(machine.NODE_LINK.with_name(name)))
    monkeypatch.setattr(machine, "output_of", lambda _command: "v24.1.0")
    assert machine.node_command() is None


def test_with_our_environment_active_setup_still_runs_the_machines_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """The virtual environment has no pip, and is itself what setup makes."""
    assert VENV not in machine.machine_python().parents
    monkeypatch.setattr(sys, "executable", str(VENV / "bin" / "python"))
    monkeypatch.setattr(sys, "prefix", str(VENV))
    assert VENV not in machine.machine_python().parents
    monkeypatch.setattr(sys, "prefix", "/another/environment")
    assert machine.machine_python() == VENV / "bin" / "python"


def test_the_same_python_is_not_another_one_by_its_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digests = [step.digest() for step in install.steps()]
    link = tmp_path / "python3"
    link.symlink_to(Path(sys.executable).resolve())
    monkeypatch.setattr(sys, "executable", str(link))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert [step.digest() for step in install.steps()] == digests


def test_doctor_before_setup_blames_no_platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "CONTRACTS", tmp_path)
    monkeypatch.setattr(doctor, "PYTHON", tmp_path / "python")
    monkeypatch.setattr(doctor, "has_compiler", lambda: True)
    found = {one.name: (one.state, one.detail) for one in doctor.examine()}
    assert found["anvil"] == found["solc"] == (doctor.MISSING, "not in contracts/node_modules")
    assert found["C compiler"][1].startswith("there is one")
