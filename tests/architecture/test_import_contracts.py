"""Who may import whom: the contracts of pyproject.toml, and what only one file may touch."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.source_tree import ROOT, name_of, source_files

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
ONLY_FOR_PEOPLE = {"rich", "typer"}
ABOVE_THE_PROVER = {"console", "sequencer", "circuits", "rollup", "bootstrap", "tests", "web3", "eth_account"}
THE_DOOR = "prover/kernels/native.py"


def imported_roots(source: str) -> set[str]:
    """The top-level packages that a module imports, wherever in it the import stands."""
    roots = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            roots |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            roots.add(node.module.split(".")[0])
    return roots


def lint_imports(config: Path) -> int:
    command: list[str | Path] = [LINT_IMPORTS, "--config", config, "--no-cache"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode


def test_contracts_hold() -> None:
    assert lint_imports(ROOT / "pyproject.toml") == 0


def test_contracts_hold_twin(tmp_path: Path) -> None:
    upside_down = tmp_path / "importlinter.toml"
    upside_down.write_text(
        "[tool.importlinter]\nroot_packages = ['prover']\n[[tool.importlinter.contracts]]\nname = 'upside down'\n"
        "type = 'layers'\ncontainers = ['prover']\nlayers = ['bn254', 'groth16']\n"
    )
    assert lint_imports(upside_down) != 0


def test_only_the_door_touches_the_shared_library() -> None:
    users = {
        name_of(path)
        for path in source_files(".py")
        if {"ctypes", "_ctypes", "cffi"} & imported_roots(path.read_text())
    }
    assert users == {THE_DOOR}


@pytest.mark.parametrize("path", source_files(".py", under="prover"), ids=name_of)
def test_the_prover_knows_nothing_above_it(path: Path) -> None:
    assert imported_roots(path.read_text()) & (ABOVE_THE_PROVER | ONLY_FOR_PEOPLE) == set()


def test_import_finder_twin() -> None:
    assert imported_roots("def f() -> None:\n    from rich.table import Table\n    import ctypes.util\n") == {
        "rich",
        "ctypes",
    }


@pytest.mark.parametrize("path", source_files(".py", under="bootstrap"), ids=name_of)
def test_bootstrap_needs_nothing_installed(path: Path) -> None:
    assert imported_roots(path.read_text()) <= sys.stdlib_module_names | {"bootstrap"}


def test_build_needs_nothing_installed() -> None:
    assert imported_roots((ROOT / "prover/native/build.py").read_text()) <= sys.stdlib_module_names
