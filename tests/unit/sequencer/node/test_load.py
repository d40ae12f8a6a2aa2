"""The load of `zkclear bench node`: which orders it sends, and what it counts of the answers."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Any

import pytest

from sequencer.api.client import ApiRefusal, ConnectionLost
from sequencer.node import load
from sequencer.node.load import LoadPhase, LoadPlan, LoadSeries, LoadTrader, PhaseResult

MARK_E2 = 1_000
SERIES = [LoadSeries(series_id=place + 1, name=f"BTC-26DEC25-{place + 1}-C", mark_e2=MARK_E2) for place in range(3)]
PHASE = LoadPhase(name="steady", per_second=200, seconds=0.1)


def loader(per_message: int = 4) -> Any:
    traders = [LoadTrader(account=account, secret=f"{account:064x}", nonce=10) for account in (2, 3)]
    return load._Loader(
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
    made = loader(per_message)
    seen: dict[tuple[int, int], int] = {}
    for _ in range(40):
        place, method, order = made.order(0.0)
        slot = (order["account"], order["slot"])
        assert order["account"] == (2, 3)[place]
        assert order["nonce"] == seen.get(slot, 10) + 1
        assert method in ("private/buy", "private/sell")
        seen[slot] = order["nonce"]


def meets(order: dict[str, Any], method: str) -> bool:
    return bool(order["limit_price_e2"] >= MARK_E2 if method == "private/buy" else order["limit_price_e2"] <= MARK_E2)


def test_orders_cross_the_mark_or_keep_away_from_it() -> None:
    made = loader()
    assert all(meets(order, method) for _, method, order in (made.order(1.0) for _ in range(20)))
    assert not any(meets(order, method) for _, method, order in (made.order(0.0) for _ in range(20)))


class Door:
    """Answers in turn: taken, refused, gone, or not at all."""

    def __init__(self, *answers: Exception | str | None) -> None:
        self.answers, self.count = answers, 0
        self.sent: list[tuple[float, int]] = []

    async def send(self, calls: list[tuple[str, dict[str, Any]]]) -> list[asyncio.Future[Any]]:
        self.sent.append((perf_counter(), len(calls)))
        futures = []
        for _ in calls:
            answer = self.answers[self.count % len(self.answers)]
            self.count += 1
            if isinstance(answer, ConnectionLost):
                raise answer
            future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            if isinstance(answer, Exception):
                future.set_exception(answer)
            elif answer is not None:
                future.set_result(answer)
            futures.append(future)
        return futures


def played(*answers: Exception | str | None) -> PhaseResult:
    calls = [loader().order(0.0) for _ in range(20)]

    async def play() -> PhaseResult:
        door: Any = Door(*answers)
        return await load._play(PHASE, calls, [door, door], 4)

    return asyncio.run(play())


def test_what_is_accepted_and_refused_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "DRAIN_S", 0.05)
    refusal = ApiRefusal(-32_000, "busy", {"rule": "Overloaded"})
    found = played("taken", refusal, None, "taken")
    assert (found.sent, found.accepted, found.refused) == (20, 10, {"Overloaded": 5, "no answer": 5})
    assert 0 < found.median_ms <= found.p99_ms <= found.largest_ms
    assert found.accepted_per_second == pytest.approx(10 / found.seconds)


def test_a_node_that_is_gone_ends_nothing() -> None:
    found = played(ConnectionLost(1006, ""))
    assert (found.sent, found.accepted, found.median_ms) == (20, 0, 0)
    assert found.refused == {"ConnectionLost": 20}


def test_messages_are_spread_evenly() -> None:
    made = loader()
    calls = [made.order(0.0) for _ in range(20)]

    async def play() -> list[tuple[float, int]]:
        door: Any = Door("taken")
        began_s = perf_counter()
        await load._play(PHASE, calls, [door, door], 4)
        return [(at_s - began_s, count) for at_s, count in door.sent]

    sent = asyncio.run(play())
    assert [count for _, count in sent] == [4] * 5
    assert all(after_s >= place * 4 / PHASE.per_second - 0.001 for place, (after_s, _) in enumerate(sent)), "too early"


def test_a_message_is_of_one_trader() -> None:
    made = loader()
    calls = [made.order(0.0) for _ in range(6)]
    assert [[place for place, _, _ in some] for some in load._messages(calls, 3)] == [[0, 0, 0], [0], [1, 1]]
