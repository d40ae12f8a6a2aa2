"""`zkclear wallet` and `zkclear config`: what they make, and what they say where they cannot."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct, encode_typed_data

from primitives.eddsa import public_key
from rollup.types.orders import Domain
from sequencer.l1.accounts import development_account
from sequencer.l1.anvil_program import MNEMONIC
from sequencer.l1.deployment import RollupDeployment
from sequencer.l1.keystores import Keystore, locked
from sequencer.l1.signing_keys import UNLOCKING_VARIABLE
from sequencer.wallets import trading_secret
from tests.support.wallets import PASSWORD, QUICK_N, add_wallet, own_settings, refused, said, shown, zkclear

HOUSE = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
FIRST = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with own_settings(tmp_path):
        yield tmp_path


def deployment(folder: Path, chain_id: int = 1) -> Path:
    path = folder / "rollup.json"
    addresses = dict.fromkeys(("oracle", "dollar", "batch_verifier", "exit_verifier"), HOUSE)
    RollupDeployment(chain_id, "tiny", HOUSE, first_block=0, is_development=True, **addresses).save(path)
    return path


def test_a_new_wallet_is_a_keystore_for_its_owner_alone(folder: Path) -> None:
    made = said("wallet", "new", "alice")
    path = Path(made["file"])
    assert path == folder / "wallets" / "alice.json"
    assert path.stat().st_mode & 0o777 == 0o600
    content = json.loads(path.read_text())
    assert (content["version"], content["crypto"]["kdf"], content["crypto"]["kdfparams"]["n"]) == (3, "scrypt", 1 << 18)
    assert Account.from_key(Account.decrypt(content, PASSWORD)).address == made["address"]
    before = path.read_bytes()
    assert "never overwritten" in refused("wallet", "new", "alice", code=2)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("kind", "text"), [("words", MNEMONIC), ("key", "0x" + development_account(0).key.hex()), ("keystore", "")]
)
def test_a_wallet_from_elsewhere_has_its_address(
    folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str, text: str
) -> None:
    monkeypatch.setattr("sequencer.wallets.folder.locked", lambda key, password, _: locked(key, password, QUICK_N))
    secret = folder / "secret"
    secret.write_text(text + "\n")
    if kind == "keystore":
        secret.write_bytes(locked(development_account(0).key, PASSWORD, QUICK_N))
    assert said("wallet", "import", "first", "--from", kind, "--file", secret)["address"] == FIRST
    assert f"again is {FIRST}" in shown("wallet", "import", "again", "--from", kind, "--file", secret)


def test_wallets_are_listed_and_shown_without_a_password(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(UNLOCKING_VARIABLE)
    assert "no wallets" in shown("wallet", "list")
    add_wallet(folder, "alice", 0)
    (folder / "wallets" / "broken.json").write_text("[")
    listed = said("wallet", "list")["wallets"]
    assert [(one["name"], one["address"]) for one in listed] == [("alice", FIRST), ("broken", None)]
    assert "it is no JSON" in shown("wallet", "list")
    assert said("wallet", "show", "alice")["address"] == FIRST
    assert FIRST in shown("wallet", "show", "alice")


def test_the_trading_key_needs_no_node_where_the_rollup_is_named(folder: Path) -> None:
    add_wallet(folder, "alice", 0)
    path = deployment(folder)
    found = said("wallet", "derive", "--deployment", path)
    key = public_key(trading_secret(development_account(0), Domain(1, int(HOUSE, 16))))
    assert (found["key_x"], found["key_y"]) == (str(key[0]), str(key[1]))
    assert (found["address"], found["chain_id"], found["contract"]) == (FIRST, 1, HOUSE.lower())
    assert said("wallet", "derive", "--deployment", path) == found
    message = said("wallet", "derive", "--deployment", path, "--typed-data")
    assert message["domain"]["verifyingContract"] == HOUSE
    assert "never anywhere else" in shown("wallet", "derive", "--deployment", path, "--typed-data")
    assert "no node answers" in refused("wallet", "derive", "--url", "http://127.0.0.1:9", code=2)


def test_texts_and_typed_data_are_signed_as_any_wallet_does(folder: Path) -> None:
    add_wallet(folder, "alice", 0)
    found = said("wallet", "sign", "hello")
    assert Account.recover_message(encode_defunct(text="hello"), signature=found["signature"]) == FIRST
    assert shown("wallet", "sign", "hello").strip() == found["signature"]
    message: dict[str, Any] = {
        "types": {"EIP712Domain": [{"name": "name", "type": "string"}], "Mail": [{"name": "to", "type": "string"}]},
        "primaryType": "Mail",
        "domain": {"name": "post"},
        "message": {"to": "bob"},
    }
    path = folder / "message.json"
    path.write_text(json.dumps(message))
    found = said("wallet", "sign", "--typed-data", path)
    signable = encode_typed_data(full_message=message)
    assert Account.recover_message(signable, signature=found["signature"]) == FIRST


def test_nobody_gets_the_signature_that_the_trading_key_is_made_of(folder: Path) -> None:
    add_wallet(folder, "alice", 0)
    path = folder / "message.json"
    path.write_text(shown("wallet", "derive", "--deployment", deployment(folder), "--typed-data"))
    assert "trade with your money" in refused("wallet", "sign", "--typed-data", path, code=2)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"types": 5}', "[" * 10_000])
def test_typed_data_that_is_none(folder: Path, text: str) -> None:
    add_wallet(folder, "alice", 0)
    (folder / "message.json").write_text(text)
    assert "message.json" in refused("wallet", "sign", "--typed-data", folder / "message.json", code=2)


def test_show_2_a_wrong_password(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_wallet(folder, "alice", 0)
    monkeypatch.setenv(UNLOCKING_VARIABLE, "another horse")
    result = zkclear("wallet", "sign", "hello")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.endswith("alice.json does not open: wrong password\n")
    assert said("wallet", "sign", "hello", code=1)["error"]["type"] == "WrongPassword"


def test_passwords_from_files_come_before_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_wallet(folder, "alice", 0)
    monkeypatch.setenv(UNLOCKING_VARIABLE, "another horse")
    path = folder / "password"
    path.write_text(PASSWORD + "\r\nanything else")
    assert said("wallet", "sign", "hello", "--password-file", path)["address"] == FIRST
    for content in (b"", b"\n", b"\xff\xfe", b"x" * 5_000):
        path.write_bytes(content)
        assert "password" in refused("wallet", "sign", "hello", "--password-file", path, code=2)
    assert "No such file" in refused("wallet", "sign", "hello", "--password-file", folder / "none", code=2)


def test_nobody_is_asked_where_nobody_sits(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(UNLOCKING_VARIABLE)
    assert "--password-file" in refused("wallet", "new", "alice", code=2)
    monkeypatch.setenv(UNLOCKING_VARIABLE, PASSWORD)
    assert "--file" in refused("wallet", "import", "alice", code=2)
    assert not (folder / "wallets").exists()


def test_nobody_is_asked_for_the_password_of_a_sender(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(UNLOCKING_VARIABLE)
    add_wallet(folder, "alice", 0)
    keystore = folder / "wallets" / "alice.json"
    said = refused("l1", "deploy", "--rpc", "http://127.0.0.1:9", "--keystore", keystore, code=2)
    assert "no terminal" in said
    assert UNLOCKING_VARIABLE in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("new", "../alice"), "no name of a wallet"),
        (("show",), "zkclear wallet new"),
        (("show", "nobody"), "no wallet nobody"),
        (("sign",), "one of them"),
        (("import", "a", "--from", "keystore"), "--file"),
    ],
)
def test_what_cannot_be(folder: Path, arguments: tuple[str, ...], says: str) -> None:
    assert says in refused("wallet", *arguments, code=2)


def test_weak_passwords_and_bad_words(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "words").write_text("test " * 12)
    assert "no words of a wallet" in refused("wallet", "import", "a", "--file", folder / "words", code=2)
    monkeypatch.setenv(UNLOCKING_VARIABLE, "short")
    assert "at least 8" in refused("wallet", "new", "alice", code=2)
    assert not (folder / "wallets").exists()


def test_show_2_malformed_files(folder: Path) -> None:
    add_wallet(folder, "alice", 0)
    (folder / "wallets" / "alice.json").write_text('{"version": 3}')
    assert "alice.json does not open" in refused("wallet", "sign", "hello", code=2)
    (folder / "config.toml").write_text("uri = 5")
    assert "no setting 'uri'" in refused("wallet", "list", "--config", folder / "config.toml", code=2)
    (folder / "rollup.json").write_text("[]")
    assert "rollup.json" in refused("wallet", "derive", "--deployment", folder / "rollup.json", code=2)


def typed(what: bytes) -> tuple[int, bytes]:
    """What `zkclear wallet sign` says on a terminal, when this is typed at its prompt, and its exit code."""
    main, child = pty.openpty()
    command = [sys.executable, "-m", "console.cli.main", "wallet", "sign", "hello"]
    process = subprocess.Popen(command, stdin=child, stdout=child, stderr=child, start_new_session=True)
    try:
        ends_at = monotonic() + 90
        while termios.tcgetattr(child)[3] & termios.ECHO:
            assert monotonic() < ends_at
            sleep(0.02)
        os.write(main, what)
        return process.wait(90), os.read(main, 10_000)
    finally:
        process.kill()
        os.close(child)
        os.close(main)


def test_a_password_is_asked_for_without_an_echo(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is typed when the terminal has stopped to show what is typed, and not shown afterwards."""
    monkeypatch.delenv(UNLOCKING_VARIABLE)
    add_wallet(folder, "alice", 0)
    code, heard = typed(PASSWORD.encode() + b"\n")
    assert code == 0
    assert b"password" in heard
    assert b"0x" in heard
    assert PASSWORD.encode() not in heard


def test_whoever_does_not_answer_a_prompt_has_interrupted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(UNLOCKING_VARIABLE)
    add_wallet(folder, "alice", 0)
    code, heard = typed(b"\x04")
    assert code == 130
    assert b"interrupted" in heard


FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
sys.dont_write_bytecode = True
from console.cli.main import app
app()
"""


def test_show_2_a_full_disk(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, "wallet", "new", "alice"],
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")},
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("alice.json could not be written (File too large); nothing was changed\n")
    assert list((folder / "wallets").iterdir()) == []


def test_settings_and_who_said_them(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKCLEAR_WALLET", "alice")
    found = said("config", "show", "--url", "http://x")["settings"]
    assert (found["url"]["value"], found["url"]["source"]) == ("http://x", "flag")
    assert (found["wallet"]["value"], found["wallet"]["source"]) == ("alice", "ZKCLEAR_WALLET")
    assert found["wallets"]["value"] == str(folder / "wallets")
    assert "http://x  (flag)" in shown("config", "show", "--url", "http://x")


def test_a_keystore_of_geth_in_the_folder_is_a_wallet(folder: Path) -> None:
    """Under the name that geth gives it, with a suffix."""
    name = "UTC--2026-11-21T20-00-00.000000000Z--f39fd6e51aad88f6f4ce6ab8827279cfffb92266"
    path = folder / "wallets" / f"{name}.json"
    path.parent.mkdir()
    path.write_bytes(locked(development_account(0).key, PASSWORD, QUICK_N))
    assert Keystore.read(path).address == FIRST
    assert said("wallet", "show")["address"] == FIRST
