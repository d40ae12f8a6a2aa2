"""Real processes, really killed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sequencer.store import EventLog
from tests.support.store_kills import payload
from tests.support.work import calls_of

ENTRIES = 100_000
MOST_CALLS = 8
"""For an entry that is read and checked: under a microsecond each."""


def kill(path: Path, kills: int, seed: int, *more: str) -> Any:
    command = [sys.executable, "-m", "tests.support.store_kills", str(path), str(kills), str(seed), *more]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=600).stdout)


def test_g99_two_hundred_processes_are_killed(tmp_path: Path) -> None:
    report = kill(tmp_path / "node.db", 200, 1)
    assert (report["wrong"], report["kills"]) == ("", 200)
    assert report["killed_while_opening"] < 180
    assert report["acknowledged"] > 100


def test_g99_acknowledged_before_it_is_appended_twin(tmp_path: Path) -> None:
    assert "lost" in kill(tmp_path / "node.db", 200, 1, "early")["wrong"]


@pytest.mark.deep
def test_g99_a_thousand_processes_are_killed(tmp_path: Path) -> None:
    for seed in range(10):
        report = kill(tmp_path / f"{seed}.db", 100, seed)
        assert (report["wrong"], report["kills"]) == ("", 100)


def test_g99_a_hundred_thousand_entries_are_back_with_few_calls_each(tmp_path: Path) -> None:
    path = tmp_path / "node.db"
    program = f"""
import os, signal
from pathlib import Path
from sequencer.store import EventLog
from tests.support.store_kills import payload
log = EventLog(Path({str(path)!r}))
for first in range(1, {ENTRIES}, 1000):
    log.append([payload(sequence) for sequence in range(first, first + 1000)])
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=120).returncode == -9

    def recovered() -> None:
        with EventLog(path) as log:
            assert sum(1 for _ in log.entries()) == ENTRIES
            assert next(iter(log.entries(ENTRIES))).payload == payload(ENTRIES)

    assert calls_of(recovered) < MOST_CALLS * ENTRIES
