"""Settings: who is heard first, and what cannot be used."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from console.cli.node_up_state import FOLDER_VARIABLE, READY, STARTING, NodeState, write_state
from console.settings import CONFIG_VARIABLE, DEFAULT_URL, SETTINGS, BadSettings, Settings
from sequencer.l1 import background


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for setting in SETTINGS:
        monkeypatch.delenv(setting.variable, raising=False)
    monkeypatch.delenv(CONFIG_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "up"))
    return tmp_path


def written(folder: Path, text: str) -> Path:
    path = folder / "config" / "zkclear" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_defaults_then_file_then_environment_then_flags(nothing_said: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (Settings.load().url, Settings.load().found["url"].source) == (DEFAULT_URL, "default")
    path = written(nothing_said, 'url = "http://file"')
    assert (Settings.load().url, Settings.load().found["url"].source) == ("http://file", str(path))
    monkeypatch.setenv("ZKCLEAR_URL", "http://environment")
    assert (Settings.load().url, Settings.load().found["url"].source) == ("http://environment", "ZKCLEAR_URL")
    found = Settings.load(url="http://flag", rpc=None)
    assert (found.url, found.found["url"].source) == ("http://flag", "flag")
    assert found.rpc is None


def test_what_is_said_of_one_setting_leaves_the_others(nothing_said: Path) -> None:
    written(nothing_said, 'wallet = "alice"\naccount = 7\n')
    found = Settings.load(url="http://flag")
    assert (found.wallet, found.account, found.url) == ("alice", 7, "http://flag")
    assert found.wallets == nothing_said / "data" / "zkclear" / "wallets"


def test_a_node_that_is_up_here_comes_before_other_defaults(nothing_said: Path) -> None:
    folder = nothing_said / "up"
    folder.mkdir()
    lock = background.lock(folder)
    assert lock is not None
    own = background.process_of(os.getpid())
    state = NodeState(own.pid, own.started, "run", None, READY, "http://127.0.0.1:1", "http://127.0.0.1:2")
    write_state(folder, state)
    found = Settings.load()
    assert (found.url, found.rpc, found.found["rpc"].source) == (state.url, state.chain_url, "zkclear node up")
    assert Settings.load(rpc="http://flag").rpc == "http://flag"
    write_state(folder, replace(state, phase=STARTING))
    assert (Settings.load().url, Settings.load().rpc) == (DEFAULT_URL, None)
    write_state(folder, state)
    os.close(lock)
    assert (Settings.load().url, Settings.load().rpc) == (DEFAULT_URL, None)


def test_paths_of_the_file_are_relative_to_it(nothing_said: Path) -> None:
    path = written(nothing_said, 'deployment = "rollup.json"\nwallets = "/keys"\n')
    found = Settings.load()
    assert found.deployment == path.parent / "rollup.json"
    assert found.wallets == Path("/keys")
    assert Settings.load(deployment=Path("rollup.json")).deployment == Path("rollup.json")


def test_another_file_by_flag_or_variable(nothing_said: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other, third = nothing_said / "other.toml", nothing_said / "third.toml"
    other.write_text('wallet = "bob"')
    third.write_text('wallet = "carol"')
    assert Settings.load(other).wallet == "bob"
    monkeypatch.setenv(CONFIG_VARIABLE, str(third))
    assert Settings.load().wallet == "carol"
    assert Settings.load(other).wallet == "bob"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("url = ", "no TOML"),
        ('uri = "http://x"', "no setting 'uri'"),
        ("url = 5", "5 is no text"),
        ('url = ""', "is no text"),
        ("account = -1", "no number of an account"),
        ("account = true", "no number of an account"),
        ('account = "one"', "no number of an account"),
        ("account = 16777216", "no number of an account"),
    ],
)
def test_files_that_cannot_be_used(nothing_said: Path, text: str, says: str) -> None:
    path = written(nothing_said, text)
    with pytest.raises(BadSettings, match=r"config\.toml") as refusal:
        Settings.load()
    assert says in str(refusal.value)
    assert str(path) in refusal.value.where


def test_a_file_that_is_named_must_be_there(nothing_said: Path) -> None:
    with pytest.raises(BadSettings, match="no such file"):
        Settings.load(nothing_said / "none.toml")


def test_bytes_that_are_no_text(nothing_said: Path) -> None:
    written(nothing_said, "").write_bytes(b"\xff\xfe")
    with pytest.raises(BadSettings, match="cannot be read"):
        Settings.load()


def test_a_number_in_the_environment_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKCLEAR_ACCOUNT", "x")
    with pytest.raises(BadSettings, match="ZKCLEAR_ACCOUNT"):
        Settings.load()
