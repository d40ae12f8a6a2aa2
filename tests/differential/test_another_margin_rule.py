"""A margin rule is changed in one place, `rollup/parameters.py`: specification, bounds, circuit and node follow.

As the top-level README tells it: at 4 a fifth of the stress loss is let go, not a quarter.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.source_tree import ROOT

EVERYWHERE = "import rollup.parameters as place"
IN_THE_CIRCUIT_ALONE = "import circuits.settlement.health as place"
SPECIFICATION = ("tests/unit/rollup/test_rules.py", "tests/unit/rollup/test_bounds.py")
VERDICT = "tests/differential/test_spec_and_settlement.py::test_b38_both_give_one_verdict"
AGREEMENT = (f"{VERDICT}[0]", f"{VERDICT}[1]", f"{VERDICT}[2]")
"""Batches of which most break a rule, or only just do not."""


def verdict(where: str, tests: tuple[str, ...], folder: Path) -> int:
    """pytest's exit code with the other weight, and circuits compiled anew."""
    program = (
        f"{where}; place.MAINTENANCE_WEIGHT = 4\n"
        f"import sys, pytest; sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', *{list(tests)!r}]))"
    )
    environment = {**os.environ, "ZKCLEAR_CIRCUITS": str(folder), "ZKCLEAR_KEYS": str(folder)}
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, check=False)
    return ran.returncode


@pytest.mark.deep
def test_the_specification_follows(tmp_path: Path) -> None:
    assert verdict(EVERYWHERE, SPECIFICATION, tmp_path) == 0


@pytest.mark.deep
def test_the_circuit_follows(tmp_path: Path) -> None:
    assert verdict(EVERYWHERE, AGREEMENT, tmp_path) == 0


@pytest.mark.deep
def test_a_circuit_that_asks_something_else_is_found_twin(tmp_path: Path) -> None:
    assert verdict(IN_THE_CIRCUIT_ALONE, AGREEMENT, tmp_path) == 1
