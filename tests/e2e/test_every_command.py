"""The whole tree of commands: none falls over a file or folder that it is given.

Other laws for all commands are in tests/unit/console/test_every_command.py.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from console.cli.demo import chain_witness, fifth_power_chain
from console.cli.front_page import PANELS
from console.cli.main import app
from prover.formats.r1cs import write_r1cs
from prover.formats.wtns import write_wtns
from prover.formats.zkey import write_zkey
from prover.groth16.development_setup import development_setup
from tests.support.command_tree import NOWHERE, TRIES, commands
from tests.support.kernels import fastest
from tests.support.recorded_run import shared_run
from tests.support.source_tree import ROOT

PATIENCE_S = 120
COMMAND = get_command(app)
"""Made once: with all its commands it takes as long as many of them."""

DAMAGES: dict[str, Callable[[Path], object]] = {
    "missing": lambda _path: None,
    "folder": Path.mkdir,
    "empty": lambda path: path.write_bytes(b""),
    "noise": lambda path: path.write_bytes(bytes(range(256)) * 40),
}
HARMLESS = {
    ("config show", "config", "empty"),  # an empty settings file settles nothing, and is one
    *((name, "config", "empty") for name in TRIES if "config" in TRIES[name]),
    ("node down", "state_folder", "noise"),
}
EVERY = [(name, parameter, damage) for name, tries in TRIES.items() for parameter in tries for damage in DAMAGES]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Good files to stand beside the bad one."""
    folder = tmp_path_factory.mktemp("files")
    relation = fifth_power_chain(4)
    write_r1cs(folder / "circuit.r1cs", relation)
    write_wtns(folder / "witness.wtns", chain_witness(4, 7))
    write_zkey(folder / "circuit.zkey", development_setup(relation, fastest()))
    (folder / "deployment.json").write_text("{}")
    names = {"r1cs": "circuit.r1cs", "wtns": "witness.wtns", "zkey": "circuit.zkey", "key": "key.json"}
    names |= {"proof": "proof.json", "public": "public.json", "deployment": "deployment.json"}
    made = {name: str(folder / file) for name, file in names.items()}
    assert run("prover", "export-key", made["zkey"], made["key"]).exit_code == 0
    assert run("prover", "prove", made["zkey"], made["wtns"], made["proof"], made["public"]).exit_code == 0
    return made | {"url": NOWHERE, "run": str(shared_run().folder), "beacon": "01" * 32}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A working directory with nothing in it, nobody's keys, and an end to what does not end."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home" / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home" / "data"))
    monkeypatch.setattr("typer.testing._get_command", lambda _: COMMAND)
    for name in ("ZKCLEAR_NODE", "ZKCLEAR_L1", "ZKCLEAR_SENDER_KEY", "ZKCLEAR_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ZKCLEAR_KEYSTORE_PASSWORD", "a password")

    def too_long(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"no answer within {PATIENCE_S} s")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(PATIENCE_S)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def run(*words: str) -> Result:
    return CliRunner().invoke(app, [*words])


@pytest.mark.parametrize(("name", "parameter", "damage"), EVERY)
def test_what_cannot_be_used_is_said(
    name: str, parameter: str, damage: str, files: dict[str, str], tmp_path: Path
) -> None:
    given = tmp_path / "given"
    DAMAGES[damage](given)
    places = files | {"new": str(tmp_path / "new"), "other": str(tmp_path / "other")}
    words = TRIES[name][parameter].format(**places).replace("X", str(given)).split()
    found = run(*name.split(), *words, "--json") if name != "node run" else run(*name.split(), *words)
    assert "Traceback" not in found.output
    assert not isinstance(found.exception, TimeoutError), found.exception
    if (name, parameter, damage) in HARMLESS:
        return
    assert found.exit_code in (1, 2), found.output
    if found.stdout.startswith("{"):
        assert json.loads(found.stdout)["error"]["message"]
    else:
        assert found.stderr.strip()


def test_every_file_is_tried() -> None:
    """Whoever adds a command that reads a file says how it is tried."""
    missing = {one.name: left for one in commands() if (left := one.paths - one.tried)}
    assert not missing


def test_every_file_is_tried_twin() -> None:
    known = {one.name: one for one in commands()}
    assert known["prover prove"].paths == {"zkey", "witness", "proof", "public", "r1cs"}
    assert set(TRIES) <= set(known)


def test_the_front_page_fits_on_a_screen() -> None:
    lines = run("--help").output.splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 40
    shown = {line[7:].split(" ")[0] for line in lines[2:-2]}
    hidden = {"stress"}
    assert shown == {one.words[0] for one in commands()} - hidden
    assert run("-h").output == run("--help").output
    assert "More" not in "\n".join(lines), f"name the panel of each command in {PANELS.keys()}"


WITH_PRESET = {
    "replay": "{data} --preset none",
    "demo": "--preset none --out {new}",
    "node up": "--preset none --state-dir {new}",
    "node local": "--preset none --port 0",
    "bench node": "--preset none",
    "bench pipeline": "--preset none",
    "l1 deploy": "--preset none --rpc {url} --local",
    "l1 gas": "--preset none",
    "l1 rehearse": "--preset none",
    "batch cost": "none",
    "batch setup": "none",
    "batch bench": "none",
}


def test_a_preset_that_is_none(files: dict[str, str], tmp_path: Path) -> None:
    """Every command that takes one says which there are."""
    known = {one.name for one in commands() if any(p.name == "preset" for p in one.command.params)}
    assert known == set(WITH_PRESET)
    data = str(ROOT / "tests/vectors/markets/deribit_trades.json")
    for name, words in WITH_PRESET.items():
        found = run(*name.split(), *words.format(**files, data=data, new=tmp_path / "new").split())
        assert found.exit_code == 2, (name, found.output)
        assert "large" in found.output, name
