"""`zkclear prover powers-of-tau single-party`: one command from nothing to a file that set-ups take."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from console.cli.main import app


def test_the_file_verifies_and_a_damaged_one_does_not(tmp_path: Path) -> None:
    ptau = tmp_path / "powers.ptau"
    made = CliRunner().invoke(app, ["prover", "powers-of-tau", "single-party", "4", str(ptau)])
    assert made.exit_code == 0, made.output
    verify = ["prover", "powers-of-tau", "verify", str(ptau)]
    verdict = CliRunner().invoke(app, verify)
    assert verdict.exit_code == 0, verdict.output
    damaged = bytearray(ptau.read_bytes())
    damaged[-20] ^= 1
    ptau.write_bytes(bytes(damaged))
    assert CliRunner().invoke(app, verify).exit_code != 0
