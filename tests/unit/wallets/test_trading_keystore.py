"""Trading keys in files of their own: they open to what was kept, and are nobody's Ethereum key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rollup.types.orders import Domain
from sequencer.l1.accounts import development_account
from sequencer.l1.keystores import BadKeystore, WrongPassword
from sequencer.wallets import WalletFolder, trading_secret
from sequencer.wallets.errors import BadWalletName, WalletExists, WeakPassword
from sequencer.wallets.trading_keystore import TradingKey, TradingKeys

PASSWORD = "correct horse"
QUICK_N = 1 << 4
DOMAIN, OTHER = Domain(31_337, 5), Domain(1, 5)


@pytest.fixture
def keys(tmp_path: Path) -> TradingKeys:
    return TradingKeys(WalletFolder(tmp_path / "wallets"))


def made(domain: Domain = DOMAIN) -> TradingKey:
    account = development_account(0)
    return TradingKey(account.address, trading_secret(account, domain))


def test_a_key_for_a_wallet_and_a_rollup(keys: TradingKeys) -> None:
    path = keys.add("alice", DOMAIN, made(), PASSWORD, QUICK_N)
    assert path.stat().st_mode & 0o777 == 0o600
    found = keys.find("alice", DOMAIN)
    assert found is not None
    assert found.owner == development_account(0).address
    assert found.open(PASSWORD) == made()
    assert keys.find("alice", OTHER) is None
    assert keys.find("bob", DOMAIN) is None
    with pytest.raises(WrongPassword):
        found.open("another horse")
    with pytest.raises(WalletExists):
        keys.add("alice", DOMAIN, made(), PASSWORD, QUICK_N)
    keys.add("alice", OTHER, made(OTHER), PASSWORD, QUICK_N)


def test_no_file_shows_a_secret_or_an_address_of_it(keys: TradingKeys) -> None:
    text = keys.add("alice", DOMAIN, made(), PASSWORD, QUICK_N).read_text()
    assert made().secret.hex() not in text
    assert "address" not in json.loads(text)
    assert made().secret.hex() not in repr(made())


def test_names_and_passwords(keys: TradingKeys) -> None:
    for name in ("../alice", "a@b", ""):
        with pytest.raises(BadWalletName):
            keys.find(name, DOMAIN)
    with pytest.raises(WeakPassword):
        keys.add("alice", DOMAIN, made(), "short", QUICK_N)


@pytest.mark.parametrize("owner", [None, 5, "0x12"])
def test_a_file_that_does_not_say_whose_key_it_is(keys: TradingKeys, owner: object) -> None:
    path = keys.add("alice", DOMAIN, made(), PASSWORD, QUICK_N)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"owner": owner}))
    with pytest.raises(BadKeystore, match="whose key"):
        keys.find("alice", DOMAIN)
