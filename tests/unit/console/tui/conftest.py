"""Runs to look at, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.recorded_run import RecordedRun
from tests.support.tui_runs import many_batches, told_run


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> RecordedRun:
    """Deposits, trades, refusals, a liquidation, a settlement, proofs, L1."""
    return told_run(tmp_path_factory.mktemp("tui") / "run")


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten thousand batches."""
    return many_batches(tmp_path_factory.mktemp("tui") / "many", 10_000)
