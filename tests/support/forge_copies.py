"""Copies of the contracts' project that a test may change, and forge run on them."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from prover.solidity.node import node_environment
from tests.support.forge import CONTRACTS, FORGE

SWITCH_VARIABLE: Final = "MUTANT"
"""Which planted change is on: its number, in the environment."""

SWITCH: Final = """// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

interface Environment {
    function envOr(string calldata name, uint256 otherwise) external view returns (uint256);
}

function isMutant(uint256 number) view returns (bool) {
    return Environment(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D).envOr("MUTANT", 0) == number;
}
"""


class DoesNotCompile(Exception):
    """A changed source is no Solidity any more: the change is to be written in another way."""

    def __init__(self, output: str) -> None:
        super().__init__(output)
        self.output = output


@dataclass(frozen=True, slots=True)
class ForgeRun:
    """What one run of forge said."""

    passed: bool
    output: str


def copy_project(folder: Path) -> Path:
    """Sources, tests and settings; the compiler and its packages stay where they are."""
    for name in ("src", "test", "tools"):
        shutil.copytree(CONTRACTS / name, folder / name)
    shutil.copy(CONTRACTS / "foundry.toml", folder)
    (folder / "node_modules").symlink_to(CONTRACTS / "node_modules")
    return folder


def add_switches(folder: Path, changed: Sequence[Path]) -> None:
    """Brings `isMutant` into changed sources. It asks forge, which makes view functions of pure ones, everywhere."""
    (folder / "src" / "Mutants.sol").write_text(SWITCH, encoding="utf-8")
    for path in changed:
        text = path.read_text(encoding="utf-8")
        imported = re.sub(
            r"^(pragma .*)$", r'\1\nimport {isMutant} from "src/Mutants.sol";', text, count=1, flags=re.MULTILINE
        )
        path.write_text(imported, encoding="utf-8")
    for path in [*(folder / "src").rglob("*.sol"), *(folder / "test").rglob("*.sol")]:
        path.write_text(re.sub(r"\bpure\b", "view", path.read_text(encoding="utf-8")), encoding="utf-8")


def replace_once(path: Path, old: str, new: str) -> None:
    """Plants a change. Raises `ValueError` when the text to change is not there exactly once."""
    text = path.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise ValueError(f"{path.name} has {text.count(old)} times: {old}")
    path.write_text(text.replace(old, new), encoding="utf-8")


def run_copy(folder: Path, arguments: Sequence[str], mutant: int = 0, **settings: int) -> ForgeRun:
    """`forge test …` in a copy, on one thread, with a planted change on; settings as `INVARIANT_RUNS=16`.

    Raises `DoesNotCompile`.
    """
    finished = subprocess.run(
        [FORGE, "test", "--root", folder, "--threads", "1", *arguments],
        cwd=folder,
        env=_environment(mutant, settings),
        capture_output=True,
        text=True,
        check=False,
    )
    output = finished.stdout + finished.stderr
    if "tests passed" not in output:
        raise DoesNotCompile(output)
    return ForgeRun(finished.returncode == 0, output)


def _environment(mutant: int, settings: Mapping[str, int]) -> dict[str, str]:
    chosen = {f"FOUNDRY_{name}": str(value) for name, value in settings.items()}
    return {**node_environment(), SWITCH_VARIABLE: str(mutant), **chosen}
