"""Orders of one message go to the node together: what is answered is what each would have been answered alone."""

from __future__ import annotations

import asyncio
import gc
import json
import weakref
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from sequencer.api import server
from sequencer.api.authentication import Login, Scope
from sequencer.api.dispatcher import Dispatcher
from sequencer.api.errors import Overloaded
from sequencer.api.in_flight import InFlight
from sequencer.api.measures import Measures
from sequencer.api.methods.method import Method, Placing
from sequencer.api.methods.table import METHODS
from sequencer.api.port import Acknowledgement, NodeBusy, NodeStopped, OutcomeUnknown
from sequencer.api.rate_limits import Allowance, RateLimiter
from sequencer.api.services import Call, Limits, Services
from sequencer.matching import TimeInForce
from sequencer.matching.requests import OrderRequest, Report
from sequencer.messages import PlaceOrder
from sequencer.node.errors import ProvingBehind
from tests.support.api_node import FAR, MARK_E2, NAME, ApiNode, Stand, Trader, running

ALONE = {name: replace(one, placing=None) for name, one in METHODS.items()}
TIMES = {"accepted_ms", "changed_ms", "time_ms", "usIn", "usOut"}

Request = tuple[str, dict[str, Any]]


def requests() -> list[list[Request]]:
    """Messages of account 2, after a resting order of account 3: good orders, and everything that can be wrong."""
    two, three = Trader(2), Trader(3)

    def buy(*given: int, **changes: Any) -> Request:
        return "private/buy", two.parameters("buy", *given, **changes)

    first = buy(MARK_E2 - 10, slot=0)
    resting = two.parameters("buy", MARK_E2 - 20, slot=1)
    cancelled = {"order_id": f"2-1-{resting['nonce']}"}
    wrong_key = ("private/buy", two.parameters("buy", slot=2) | {"signature_s": "7"})
    return [
        [first, buy(MARK_E2 - 5, slot=3), ("private/sell", two.parameters("sell", MARK_E2 + 50, slot=4))],
        [first, ("private/buy", first[1] | {"signature_s": "8"}), ("private/buy", first[1] | {"size_e4": 5})],
        [("private/buy", resting), ("private/cancel", cancelled), ("private/buy", resting), buy(MARK_E2 - 30, slot=1)],
        [
            wrong_key,
            ("private/buy", three.parameters("buy", slot=0)),
            ("private/buy", two.parameters("buy", slot=5) | {"nonce": -1}),
            ("private/buy", two.parameters("buy", slot=5) | {"colour": "red"}),
            ("private/buy", two.parameters("buy", slot=5) | {"instrument_name": "BTC-29DEC23-501-C"}),
            buy(MARK_E2, slot=6, how=TimeInForce.FILL_OR_KILL),
            ("private/nothing", {}),
            ("public/status", {"a": 1}),
            buy(3 * MARK_E2, slot=6),
        ],
        [("public/get_order_book", {"instrument_name": NAME}), buy(1, slot=7), ("private/get_open_orders", {})],
    ]


def answers(path: Path, methods: dict[str, Method], monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    path.mkdir()
    monkeypatch.setattr(server, "METHODS", methods)
    with running(path) as stand:
        client = stand.client(2)
        resting = Trader(3).parameters("sell", MARK_E2 + 100, slot=0)
        stand.client(3).call("private/sell", resting)
        return [said(stand, client, some) for some in requests()]


def said(stand: Stand, client: Any, some: Sequence[Request]) -> list[Any]:
    async def send() -> list[Any]:
        futures = await client.client.send(some)
        found = await asyncio.gather(*futures, return_exceptions=True)
        return [vars(one) if isinstance(one, Exception) else one for one in found]

    return [without_times(one) for one in client.wait(send())]


def without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_times(one) for key, one in value.items() if key not in TIMES}
    return [without_times(one) for one in value] if isinstance(value, list) else value


def test_each_is_answered_as_if_it_had_come_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    together = answers(tmp_path / "together", METHODS, monkeypatch)
    alone = answers(tmp_path / "alone", ALONE, monkeypatch)
    assert json.dumps(together) == json.dumps(alone)
    rules = [one.get("data", {}).get("rule") if "code" in one else None for some in together[:4] for one in some]
    assert rules == [
        *(None, None, None),
        *(None, "BadSignature", "BadSignature"),
        *(None, None, None, None),
        *("BadSignature", "NotAllowed", "FieldOutOfRange", "InvalidParameters", "UnknownInstrument"),
        *("NotFilled", "MethodNotFound", "InvalidParameters", None),
    ]


def test_a_node_whose_proofs_are_behind_takes_none(tmp_path: Path) -> None:
    def behind(node: ApiNode) -> None:
        node.behind = ProvingBehind(64, 64, None)

    with running(tmp_path, change=behind) as stand:
        found = said(stand, stand.client(2), requests()[0])
    assert [one["data"]["rule"] for one in found] == ["Overloaded"] * 3


class Node:
    """Says what it was told to say of orders that come together."""

    def __init__(self, submit: Callable[[Sequence[PlaceOrder]], list[Acknowledgement | Exception]]) -> None:
        self._submit = submit
        self.given = 0

    def submit_many(self, messages: Sequence[PlaceOrder]) -> asyncio.Future[list[Acknowledgement | Exception]]:
        self.given = len(messages)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        future.set_result(self._submit(messages))
        return future


def submitted(node: Node, count: int, places: int = 100, shown: int = 10**9) -> list[Acknowledgement | Exception]:
    services = Services.__new__(Services)
    services.node = cast("Any", node)
    services.in_flight = InFlight(places)
    services.projection = cast("Any", SimpleNamespace(sequence=shown))
    services.lost = "there is a gap"
    messages = [cast("PlaceOrder", None)] * count
    found = asyncio.run(services.submit_many(messages, 2))
    assert services.in_flight.taken == 0, "all places are free again"
    return found


def rules(found: list[Acknowledgement | Exception]) -> list[str]:
    return [type(one).__name__ for one in found]


def test_those_without_a_place_are_refused_and_the_others_are_not() -> None:
    node = Node(lambda messages: [Acknowledgement(1, 1, Report())] * len(messages))
    assert rules(submitted(node, 8, places=6)) == ["Acknowledgement"] * 3 + ["Overloaded"] * 5
    assert node.given == 3


@pytest.mark.parametrize("error", [NodeBusy("full", 100), NodeStopped("it was stopped")])
def test_what_the_node_says_of_all_is_said_of_each(error: Exception) -> None:
    def refuse(messages: Sequence[PlaceOrder]) -> list[Acknowledgement | Exception]:
        raise error

    assert submitted(Node(refuse), 2) == [error, error]


def test_what_cannot_be_shown_is_undecided_and_the_rest_is_not() -> None:
    unknown = OutcomeUnknown("the disk is full")
    node = Node(lambda _: [Acknowledgement(4, 1, Report()), Acknowledgement(6, 1, Report()), unknown])
    assert rules(submitted(node, 3, shown=5)) == ["Acknowledgement", "Undecided", "OutcomeUnknown"]


def test_a_refusal_needs_no_collector() -> None:
    """Else every refused order of a flood would keep its message until the collector comes."""
    errors: list[weakref.ref[Overloaded]] = []

    def refusal() -> Overloaded:
        error = Overloaded(retry_after_ms=1)
        errors.append(weakref.ref(error))
        return error

    def order(call: Call, given: Any) -> OrderRequest:
        if given.post_only:
            raise refusal()
        return OrderRequest(Trader(2).signer.sign_order(Trader(2).order("buy")))

    async def submit_many(messages: Sequence[PlaceOrder], account: int) -> list[Exception]:
        return [refusal() for _ in messages]

    placing = Placing(order, lambda call, request, refused: _raise(refused))
    services = cast("Services", SimpleNamespace(**limiters(), submit_many=submit_many))
    call = Call(services, "", Login(2, Scope.ACCOUNT, (0, 1), FAR))
    dispatcher = Dispatcher({"private/buy": replace(METHODS["private/buy"], placing=placing)}, Measures())
    given = Trader(2).parameters("buy")
    asked = [envelope(i, given | {"post_only": bool(i % 2)}) for i in range(4)]
    gc.disable()
    try:
        reply = asyncio.run(dispatcher.answer(call, json.dumps(asked).encode()))
        assert reply.body.count(b'"Overloaded"') == 4
        assert [error() for error in errors] == [None] * 4
    finally:
        gc.enable()


def _raise(refused: Exception | None) -> None:
    assert refused is not None
    raise refused


def envelope(number: int, given: dict[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "method": "private/buy", "params": given}


def limiters(most: float = 100) -> dict[str, Any]:
    limits = Limits()
    accounts = RateLimiter(Allowance(per_second=1, most=most), lambda: 0.0, "account")
    return {
        "accounts": accounts,
        "addresses": RateLimiter(limits.address, lambda: 0.0, "address"),
        "limits": limits,
        "projection": cast("Any", None),
    }


def test_credits_are_taken_for_each() -> None:
    services = cast("Services", SimpleNamespace(**limiters(2)))
    call = Call(services, "", Login(2, Scope.ACCOUNT, (0, 1), FAR))
    asked = [envelope(i, {}) for i in range(3)]
    reply = asyncio.run(Dispatcher(METHODS, Measures()).answer(call, json.dumps(asked).encode()))
    found = [one["error"]["data"]["rule"] for one in json.loads(reply.body)]
    assert found == ["InvalidParameters", "InvalidParameters", "TooManyRequests"]
