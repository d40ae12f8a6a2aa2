"""The example of sequencer/README.md runs as it stands."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.support.source_tree import ROOT


def test_the_example_runs_as_it_stands() -> None:
    text = (ROOT / "sequencer/README.md").read_text()
    (code,), (printed,) = (re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL) for kind in ("python", "text"))
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == printed
