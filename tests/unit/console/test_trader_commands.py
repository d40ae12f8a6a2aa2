"""`zkclear market`, `order` and `account` at a node without L1: what they do, and how they say no."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from websockets.sync.server import ServerConnection, serve

from console.cli.account_trader import Place, Trader
from console.cli.market_node import NodeClient
from console.cli.market_refusals import WHAT_TO_DO, what_to_do
from rollup.types.orders import Order
from sequencer.api.error_table import documented
from sequencer.api.port import Condition
from sequencer.api.rate_limits import Allowance
from sequencer.api.services import Limits
from sequencer.api.signer import Signer
from sequencer.l1.accounts import development_account
from sequencer.l1.deployment import RollupDeployment
from sequencer.l1.keystores import locked
from sequencer.node.errors import ProvingBehind
from sequencer.wallets import KnownAccounts, trading_secret
from tests.support.api_node import FAR, NAME, OTHER_NAME
from tests.support.native_crypto import native_crypto
from tests.support.rollup import DOMAIN
from tests.support.wallets import ALICE, BOB, FIRST, QUICK_N, Traders, refused, said, shown, traders

HOUSE = f"{DOMAIN.contract:#042x}"


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traders]:
    with traders(tmp_path_factory.mktemp("traders")) as found:
        yield found


@pytest.fixture
def nothing_open(market: Traders) -> Iterator[None]:
    """Afterwards."""
    yield
    said("order", "cancel", "--all", "--wallet", ALICE)


def place(side: str, size: object, price: object, *options: object, wallet: str = ALICE, code: int = 0) -> Any:
    return said("order", "place", side, NAME, size, price, "--wallet", wallet, *options, code=code)


def deployment(folder: Path, chain_id: int, contract: str = HOUSE) -> Path:
    path = folder / "rollup.json"
    others = dict.fromkeys(("oracle", "dollar", "batch_verifier", "exit_verifier"), HOUSE)
    RollupDeployment(chain_id, "tiny", contract, first_block=0, is_development=True, **others).save(path)
    return path


# -- what they do ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("nothing_open")
def test_two_wallets_trade() -> None:
    placed = place("buy", "1.5", "19.90")
    assert (placed["order"]["limit_price_e2"], placed["order"]["size_e4"]) == (1_990, 15_000)
    assert placed["order"]["account"] == FIRST
    assert f"{NAME} at 19.90, open, 0 filled" in shown("order", "show", placed["order"]["order_id"], "--wallet", ALICE)
    assert "19.90" in shown("market", "book", NAME)
    sold = place("sell", "0.5", "19", "--immediate", wallet=BOB)
    assert (sold["order"]["state"], sold["trades"][0]["price_e2"]) == ("filled", 1_990)
    assert said("market", "trades", NAME)["trades"][0]["size_e4"] == 5_000
    assert "sell" in shown("market", "trades", NAME)
    (held,) = said("account", "show", "--wallet", BOB)["held"]
    assert (held["instrument_name"], held["size_e4"]) == (NAME, -5_000)
    assert f"account {FIRST + 1} of" in shown("account", "show", "--wallet", BOB)
    (still_open,) = said("order", "list", "--wallet", ALICE)["orders"]
    assert still_open["remaining_e4"] == 10_000
    assert NAME in shown("order", "list", "--wallet", ALICE)


def test_the_market_for_everybody() -> None:
    assert [one["instrument_name"] for one in said("market", "list")["instruments"]] == [NAME, OTHER_NAME]
    assert "500.00" in shown("market", "list", "--underlying", "BTC")
    assert "0 instruments" in shown("market", "list", "--underlying", "ETH")
    assert said("market", "greeks", NAME)["tickers"][0]["mark_price_e2"] == 2_000
    assert OTHER_NAME in shown("market", "greeks")
    assert "nobody quotes" in shown("market", "book", OTHER_NAME)
    assert "has not traded yet" in shown("market", "trades", OTHER_NAME)


def test_margin_by_scenario() -> None:
    found = said("account", "margin", "--wallet", ALICE)
    assert len(found["values_e6"]) == 17
    assert found["account"] == FIRST
    text = shown("account", "margin", "--wallet", ALICE)
    assert "scenario 16" in text
    assert "maintenance margin" in text


@pytest.mark.usefixtures("nothing_open")
def test_slots_and_nonces_are_found_by_themselves() -> None:
    first, second = (place("buy", 1, price)["order"] for price in ("10", "11"))
    assert first["slot"] != second["slot"]
    said("order", "cancel", first["order_id"], "--wallet", ALICE)
    again = place("buy", 1, "12")["order"]
    assert (again["slot"], again["nonce"]) == (first["slot"], first["nonce"] + 1)
    replaced = place("buy", 1, "13", "--slot", again["slot"])["order"]
    assert (replaced["slot"], replaced["nonce"]) == (again["slot"], again["nonce"] + 1)
    assert said("order", "show", again["order_id"], "--wallet", ALICE)["order"]["state"] == "replaced"


def test_all_slots_full(market: Traders) -> None:
    signer = Signer(FIRST, trading_secret(development_account(0), DOMAIN), DOMAIN, native_crypto())
    client = market.stand.client()
    client.login(signer)
    used = client.call("private/get_account_summary")["nonces"]
    for slot, nonce in enumerate(used):
        client.place(signer, Order(FIRST, 1, True, 1_000, 1, 1_000, FAR, slot, nonce + 1))
    message = refused("order", "place", "buy", NAME, 1, 20, "--wallet", ALICE, code=2)
    assert "all 8 order slots" in message
    assert said("order", "cancel", "--all", "--instrument", NAME, "--wallet", ALICE)["cancelled"] == 8


def test_cancels() -> None:
    order_id = place("buy", 1, "10")["order"]["order_id"]
    assert "out of the book" in shown("order", "cancel", order_id, "--wallet", ALICE)
    order_id = place("buy", 1, "10")["order"]["order_id"]
    found = said("order", "cancel", order_id, "--signed", "--wallet", ALICE)
    assert found["operation"]["kind"] == "cancel"
    assert said("order", "list", "--wallet", ALICE)["orders"] == []


def test_withdrawals_are_signed() -> None:
    before = int(said("account", "show", "--wallet", BOB)["cash_e6"])
    taken = said("account", "withdraw", "12.50", "--wallet", BOB)
    assert (taken["amount_e6"], taken["kind"], taken["account"]) == ("12500000", "withdrawal", FIRST + 1)
    assert int(said("account", "show", "--wallet", BOB)["cash_e6"]) == before - 12_500_000
    assert "zkclear account collect" in shown("account", "withdraw", "1", "--wallet", BOB)
    late = refused("account", "withdraw", "1", "--wallet", BOB, "--wait", "0.1", code=1)
    assert "within 0.1 s" in late


@pytest.mark.usefixtures("market")
def test_a_withdrawal_that_is_taken_back_is_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = NodeClient.call

    def answer(node: NodeClient, method: str, **parameters: Any) -> Any:
        found = asked(node, method, **parameters)
        return found | {"finality": "taken_back"} if method == "private/get_operation_state" else found

    monkeypatch.setattr(NodeClient, "call", answer)
    told = refused("account", "withdraw", "1", "--wallet", BOB, "--wait", "5", code=1)
    assert "taken back" in told
    assert "collect" not in told


def test_what_is_signed_step_by_step(market: Traders) -> None:
    found = said("order", "sign", "sell", NAME, "2", "20.25", "--debug", "--wallet", ALICE)
    node = found["node"]
    assert found["node_agrees"]
    assert found["verifies_here"]
    assert (found["message"], found["packed_hex"], found["fields"]) == (
        node["message"],
        node["packed_hex"],
        node["fields"],
    )
    assert (node["signature_verifies"], node["first_problem"]) == (True, None)
    text = shown("order", "sign", "sell", NAME, "2", "20.25", "--debug", "--wallet", ALICE)
    assert "the node makes the same message of it, signed by: account key" in text
    market.environment.setenv("ZKCLEAR_URL", "http://127.0.0.1:9")
    try:
        path = deployment(market.folder, DOMAIN.chain_id)
        fields = {one["name"]: one["value"] for one in found["fields"]}
        place = ("--slot", fields["slot"], "--nonce", fields["nonce"], "--wallet", ALICE)
        given = ("--deployment", path, "--series-id", fields["series_id"], *place)
        alone = said("order", "sign", "sell", NAME, "2", "20.25", "--debug", *given)
        assert (alone["node"], alone["key_x"], alone["domain"]) == (None, found["key_x"], found["domain"])
        assert alone["fields"][:6] == found["fields"][:6]
        assert "no node was asked" in shown("order", "sign", "sell", NAME, "2", "20.25", "--debug", *given)
        assert "no node answers" in refused("order", "sign", "sell", NAME, "2", "20.25", "--wallet", ALICE, code=2)
    finally:
        market.environment.setenv("ZKCLEAR_URL", market.stand.api.url)


def test_who_keeps_the_trading_key_needs_no_ethereum_key_to_trade(
    market: Traders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sequencer.wallets.trading_keystore.locked", lambda key, given, _: locked(key, given, QUICK_N))
    wallets = market.folder / "wallets"
    kept, away = wallets / f"{BOB}.json", market.folder / "cold.json"
    derived = said("wallet", "derive", BOB)
    saved = said("wallet", "derive", BOB, "--save")
    path = Path(saved["file"])
    assert (derived["file"], path.stat().st_mode & 0o777) == (None, 0o600)
    assert saved | {"file": None} == derived
    assert "address" not in json.loads(path.read_text())
    assert "never overwritten" in refused("wallet", "derive", BOB, "--save", code=2)
    kept.rename(away)
    try:
        assert said("account", "show", "--wallet", BOB)["address"] == saved["address"]
        sold = place("sell", "0.1", "400", wallet=BOB)["order"]
        said("order", "cancel", sold["order_id"], "--wallet", BOB)
        assert "no wallet bob" in refused("wallet", "sign", "hello", "--wallet", BOB, code=2)
        path.write_text(path.read_text().replace(saved["address"], "nobody"))
        assert "whose key it is" in refused("account", "show", "--wallet", BOB, code=2)
    finally:
        away.rename(kept)
        path.unlink()


def test_an_order_that_was_signed_can_be_handed_in(market: Traders) -> None:
    signed = said("order", "sign", "buy", NAME, "1", "5", "--wallet", ALICE)
    client = market.stand.client(2)
    with pytest.raises(Exception, match="NotAllowed"):
        client.call("private/buy", signed)
    assert signed["account"] == FIRST


def test_a_node_that_hashes_otherwise(market: Traders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.cli.order_debug.hash_one", lambda *_: 5)
    message = refused("order", "sign", "buy", NAME, "1", "5", "--debug", "--wallet", ALICE, code=1)
    assert "another version" in message


# -- how they say no ---------------------------------------------------------------------------------------------------

NEED_A_NODE: tuple[tuple[str, ...], ...] = (
    ("market", "list"),
    ("market", "book", NAME),
    ("market", "trades", NAME),
    ("market", "greeks"),
    ("order", "place", "buy", NAME, "1", "5"),
    ("order", "sign", "buy", NAME, "1", "5"),
    ("order", "cancel", "4-0-1"),
    ("order", "list"),
    ("order", "show", "4-0-1"),
    ("account", "show"),
    ("account", "margin"),
    ("account", "register", "5"),
    ("account", "deposit", "5"),
    ("account", "withdraw", "5"),
    ("account", "collect"),
    ("account", "find"),
    ("account", "faucet"),
    ("wallet", "derive"),
)


@pytest.mark.parametrize("arguments", NEED_A_NODE, ids=" ".join)
def test_show_2_no_node(market: Traders, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("ZKCLEAR_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("ZKCLEAR_WALLET", ALICE)
    message = refused(*arguments, code=2)
    assert f"no node answers at http://127.0.0.1:{port} (Connection refused): `zkclear node up` starts one" in message


@pytest.mark.parametrize("url", ["http://", "nowhere", "http://127.0.0.1:99999999", "ftp://127.0.0.1"])
def test_addresses_of_no_node(market: Traders, url: str) -> None:
    assert "no node answers" in refused("market", "list", "--url", url, code=2)


def test_somebody_else_answers(market: Traders) -> None:
    assert "no node answers" in refused("market", "list", "--url", market.stand.api.url + "/elsewhere", code=2)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("place", "buy", "BTC-29DEC23-501-C", "1", "5"), "zkclear market list"),
        (("place", "buy", "nothing", "1", "5"), "zkclear market list"),
        (("place", "buy", NAME, "1", "5.001"), "finer than 0.01"),
        (("place", "buy", NAME, "0", "5"), "must be from 0.0001"),
        (("place", "buy", NAME, "1", "5", "--immediate", "--fill-or-kill"), "choose one"),
        (("place", "buy", NAME, "1", "5", "--immediate", "--post-only"), "--post-only"),
        (("cancel",), "--all"),
        (("cancel", "4-0-1", "--all"), "--all"),
        (("cancel", "4-0-1", "--instrument", NAME), "--all"),
        (("cancel", "--all", "--signed"), "name it"),
        (("cancel", "x", "--signed"), "account-slot-nonce"),
    ],
)
def test_orders_that_make_no_sense(market: Traders, arguments: tuple[str, ...], says: str) -> None:
    assert says in refused("order", *arguments, "--wallet", ALICE, code=2)


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        (("place", "buy", NAME, "1", "5", "--max-fee-ppm", "1"), "FeeAboveCap"),
        (("place", "buy", NAME, "1", "5", "--fill-or-kill"), "NotFilled"),
        (("place", "buy", NAME, "1", "5", "--reduce-only"), "NothingToReduce"),
        (("place", "sell", NAME, "100000", "5"), "BelowInitialMargin"),
        (("place", "buy", NAME, "10000000", "5"), "CashOutOfRange"),
        (("cancel", "4-0-4000000000"), "NoSuchOrder"),
        (("show", "4-0-4000000000"), "UnknownRecord"),
        (("show", "5-0-1"), "NotAllowed"),
        (("cancel", "order"), "InvalidParameters"),
    ],
)
def test_show_2_orders_that_a_rule_refuses(market: Traders, arguments: tuple[str, ...], rule: str) -> None:
    message = refused("order", *arguments, "--wallet", ALICE, code=1)
    assert message.startswith(f"{rule}: ")
    assert not message.startswith(f"{rule}: {rule}")
    assert message.endswith(WHAT_TO_DO[rule])
    error = said("order", *arguments, "--wallet", ALICE, code=1)["error"]
    assert (error["rule"], error["type"]) == (rule, "NodeRefused")


def test_show_2_unknown_accounts(market: Traders) -> None:
    assert refused("account", "show", "--wallet", ALICE, "--account", 77, code=1).startswith("UnknownAccount: ")
    assert refused("account", "show", "--wallet", ALICE, "--account", FIRST + 1, code=1).startswith("NotAuthenticated")
    refused_by_usage = said("market", "book", "BTC-1JAN30-1-C", code=1)["error"]
    assert refused_by_usage["rule"] == "UnknownInstrument"


def test_wallets_without_an_account_and_with_two(market: Traders) -> None:
    known = KnownAccounts(market.folder / "wallets")
    before = known.path.read_bytes()
    try:
        known.add(development_account(0).address, DOMAIN, 9)
        assert "4, 9" in refused("account", "show", "--wallet", ALICE, code=2)
        assert said("account", "show", "--wallet", ALICE, "--account", FIRST)["account"] == FIRST
        known.path.unlink()
        assert "zkclear account register" in refused("account", "show", "--wallet", ALICE, code=2)
        known.path.write_text("[")
        assert "remove it" in refused("account", "show", "--wallet", ALICE, code=2)
    finally:
        known.path.write_bytes(before)


def test_nothing_is_signed_for_another_rollup(market: Traders) -> None:
    path = deployment(market.folder, 1)
    message = refused("order", "place", "buy", NAME, 1, 5, "--wallet", ALICE, "--deployment", path, code=2)
    assert "nothing was signed" in message
    assert f"contract {HOUSE} on chain 1" in message


def test_nothing_is_signed_for_a_real_chain_on_the_word_of_its_node(
    market: Traders, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = replace(market.stand.node.door.info, domain=replace(DOMAIN, chain_id=1))
    monkeypatch.setattr(market.stand.node.door, "_info", info)
    message = refused("order", "place", "buy", NAME, 1, 5, "--wallet", ALICE, code=2)
    assert "--deployment" in message
    assert "nothing was signed" in message


def test_show_2_a_node_that_is_overloaded(market: Traders, tmp_path: Path) -> None:
    market.stand.node.behind = ProvingBehind(100, 64)
    try:
        message = refused("order", "place", "buy", NAME, 1, 5, "--wallet", ALICE, code=1)
    finally:
        market.stand.node.behind = None
    assert message.startswith("Overloaded: ")
    assert "try again in" in message


def test_show_2_credits_that_are_used_up(tmp_path: Path) -> None:
    with traders(tmp_path, Limits(address=Allowance(per_second=0.01, most=3))):
        message = refused("market", "list", code=1)
    assert message.startswith("TooManyRequests: ")
    assert "try again in" in message


def test_show_2_a_node_with_too_many_connections(tmp_path: Path) -> None:
    with traders(tmp_path, Limits(connections_of_address=1)) as found:
        found.stand.client()
        message = refused("market", "list", code=1)
    assert "is overloaded (HTTP 503): try again in a moment" in message


@pytest.mark.parametrize("answer", [None, "no JSON", '{"jsonrpc": "2.0", "id": 77, "result": 5}'])
def test_show_2_a_node_that_goes_away(market: Traders, answer: str | None) -> None:
    """Or is none: it takes the question, and then hangs up."""

    def hang_up(connection: ServerConnection) -> None:
        connection.recv()
        if answer is not None:
            connection.send(answer)

    with serve(hang_up, "127.0.0.1", 0) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.socket.getsockname()[1]}"
            message = refused("order", "list", "--url", url, "--wallet", ALICE, code=2)
        finally:
            server.shutdown()
            thread.join()
    assert "went away before it answered" in message


def test_two_programs_that_choose_the_same_slot(market: Traders, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one finds its nonce used, and takes the next."""
    first = place("buy", 1, "7")["order"]
    honest = Trader.free_place
    stale = [Place(first["slot"], first["nonce"])]

    def late(trader: Trader, slot: int | None, nonce: int | None) -> Place:
        return stale.pop() if stale else honest(trader, slot, nonce)

    monkeypatch.setattr(Trader, "free_place", late)
    second = place("buy", 2, "7")["order"]
    assert (second["slot"], second["nonce"]) != (first["slot"], first["nonce"])
    assert stale == []
    stale[:] = [Place(first["slot"], first["nonce"])] * 5
    assert place("buy", 2, "7", code=1)["error"]["rule"] == "OrderNotOpen"
    said("order", "cancel", "--all", "--wallet", ALICE)


def test_show_2_no_chain(market: Traders) -> None:
    for arguments in (("register", "5"), ("deposit", "5"), ("collect",), ("find",), ("faucet",)):
        assert "zkclear l1 up" in refused("account", *arguments, "--wallet", ALICE, code=2)
        message = refused("account", *arguments, "--wallet", ALICE, "--rpc", "http://127.0.0.1:9", code=2)
        assert "no chain is up at http://127.0.0.1:9" in message
    assert "is no RPC URL" in refused("account", "find", "--wallet", ALICE, "--rpc", "nowhere", code=2)


def test_a_node_that_is_not_ready_still_shows_its_market(market: Traders) -> None:
    market.stand.node.conditions.append(Condition("proofs keep up", holds=False, why="planted"))
    try:
        assert said("market", "list")["instruments"]
    finally:
        market.stand.node.conditions.pop()


def test_every_hint_is_for_a_rule_that_there_is() -> None:
    rules = {rule for _, _, rule, _ in documented()}
    assert set(WHAT_TO_DO) <= rules
    assert what_to_do("Overloaded", {"retry_after_ms": 1_500}) == "try again in 1,500 ms"
    assert what_to_do("Unheard", {}) is None
