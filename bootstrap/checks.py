"""What CI checks: style, types, import contracts, generated files, the kernels under sanitizers, and the tests."""

from __future__ import annotations

import time
from collections.abc import Sequence

from bootstrap.layout import PYTHON, VENV
from bootstrap.layout import SCRIPTS as BIN
from bootstrap.machine import tool_environment
from bootstrap.processes import run, say

LINT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ruff check", ("ruff", "check", ".")),
    ("ruff format", ("ruff", "format", "--check", ".")),
    ("mypy --strict", ("mypy", "--strict")),
    ("import contracts", ("lint-imports",)),
    ("generated files are fresh", ("python", "scripts/check_generated.py")),
)
SANITIZE = ("kernels under ASAN and UBSan", ("python", "scripts/sanitize.py"))


def run_all(checks: Sequence[tuple[str, tuple[str, ...]]]) -> int:
    """Run every check even when one fails; 0 when all pass, else 1."""
    failed = []
    for name, (program, *arguments) in checks:
        say(f"── {name}")
        begun = time.monotonic()
        if run([VENV / BIN / program, *arguments], environment=tool_environment()) != 0:
            failed.append(name)
        say(f"   {'FAILED' if name in failed else 'passed'} in {time.monotonic() - begun:.1f} s")
    if failed:
        say("failed: " + ", ".join(failed))
    return 1 if failed else 0


def run_tests(arguments: Sequence[str], *, deep: bool) -> int:
    """pytest on two processes; `deep` takes in the slow tests and the sanitizers. pytest's exit code."""
    chosen = ["-m", ""] if deep else []
    code = run([PYTHON, "-m", "pytest", "-n", "2", *chosen, *arguments], environment=tool_environment())
    if deep and not arguments:
        return code or run_all([SANITIZE])
    return code
