"""The API from outside, over a node that matches, logs and cuts batches."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest

from rollup.types.orders import Cancel, Transfer, Withdrawal
from sequencer.api.client import ApiClient, ApiRefusal
from sequencer.api.signer import quoted_parameters
from sequencer.matching import TimeInForce
from tests.support.api_node import CONTRACT, MARK_E2, NAME, OTHER_NAME, Stand, Trader, running
from tests.support.rollup import DOMAIN


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with running(tmp_path_factory.mktemp("api"), accounts=10) as found:
        yield found


def test_a_day_of_two_traders(stand: Stand) -> None:
    buyer, seller, market = stand.client(2), stand.client(3), stand.client()
    listed = market.call("public/get_instruments", {"underlying": "BTC"})
    assert [one["instrument_name"] for one in listed] == [NAME, OTHER_NAME]
    assert market.call("public/get_index", {"index_name": "btc_usd"})["price_e2"] == 50_000
    bids = Trader(2)
    order = buyer.call("private/buy", bids.parameters("buy", 1_990, 3 * CONTRACT))["order"]
    assert (order["state"], order["remaining_e4"]) == ("open", 3 * CONTRACT)
    edited = buyer.call("private/edit", bids.parameters("buy", 1_995, 2 * CONTRACT) | {"side": "buy"})["order"]
    assert edited["order_id"] == "2-0-2"
    assert buyer.call("private/get_order_state", {"order_id": "2-0-1"})["order"]["state"] == "replaced"
    sold = seller.call("private/sell", Trader(3).parameters("sell", 1_980, how=TimeInForce.IMMEDIATE_OR_CANCEL))
    assert sold["order"]["state"] == "filled"
    assert sold["trades"][0]["price_e2"] == 1_995
    assert sold["trades"][0]["fee_e6"] == str(-(-1_995 * CONTRACT * 500 // 10**6))
    assert market.call("public/get_order_book", {"instrument_name": NAME})["bids"] == [[1_995, CONTRACT, 1]]
    assert market.call("public/ticker", {"instrument_name": NAME})["last_price_e2"] == 1_995
    (position,) = seller.call("private/get_positions")["positions"]
    assert (position["instrument_name"], position["size_e4"]) == (NAME, -CONTRACT)
    assert seller.call("private/get_margins")["passes_initial"]
    cancelled = buyer.call("private/cancel", bids.signer.operation(Cancel(2, 0, 3)))
    assert (cancelled["order"], cancelled["operation"]["operation_id"]) == (None, "cancel-2-0-3")
    assert buyer.call("private/get_operation_state", {"operation_id": "cancel-2-0-3"})["finality"] == "accepted"
    assert buyer.call("private/get_open_orders") == []


def test_cash_goes_where_it_was_signed_to(stand: Stand) -> None:
    client, other, trader = stand.client(4), stand.client(5), Trader(4)
    before = int(other.call("private/get_account_summary")["cash_e6"])
    sent = client.call("private/transfer", trader.signer.operation(Transfer(4, 0, 1, 5, 1_000_000)))
    assert sent["operation_id"] == "transfer-4-0-1"
    assert int(other.call("private/get_account_summary")["cash_e6"]) == before + 1_000_000
    taken = client.call("private/withdraw", trader.signer.operation(Withdrawal(4, 1, 1, 5_000_000)))
    assert client.call("private/withdraw", trader.signer.operation(Withdrawal(4, 1, 1, 5_000_000)))["is_repeated"]
    assert taken["amount_e6"] == "5000000"
    assert client.call("private/get_account_summary")["nonces"][:2] == [1, 1]
    stand.node.end_batch()
    time.sleep(0.1)
    assert client.call("private/get_operation_state", {"operation_id": "withdrawal-4-1-1"})["finality"] == "batched"
    with pytest.raises(ApiRefusal, match="NotAllowed"):
        other.call("private/get_operation_state", {"operation_id": "withdrawal-4-1-1"})
    with pytest.raises(ApiRefusal, match=r"CashOutOfRange|BelowInitialMargin"):
        client.call("private/withdraw", trader.signer.operation(Withdrawal(4, 1, 2, 10**15)))


def test_a_quote_of_two_legs_is_filled_whole_or_not_at_all(stand: Stand) -> None:
    maker, taker = Trader(6), Trader(7)
    client, stranger = stand.client(7), stand.client(8)

    def leg(series_id: int, side: str, other: str, size_e4: int) -> dict[str, Any]:
        name, slot = (NAME, 0) if series_id == 1 else (OTHER_NAME, 1)
        quoted = maker.signer.sign_order(maker.order(side, MARK_E2, size_e4, series_id=series_id, slot=slot))
        asked = taker.signer.sign_order(taker.order(other, MARK_E2, size_e4, series_id=series_id, slot=slot))
        sides = {"maker": quoted_parameters(quoted, name), "taker": quoted_parameters(asked, name)}
        return sides | {"price_e2": MARK_E2, "size_e4": size_e4}

    legs = [leg(1, "buy", "sell", CONTRACT), leg(2, "sell", "buy", CONTRACT)]
    spoilt = [legs[0], legs[1] | {"price_e2": MARK_E2 + 1}]
    with pytest.raises(ApiRefusal, match="LimitViolated"):
        client.call("private/accept_quote", {"legs": spoilt})
    assert client.call("private/get_positions")["positions"] == []
    with pytest.raises(ApiRefusal, match="NotAllowed"):
        stranger.call("private/accept_quote", {"legs": legs})
    filled = client.call("private/accept_quote", {"legs": legs})
    assert [one["order"]["state"] for one in filled] == ["filled", "filled"]
    assert {one["trades"][0]["kind"] for one in filled} == {"quote"}
    held = {one["instrument_name"]: one["size_e4"] for one in client.call("private/get_positions")["positions"]}
    assert held == {NAME: -CONTRACT, OTHER_NAME: CONTRACT}


def test_order_debug_names_the_first_thing_that_is_wrong(stand: Stand) -> None:
    client, trader = stand.client(), Trader(8)

    def debug(given: dict[str, Any], side: str = "buy", **changes: Any) -> Any:
        kept = {
            name: value for name, value in given.items() if name not in ("time_in_force", "post_only", "reduce_only")
        }
        return client.call("public/order_debug", kept | {"side": side} | changes)

    order = trader.order("buy")
    given = trader.signer.order(order, NAME)
    good = debug(given)
    inputs = order.message_inputs(DOMAIN)
    assert [int(one) for one in good["inputs"]] == list(inputs)
    assert int(good["message"]) == stand.node.door.info.crypto.hash_many([inputs])[0]
    assert sum(int(one["value"]) << one["first_bit"] for one in good["fields"]) == int(good["packed"]) == inputs[1]
    assert (good["signature_verifies"], good["signed_by"], good["first_problem"]) == (True, "account key", None)
    assert debug(given, "sell")["signed_by"] == "account key, but on the other side"
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"size_e4": CONTRACT + 1}, "BadSignature"),
        ({"expiry_s": 5}, "OrderExpired"),
        ({"max_fee_ppm": 1}, "FeeAboveCap"),
        ({"account": 200}, "UnknownAccount"),
        ({"account": 9}, "BadSignature"),
    )
    for changes, problem in wrong:
        found = debug(given, **changes)
        assert found["first_problem"].startswith(problem), changes
        assert not found["signature_verifies"]
    unsigned = {name: value for name, value in given.items() if not name.startswith("signature")}
    assert debug(unsigned)["signature_verifies"] is None
    with pytest.raises(ApiRefusal, match="FieldOutOfRange"):
        debug(given, slot=8)


def rebuilt(notifications: list[dict[str, Any]], channel: str) -> tuple[dict[int, int], dict[int, int], int]:
    """A book from its channel: bids, asks, and the last change id. Raises `AssertionError` for a gap."""
    bids: dict[int, int] = {}
    asks: dict[int, int] = {}
    last = None
    for data in (one["data"] for one in notifications if one["channel"] == channel):
        assert data["prev_change_id"] == last
        last = data["change_id"]
        for side, changes in ((bids, data["bids"]), (asks, data["asks"])):
            for price_e2, size_e4 in changes:
                side[price_e2] = size_e4
                if not size_e4:
                    del side[price_e2]
    assert last is not None
    return bids, asks, last


async def trade_and_listen(stand: Stand) -> tuple[list[dict[str, Any]], Any]:
    listener, *clients = [await ApiClient.connect(stand.api.url) for _ in range(4)]
    traders = [Trader(account, dict.fromkeys(range(8), 10000)) for account in (2, 3, 4)]
    for client, trader in zip(clients, traders, strict=True):
        await client.login(trader.signer)
    await listener.login(traders[0].signer)
    await listener.subscribe(
        [f"book.{NAME}.raw", f"book.{NAME}.100ms", f"trades.{NAME}", "user.orders", "user.trades", "batch.cut"],
        own=True,
    )
    for i in range(150):
        at = i % 3
        side = "buy" if (i * 7) % 5 < 3 else "sell"
        given = traders[at].parameters(side, 1_900 + (i * 37) % 60, CONTRACT + i, slot=i % 8)
        await clients[at].call(f"private/{side}", given)
        if i % 50 == 49:
            await clients[at].call("private/cancel_all")
            stand.node.end_batch()
        if i % 40 == 0:
            await asyncio.sleep(0.11)
    await asyncio.sleep(0.25)
    book = await listener.call("public/get_order_book", {"instrument_name": NAME, "depth": 1_000})
    found = []
    while not listener.notifications.empty():
        found.append(listener.notifications.get_nowait())
    for client in (listener, *clients):
        await client.close()
    return found, book


def test_books_are_rebuilt_from_their_channels(stand: Stand) -> None:
    stand.client(2).call("private/cancel_all")
    notifications, book = asyncio.run(trade_and_listen(stand))
    expected = tuple({price: size for price, size, _ in book[side]} for side in ("bids", "asks"))
    for pace in ("raw", "100ms"):
        bids, asks, last = rebuilt(notifications, f"book.{NAME}.{pace}")
        assert (bids, asks) == expected
        assert last == book["change_id"]
    raw, grouped = (sum(one["channel"].endswith(pace) for one in notifications) for pace in (".raw", ".100ms"))
    assert grouped < raw
    for channel in (f"trades.{NAME}", "user.orders", "user.trades", "batch.cut"):
        ids = [
            (one["data"]["prev_change_id"], one["data"]["change_id"])
            for one in notifications
            if one["channel"] == channel
        ]
        assert ids == [(i, i + 1) for i in range(len(ids))]
        assert ids, channel


def test_books_are_rebuilt_from_their_channels_twin(stand: Stand) -> None:
    """One notification is lost on the way."""
    notifications, _ = asyncio.run(trade_and_listen(stand))
    channel = f"book.{NAME}.raw"
    places = [i for i, one in enumerate(notifications) if one["channel"] == channel]
    del notifications[places[len(places) // 2]]
    with pytest.raises(AssertionError):
        rebuilt(notifications, channel)


def test_another_login_ends_own_channels_and_no_others(stand: Stand) -> None:
    client = stand.client(2)
    names = [f"book.{OTHER_NAME}.raw", "user.orders", "user.portfolio"]
    client.call("private/subscribe", {"channels": names})
    client.login(Trader(2).signer)
    assert set(client.call("public/unsubscribe", {"channels": names})) == set(names)
    client.call("private/subscribe", {"channels": names})
    client.login(Trader(3).signer)
    assert client.call("public/unsubscribe_all") == names[:1]


def test_http_is_the_same(stand: Stand) -> None:
    trader, header = Trader(9), stand.token(9)
    given = trader.parameters("buy", 1_000)
    assert stand.http.post("/api/v2/private/buy", json=given).status_code == 401
    placed = stand.http.post("/api/v2/private/buy", json=given, headers=header).json()["result"]
    again = stand.http.get("/api/v2/private/buy", params=query(given), headers=header).json()["result"]
    assert again == placed | {"is_repeated": True}
    request = {
        "jsonrpc": "2.0",
        "id": "x",
        "method": "private/cancel",
        "params": {"order_id": placed["order"]["order_id"]},
    }
    answer = stand.http.post("/api/v2", json=request, headers=header).json()
    assert answer["id"] == "x"
    assert answer["result"]["order"]["state"] == "cancelled"
    refused = stand.http.post("/api/v2/private/cancel", json=request["params"], headers=header)
    assert (refused.status_code, refused.json()["error"]["data"]["rule"]) == (404, "NoSuchOrder")
    subscribing = stand.http.post("/api/v2/public/subscribe", json={"channels": [f"book.{NAME}.raw"]})
    assert subscribing.json()["error"]["data"]["rule"] == "NeedsWebSocket"
    metrics = stand.http.get("/metrics").text
    assert 'zkclear_api_requests_total{method="private/cancel",rule=""} ' in metrics
    assert 'zkclear_api_requests_total{method="private/cancel",rule="NoSuchOrder"} 1.0' in metrics


def query(given: dict[str, Any]) -> dict[str, str]:
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given.items()}


def test_who_joins_later_sees_the_same(stand: Stand) -> None:
    """A second server over the same log shows what the first one shows."""
    from sequencer.api.projection import Projection
    from sequencer.api.server import serve
    from tests.support.api_node import replayed

    client = stand.client(2)
    client.call("private/buy", Trader(2, {0: 50_000}).parameters("buy", 1_234))
    projection = Projection(stand.node.door.info)
    for event in replayed(stand.node):
        projection.feed(event)
    with serve(stand.node.door, projection, clock=stand.node.clock) as second:
        other = Stand(stand.node, second).client(2)
        for method, given in (
            ("public/get_order_book", {"instrument_name": NAME, "depth": 1_000}),
            ("public/get_batches", {"count": 100}),
            ("private/get_account_summary", {}),
            ("public/get_instruments", {}),
        ):
            assert other.call(method, given) == client.call(method, given)
        orders = [
            [one | {"changed_ms": 0, "accepted_ms": 0} for one in who.call("private/get_open_orders")]
            for who in (client, other)
        ]
        assert orders[0] == orders[1]
        other.close()
