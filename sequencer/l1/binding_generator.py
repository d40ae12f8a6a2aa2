"""Generates typed Python from the compiled contracts: `scripts/generate_bindings.py` writes it, CI compares it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from prover.formats.atomic import AtomicFile
from sequencer.l1.binding_model import contract_model, snake_case, structs_in
from sequencer.l1.binding_text import contract_text, index_text, structs_text
from sequencer.l1.contract_build import ContractBuild
from sequencer.l1.errors import UnknownContract

BOUND: Final = ("ClearingHouse", "IBatchVerifier", "IERC20", "IERC20Permit", "IExitVerifier", "Oracle", "TestDollar")
"""Contracts and interfaces that have a binding."""

PACKAGE: Final = "sequencer.l1.bindings"


def generate(builds: Mapping[str, ContractBuild], names: Sequence[str], package: str = PACKAGE) -> dict[str, str]:
    """File names of the package to their texts, formatted. Needs ruff, which is a tool of development.

    Raises `UnknownContract`, and `DuplicateSource` when two things would get one name.
    """
    for name in names:
        if name not in builds:
            raise UnknownContract(name, tuple(builds))
    chosen = [builds[name] for name in names]
    structs = structs_in(chosen)
    texts = {"structs.py": structs_text(structs.values())}
    for build in chosen:
        used = structs_in([build])
        texts[f"{module_name(build.name)}.py"] = contract_text(contract_model(build), package, used)
    texts["__init__.py"] = index_text({module_name(name): name for name in names}, package)
    return {name: _tidy(text) for name, text in texts.items()}


def module_name(contract: str) -> str:
    """`ClearingHouse` to `clearing_house`, `IERC20Permit` to `ierc20_permit`."""
    return snake_case(contract)


def stale_files(folder: Path, texts: Mapping[str, str]) -> list[str]:
    """Files of a package that are not what the generator makes: different, missing, or there without a cause."""
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.py")}
    return sorted(name for name in {*there, *texts} if there.get(name) != texts.get(name))


def write_files(folder: Path, texts: Mapping[str, str]) -> None:
    """Makes a package what the generator makes."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in stale_files(folder, texts):
        if name in texts:
            with AtomicFile(folder / name) as file:
                file.write(texts[name].encode())
        else:
            (folder / name).unlink()


def _tidy(text: str) -> str:
    """Imports that are used, sorted, and the format of the house."""
    own = 'lint.isort.known-first-party = ["sequencer", "tests"]'
    checked = _ruff(["check", "--fix", "--quiet", "--select", "F401,I", "--config", own], text)
    return _ruff(["format"], checked)


def _ruff(arguments: Sequence[str], text: str) -> str:
    settings = ["--isolated", "--line-length", "120", "--stdin-filename", "generated.py"]
    command = [sys.executable, "-m", "ruff", *arguments, *settings, "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
