"""What every command loads first has bytecode after setup, also where Python is told to write none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bootstrap import bytecode


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The packages of a virtual environment with one of those that are compiled, and one that is not."""
    site = tmp_path / "lib" / "python3.11" / "site-packages"
    for name in ("textual", "another"):
        (site / name).mkdir(parents=True)
        (site / name / "__init__.py").write_text("ANSWER = 42\n")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    monkeypatch.setattr(bytecode, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(bytecode, "VENV", tmp_path)
    return site


def test_what_is_loaded_first_is_compiled(site: Path) -> None:
    bytecode.compile_packages()
    assert list((site / "textual" / "__pycache__").glob("__init__.*.pyc"))
    assert not (site / "another" / "__pycache__").exists()


def test_setup_goes_on_without(site: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (site / "textual" / "__init__.py").write_text("def broken(:\n")
    bytecode.compile_packages()
    assert "commands start more slowly" in capfd.readouterr().err


def test_the_names_are_those_of_installed_packages() -> None:
    folders = bytecode.package_folders(Path(sys.prefix))
    assert {folder.name for folder in folders} == set(bytecode.LOADED_FIRST)
