"""A trader by the command line: a wallet, an account, an order, its trade, its margin, and the money back on L1."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rollup.presets import TINY
from sequencer.l1.accounts import development_account
from sequencer.node.stack import Stack, StackPlan, running_stack
from sequencer.wallets.errors import NotWritten
from tests.support.chain import needs_anvil
from tests.support.kernels import fastest
from tests.support.wallets import add_wallet, own_settings, refused, said, shown, zkclear

pytestmark = needs_anvil
BOUGHT_E4, PATIENCE_S = 2_000, 120


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("trader")


@pytest.fixture(scope="module")
def stack(folder: Path) -> Iterator[Stack]:
    plan = StackPlan(folder / "node", TINY, traders=0, keys=folder / "keys")
    with own_settings(folder) as environment, running_stack(plan, fastest()) as running:
        environment.setenv("ZKCLEAR_URL", running.api.url)
        environment.setenv("ZKCLEAR_RPC", running.rollup.chain.url)
        running.rollup.deployment.save(folder / "rollup.json")
        yield running


def test_from_a_wallet_to_the_money_back(stack: Stack, folder: Path) -> None:
    alice = said("wallet", "new", "alice")["address"]
    add_wallet(folder, "bob", 5)
    bob = development_account(5).address

    message = refused("account", "register", "5000", "--wallet", "alice", code=1)
    assert "0.00 dollars" in message
    said("account", "faucet", "6000", "--wallet", "alice")
    said("account", "faucet", "6000", "--wallet", "bob")
    numbers = {}
    for name in ("alice", "bob"):
        registered = said("account", "register", "5000", "--wallet", name, "--wait", PATIENCE_S)
        numbers[name] = registered["account"]
        assert registered["gas"] > 100_000
        assert registered["is_known_to_node"]
    house = stack.rollup.house
    assert [house.owner_of(numbers[name]) for name in ("alice", "bob")] == [alice, bob]

    listed = said("market", "list")["instruments"]
    option = min(listed, key=lambda one: abs(one["mark_price_e2"] - 100_000))
    name, price = option["instrument_name"], f"{option['mark_price_e2'] // 100}.50"
    bid = said("order", "place", "buy", name, "0.3", price, "--wallet", "alice")["order"]
    assert bid["state"] == "open"
    sold = said("order", "place", "sell", name, "0.2", price, "--immediate", "--wallet", "bob")
    assert (sold["order"]["state"], sold["order"]["filled_e4"]) == ("filled", BOUGHT_E4)

    (held,) = said("account", "show", "--wallet", "alice")["held"]
    assert (held["instrument_name"], held["size_e4"]) == (name, BOUGHT_E4)
    assert said("account", "margin", "--wallet", "bob")["passes_initial"]
    assert f"account {numbers['bob']}: equity" in shown("account", "margin", "--wallet", "bob")
    assert said("order", "cancel", bid["order_id"], "--wallet", "alice")["order"]["state"] == "cancelled"

    said("account", "withdraw", "1000.50", "--wallet", "bob", "--wait", PATIENCE_S)
    assert said("account", "collect", "--wallet", "bob", "--wait", PATIENCE_S)["amount_e6"] == "1000500000"
    found = said("account", "find", "--wallet", "bob")
    assert (found["accounts"], found["dollars_e6"], found["owed_e6"]) == ([numbers["bob"]], "2000500000", "0")
    assert "NothingOwed" in refused("account", "collect", "--wallet", "bob", "--wait", 0, code=1)
    paid = said("account", "deposit", "500", "--wallet", "bob")
    assert (paid["account"], paid["amount_e6"]) == (numbers["bob"], "500000000")
    assert said("market", "trades", name)["trades"][0]["finality"] == "executed"


def test_the_deployment_says_the_same_as_the_node(stack: Stack, folder: Path) -> None:
    add_wallet(folder, "carol", 6)
    by_node = said("wallet", "derive", "carol")
    assert said("wallet", "derive", "carol", "--deployment", folder / "rollup.json") == by_node
    assert by_node["contract"] == stack.rollup.deployment.clearing_house.lower()
    found = said("account", "find", "--wallet", "carol", "--deployment", folder / "rollup.json")
    assert found["accounts"] == []
    assert "has no account" in shown("account", "find", "--wallet", "carol")


def test_amounts_that_the_house_does_not_take(stack: Stack, folder: Path) -> None:
    add_wallet(folder, "dave", 7)
    said("account", "faucet", "1", "--wallet", "dave")
    message = refused("account", "register", "0.01", "--wallet", "dave", code=1)
    assert message.startswith("BadAmount")
    assert said("wallet", "show", "dave")["accounts"] == {}


def test_a_number_that_cannot_be_remembered_is_told_all_the_same(
    stack: Stack, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk after the deposit; a damaged memory before it."""
    add_wallet(folder, "frank", 9)
    said("account", "faucet", "30", "--wallet", "frank")

    def full(path: Path, _: bytes) -> None:
        raise NotWritten(path, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("sequencer.wallets.known_accounts.replace", full)
        ran = zkclear("account", "register", "10", "--wallet", "frank", "--wait", 0)
    number = stack.rollup.house.account_count() - 1
    assert (ran.exit_code, f"account {number} at" in ran.stdout) == (0, True)
    assert f"No space left on device); nothing was changed; name the account by --account {number}" in ran.stderr
    memory = folder / "wallets" / "accounts"
    before = memory.read_bytes()
    memory.write_text("[")
    assert "remove it" in refused("account", "register", "10", "--wallet", "frank", code=2)
    memory.write_bytes(before)
    assert stack.rollup.house.account_count() == number + 1


def test_an_account_is_open_whether_or_not_a_node_knows_it(stack: Stack, folder: Path) -> None:
    add_wallet(folder, "erin", 8)
    said("account", "faucet", "30", "--wallet", "erin")
    given = ("10", "--wallet", "erin", "--deployment", folder / "rollup.json", "--url", "http://127.0.0.1:9")
    first = said("account", "register", *given)
    assert (first["is_known_to_node"], stack.rollup.house.owner_of(first["account"])) == (False, first["address"])
    assert "no node knows it yet" in shown("account", "register", *given)
    numbers = said("account", "find", "--wallet", "erin")["accounts"]
    assert numbers == [first["account"], first["account"] + 1]
    assert "several accounts" in refused("account", "show", "--wallet", "erin", code=2)
