"""How much of each package its tests run: `python3 do.py coverage`. Child processes count too.

All that is written goes into `.zkclear/coverage`, which git ignores.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass

from bootstrap.layout import PYTHON, STATE
from bootstrap.machine import tool_environment
from bootstrap.processes import SetupError, run, say

FOLDER = STATE / "coverage"
DATA = "data"
REPORT = "report.json"
WHOLE = 100.0
ENOUGH = 95.0


@dataclass(frozen=True)
class Package:
    """A package, the tests that are its own, and the least share of lines and branches that these run, in percent."""

    name: str
    tests: tuple[str, ...]
    lines: float = ENOUGH
    branches: float | None = None


@dataclass(frozen=True)
class Covered:
    """What was found: numbers of statements and branches, and how many of them ran."""

    package: Package
    lines: tuple[int, int]
    branches: tuple[int, int]
    tests_passed: bool

    @property
    def is_enough(self) -> bool:
        """Whether tests passed and both bounds are met."""
        bounds = [(self.lines, self.package.lines), (self.branches, self.package.branches or 0.0)]
        return self.tests_passed and all(_percent(share) >= least for share, least in bounds)


PACKAGES = (
    Package("rollup", ("tests/unit/rollup",), WHOLE, WHOLE),
    Package(
        "prover",
        (
            *("tests/unit/formats", "tests/unit/groth16", "tests/unit/kernels", "tests/unit/solidity"),
            *("tests/unit/ceremony", "tests/unit/test_bn254.py", "tests/unit/test_r1cs.py"),
            *("tests/unit/test_native_build.py", "tests/adversarial/formats", "tests/adversarial/ceremony"),
            *("tests/adversarial/test_groth16_forgeries.py", "tests/adversarial/test_solidity_keys.py"),
            *("tests/adversarial/test_solidity_inputs.py", "tests/interop/test_formats_with_snarkjs.py"),
        ),
    ),
    Package(
        "circuits",
        (
            *("tests/unit/circuits", "tests/unit/test_settlement_prover.py", "tests/unit/test_exit_prover.py"),
            *("tests/unit/l1/test_words.py", "tests/adversarial/circuits", "tests/ratchets/test_constraints.py"),
        ),
    ),
    Package(
        "sequencer",
        (
            *("tests/unit/sequencer", "tests/unit/l1", "tests/unit/matching", "tests/unit/wallets"),
            *("tests/adversarial/api", "tests/e2e", "tests/faults"),
        ),
    ),
)


def measure(chosen: Sequence[str]) -> int:
    """Runs the tests of the packages that are named, else of all; 0 when all cover enough.

    Raises `SetupError` for a name that is none.
    """
    known = {package.name: package for package in PACKAGES}
    if unknown := [name for name in chosen if name not in known]:
        raise SetupError(f"there is no package {unknown[0]}: choose from {', '.join(known)}")
    found = [measure_one(known[name]) for name in chosen or known]
    say("")
    for line in table(found):
        say(line)
    return 0 if all(one.is_enough for one in found) else 1


def measure_one(package: Package) -> Covered:
    """Runs its tests in two processes, and reads what they ran. Raises `SetupError` when nothing was measured."""
    folder = FOLDER / package.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    environment = {**tool_environment(), "COVERAGE_FILE": str(folder / DATA)}

    def coverage(*arguments: str) -> int:
        return run([PYTHON, "-m", "coverage", *arguments], environment=environment)

    say(f"── {package.name}")
    tests = ("-q", "-n", "2", "-p", "no:cacheprovider", "--durations=0", "--durations-min=30", *package.tests)
    code = coverage("run", "-m", "pytest", *tests)
    only = f"--include={package.name}/*"
    if coverage("combine", "--quiet") or coverage("json", only, "--quiet", "-o", str(folder / REPORT)):
        raise SetupError(f"nothing of {package.name} was measured; what its tests printed is above")
    coverage("report", only, "--skip-covered", "--show-missing")
    totals = json.loads((folder / REPORT).read_text())["totals"]
    lines = (totals["covered_lines"], totals["num_statements"])
    return Covered(package, lines, (totals["covered_branches"], totals["num_branches"]), code == 0)


def table(found: Sequence[Covered]) -> list[str]:
    """A line for each package."""
    rows = [f"{'package':<10} {'lines':>8} {'at least':>9} {'branches':>9} {'at least':>9}"]
    for one in found:
        least = "" if one.package.branches is None else f"{one.package.branches:.0f} %"
        verdict = "" if one.is_enough else "  too little" if one.tests_passed else "  tests failed"
        rows.append(
            f"{one.package.name:<10} {_percent(one.lines):6.2f} % {one.package.lines:>7.0f} % "
            f"{_percent(one.branches):7.2f} % {least:>9}{verdict}"
        )
    return rows


def _percent(share: tuple[int, int]) -> float:
    done, of = share
    return 100.0 * done / of if of else 100.0
