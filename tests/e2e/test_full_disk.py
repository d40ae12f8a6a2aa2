"""Commands that write, where there is no room: one sentence, and nothing half written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from console.cli.demo import chain_witness, fifth_power_chain
from prover.formats.r1cs import write_r1cs
from prover.formats.wtns import write_wtns
from prover.formats.zkey import write_zkey
from prover.groth16.development_setup import development_setup
from tests.support.kernels import fastest
from tests.support.recorded_run import shared_run

PROGRAM = """
import errno, os, resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))
sys.dont_write_bytecode = True
from console.cli.main import app
app()
"""
"""No file may become longer than ROOM bytes: writes fail as on a disk that is full."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    relation = fifth_power_chain(40)
    write_r1cs(folder / "c.r1cs", relation)
    write_wtns(folder / "w.wtns", chain_witness(40, 7))
    write_zkey(folder / "c.zkey", development_setup(relation, fastest()))
    return folder


def run(folder: Path, words: str, limit: int) -> subprocess.CompletedProcess[str]:
    script = PROGRAM.replace("ROOM", str(limit))
    # There is no room either for what a measurement of coverage writes at the end.
    plain = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    return subprocess.run(
        [sys.executable, "-c", script, *words.split()],
        cwd=folder,
        env=plain,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("node init node.toml", "node.toml"),
        ("prover export-key {files}/c.zkey key.json", "key.json"),
        pytest.param("prover export-verifier {files}/c.zkey v.sol", "v.sol", marks=pytest.mark.deep),
        ("prover prove {files}/c.zkey {files}/w.wtns proof.json public.json", "proof.json"),
        pytest.param("prover powers-of-tau new bn128 6 p.ptau", "p.ptau", marks=pytest.mark.deep),
        pytest.param("circuit witness logic w.wtns", "w.wtns", marks=pytest.mark.deep),
        ("simulate flow --accounts 4 --out report", "report"),
        ("node restore {run}/backup.db restored", "restored"),
    ],
)
def test_no_room(tmp_path: Path, files: Path, words: str, written: str) -> None:
    filled = words.format(files=files, run=_with_backup(tmp_path))
    found = run(tmp_path, filled, limit=16)
    assert found.returncode == 2, found.stdout + found.stderr
    assert "Traceback" not in found.stderr
    assert "fault of zkclear" not in found.stderr
    said = [line for line in found.stderr.splitlines() if line.startswith("error: ")]
    assert len(said) == 1, found.stderr
    target = tmp_path / written
    left = [target] if target.is_file() else [one for one in target.rglob("*") if one.is_file()]
    assert not [one for one in left if one.suffix not in (".lock", ".witness", "")], "something half written is left"


def test_no_room_twin(tmp_path: Path, files: Path) -> None:
    """With room the same command writes: it was the room that was missing."""
    words = f"prover export-key {files}/c.zkey key.json"
    assert run(tmp_path, words, limit=1 << 20).returncode == 0
    assert (tmp_path / "key.json").stat().st_size > 1_000


def _with_backup(folder: Path) -> Path:
    from sequencer.store import EventLog, back_up

    place = folder / "run"
    place.mkdir()
    with EventLog(place / "node.db") as log:
        log.append(shared_run().payloads[:3])
    back_up(place / "node.db", place / "backup.db")
    return place
