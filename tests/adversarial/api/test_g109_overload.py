"""Ten times too much is refused before work is done, says when to come back, and keeps nobody out."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from sequencer.api.client import ApiRefusal
from sequencer.api.rate_limits import Allowance
from sequencer.api.services import Limits
from sequencer.node.errors import ProvingBehind
from tests.adversarial.api.conftest import TIGHT
from tests.support.api_node import Stand, Trader, running


def flood(stand: Stand, account: int, count: int) -> list[str]:
    """Many orders at once while the node stands still; what refused each, "" for those that were taken."""
    client, trader = stand.client(account), Trader(account, {0: 100 * stand.node.log.head.sequence})
    calls = [("private/buy", trader.parameters("buy", 1_000)) for _ in range(count)]

    async def send() -> list[str]:
        found = []
        futures = await client.client.send(calls)
        await asyncio.sleep(0.3)
        stand.node.pause.set()
        for future in futures:
            try:
                await future
                found.append("")
            except ApiRefusal as error:
                found.append(f"{error.rule} {error.data['retry_after_ms'] > 0}")
        return found

    return client.wait(send())


def test_g109_overload_is_refused_before_work_and_passes(tight: Stand) -> None:
    tight.client(2).call("private/cancel_all")
    tight.node.pause.clear()
    answers = flood(tight, 2, 100)
    assert set(answers) == {"", "Overloaded True"}
    assert answers.count("") == TIGHT.messages_in_flight // 2, "one account has half of all places, not all"
    assert flood(tight, 2, 5) == [""] * 5


def test_g109_a_flood_of_one_does_not_keep_another_out(tight: Stand) -> None:
    other, trader = tight.client(3), Trader(3, {0: 10**6})
    tight.node.pause.clear()
    with ThreadPoolExecutor() as pool:
        flooding = pool.submit(flood, tight, 2, 100)
        time.sleep(0.1)
        placing = pool.submit(other.call, "private/buy", trader.parameters("buy", 1_000))
        assert "Overloaded True" in flooding.result()
        assert placing.result()["order"]["state"] == "open"


def test_g109_a_node_that_is_behind_says_when_to_come_back(tight: Stand) -> None:
    client, trader = tight.client(3), Trader(3)
    tight.node.behind = ProvingBehind(64, 64)
    try:
        with pytest.raises(ApiRefusal) as refused:
            client.call("private/buy", trader.parameters("buy"))
        assert (refused.value.rule, refused.value.data["retry_after_ms"]) == ("Overloaded", 2_000)
        answer = tight.http.post("/api/v2/private/buy", json=trader.parameters("buy"), headers=tight.token(3))
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
    finally:
        tight.node.behind = None


def test_credits_run_out_and_come_back(tmp_path: Path) -> None:
    few = replace(Limits(), account=Allowance(per_second=10, most=10), address=Allowance(per_second=1_000, most=1_000))
    with running(tmp_path, few) as stand:
        client = stand.client(2)
        rules = []
        for _ in range(15):
            try:
                client.call("private/get_open_orders")
                rules.append("")
            except ApiRefusal as error:
                rules.append(error.rule)
                wait_ms = error.data["retry_after_ms"]
        assert rules[:10] == [""] * 10
        assert "TooManyRequests" in rules
        time.sleep(wait_ms / 1_000 + 0.01)
        client.call("private/get_open_orders")
        assert stand.client(3).call("private/get_open_orders") == []


def test_i123_what_is_not_understood_costs_too(tmp_path: Path) -> None:
    few = replace(Limits(), address=Allowance(per_second=1, most=20))
    with running(tmp_path, few) as stand:
        statuses = [stand.http.post("/api/v2", content=b"nonsense").status_code for _ in range(30)]
        assert statuses[:15] == [400] * 15
        assert statuses[-1] == 429
