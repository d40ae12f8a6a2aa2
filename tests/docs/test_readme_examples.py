"""The Python of every README runs as it stands, and prints what stands below it."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import pytest

from tests.support.chain import has_anvil
from tests.support.readmes import Block, blocks
from tests.support.source_tree import ROOT

TUTORIAL = "circuits/README.md"
"""Run by `tests/unit/circuits/test_tutorial.py`: its blocks follow from each other."""


def examples(found: list[Block]) -> list[tuple[Block, Block]]:
    """Python, and the text below it that it prints."""
    pairs = [(code, printed) for code, printed in pairwise(found) if code.language == "python"]
    return [pair for pair in pairs if pair[0].readme == pair[1].readme and pair[1].language == "text"]


EXAMPLES = examples([block for block in blocks() if block.readme != TUTORIAL])


@pytest.mark.parametrize(("code", "printed"), EXAMPLES, ids=[code.readme for code, _ in EXAMPLES])
def test_the_example_runs_as_it_stands(code: Block, printed: Block) -> None:
    if not has_anvil() and any(word in code.text for word in ("running_anvil", "running_stack")):
        pytest.skip("there is no anvil for this platform")
    ran = subprocess.run([sys.executable, "-c", code.text], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == printed.text


def test_no_python_is_left_out() -> None:
    told = [code for code, _ in EXAMPLES]
    assert [b.readme for b in blocks() if b.language == "python" and b.readme != TUTORIAL and b not in told] == []
    assert len(told) >= 5
