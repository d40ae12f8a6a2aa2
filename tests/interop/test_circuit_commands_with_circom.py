"""`zkclear circuit` and the circom world: our files in snarkjs, circom's files in our audit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from circuits.frontend.cache import FOLDER_VARIABLE
from console.cli.main import app
from console.peers.circom import calculate_witness, compile_circuit
from tests.support.snarkjs_files import snarkjs

RUNNER = CliRunner()
BITS = """pragma circom 2.0.0;
template Bits(n) {{
    signal input x; signal output bits[n];
    var sum = 0;
    for (var i = 0; i < n; i++) {{
        bits[i] <-- (x >> i) & 1;
        {constraint}
        sum += bits[i] * (1 << i);
    }}
    sum === x;
}}
template Named() {{
    signal input x; signal output top; signal output same;
    component b = Bits(4);
    b.x <== x; top <== b.bits[3]; same <== b.bits[0] * b.bits[1];
}}
component main = Named();
"""
BOOLEAN = "bits[i] * (bits[i] - 1) === 0;"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "cache"))


def test_snarkjs_takes_what_export_writes(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["circuit", "export", "look_up", "--to", str(tmp_path), "--json"])
    assert result.exit_code == 0, result.output
    files = json.loads(result.stdout)
    assert "WITNESS IS CORRECT" in snarkjs("wtns", "check", files["r1cs"], files["wtns"])
    printed = snarkjs("r1cs", "print", files["r1cs"], files["sym"])
    assert "main." in printed


def audit_of_circom(constraint: str, folder: Path) -> tuple[int, dict[str, object]]:
    compiled = compile_circuit(BITS.format(constraint=constraint))
    arguments = ["circuit", "audit", "--r1cs", str(compiled.r1cs), "--json"]
    for value in (0, 3, 6, 9, 13):
        wtns = folder / f"{value}.wtns"
        wtns.write_bytes(calculate_witness(compiled, {"x": str(value)}).read_bytes())
        arguments += ["--wtns", str(wtns)]
    result = RUNNER.invoke(app, arguments)
    return result.exit_code, json.loads(result.stdout)


def test_b14_the_audit_of_a_circom_circuit_is_clean(tmp_path: Path) -> None:
    code, answer = audit_of_circom(BOOLEAN, tmp_path)
    assert (code, answer["clean"], answer["findings"]) == (0, True, [])


def test_b14_the_audit_of_a_circom_circuit_is_clean_twin(tmp_path: Path) -> None:
    """Without the rows that make bits of bits, nothing determines them."""
    code, answer = audit_of_circom("", tmp_path)
    findings = answer["findings"]
    assert code == 1
    assert isinstance(findings, list)
    assert {finding["attack"] for finding in findings} >= {"uniqueness"}
