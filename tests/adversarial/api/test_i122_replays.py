"""What was said once counts once, by whom it was said, where it was meant to be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rollup.types.orders import Cancel, Transfer, Withdrawal
from sequencer.api.client import ApiRefusal, SyncApiClient
from sequencer.api.signer import Signer
from tests.support.api_node import NAME, Stand, Trader
from tests.support.native_crypto import native_crypto
from tests.support.rollup import DOMAIN, NOW, private_key


def refusal(client: SyncApiClient, method: str, given: Any) -> str:
    """The rule that refused; the log did not grow."""
    with pytest.raises(ApiRefusal) as error:
        client.call(method, given)
    return error.value.rule


def test_i122_the_same_order_again(stand: Stand) -> None:
    client, other, trader = stand.client(2), stand.client(3), Trader(2)
    first = trader.parameters("buy", 1_500, slot=0)
    placed = client.call("private/buy", first)
    sequence = stand.node.log.head.sequence
    for _ in range(5):
        again = client.call("private/buy", first)
        assert again == placed | {"is_repeated": True}
    assert refusal(other, "private/buy", first) == "NotAllowed"
    assert refusal(client, "private/sell", first) == "BadSignature"
    second = client.call("private/buy", trader.parameters("buy", 1_501, slot=0))
    assert second["order"]["state"] == "open"
    replayed = client.call("private/buy", first)
    assert replayed["is_repeated"]
    assert replayed["order"]["state"] == "replaced"
    assert stand.node.log.head.sequence == sequence + 1
    assert refusal(client, "private/buy", first | {"limit_price_e2": 1_502}) == "BadSignature"


def test_i122_many_at_once_have_one_effect(stand: Stand) -> None:
    client, trader = stand.client(4), Trader(4)
    given = trader.parameters("buy", 1_400, slot=0)
    sequence = stand.node.log.head.sequence

    async def at_once() -> list[Any]:
        return [await one for one in await client.client.send([("private/buy", given)] * 100)]

    answers = client.wait(at_once())
    assert sum(not one["is_repeated"] for one in answers) == 1
    assert {one["order"]["sequence"] for one in answers} == {sequence + 1}
    assert stand.node.log.head.sequence == sequence + 1


def test_i122_an_older_nonce(stand: Stand) -> None:
    client, trader = stand.client(2), Trader(2, {1: 10})
    client.call("private/buy", trader.parameters("buy", 1_500, slot=1))
    assert refusal(client, "private/buy", Trader(2, {1: 8}).parameters("buy", 1_500, slot=1)) == "OrderNotOpen"


def test_i122_another_account_s_cancel(stand: Stand) -> None:
    client, other, stranger = stand.client(5), stand.client(6), stand.client()
    trader = Trader(5)
    order = client.call("private/buy", trader.parameters("buy", 1_500))["order"]
    given = {"order_id": order["order_id"]}
    assert refusal(other, "private/cancel", given) == "NotAllowed"
    assert refusal(other, "private/get_order_state", given) == "NotAllowed"
    assert refusal(stranger, "private/cancel", given) == "NotAuthenticated"
    signed = Trader(6).signer.operation(Cancel(5, 0, order["nonce"]))
    assert refusal(client, "private/cancel", signed) == "BadSignature"
    assert client.call("private/cancel", given)["order"]["state"] == "cancelled"
    assert refusal(client, "private/cancel", given) == "NoSuchOrder"


def test_i122_an_expired_order(stand: Stand) -> None:
    client, trader = stand.client(2), Trader(2)
    assert refusal(client, "private/buy", trader.parameters("buy", slot=2, expiry_s=NOW - 1)) == "OrderExpired"


def chains(signer: Signer) -> list[Signer]:
    """The same key, for other places."""
    return [
        replace(signer, domain=replace(DOMAIN, chain_id=1)),
        replace(signer, domain=replace(DOMAIN, chain_id=DOMAIN.chain_id + 65_536)),
        replace(signer, domain=replace(DOMAIN, contract=DOMAIN.contract + 1)),
    ]


def test_i122_another_chain_s_order(stand: Stand) -> None:
    client, trader = stand.client(2), Trader(2)
    for signer in chains(trader.signer):
        order = trader.order("buy", slot=3)
        assert refusal(client, "private/buy", signer.order(order, NAME)) == "BadSignature"
        stranger = stand.client()
        challenge = stranger.call("public/get_challenge", {"account": 2})
        login = signer.login(int(challenge["challenge"]), challenge["expiry_s"])
        assert refusal(stranger, "public/auth", login) == "NotAuthenticated"


def test_i122_another_chain_s_order_twin(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """A node that looks at no signature."""
    from sequencer.venue import Venue
    from sequencer.venue.signatures import Verdict

    monkeypatch.setattr(Venue, "verify_many", lambda _, messages: [Verdict.GOOD] * len(messages))
    with pytest.raises(pytest.fail.Exception):
        test_i122_another_chain_s_order(stand)


def test_i122_a_login_again(stand: Stand) -> None:
    stranger = stand.client()
    challenge = stranger.call("public/get_challenge", {"account": 7})
    login = Trader(7).signer.login(int(challenge["challenge"]), challenge["expiry_s"])
    assert refusal(stranger, "public/auth", login | {"account": 6}) == "NotAuthenticated"
    stranger.call("public/auth", login)
    assert refusal(stand.client(), "public/auth", login) == "NotAuthenticated"


def test_i122_a_session_key_cannot_do_what_it_may_not(stand: Stand) -> None:
    owner, trader = stand.client(7), Trader(7, {0: 100})
    session = Signer(7, private_key(99), DOMAIN, native_crypto())
    expiry_s = NOW + 10**6
    stranger = stand.client(6)
    wanted = trader.signer.session(session.key, expiry_s)
    assert refusal(stranger, "private/create_session", wanted) == "NotAllowed"
    assert refusal(owner, "private/create_session", wanted | {"expiry_s": expiry_s + 1}) == "BadSignature"
    owner.call("private/create_session", wanted)
    client = stand.client()
    client.login(session, as_session=True)
    client.call("private/subscribe", {"channels": ["user.orders"]})
    order = client.call("private/buy", trader.parameters("buy", 1_000))["order"]
    assert client.next_notification(5)["data"]["orders"][0]["order_id"] == order["order_id"]
    forged = replace(trader.signer, private_key=private_key(99)).order(trader.order("buy", 1_000), NAME)
    assert refusal(client, "private/buy", forged) == "BadSignature"
    assert [one["order_id"] for one in client.call("private/get_open_orders")] == [order["order_id"]]
    assert client.call("private/cancel_all") == {"cancelled": 1}
    withdrawal = trader.signer.operation(Withdrawal(7, 5, 1, 10))
    transfer = trader.signer.operation(Transfer(7, 5, 2, 3, 10))
    assert refusal(client, "private/withdraw", withdrawal) == "NotAllowed"
    assert refusal(client, "private/transfer", transfer) == "NotAllowed"
    assert refusal(client, "private/create_session", wanted | {"expiry_s": expiry_s}) == "NotAllowed"
    owner.call("private/end_session", {"key_x": str(session.key[0]), "key_y": str(session.key[1])})
    assert refusal(client, "private/get_open_orders", {}) == "NotAuthenticated"
    heard = client.client.notifications.qsize()
    owner.call("private/buy", trader.parameters("buy", 1_000))
    client.call("public/test")
    assert client.client.notifications.qsize() == heard, "whose session has ended hears nothing any more"
    again = stand.client()
    with pytest.raises(ApiRefusal, match="no session"):
        again.login(session, as_session=True)
