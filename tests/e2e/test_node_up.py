"""`zkclear node up`, `status` and `down`: a node in the background, and nothing of it left afterwards."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from typer.testing import CliRunner

from console.cli import node_up_state
from console.cli.main import app
from console.cli.node_up_child import Child, UpRequest
from console.cli.node_up_state import NodeState, read_state, write_state
from console.cli.wallet_secrets import asked
from sequencer.api.server import _listen
from sequencer.l1 import background
from sequencer.l1.bindings.oracle import Oracle
from tests.support.chain import needs_anvil
from tests.support.source_tree import ROOT

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


INTERRUPTIBLE = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a run in the background ignores
from console.cli.main import app
app()
"""


def run(*arguments: object, code: int = 0) -> Any:
    """The JSON of a command that must end with this code."""
    found = CliRunner().invoke(app, [*map(str, arguments), "--json"])
    assert found.exit_code == code, found.output
    return json.loads(found.stdout)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("node")


@pytest.fixture(scope="module")
def node(place: Path) -> Iterator[dict[str, Any]]:
    """A node of the smallest batches with one trader, which the last test stops."""
    os.environ["ZKCLEAR_KEYS"] = str(ROOT / ".zkclear" / "keys")
    try:
        yield run("node", "up", "--preset", "tiny", "--traders", 1, "--port", 0, "--state-dir", place)
    finally:
        os.environ.pop("ZKCLEAR_KEYS")
        if background.is_locked(place):
            run("node", "down", "--state-dir", place)


@needs_anvil
def test_a_node_that_stays_up(node: dict[str, Any], place: Path) -> None:
    assert node["phase"] == "ready"
    assert (Path(node["folder"]) / "node.db").is_file()
    found = run("node", "status", "--state-dir", place)
    assert found["is_ready"]
    assert found["log"]["sequence"] >= 3
    assert {one["name"] for one in found["conditions"]} >= {"log", "l1", "prices", "proving"}
    assert run("node", "status", "--url", node["url"], "--state-dir", place / "elsewhere")["is_ready"]


@needs_anvil
def test_one_node_at_a_time(node: dict[str, Any], place: Path) -> None:
    found = run("node", "up", "--state-dir", place, code=2)["error"]
    assert (found["type"], node["url"] in found["message"]) == ("NodeIsUp", True)


@needs_anvil
def test_the_last_table_was_signed_by_a_quorum(
    node: dict[str, Any], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZKCLEAR_NODE", str(place))
    assert run("oracle", "show")["tables"][0]["age_s"] < 600
    found = run("oracle", "verify")
    assert found["checks"] == dict.fromkeys(("batches", "rows", "root", "signers"), True)
    assert set(found["signers"]) <= set(found["committee"])
    assert len(found["signers"]) >= found["threshold"] == 2
    assert run("oracle", "verify", node["folder"], "--time", 7, code=2)["error"]["type"] == "NoSuchRow"


@needs_anvil
def test_a_quorum_twin(node: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Were somebody of it no member of the committee, it would be said."""
    first = run("oracle", "verify", node["folder"])["signers"][0]
    everybody = Oracle.signers
    monkeypatch.setattr(Oracle, "signers", lambda self: tuple(one for one in everybody(self) if one != first))
    found = run("oracle", "verify", node["folder"], code=1)
    assert [name for name, holds in found["checks"].items() if not holds] == ["signers"]


@needs_anvil
def test_a_proof_is_true_by_the_contract(node: dict[str, Any], tmp_path: Path) -> None:
    deadline_s = monotonic() + 60
    while run("node", "status", "--state-dir", Path(node["log"]).parent)["batches"]["proven"] < 1:
        assert monotonic() < deadline_s
        sleep(0.2)
    found = run("proof", "verify", node["folder"], 1, "--rpc", node["chain_url"])
    assert found["checks"] == {"batch": True, "here": True, "contract": True}
    other = run(
        "proof", "verify", node["folder"], 1, "--rpc", node["chain_url"], "--verifier", "0x" + "11" * 20, code=2
    )
    assert other["error"]["message"]
    with sqlite3.connect(Path(node["folder"]) / "record.db") as source, sqlite3.connect(tmp_path / "record.db") as copy:
        source.backup(copy)
        (signals,) = copy.execute("SELECT signals FROM proofs WHERE number = 1").fetchone()
        copy.execute("UPDATE proofs SET signals = ? WHERE number = 1", (signals[:-1] + bytes([signals[-1] ^ 1]),))
    forged = run("proof", "verify", tmp_path, 1, "--rpc", node["chain_url"], code=1)
    assert forged["checks"] == {"batch": False, "here": False, "contract": False}


@needs_anvil
def test_nothing_is_left(node: dict[str, Any], place: Path) -> None:
    state = read_state(place)
    assert state is not None
    family = background.descendants_of(state.pid)
    assert len(family) >= 3, "a watcher, a chain and a prover at least"
    found = run("node", "down", "--state-dir", place)
    assert found == {"url": node["url"], "folder": node["folder"], "children": len(family), "killed": []}
    assert background.wait_until_gone([state.process, *family], 0) == ()
    assert "no node is up" in run("node", "status", "--state-dir", place, code=1)["error"]["message"]
    assert "no node is up" in run("node", "down", "--state-dir", place, code=1)["error"]["message"]


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = run("node", "up", "--port", port, "--state-dir", tmp_path, code=2)["error"]
    assert found["type"] == "PortTaken"
    assert str(port) in found["message"]
    assert read_state(tmp_path) is None


def test_a_port_that_is_taken_by_every_way(tmp_path: Path) -> None:
    """Whoever serves says which address it was."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert str(port) in run("node", "local", "--port", port, code=2)["error"]["message"]
        with pytest.raises(OSError, match="in use") as refusal:
            _listen("127.0.0.1", port)
    assert refusal.value.filename == f"127.0.0.1:{port}"


@pytest.mark.deep
@needs_anvil
def test_whoever_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    command = ["node", "up", "--preset", "tiny", "--traders", "1", "--port", "0", "--state-dir", str(tmp_path)]
    environment = os.environ | {"ZKCLEAR_KEYS": str(ROOT / ".zkclear" / "keys")}
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, *command],
        env=environment,
        stderr=subprocess.PIPE,
    ) as program:
        assert program.stderr is not None
        while b"deploying" not in program.stderr.readline():
            assert program.poll() is None
        family = background.descendants_of(program.pid)
        program.send_signal(signal.SIGINT)
        assert program.wait(120) == 130
    assert family
    assert background.wait_until_gone(family, 40) == ()
    assert not background.is_locked(tmp_path)


def sleeping(place: Path, *, lies: int) -> subprocess.Popen[bytes]:
    """A program that holds the lock of a node, and a state file wrong about its start by `lies` ticks."""
    descriptor = background.lock(place)
    assert descriptor is not None
    program = background.spawn(SLEEPER, place / "node.log", descriptor)
    os.close(descriptor)
    known = background.process_of(program.pid)
    write_state(place, NodeState(program.pid, known.started + lies, str(place), None, "ready", "http://127.0.0.1:1"))
    return program


@pytest.mark.skipif(not background.PROCESSES.is_dir(), reason="only Linux tells when processes started")
def test_somebody_elses_process_is_not_touched(tmp_path: Path) -> None:
    program = sleeping(tmp_path, lies=7)
    try:
        assert run("node", "down", "--state-dir", tmp_path, code=1)["error"]["type"] == "NodeDown"
        assert program.poll() is None
    finally:
        program.kill()
        program.wait()


def test_somebody_elses_process_twin(tmp_path: Path) -> None:
    """Were its start not asked for, the program would have been stopped."""
    program = sleeping(tmp_path, lies=0)
    run("node", "down", "--state-dir", tmp_path)
    assert program.wait(10) == -signal.SIGTERM


def test_a_node_that_died(tmp_path: Path) -> None:
    program = sleeping(tmp_path, lies=0)
    program.kill()
    program.wait()
    found = run("node", "status", "--state-dir", tmp_path, code=1)["error"]
    assert "ended without saying so" in found["message"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"pid": "x"}', "\x00\xff"])
def test_a_state_file_that_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / node_up_state.STATE_NAME).write_text(text)
    assert run("node", "status", "--state-dir", tmp_path, code=2)["error"]["type"] == "StateDamaged"


def test_nobody_answers(tmp_path: Path) -> None:
    for url in ("http://127.0.0.1:9", "nonsense", "http://[", "ftp://127.0.0.1"):
        found = run("node", "status", "--url", url, "--state-dir", tmp_path, code=1)["error"]
        assert found["type"] == "NodeSilent"


def test_settings_that_cannot_be_used(tmp_path: Path) -> None:
    settings = tmp_path / "node.toml"
    place = tmp_path / "state"
    for text, says in (("port =", "node.toml"), ("[api]\nport = 0", "port is 0"), ("deployment = 'x'", "l1 deploy")):
        settings.write_text(text)
        assert says in run("node", "up", settings, "--state-dir", place, code=2)["error"]["message"]
    assert run("node", "up", tmp_path / "none.toml", "--state-dir", place, code=2)["error"]["type"] == "BadSettings"


def test_a_password_that_nobody_can_be_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(*_: object) -> None:
        asked("password of operator.json")

    monkeypatch.setattr("console.cli.node_run.run_by_settings", ask)
    child = Child(tmp_path, UpRequest(folder=str(tmp_path), settings="node.toml", url="http://127.0.0.1:9"))
    assert child.run() == 2
    state = read_state(tmp_path)
    assert state is not None
    assert (state.phase, "ZKCLEAR_KEYSTORE_PASSWORD" in state.why) == ("failed", True)


def test_a_folder_with_a_run(tmp_path: Path) -> None:
    (tmp_path / "node.db").write_bytes(b"")
    found = run("node", "up", "--port", 0, "--folder", tmp_path, "--state-dir", tmp_path / "state", code=2)
    assert found["error"]["type"] == "FolderTaken"
