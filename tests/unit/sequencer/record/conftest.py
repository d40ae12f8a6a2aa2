"""Where a test records, and a run that was recorded without proofs."""

from __future__ import annotations

from pathlib import Path

import pytest

from sequencer.record.schema import RECORD_NAME
from tests.support.recorded_run import RecordedRun, recorded_run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / RECORD_NAME


@pytest.fixture(scope="session")
def run_without_proofs(tmp_path_factory: pytest.TempPathFactory) -> RecordedRun:
    return recorded_run(tmp_path_factory.mktemp("run"), proofs=0)
