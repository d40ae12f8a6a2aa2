"""Nothing is shown before it is durable, and whatever is shown says how final it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sequencer.api.client import ApiRefusal
from sequencer.api.port import Applied, Finality
from sequencer.matching.requests import Report
from sequencer.messages import PlaceOrder, decode_message
from sequencer.store import DiskFailed, LogHead
from tests.support.api_node import MARK_E2, NAME, ApiNode, Stand, Trader, running


class SlowLog:
    """A log whose disk waits for `gate`, or fails."""

    def __init__(self, node: ApiNode) -> None:
        self.inner, self.node = node.log, node
        self.gate = threading.Event()
        self.gate.set()
        self.waits = threading.Event()
        self.fails = False

    @property
    def head(self) -> LogHead:
        return self.inner.head

    def append(self, payloads: Sequence[bytes]) -> LogHead:
        if payloads:
            self.before(payloads)
            self.waits.set()
            self.gate.wait(20)
            if self.fails:
                raise DiskFailed(self.inner.path, "input/output error")
        return self.inner.append(payloads)

    def before(self, payloads: Sequence[bytes]) -> None:
        """Nothing, as it should be."""


class HastyLog(SlowLog):
    """A planted bug: tells everybody before the disk has it."""

    def before(self, payloads: Sequence[bytes]) -> None:
        message = decode_message(payloads[0])
        if isinstance(message, PlaceOrder):
            report = Report(resting_e4=message.request.signed.order.size_e4)
            self.node.door.publish([Applied(self.head.sequence + 1, 0, message, report)])


def watched(kind: Callable[[ApiNode], SlowLog], logs: list[SlowLog]) -> Callable[[ApiNode], None]:
    def change(node: ApiNode) -> None:
        logs.append(kind(node))
        node.sequencer._log = logs[0]

    return change


def shown(client: Any) -> list[Any]:
    """Everything in which an order could be seen."""
    return [
        client.call("public/get_order_book", {"instrument_name": NAME})["bids"],
        client.call("private/get_open_orders"),
        client.call("public/ticker", {"instrument_name": NAME})["best_bid_price_e2"],
        client.client.notifications.qsize() > 0,
    ]


def seen_too_early(path: Path, kind: Callable[[ApiNode], SlowLog]) -> bool:
    """Whether an order is shown while the disk still writes it."""
    logs: list[SlowLog] = []
    with running(path, change=watched(kind, logs)) as stand, ThreadPoolExecutor() as pool:
        client, trader = stand.client(2), Trader(2)
        client.call("private/subscribe", {"channels": ["user.orders", f"trades.{NAME}"]})
        (log,) = logs
        log.gate.clear()
        log.waits.clear()
        placing = pool.submit(stand.client(2).call, "private/buy", trader.parameters("buy", 1_900))
        assert log.waits.wait(10)
        time.sleep(0.3)
        before = shown(client)
        assert not placing.done() or kind is HastyLog
        log.gate.set()
        if kind is HastyLog:
            return before != [[], [], None, False]
        assert placing.result(10)["order"]["finality"] == "accepted"
        assert shown(client)[0] == [[1_900, 10_000, 1]]
        return before != [[], [], None, False]


def test_i125_nothing_is_shown_before_it_is_durable(tmp_path: Path) -> None:
    assert not seen_too_early(tmp_path, SlowLog)


def test_i125_nothing_is_shown_before_it_is_durable_twin(tmp_path: Path) -> None:
    assert seen_too_early(tmp_path, HastyLog)


def test_i125_a_disk_that_fails_leaves_it_open(tmp_path: Path) -> None:
    logs: list[SlowLog] = []
    with running(tmp_path, change=watched(SlowLog, logs)) as stand:
        client, trader, header = stand.client(2), Trader(2), stand.token(2)
        client.call("private/buy", trader.parameters("buy", 1_800))
        logs[0].fails = True
        with pytest.raises(ApiRefusal) as refused:
            client.call("private/buy", trader.parameters("buy", 1_900, slot=1))
        assert (refused.value.rule, refused.value.code) == ("Undecided", 10007)
        for _ in range(2):
            with pytest.raises(ApiRefusal) as refused:
                client.call("private/buy", trader.parameters("buy", 1_900, slot=2))
            assert refused.value.rule in ("Unavailable", "Undecided")
        assert [one["slot"] for one in client.call("private/get_open_orders")] == [0]
        assert client.call("public/get_order_book", {"instrument_name": NAME})["bids"] == [[1_800, 10_000, 1]]
        answer = stand.http.post("/api/v2/private/buy", json=trader.parameters("buy"), headers=header)
        assert answer.status_code == 503


def finalities(answer: Any) -> set[str]:
    """All words that an answer has for it."""
    if isinstance(answer, dict):
        own = {answer["finality"]} if "finality" in answer else set()
        return own.union(*(finalities(value) for value in answer.values()))
    return set().union(*(finalities(value) for value in answer)) if isinstance(answer, list) else set()


def test_i125_every_answer_says_how_final_it_is(stand: Stand) -> None:
    buyer, seller = stand.client(2), stand.client(3)
    bid = buyer.call("private/buy", Trader(2).parameters("buy", MARK_E2))
    taken = seller.call("private/sell", Trader(3).parameters("sell", MARK_E2))
    trade = taken["trades"][0]

    def answers() -> list[Any]:
        own = {"order_id": bid["order"]["order_id"]}
        return [
            buyer.call("private/get_order_state", own),
            seller.call("private/get_order_state", {"order_id": taken["order"]["order_id"]}),
            buyer.call("public/get_last_trades", {"instrument_name": NAME, "count": 1}),
            buyer.call("public/get_finality", {"trade_id": trade["trade_id"]}),
        ]

    assert finalities([bid, taken]) == finalities(answers()) == {"accepted"}
    stand.node.end_batch()
    number = answers()[-1]["batch"]
    assert finalities(answers()) == {"batched"}
    for finality in (Finality.COMMITTED, Finality.PROVEN, Finality.EXECUTED):
        stand.node.move(number, finality, f"0x{finality:064x}")
        time.sleep(0.05)
        assert finalities(answers()) == {finality.word}
        assert finalities(buyer.call("public/get_batch", {"number": number})) == {finality.word}
    for method in ("get_positions", "get_margins", "get_account_summary"):
        assert finalities(buyer.call(f"private/{method}")) == {"accepted"}
    for method in ("get_order_book", "ticker"):
        assert finalities(buyer.call(f"public/{method}", {"instrument_name": NAME})) == {"accepted"}
    status = buyer.call("public/status")
    assert status["last_executed"] == number
