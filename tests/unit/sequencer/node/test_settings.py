"""The operator's file."""

from __future__ import annotations

from pathlib import Path

import pytest

from sequencer.node.settings import BadSettings, Settings, read_settings


def read(folder: Path, text: str) -> Settings:
    path = folder / "node.toml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path)


def test_what_is_not_said_is_as_documented(tmp_path: Path) -> None:
    assert read(tmp_path, "") == Settings()
    found = read(tmp_path, '[chain]\nurls = ["http://a", "http://b"]\n[underlyings]\nBTC = 1\n')
    assert (found.chain.urls, found.chain.confirmations, found.underlyings) == (
        ("http://a", "http://b"),
        12,
        {"BTC": 1},
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("folder = 1", "folder"),
        ("no_such_thing = 1", "no_such_thing"),
        ("[api]\nport = 65536", "api.port is 65536"),
        ("[api]\nport = -1", "api.port is -1"),
        ("[fees]\nmaker_ppm = 1000001", "fees.maker_ppm"),
        ("[chain]\nurls = []", "name a node"),
        ("[chain\n", "node.toml"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(BadSettings, match=why):
        read(tmp_path, text)


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="No such file"):
        read_settings(tmp_path / "other.toml")
    (tmp_path / "node.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadSettings):
        read_settings(tmp_path / "node.toml")
