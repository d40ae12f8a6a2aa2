"""What the record adds to `zkclear node status`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from console.cli.node_up_record import recorded
from tests.support.recorded_run import recorded_run


def test_what_the_record_knows(tmp_path: Path) -> None:
    run, data = recorded_run(tmp_path, proofs=0), dict[str, Any]()
    lines = dict(recorded(run.folder, data))
    assert data["batches"]["sealed"] == len(run.batches)
    reached = [data["batches"][name] for name in ("sealed", "committed", "proven", "executed", "final")]
    assert reached == sorted(reached, reverse=True)
    assert reached[-1] > 0
    assert [one["name"] for one in data["provers"]] == ["worker 1", "worker 2"]
    assert data["prices"]["spots"] == {"BTC": 38_000.0}
    assert lines["batches"].startswith(f"{len(run.batches)} sealed, ")
    assert "38,000.00" in lines["prices"]


def test_no_record_says_nothing(tmp_path: Path) -> None:
    data: dict[str, Any] = {}
    assert list(recorded(tmp_path, data)) == []
    assert data == {}
