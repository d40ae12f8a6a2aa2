"""Folders of wallets: nothing is overwritten, nothing is half written, nobody else reads them."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rollup.types.orders import Domain
from sequencer.l1.accounts import development_account
from sequencer.l1.keystores import WrongPassword
from sequencer.wallets import KnownAccounts, WalletFolder
from sequencer.wallets.errors import (
    BadKnownAccounts,
    BadWalletName,
    NotWritten,
    WalletExists,
    WalletMissing,
    WalletNotChosen,
    WeakPassword,
)

PASSWORD = "correct horse"
QUICK_N = 1 << 4
DOMAIN, OTHER = Domain(31_337, 5), Domain(1, 5)


def filled(folder: Path, *names: str) -> WalletFolder:
    wallets = WalletFolder(folder / "wallets")
    for index, name in enumerate(names):
        wallets.add(name, development_account(index).key, PASSWORD, QUICK_N)
    return wallets


def test_wallets_come_back(tmp_path: Path) -> None:
    wallets = filled(tmp_path, "bob", "alice")
    assert wallets.names() == ("alice", "bob")
    assert wallets.keystore("bob").open(PASSWORD).key == development_account(0).key
    assert wallets.keystore("alice").address == development_account(1).address
    with pytest.raises(WrongPassword):
        wallets.keystore("bob").open("wrong horse")


def test_only_the_owner_reads(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        wallets = filled(tmp_path, "alice")
    finally:
        os.umask(before)
    assert wallets.file_of("alice").stat().st_mode & 0o777 == 0o600
    assert wallets.path.stat().st_mode & 0o777 == 0o700


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    wallets = filled(tmp_path, "alice")
    before = wallets.file_of("alice").read_bytes()
    with pytest.raises(WalletExists, match="never overwritten"):
        wallets.add("alice", development_account(5).key, PASSWORD, QUICK_N)
    assert wallets.file_of("alice").read_bytes() == before
    assert [path.name for path in wallets.path.iterdir()] == ["alice.json"]


def test_nothing_is_overwritten_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a rename in place of the link the first wallet would be gone."""
    monkeypatch.setattr(os, "link", os.replace)
    wallets = filled(tmp_path, "alice")
    wallets.add("alice", development_account(5).key, PASSWORD, QUICK_N)
    assert wallets.keystore("alice").address == development_account(5).address


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../a", ".hidden", "a" * 101, "a b", "ä", "a\0"])
def test_names_that_are_none(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadWalletName):
        filled(tmp_path).add(name, development_account(0).key, PASSWORD, QUICK_N)
    assert not (tmp_path / "wallets").exists()


def test_who_is_meant(tmp_path: Path) -> None:
    with pytest.raises(WalletNotChosen, match="zkclear wallet new"):
        filled(tmp_path).choose(None)
    one = filled(tmp_path, "alice")
    assert one.choose(None) == one.choose("alice") == "alice"
    with pytest.raises(WalletMissing, match="there are alice"):
        one.choose("bob")
    one.add("bob", development_account(4).key, PASSWORD, QUICK_N)
    with pytest.raises(WalletNotChosen, match="alice, bob"):
        one.choose(None)


def test_passwords_that_are_tried_in_no_time(tmp_path: Path) -> None:
    with pytest.raises(WeakPassword, match="at least 8"):
        filled(tmp_path).add("alice", development_account(0).key, "short", QUICK_N)


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from sequencer.wallets import WalletFolder
from sequencer.wallets.errors import NotWritten
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    WalletFolder(Path(sys.argv[1])).add("alice", b"\\1" * 32, "correct horse", 16)
except NotWritten as error:
    print(error)
"""


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    found = subprocess.run([sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=True)
    assert "alice.json could not be written (File too large); nothing was changed" in found.stdout
    assert list(tmp_path.iterdir()) == []


def no_link(*_: object) -> None:
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))


@pytest.mark.parametrize("name", ["link", "replace"])
def test_a_disk_that_refuses_at_the_last_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def write() -> None:
        filled(tmp_path, "alice")
        KnownAccounts(tmp_path / "wallets").add(development_account(0).address, DOMAIN, 1)

    monkeypatch.setattr(os, name, no_link)
    with pytest.raises(NotWritten, match="Operation not permitted"):
        write()
    assert list((tmp_path / "wallets").glob(".*")) == []


def test_accounts_are_remembered_by_rollup(tmp_path: Path) -> None:
    known = KnownAccounts(tmp_path / "wallets")
    alice, bob = (development_account(index).address for index in (0, 1))
    assert known.of(alice, DOMAIN) == ()
    known.add(alice, DOMAIN, 7)
    known.add(alice, DOMAIN, 7)
    known.add(alice.lower(), DOMAIN, 9)
    known.add(alice, OTHER, 3)
    known.add(bob, DOMAIN, 8)
    again = KnownAccounts(tmp_path / "wallets")
    assert (again.of(alice, DOMAIN), again.of(alice, OTHER), again.of(bob, DOMAIN)) == ((7, 9), (3,), (8,))
    assert again.all_of(bob) == {f"31337:{5:#042x}": [8]}
    assert WalletFolder(tmp_path / "wallets").names() == ()


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', '{"a": [-1]}', '{"a": ["1"]}', '{"a": [true]}'])
def test_a_damaged_memory(tmp_path: Path, text: str) -> None:
    (tmp_path / "accounts").write_text(text)
    with pytest.raises(BadKnownAccounts, match="remove it"):
        KnownAccounts(tmp_path).of(development_account(0).address, DOMAIN)


def test_a_memory_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotWritten):
        KnownAccounts(tmp_path / "file" / "wallets").add(development_account(0).address, DOMAIN, 1)
