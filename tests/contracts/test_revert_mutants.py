"""Every check of the contracts is needed: switched off or bent, some test in Solidity fails."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.support.forge import needs_forge
from tests.support.forge_copies import copy_project, replace_once, run_copy
from tests.support.solidity_mutants import Mutant, plant_mutants

pytestmark = [needs_forge, pytest.mark.deep]

# The code of mutants has data in it, which that test would read as instructions.
ARGUMENTS: Final = ["--no-match-contract", "Invariant", "--no-match-test", "test_e75", "--fail-fast"]


def survives(folder: Path, mutant: int) -> bool:
    return run_copy(folder, ARGUMENTS, mutant, FUZZ_RUNS=8).passed


def planted(folder: Path) -> list[Mutant]:
    copy_project(folder)
    # Mutants are larger than a contract may be, and need not be fast.
    replace_once(folder / "foundry.toml", "optimizer_runs = 10000", "optimizer_runs = 1")
    return plant_mutants(folder)


def test_every_check_is_needed(tmp_path: Path) -> None:
    """About two seconds for each of some 230."""
    mutants = planted(tmp_path)
    assert len(mutants) > 200
    assert survives(tmp_path, 0), "the tests pass as long as no mutant is chosen"
    survivors = [one for one in mutants if survives(tmp_path, one.number)]
    assert survivors == []


def test_a_check_that_no_test_meets_is_found_twin(tmp_path: Path) -> None:
    copy_project(tmp_path)
    replace_once(tmp_path / "foundry.toml", "optimizer_runs = 10000", "optimizer_runs = 1")
    house = tmp_path / "src" / "ClearingHouse.sol"
    replace_once(
        house,
        "        _requireDomain(given.domain);\n",
        "        _requireDomain(given.domain);\n        if (given.queueCount == 77) revert NoHeader();\n",
    )
    mutants = plant_mutants(tmp_path)
    (unmet,) = [one for one in mutants if one.change == "without if (given.queueCount == 77)"]
    assert survives(tmp_path, unmet.number)
