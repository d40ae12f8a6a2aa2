"""The node's commands: what they do, and what they say where they cannot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from console.cli.main import app
from sequencer.node.node import LOG_NAME
from sequencer.node.settings import Settings, read_settings
from sequencer.store import EventLog
from tests.support.chain import needs_anvil


def run(*arguments: object, code: int = 0) -> Any:
    """The JSON of a command that must end with this code."""
    found = CliRunner().invoke(app, [*map(str, arguments)])
    assert found.exit_code == code, found.output
    assert "Traceback" not in found.output
    return json.loads(found.stdout) if "--json" in arguments else found.output


def kept(folder: Path, count: int = 300) -> Path:
    """A store with so many entries, in many small groups."""
    folder.mkdir()
    with EventLog(folder / LOG_NAME) as log:
        for i in range(count):
            log.append([bytes([8]) + i.to_bytes(8, "big")])
    return folder


def test_settings_that_are_written_are_those_that_hold_anyway(tmp_path: Path) -> None:
    path = tmp_path / "node.toml"
    assert run("node", "init", path, "--json") == {"path": str(path)}
    written = read_settings(path)
    assert written.underlyings == {"BTC": 1}
    assert (written.api, written.batches, written.proving, written.chain, written.fees) == (
        Settings().api,
        Settings().batches,
        Settings().proving,
        Settings().chain,
        Settings().fees,
    )
    assert "there is a file already" in run("node", "init", path, "--json", code=2)["error"]["message"]


def test_a_store_that_is_whole(tmp_path: Path) -> None:
    found = run("node", "check", kept(tmp_path / "node"), "--json")
    assert found["head"]["sequence"] == 300


def test_g103_a_store_with_a_flipped_bit(tmp_path: Path) -> None:
    folder = kept(tmp_path / "node")
    path = folder / LOG_NAME
    data = bytearray(path.read_bytes())
    place = data.find(bytes([8]) + (123).to_bytes(8, "big"))
    assert place > 0
    data[place + 3] ^= 1
    path.write_bytes(bytes(data))
    assert "damaged" in run("node", "check", folder, "--json", code=1)["error"]["message"]


def test_g110_a_backup_and_its_way_back(tmp_path: Path) -> None:
    folder, copy = kept(tmp_path / "node"), tmp_path / "copy.db"
    assert run("node", "backup", folder, copy, "--json")["sequence"] == 300
    assert run("node", "backup", folder, copy, "--json", code=2)["error"]["type"] == "BackupRefused"
    assert run("node", "restore", copy, tmp_path / "again", "--json")["sequence"] == 300
    assert run("node", "check", tmp_path / "again", "--json")["head"]["sequence"] == 300


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("node", "check", "nowhere"), "nowhere"),
        (("node", "run", "nowhere.toml"), "nowhere.toml"),
        (("replay", "nowhere"), "no such file or folder"),
        (("stress", "flood-of-frogs"), "flood-of-frogs"),
    ],
)
def test_what_is_not_there(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    given = [str(tmp_path / one) if one.startswith("nowhere") else one for one in arguments]
    assert says in run(*given, code=2)


def test_a_node_without_its_deployment(tmp_path: Path) -> None:
    run("node", "init", tmp_path / "node.toml")
    assert "zkclear l1 deploy" in run("node", "run", tmp_path / "node.toml", code=2)


def test_a_bad_day_on_few_accounts(tmp_path: Path) -> None:
    found = run("stress", "volatility-spike", "--accounts", 20, "--out", tmp_path, "--json")
    assert found["books_balance"]
    assert {Path(one).suffix for one in found["files"]} == {".json", ".csv", ".svg", ".png"}


def test_an_ordinary_day_by_both_names() -> None:
    """`simulate` and `stress` are one command."""
    found = [run(name, "flow", "--accounts", 20, "--json") for name in ("simulate", "stress")]
    assert found[0]["books_balance"]
    assert found[0]["orders"] == found[1]["orders"] > 0
    text = run("simulate", "flow", "--accounts", 20)
    assert text.rstrip().endswith("the books balance")
    assert set(run("simulate", "list", "--json")) >= {"flow", "crash", "flood"}


@needs_anvil
def test_everything_on_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKCLEAR_KEYS", str(tmp_path / "keys"))
    found = run("node", "local", "--preset", "tiny", "--traders", 1, "--port", 0, "--seconds", 1, "--json")
    assert found["is_ready"]
    assert found["entries"] >= 3
    assert found["api"].startswith("http://127.0.0.1:")
