"""The examples of the READMEs of sequencer/ run as they stand."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.support.chain import needs_anvil
from tests.support.source_tree import ROOT


@pytest.mark.parametrize(
    "name",
    [
        "sequencer/README.md",
        *(pytest.param(f"sequencer/{room}/README.md", marks=needs_anvil) for room in ("l1", "node")),
    ],
)
def test_the_example_runs_as_it_stands(name: str) -> None:
    text = (ROOT / name).read_text()
    (code,), (printed,) = (re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL) for kind in ("python", "text"))
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == printed
