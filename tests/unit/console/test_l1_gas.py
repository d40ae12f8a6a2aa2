"""`zkclear l1 gas` prints what it measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from console.cli.main import app
from tests.support.chain import needs_anvil


@needs_anvil
def test_gas_is_printed_fixed_and_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKCLEAR_KEYS", str(tmp_path))
    ran = CliRunner().invoke(app, ["l1", "gas", "--preset", "tiny", "--json"])
    assert ran.exit_code == 0, ran.output
    said = json.loads(ran.stdout)
    assert said["batch_beyond_calldata"] > 200_000
    assert said["per_trade"] == pytest.approx(said["fixed"] / 2 + said["variable_per_trade"])
    assert said["gas"]["prove 8 batches"]["used"] > said["gas"]["prove 1 batch"]["used"]


def test_an_unknown_preset_is_refused() -> None:
    ran = CliRunner().invoke(app, ["l1", "gas", "--preset", "huge"])
    assert ran.exit_code == 2
    assert "huge" in ran.output
