"""Numbers and texts with two meanings never get past the door, whichever way they come."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from sequencer.api.client import ApiRefusal
from tests.support.api_json import NO_NUMBERS, NO_STRINGS, NO_TEXTS
from tests.support.api_node import NAME, Stand, Trader

FIELDS = ("account", "limit_price_e2", "size_e4", "max_fee_ppm", "expiry_s", "slot", "nonce", "signature_s")
WRONG: tuple[Any, ...] = (
    1.5, -1, "1.0", "1e3", "٣", "+1", " 1", "1\n", "01", "", "0x1", "NaN", None, True, [], {}, "9" * 90, str(2**300),
    "1\x00", "-0",
)  # fmt: skip

QUERIES = (
    "&depth=1.0", "&depth=+5", "&depth=%2B5", "&depth=05", "&depth=%D9%A3", "&depth=5&depth=5", "&depth=", "&x=1",
    "&depth=5%00", "&depth=5%0A", "&depth=%FF", "&=1", "&depth", "&instrument_name=" + NAME,
)  # fmt: skip
CHANGES: tuple[dict[str, Any], ...] = (
    {"jsonrpc": "1.0"}, {"id": None}, {"id": True}, {"id": []}, {"id": "x" * 65}, {"method": 1}, {"params": []},
    {"params": None}, {"params": {"a": 1}},
)  # fmt: skip


def post(stand: Stand, body: bytes, path: str = "/api/v2") -> httpx.Response:
    return stand.http.post(path, content=body)


@pytest.mark.parametrize(
    "text", [*(text.encode("utf-8", "surrogatepass") for text in (*NO_NUMBERS, *NO_STRINGS)), *NO_TEXTS]
)
def test_i120_bodies(stand: Stand, text: bytes) -> None:
    request = b'{"jsonrpc":"2.0","id":1,"method":"public/get_order_book","params":{"instrument_name":"%s","depth":%s}}'
    for body in (text, request % (NAME.encode(), text)):
        answer = post(stand, body)
        assert answer.status_code == 400, body[:200]
        assert answer.json()["error"]["data"]["rule"] in ("MalformedJson", "InvalidRequest", "InvalidParameters")


def refused_numbers(stand: Stand, wrong: Any) -> list[str]:
    """Fields in which a number was refused as it should be: before any message was made of it."""
    client, trader = stand.client(2), Trader(2)
    sequence = stand.node.log.head.sequence
    found = []
    for field in FIELDS:
        given = trader.parameters("buy", slot=7) | {field: wrong}
        try:
            client.call("private/buy", given)
        except ApiRefusal as error:
            if error.rule in ("InvalidParameters", "FieldOutOfRange", "MalformedJson"):
                found.append(field)
    assert stand.node.log.head.sequence == sequence
    return found


@pytest.mark.parametrize("wrong", WRONG)
def test_i120_numbers_of_orders(stand: Stand, wrong: Any) -> None:
    assert refused_numbers(stand, wrong) == list(FIELDS)


def test_i120_numbers_of_orders_twin(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sequencer.api.building.integer", lambda _, value: int(value))
    with pytest.raises(AssertionError):
        test_i120_numbers_of_orders(stand, "1\n")


def test_i120_numbers_as_strings_are_the_same_order(stand: Stand) -> None:
    client, trader = stand.client(3), Trader(3)
    given = trader.parameters("buy", slot=1)
    as_texts = {name: str(value) if type(value) is int else value for name, value in given.items()}
    first = client.call("private/buy", as_texts)
    assert client.call("private/buy", given) == first | {"is_repeated": True}


def test_i120_queries(stand: Stand) -> None:
    url = f"/api/v2/public/get_order_book?instrument_name={NAME}"
    assert stand.http.get(url + "&depth=5").status_code == 200
    for query in QUERIES:
        answer = stand.http.get(url + query)
        assert answer.status_code == 400, query
        assert answer.json()["error"]["data"]["rule"] in ("InvalidParameters", "FieldOutOfRange")


def test_i120_requests_that_are_none(stand: Stand) -> None:
    good = {"jsonrpc": "2.0", "id": 1, "method": "public/test", "params": {}}
    assert post(stand, json.dumps(good).encode()).json()["result"] == {"version": "2.0"}
    for change in CHANGES:
        answer = post(stand, json.dumps(good | change).encode())
        assert answer.status_code == 400, change
    for body in (b"[]", b"1", b'"x"', b"[1]", json.dumps([good] * 257).encode()):
        answer = post(stand, body)
        assert answer.status_code == (200 if body == b"[1]" else 400)
        assert b"error" in answer.content
    both = post(stand, json.dumps([good, good | {"method": "x"}, good | {"id": "b"}]).encode()).json()
    assert [one.get("id") for one in both] == [1, 1, "b"]
    assert ["error" in one for one in both] == [False, True, False]
