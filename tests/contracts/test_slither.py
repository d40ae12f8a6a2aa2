"""What slither finds of high or medium impact is either nothing, or has been looked at: here is why it may stay."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from bootstrap.auditors import auditor
from tests.support.forge import CONTRACTS, FORGE, needs_forge
from tests.support.forge_copies import replace_once

pytestmark = [needs_forge, pytest.mark.deep]

KINDS: Final = "the kind of a word, or a flag of it: bits that are compared, not an amount"
TRIAGED: Final = {
    ("incorrect-equality", "Queue._copyEntry"): KINDS,
    ("incorrect-equality", "ClearingHouse._payoutsOf"): KINDS,
    ("incorrect-equality", "Queue._queuedE6"): "an empty list has no last entry",
    ("incorrect-equality", "Tokens.take"): "exactly the amount must arrive: a token that keeps or adds some is refused",
    (
        "incorrect-equality",
        "ClearingHouse.commitAndProve",
    ): "batch numbers follow one another; 0 is the hash of nothing",
    (
        "uninitialized-local",
        "ClearingHouse.constructor.genesis",
    ): "the batch before the first is zeros but for its root",
}
"""Detector and place."""


def findings(folder: Path) -> set[tuple[str, str]]:
    """Of high and medium impact, in what is not a test."""
    for name in ("src", "tools"):
        if not (folder / name).exists():
            shutil.copytree(CONTRACTS / name, folder / name)
    shutil.copy(CONTRACTS / "foundry.toml", folder)
    (folder / "node_modules").symlink_to(CONTRACTS / "node_modules")
    report = folder / "report.json"
    finished = subprocess.run(
        [
            auditor("slither"),
            ".",
            "--exclude-low",
            "--exclude-informational",
            "--exclude-optimization",
            "--json",
            report,
        ],
        cwd=folder,
        env={**os.environ, "PATH": f"{FORGE.parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert report.exists(), finished.stderr
    answer = json.loads(report.read_text(encoding="utf-8"))
    assert answer["success"], answer["error"]
    return {(found["check"], place(found["elements"][0])) for found in answer["results"].get("detectors", [])}


def place(element: dict[str, object]) -> str:
    """`Contract.function`, or `Contract.function.variable`."""
    names = []
    here: object = element
    while isinstance(here, dict) and here.get("type") in ("function", "contract", "variable"):
        names.append(str(here["name"]))
        here = here.get("type_specific_fields", {}).get("parent")
    return ".".join(reversed(names))


def test_g12_everything_of_high_or_medium_impact_is_triaged(tmp_path: Path) -> None:
    assert findings(tmp_path) == set(TRIAGED)


def test_g12_a_payment_before_its_booking_is_found_twin(tmp_path: Path) -> None:
    shutil.copytree(CONTRACTS / "src", tmp_path / "src")
    queue = tmp_path / "src" / "Queue.sol"
    replace_once(
        queue, "function collect(address owner) external nonReentrant {", "function collect(address owner) external {"
    )
    replace_once(queue, "        owedE6[owner] = 0;\n", "")
    sent = "        if (!DOLLAR.send(owner, amountE6)) revert TransferFailed();\n"
    replace_once(queue, sent, sent + "        owedE6[owner] = 0;\n")
    assert ("reentrancy-no-eth", "Queue.collect") in findings(tmp_path)
