"""Keys come from the environment or a keystore, and no message shows them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from eth_account import Account

from sequencer.l1.accounts import development_account
from sequencer.l1.keystores import BadKeystore
from sequencer.l1.signing_keys import (
    KEY_VARIABLE,
    UNLOCKING_VARIABLE,
    BadSenderKey,
    NoSenderKey,
    account_from_environment,
    account_from_keystore,
)

SECRET = "correct horse"


@pytest.fixture
def keystore(tmp_path: Path) -> Path:
    path = tmp_path / "key.json"
    path.write_text(json.dumps(Account.encrypt(development_account(4).key, SECRET, kdf="pbkdf2", iterations=2)))
    return path


def never() -> str:
    raise AssertionError("it was asked for")


@pytest.mark.parametrize("prefix", ["", "0x", " 0x"])
def test_the_environment(monkeypatch: pytest.MonkeyPatch, prefix: str) -> None:
    monkeypatch.setenv(KEY_VARIABLE, prefix + development_account(4).key.hex())
    assert account_from_environment().address == development_account(4).address


def test_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    with pytest.raises(NoSenderKey, match=KEY_VARIABLE):
        account_from_environment()


@pytest.mark.parametrize("text", ["zz", "abcdef", "0" * 64, "f" * 64])
def test_a_bad_key_is_not_shown(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(KEY_VARIABLE, text)
    with pytest.raises(BadSenderKey) as refused:
        account_from_environment()
    assert text not in str(refused.value)


def test_a_keystore(monkeypatch: pytest.MonkeyPatch, keystore: Path) -> None:
    monkeypatch.delenv(UNLOCKING_VARIABLE, raising=False)
    assert account_from_keystore(keystore, lambda: SECRET).address == development_account(4).address
    monkeypatch.setenv(UNLOCKING_VARIABLE, SECRET)
    assert account_from_keystore(keystore, never).address == development_account(4).address


def test_a_keystore_that_does_not_open(monkeypatch: pytest.MonkeyPatch, keystore: Path, tmp_path: Path) -> None:
    monkeypatch.delenv(UNLOCKING_VARIABLE, raising=False)
    with pytest.raises(BadKeystore) as refused:
        account_from_keystore(keystore, lambda: "another horse")
    assert "horse" not in str(refused.value)
    with pytest.raises(BadKeystore):
        account_from_keystore(tmp_path / "nothing", never)
    for text in ("[", "[]", "{}"):
        (tmp_path / "bad").write_text(text)
        with pytest.raises(BadKeystore):
            account_from_keystore(tmp_path / "bad", lambda: SECRET)
