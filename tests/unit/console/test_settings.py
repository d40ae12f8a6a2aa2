"""Settings: who is heard first, and what cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.settings import CONFIG_VARIABLE, DEFAULT_URL, SETTINGS, BadSettings, Settings


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for setting in SETTINGS:
        monkeypatch.delenv(setting.variable, raising=False)
    monkeypatch.delenv(CONFIG_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
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
    assert found.folder == Path("node")


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
