"""Counts that may only fall."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.source_tree import is_generated, source_files

LIMITS: dict[str, int] = json.loads(Path(__file__).with_name("limits.json").read_text())
LONG_FILE = 250


def _matches(pattern: str, *folders: str) -> int:
    wanted = re.compile(pattern)
    texts = (path.read_text() for folder in folders for path in source_files(".py", under=folder))
    return sum(len(wanted.findall(text)) for text in texts)


PACKAGES = ("bootstrap", "circuits", "console", "primitives", "prover", "rollup", "sequencer")
COUNTS: dict[str, Callable[[], int]] = {
    "type_ignores": lambda: _matches(r"#\s*type:\s*ignore", *PACKAGES),
    "lint_exceptions": lambda: _matches(r"#\s*noqa", *PACKAGES),
    "files_over_250_lines": lambda: sum(
        len(path.read_text().splitlines()) > LONG_FILE and not is_generated(path)
        for folder in (*PACKAGES, "scripts")
        for path in source_files(".py", ".c", ".h", ".sol", under=folder)
    ),
}


def is_worse(name: str, count: int, limit: int) -> bool:
    """Above the limit. Below it, a warning asks to tighten it."""
    if count < limit:
        warnings.warn(f"{name}: {count} is better than {limit}; write it into limits.json", stacklevel=2)
    return count > limit


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_ratchet(name: str) -> None:
    assert not is_worse(name, COUNTS[name](), LIMITS[name])


def test_every_limit_is_counted() -> None:
    assert sorted(LIMITS) == sorted(COUNTS)


def test_ratchet_twin() -> None:
    assert is_worse("planted", 3, 2)
    with pytest.warns(UserWarning, match="better"):
        assert not is_worse("planted", 1, 2)
