"""The load's connection, on a real API: what it reads of answers, and that a node may go."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from sequencer.api.client import ApiRefusal, ConnectionLost
from sequencer.api.dispatcher import MESSAGE_COST
from sequencer.api.methods.table import METHODS
from sequencer.api.rate_limits import Allowance
from sequencer.api.services import Limits
from sequencer.node.load_socket import Answer, LoadSocket, Refusal, Rule
from tests.support.api_node import Stand, Trader, running


def text(number: int, trader: Trader, **changes: int) -> str:
    """A message with one order."""
    asked = {"jsonrpc": "2.0", "id": number, "method": "private/buy", "params": trader.parameters("buy") | changes}
    return msgspec.json.encode([asked]).decode()


async def answered(stand: Stand, *texts: str) -> list[Answer]:
    """What comes back, until there is one answer for each."""
    found: list[Answer] = []
    there = asyncio.Event()

    def took(answers: list[Answer]) -> None:
        found.extend(answers)
        if len(found) == len(texts):
            there.set()

    socket = await LoadSocket.connect(stand.api.url, Trader(2).signer, took)
    for one in texts:
        await socket.send(one)
    await asyncio.wait_for(there.wait(), 10)
    await socket.close()
    with pytest.raises(ConnectionLost):
        await socket.send(texts[0])
    return found


def test_whose_answer_it_is_and_what_refused_it(tmp_path: Path) -> None:
    trader = Trader(2)
    with running(tmp_path) as stand:
        found = asyncio.run(answered(stand, text(7, trader), text(8, trader, account=3)))
    assert sorted(found, key=lambda one: one.id or 0) == [
        Answer(id=7),
        Answer(id=8, error=Refusal(Rule("NotAllowed"))),
    ]


def test_a_message_that_is_refused_as_a_whole_has_no_number(tmp_path: Path) -> None:
    of_a_login = sum(METHODS[name].cost + MESSAGE_COST for name in ("public/get_challenge", "public/auth"))
    few = Allowance(per_second=0.001, most=of_a_login)
    with running(tmp_path, Limits(address=few)) as stand:
        found = asyncio.run(answered(stand, text(7, Trader(2))))
    assert found == [Answer(error=Refusal(Rule("TooManyRequests")))]


def test_who_cannot_log_in_is_told_so(tmp_path: Path) -> None:
    with running(tmp_path) as stand, pytest.raises(ApiRefusal):
        asyncio.run(LoadSocket.connect(stand.api.url, Trader(99).signer, lambda _: None))
