"""Published vectors that lie beside the project, not in it: a test that wants an absent one is skipped."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.source_tree import ROOT


def published_vectors(name: str) -> list[dict[str, Any]]:
    """The rows of a file of vectors; skips the test that asks, if there is none."""
    path = ROOT.parent / "shared" / "vectors" / name
    if not path.is_file():
        pytest.skip(f"{name} is not in shared/vectors beside the project: its data may be used, not copied")
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return rows
