"""The load of `zkclear bench node`: which orders it sends, and what it counts of the answers."""

from __future__ import annotations

import asyncio
import json
from time import perf_counter
from typing import Any

import pytest

from rollup.units import POSITION_SLOTS
from sequencer.api.client import ConnectionLost
from sequencer.node import load
from sequencer.node.load_orders import Call, LoadOrders
from sequencer.node.load_plan import LoadPhase, LoadPlan, LoadSeries, LoadTrader, PhaseResult
from sequencer.node.load_socket import Answer, Refusal, Rule

MARK_E2 = 1_000
SERIES = [LoadSeries(series_id=place + 1, name=f"BTC-26DEC25-{place + 1}-C", mark_e2=MARK_E2) for place in range(40)]
PHASE = LoadPhase(name="steady", per_second=200, seconds=0.1)


def orders(per_message: int = 4) -> LoadOrders:
    traders = [LoadTrader(account=account, secret=f"{account:064x}", nonce=10) for account in (2, 3)]
    return LoadOrders(
        LoadPlan(
            url="http://127.0.0.1:1",
            chain_id=31_337,
            contract=5,
            traders=traders,
            series=SERIES,
            phases=[PHASE],
            expiry_s=1_766_736_000,
            per_message=per_message,
        )
    )


@pytest.mark.parametrize("per_message", [1, 4])
def test_nonces_of_a_slot_only_grow(per_message: int) -> None:
    made = orders(per_message)
    seen: dict[tuple[int, int], int] = {}
    for _ in range(40):
        place, method, order = made.call(0.0)
        slot = (order["account"], order["slot"])
        assert order["account"] == (2, 3)[place]
        assert order["nonce"] == seen.get(slot, 10) + 1
        assert method in ("private/buy", "private/sell")
        seen[slot] = order["nonce"]


def meets(call: Call) -> bool:
    limit_e2 = call.parameters["limit_price_e2"]
    return bool(limit_e2 >= MARK_E2 if call.method == "private/buy" else limit_e2 <= MARK_E2)


def test_orders_cross_the_mark_or_keep_away_from_it() -> None:
    made = orders()
    assert all(meets(made.call(1.0)) for _ in range(20))
    assert not any(meets(made.call(0.0)) for _ in range(20))


def test_a_trader_quotes_no_more_series_than_it_can_hold() -> None:
    made = orders()
    calls = [made.call(0.0) for _ in range(400)]
    for place in (0, 1):
        assert len({one.parameters["instrument_name"] for one in calls if one.place == place}) == POSITION_SLOTS


@pytest.mark.parametrize("per_message", [1, 4, 8])
def test_a_letter_is_of_one_trader_and_numbers_go_on(per_message: int) -> None:
    letters = orders(per_message).letters(PHASE)
    assert sum(letter.size for letter in letters) == 20
    number = 1
    for letter in letters:
        requests = json.loads(letter.text)
        assert [one["id"] for one in requests] == list(range(number, number + letter.size))
        assert {one["params"]["account"] for one in requests} == {(2, 3)[letter.place]}
        assert (letter.first, letter.size) == (number, len(requests))
        assert len(requests) <= per_message
        number += letter.size


TAKEN = "taken"
SILENCE = "silence"
WHOLE = Answer(error=Refusal(Rule("TooManyRequests")))


class Node:
    """Answers order by order in turn: taken, refused, gone, not at all, or the whole message is refused."""

    def __init__(self, *answers: str | Answer | Exception) -> None:
        self.answers, self.count = answers, 0
        self.sent: list[tuple[float, int]] = []
        self.play: load.Play | None = None

    async def send(self, text: str) -> None:
        requests: list[dict[str, Any]] = json.loads(text)
        self.sent.append((perf_counter(), len(requests)))
        found = []
        for one in requests:
            answer = self.answers[self.count % len(self.answers)]
            self.count += 1
            if isinstance(answer, Exception):
                raise answer
            if isinstance(answer, Answer):
                found = [answer]
                break
            if answer == TAKEN:
                found.append(Answer(id=one["id"]))
            elif answer != SILENCE:
                found.append(Answer(id=one["id"], error=Refusal(Rule(answer))))
        assert self.play is not None
        asyncio.get_running_loop().call_soon(self.play.take, found)


def played(node: Node) -> PhaseResult:
    node.play = load.Play(PHASE, orders().letters(PHASE))

    async def play() -> PhaseResult:
        assert node.play is not None
        return await node.play.run([node, node])

    return asyncio.run(play())


def test_what_is_accepted_and_refused_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "DRAIN_S", 0.05)
    found = played(Node(TAKEN, "Overloaded", SILENCE, TAKEN))
    assert (found.sent, found.accepted, found.refused) == (20, 10, {"Overloaded": 5, "no answer": 5})
    assert 0 < found.median_ms <= found.p99_ms <= found.largest_ms
    assert found.accepted_per_second == pytest.approx(10 / found.seconds)


def test_a_message_that_is_refused_as_a_whole_counts_for_all_its_orders() -> None:
    began_s = perf_counter()
    found = played(Node(TAKEN, TAKEN, TAKEN, TAKEN, WHOLE))
    assert (found.sent, found.accepted, found.refused) == (20, 12, {"TooManyRequests": 8})
    assert perf_counter() - began_s < load.DRAIN_S / 2, "nobody waits for answers that will not come"


def test_a_node_that_is_gone_ends_nothing() -> None:
    found = played(Node(ConnectionLost(1006, "")))
    assert (found.sent, found.accepted, found.median_ms) == (20, 0, 0)
    assert found.refused == {"ConnectionLost": 20}


def test_messages_are_spread_evenly() -> None:
    node = Node(TAKEN)
    began_s = perf_counter()
    played(node)
    assert [count for _, count in node.sent] == [4] * 5
    early = [
        at_s - began_s for place, (at_s, _) in enumerate(node.sent) if at_s - began_s < place * 4 / PHASE.per_second
    ]
    assert not early


def test_an_answer_of_an_earlier_phase_counts_for_none() -> None:
    async def play() -> load.Play:
        one = load.Play(PHASE, [])
        one.take([Answer(id=7)])
        return one

    assert asyncio.run(play())._times_s == []
