"""Keystores as other wallets wrote them, and files that are none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sequencer.l1.accounts import development_account
from sequencer.l1.keystores import BadKeystore, Keystore, WrongPassword, locked

PASSWORD = "testpassword"
SECRET = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d"
ADDRESS = "0x008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b"
QUICK_N = 1 << 4

PUBLISHED: dict[str, dict[str, Any]] = {
    "pbkdf2": {
        "cipher": "aes-128-ctr",
        "cipherparams": {"iv": "6087dab2f9fdbbfaddc31a909735c1e6"},
        "ciphertext": "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
        "kdf": "pbkdf2",
        "kdfparams": {
            "c": 262_144,
            "dklen": 32,
            "prf": "hmac-sha256",
            "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd",
        },
        "mac": "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2",
    },
    "scrypt": {
        "cipher": "aes-128-ctr",
        "cipherparams": {"iv": "83dbcc02d8ccb40e466191a123791e0e"},
        "ciphertext": "d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c",
        "kdf": "scrypt",
        "kdfparams": {
            "dklen": 32,
            "n": 262_144,
            "p": 8,
            "r": 1,
            "salt": "ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19",
        },
        "mac": "2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097",
    },
}
"""The two examples of the definition of Web3 Secret Storage."""


def written(folder: Path, content: object) -> Path:
    path = folder / "key.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def published(kind: str, **changes: Any) -> dict[str, Any]:
    return {"address": ADDRESS[2:].lower(), "crypto": PUBLISHED[kind], "id": "3198bc9c", "version": 3, **changes}


@pytest.mark.parametrize("kind", sorted(PUBLISHED))
@pytest.mark.parametrize("name", ["crypto", "Crypto"])
def test_keystores_that_the_definition_shows(tmp_path: Path, kind: str, name: str) -> None:
    content = published(kind)
    content[name] = content.pop("crypto")
    keystore = Keystore.read(written(tmp_path, content))
    assert keystore.address == ADDRESS
    account = keystore.open(PASSWORD)
    assert (account.key.hex(), account.address) == (SECRET, ADDRESS)


def test_what_is_locked_opens_again_and_to_nobody_else(tmp_path: Path) -> None:
    account = development_account(3)
    path = tmp_path / "key.json"
    path.write_bytes(locked(account.key, PASSWORD, QUICK_N))
    keystore = Keystore.read(path)
    assert keystore.address == account.address
    assert keystore.open(PASSWORD).key == account.key
    assert keystore.content["crypto"]["kdf"] == "scrypt"
    assert account.key.hex() not in path.read_text()
    with pytest.raises(WrongPassword, match="wrong password") as refusal:
        keystore.open("another password")
    assert "another" not in str(refusal.value)


def test_the_same_key_is_never_locked_the_same(tmp_path: Path) -> None:
    assert locked(b"\1" * 32, PASSWORD, QUICK_N) != locked(b"\1" * 32, PASSWORD, QUICK_N)


def test_a_key_of_another_address(tmp_path: Path) -> None:
    content = json.loads(locked(development_account(3).key, PASSWORD, QUICK_N))
    content["address"] = development_account(4).address[2:].lower()
    with pytest.raises(BadKeystore, match="its key is that of"):
        Keystore.read(written(tmp_path, content)).open(PASSWORD)
    del content["address"]
    assert Keystore.read(written(tmp_path, content)).open(PASSWORD).address == development_account(3).address


def with_work(**changes: Any) -> dict[str, Any]:
    crypto = PUBLISHED["scrypt"]
    return published("scrypt", crypto=crypto | {"kdfparams": crypto["kdfparams"] | changes})


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "no keystore"),
        ("[" * 60_000, "no JSON"),
        ("null", "no keystore"),
        ("[]", "no keystore"),
        (published("scrypt", version=1), "no keystore of version 3"),
        (published("scrypt", crypto=None), "no keystore of version 3"),
        (published("scrypt", crypto={}), "does not say how"),
        (published("scrypt", address="0x12"), "its address is none"),
        (published("scrypt", address=5), "its address is none"),
        (with_work(n=1 << 30), "more work"),
        (with_work(r=1 << 20), "more work"),
        (with_work(p=1 << 20), "more work"),
        (with_work(c=1 << 40), "more work"),
        (with_work(n=2, r=1 << 20, p=1), "more work"),
        (with_work(n=2, r=1, p=1 << 20), "more work"),
        (with_work(n=1 << 20, r=8, p=32), "more work"),
        (with_work(dklen=1 << 40), "dklen"),
        (with_work(dklen=16), "dklen"),
        (with_work(n=-2), "no positive number"),
        (with_work(n=True), "no positive number"),
    ],
)
def test_what_is_no_keystore(tmp_path: Path, content: object, says: str) -> None:
    with pytest.raises(BadKeystore, match=says):
        Keystore.read(written(tmp_path, content))


@pytest.mark.parametrize("name", ["cipherparams", "ciphertext", "mac", "kdf"])
def test_damaged_parts(tmp_path: Path, name: str) -> None:
    crypto = {key: value for key, value in PUBLISHED["scrypt"].items() if key != name}
    crypto["kdfparams"] = crypto["kdfparams"] | {"n": QUICK_N}
    with pytest.raises(BadKeystore):
        Keystore.read(written(tmp_path, published("scrypt", crypto=crypto))).open(PASSWORD)


@pytest.mark.parametrize("prf", ["sha256", "hmac-none", 5])
def test_a_keystore_by_another_function(tmp_path: Path, prf: object) -> None:
    crypto = PUBLISHED["pbkdf2"]
    crypto = crypto | {"kdfparams": crypto["kdfparams"] | {"prf": prf, "c": QUICK_N}}
    with pytest.raises(BadKeystore, match="damaged"):
        Keystore.read(written(tmp_path, published("pbkdf2", crypto=crypto))).open(PASSWORD)


@pytest.mark.parametrize("work", [{"n": 1 << 18, "r": 8, "p": 1}, {"n": 1 << 12, "r": 8, "p": 6}])
def test_the_work_of_geth_is_taken(tmp_path: Path, work: dict[str, int]) -> None:
    assert Keystore.read(written(tmp_path, with_work(**work))).address == ADDRESS


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "key.json").write_bytes(b"\xff\xfe")
    with pytest.raises(BadKeystore, match="no JSON"):
        Keystore.read(tmp_path / "key.json")
    with pytest.raises(BadKeystore, match="No such file"):
        Keystore.read(tmp_path / "none.json")
