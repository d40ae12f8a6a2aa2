"""The command line as a person and as a program meet it: exit codes, JSON, messages, files."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from console.cli.demo import chain_witness, fifth_power_chain
from console.cli.main import app
from prover.bn254 import FR, ints_from_scalars
from prover.formats.r1cs import write_r1cs
from prover.formats.wtns import write_wtns
from prover.formats.zkey import write_zkey
from prover.groth16.development_setup import development_setup
from tests.support.kernels import fastest

STEPS = 5
RUNNER = CliRunner()


def zkclear(*arguments: str | Path) -> Result:
    return RUNNER.invoke(app, ["prover", *map(str, arguments)])


def said(result: Result) -> dict[str, Any]:
    """The JSON object on standard output."""
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A relation, a witness, one that is wrong, a development key and its verification key."""
    folder = tmp_path_factory.mktemp("files")
    relation, witness = fifth_power_chain(STEPS), chain_witness(STEPS, 7)
    wrong = witness.copy()
    wrong[3] = [50, 0, 0, 0]
    write_r1cs(folder / "circuit.r1cs", relation)
    write_wtns(folder / "witness.wtns", witness)
    write_wtns(folder / "wrong.wtns", wrong)
    write_zkey(folder / "circuit.zkey", development_setup(relation, fastest()))
    assert zkclear("export-key", folder / "circuit.zkey", folder / "key.json").exit_code == 0
    assert prove_in(folder, folder).exit_code == 0
    return folder


def prove_in(files: Path, target: Path, witness: str = "witness.wtns", *options: str | Path) -> Result:
    return zkclear(
        "prove", files / "circuit.zkey", files / witness, target / "proof.json", target / "public.json", *options
    )


# -- proving and verifying ---------------------------------------------------------------------------------------------


def test_prove_and_verify(files: Path, tmp_path: Path) -> None:
    proven = said(prove_in(files, tmp_path, "witness.wtns", "--json", "--threads", "1"))
    assert proven["threads"] == 1
    assert set(proven["phases"]) >= {"coefficients", "quotient", "msm a", "msm b2", "self-check"}
    assert proven["public_signals"] == json.loads((tmp_path / "public.json").read_text())
    verified = zkclear("verify", files / "key.json", tmp_path / "public.json", tmp_path / "proof.json")
    assert (verified.exit_code, verified.stdout) == (0, "valid\n")


def test_a_false_proof_is_exit_code_1(files: Path, tmp_path: Path) -> None:
    (tmp_path / "public.json").write_text('["5"]')
    for option in ((), ("--json",)):
        result = zkclear("verify", files / "key.json", tmp_path / "public.json", files / "proof.json", *option)
        assert result.exit_code == 1
        assert '"valid": false' in result.stdout or "NOT valid" in result.stdout


@pytest.mark.parametrize("text", ["", "[", '["5", "6"]', "[5.0]", '{"a": 1}', '["-1"]', "null"])
def test_malformed_input_is_exit_code_2(files: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "public.json").write_text(text)
    result = zkclear("verify", files / "key.json", tmp_path / "public.json", files / "proof.json", "--json")
    assert result.exit_code == 2
    assert said(result)["error"]["message"]


def test_missing_files_and_wrong_usage_are_exit_code_2(files: Path, tmp_path: Path) -> None:
    missing = zkclear("verify", tmp_path / "none.json", files / "public.json", files / "proof.json")
    assert missing.exit_code == 2
    assert str(tmp_path / "none.json") in missing.stderr
    assert zkclear("verify", files / "key.json").exit_code == 2
    assert zkclear("frobnicate").exit_code == 2
    assert prove_in(files, tmp_path, "witness.wtns", "--kernel", "abacus").exit_code == 2
    assert prove_in(files, tmp_path, "witness.wtns", "--threads", "0").exit_code == 2
    assert not list(tmp_path.iterdir())


def test_c53_a_wrong_witness_writes_nothing(files: Path, tmp_path: Path) -> None:
    for options in ((), ("--r1cs", files / "circuit.r1cs")):
        result = prove_in(files, tmp_path, "wrong.wtns", "--json", *options)
        assert result.exit_code == 1
        assert said(result)["error"]["type"] == ("UnsatisfiedConstraint" if options else "SelfCheckFailed")
        assert not list(tmp_path.iterdir())


def test_c53_twin(files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the self-check a proof of a false statement would be written."""
    module = import_module("prover.groth16.prove")
    monkeypatch.setattr(module, "_self_check", lambda *_: None)
    assert prove_in(files, tmp_path, "wrong.wtns").exit_code == 0
    assert len(list(tmp_path.iterdir())) == 2


def test_output_that_cannot_be_written_leaves_what_was_there(files: Path, tmp_path: Path) -> None:
    (tmp_path / "proof.json").write_text("old")
    target = tmp_path / "missing folder" / "public.json"
    result = zkclear("prove", files / "circuit.zkey", files / "witness.wtns", tmp_path / "proof.json", target)
    assert result.exit_code == 2
    assert (tmp_path / "proof.json").read_text() == "old"


def test_truncated_files_are_named(files: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "circuit.zkey"
    damaged.write_bytes((files / "circuit.zkey").read_bytes()[:-100])
    result = zkclear("prove", damaged, files / "witness.wtns", tmp_path / "a", tmp_path / "b", "--json")
    assert result.exit_code == 2
    assert said(result)["error"]["file"] == str(damaged)


# -- exporting and inspecting ------------------------------------------------------------------------------------------


def test_export_verifier_takes_both_kinds_of_key(files: Path, tmp_path: Path) -> None:
    for name in ("circuit.zkey", "key.json"):
        result = zkclear("export-verifier", files / name, tmp_path / "v.sol", "--name", "Chain")
        assert result.exit_code == 0, result.stderr
        assert "contract Chain {" in (tmp_path / "v.sol").read_text()


def test_export_verifier_refuses_a_development_key_for_production(files: Path, tmp_path: Path) -> None:
    result = zkclear("export-verifier", files / "key.json", tmp_path / "v.sol", "--production", "--json")
    assert result.exit_code == 2
    assert said(result)["error"]["type"] == "KeyRefused"
    assert not (tmp_path / "v.sol").exists()


def test_calldata(files: Path) -> None:
    text = zkclear("export-calldata", files / "public.json", files / "proof.json").stdout
    a, b, c, public = json.loads(f"[{text}]")
    assert [len(part) for part in (a, b, c, public)] == [2, 2, 2, 1]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("circuit.r1cs", "r1cs"),
        ("witness.wtns", "wtns"),
        ("circuit.zkey", "zkey"),
        ("key.json", "verification key"),
        ("proof.json", "proof"),
        ("public.json", "public inputs"),
    ],
)
def test_info(files: Path, name: str, kind: str) -> None:
    assert said(zkclear("info", files / name, "--json"))["kind"] == kind
    assert kind in zkclear("info", files / name).stdout


def test_info_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\x7fELF....")
    result = zkclear("info", tmp_path / "x")
    assert result.exit_code == 2
    assert "neither" in result.stderr


# -- ceremonies --------------------------------------------------------------------------------------------------------

BEACON = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"


@pytest.fixture(scope="module")
def powers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("powers")
    names = [folder / f"{number}.ptau" for number in range(4)]
    assert zkclear("powers-of-tau", "new", "bn128", "5", names[0]).exit_code == 0
    assert zkclear("powers-of-tau", "contribute", names[0], names[1], "--name", "one", "-e", "dice").exit_code == 0
    assert zkclear("powers-of-tau", "beacon", names[1], names[2], BEACON, "10", "--name", "last").exit_code == 0
    assert zkclear("powers-of-tau", "prepare", names[2], names[3]).exit_code == 0
    return folder


def test_powers_of_tau(powers: Path) -> None:
    verified = said(zkclear("powers-of-tau", "verify", powers / "3.ptau", "--require-beacon", "--json"))
    assert verified["valid"]
    assert [link["author"].split(" ")[0] for link in verified["contributions"]] == ["one", "last"]
    assert said(zkclear("info", powers / "3.ptau", "--json"))["prepared_for_phase_2"]
    assert zkclear("powers-of-tau", "verify", powers / "0.ptau").exit_code == 1
    assert zkclear("powers-of-tau", "verify", powers / "1.ptau", "--require-beacon").exit_code == 1
    assert zkclear("powers-of-tau", "new", "bls12381", "5", powers / "x.ptau").exit_code == 2


def test_phase_2(files: Path, powers: Path, tmp_path: Path) -> None:
    keys = [tmp_path / f"{number}.zkey" for number in range(3)]
    relation, ptau = files / "circuit.r1cs", powers / "3.ptau"
    assert zkclear("setup", relation, ptau, keys[0]).exit_code == 0
    assert zkclear("contribute", keys[0], keys[1], "--name", "one").exit_code == 0
    assert zkclear("beacon", keys[1], keys[2], BEACON, "10").exit_code == 0
    assert zkclear("verify-key", relation, ptau, keys[2]).exit_code == 0
    assert zkclear("verify-key", relation, ptau, keys[1], "--without-beacon").exit_code == 0
    for unfinished in keys[:2]:
        assert zkclear("verify-key", relation, ptau, unfinished).exit_code == 1
    outputs = (tmp_path / "proof.json", tmp_path / "public.json")
    assert zkclear("prove", keys[0], files / "witness.wtns", *outputs).exit_code == 2, "nobody has contributed"
    assert zkclear("prove", keys[2], files / "witness.wtns", *outputs).exit_code == 0
    assert zkclear("setup", relation, powers / "2.ptau", tmp_path / "x.zkey").exit_code == 2, "not prepared"


def test_bad_beacons_and_names(powers: Path, tmp_path: Path) -> None:
    beacon = ("powers-of-tau", "beacon", powers / "1.ptau", tmp_path / "x.ptau")
    assert zkclear(*beacon, "xyz", "10").exit_code == 2
    assert zkclear(*beacon, BEACON, "9").exit_code == 2
    contribute = ("powers-of-tau", "contribute", powers / "0.ptau", tmp_path / "x.ptau")
    assert zkclear(*contribute, "--name", "x" * 65).exit_code == 2
    assert not list(tmp_path.iterdir())


# -- manners -----------------------------------------------------------------------------------------------------------


def test_demo() -> None:
    result = said(zkclear("demo", "--size", "8", "--json"))
    assert result["ok"]
    assert result["valid"]
    assert len(result["tampering_refused"]) == 5
    assert all(result["tampering_refused"].values())
    assert "all is well" in zkclear("demo", "--size", "8").stdout


def test_demo_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a verifier that says yes to everything, the demo notices and fails."""
    monkeypatch.setattr("console.cli.demo.verify", lambda *_: True)
    result = zkclear("demo", "--size", "8", "--json")
    assert result.exit_code == 1
    assert not said(result)["ok"]


def test_the_chain_of_fifth_powers_is_what_it_says() -> None:
    relation = fifth_power_chain(4)
    witness = chain_witness(4, 3)
    assert relation.is_satisfied(witness)
    value = 3
    for step in range(4):
        value = value**5 + step
    assert ints_from_scalars(witness[1:2]) == [value % FR]


def test_no_traceback_for_a_person(monkeypatch: pytest.MonkeyPatch, files: Path) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("prover.formats.json_files.read_proof", fail)
    result = zkclear("verify", files / "key.json", files / "public.json", files / "proof.json")
    assert result.exit_code == 3
    assert "Traceback" not in result.output
    assert "planted" in result.stderr


def test_help_imports_nothing_heavy() -> None:
    """`zkclear --help` answers in under 0.3 s because commands import what they need when they run."""
    heavy = ("numpy", "rich", "prover.bn254", "rollup", "sequencer", "web3", "eth_account")
    script = f"import sys, console.cli.main; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_color_is_respected(files: Path) -> None:
    command = [sys.executable, "-m", "console.cli.main", "prover", "info", str(files / "key.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"NO_COLOR": "1", "PATH": ""})
    assert "\x1b" not in done.stdout + done.stderr
