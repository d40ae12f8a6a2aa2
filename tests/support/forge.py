"""Runs forge's native binary on contracts/. The npm wrapper around it exits 0 when tests fail, so it is not used."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from prover.solidity.node import node_environment, node_modules
from sequencer.l1.anvil_program import platform_name
from tests.support.source_tree import ROOT

CONTRACTS: Final = ROOT / "contracts"
CANARY: Final = "test/canary/*"
FORGE: Final = node_modules() / "@foundry-rs" / f"forge-{platform_name()}" / "bin" / "forge"
LONGEST_S: Final = 1_800

needs_forge = pytest.mark.skipif(not FORGE.is_file(), reason="there is no forge for this platform")


@dataclass(frozen=True, slots=True)
class ForgeTest:
    """How one test ended."""

    contract: str
    name: str
    passed: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class ForgeRun:
    """How a run ended: forge's own exit code, and each test."""

    exit_code: int
    tests: tuple[ForgeTest, ...]

    @property
    def failures(self) -> list[str]:
        """Those that failed, with the reason."""
        return [f"{one.contract}.{one.name}: {one.reason}" for one in self.tests if not one.passed]


def run_forge(*arguments: str) -> ForgeRun:
    """`forge test` with more arguments, in contracts/. Raises `RuntimeError` with what it said when it ran no tests."""
    command: list[str | Path] = [FORGE, "test", "--json", *arguments]
    with _alone():
        done = subprocess.run(
            command, cwd=CONTRACTS, env=_environment(), capture_output=True, text=True, check=False, timeout=LONGEST_S
        )
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        said = (done.stdout + done.stderr).strip()[-3_000:]
        raise RuntimeError(f"forge ran no tests (exit code {done.returncode}):\n{said}") from error
    return ForgeRun(done.returncode, tuple(_tests(answer)))


def artifact(source: str, contract: str) -> dict[str, Any]:
    """What forge made of a contract in its last run."""
    text = (CONTRACTS / "build" / "forge" / Path(source).name / f"{contract}.json").read_text()
    result: dict[str, Any] = json.loads(text)
    return result


def _tests(answer: dict[str, Any]) -> Iterator[ForgeTest]:
    for place, suite in answer.items():
        for name, result in suite["test_results"].items():
            passed = result["status"] == "Success"
            yield ForgeTest(place.rsplit(":", 1)[-1], name.split("(", 1)[0], passed, result["reason"])


def _environment() -> dict[str, str]:
    """Nothing of the user's own foundry settings."""
    kept = {name: value for name, value in node_environment().items() if not name.startswith(("FOUNDRY_", "DAPP_"))}
    return {**kept, "NO_COLOR": "1"}


@contextmanager
def _alone() -> Iterator[None]:
    """One run at a time: they share a folder of artifacts."""
    folder = CONTRACTS / "build"
    folder.mkdir(exist_ok=True)
    descriptor = os.open(folder / "forge.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
