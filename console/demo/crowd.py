"""The traders: each on a connection of its own, with a key of its own, through the API like anybody else."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from time import time
from typing import Any, Final

from rollup.types.orders import Domain
from sequencer.api.client import ApiClient, ApiRefusal
from sequencer.api.signer import Signer, SigningCrypto
from sequencer.markets.flow import OrderFlow
from sequencer.markets.intents import CancelIntent, Intent, OrderIntent
from sequencer.node.local import LocalTrader

MS: Final = 1_000
FEE_CAP_PPM: Final = 1_000
LATE_S: Final = 1.0
"""Takers who come so much too late, because the machine is busy, do not come at all."""


@dataclass(slots=True)
class Tally:
    """Orders: how many were sent, taken and refused (by rule); and takers who did not come (`held_back`)."""

    sent: int = 0
    accepted: int = 0
    held_back: int = 0
    refused: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Member:
    """A trader, logged in."""

    trader: LocalTrader
    signer: Signer
    client: ApiClient


class Crowd:
    """All of them. Belongs to one event loop."""

    def __init__(self, members: Mapping[int, Member]) -> None:
        self.members = members
        self.names: dict[int, str] = {}
        self.tally = Tally()
        self.last_trade_id: str | None = None
        self._waiting: set[asyncio.Future[Any]] = set()

    @classmethod
    async def enter(cls, url: str, domain: Domain, crypto: SigningCrypto, traders: Iterable[LocalTrader]) -> Crowd:
        """Connects and logs in. Raises `OSError`, `ApiRefusal`."""
        members = {}
        for trader in traders:
            client = await ApiClient.connect(url)
            signer = Signer(trader.account, trader.secret, domain, crypto)
            await client.login(signer)
            members[trader.account] = Member(trader, signer, client)
        return cls(members)

    async def play(self, flow: OrderFlow, ended: asyncio.Event, may_trade: asyncio.Event) -> None:
        """Sends each order when its time has come, until `ended`; takers hold back while `may_trade` is not set."""
        makers = set(flow.settings.makers)
        for intent in flow.intents():
            wait_s = intent.time_ms / MS - time()
            if wait_s > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(ended.wait(), wait_s)
            if ended.is_set():
                return
            is_taker = intent.account not in makers
            if is_taker and isinstance(intent, OrderIntent) and (wait_s < -LATE_S or not may_trade.is_set()):
                self.tally.held_back += 1
                continue
            future = await self.send(intent)
            if isinstance(intent, OrderIntent) and not is_taker:
                future.add_done_callback(partial(_quote_again, flow, intent))

    async def send(self, intent: Intent) -> asyncio.Future[Any]:
        """An order or a cancel; the answer is counted when it comes."""
        member = self.members[intent.account]
        if isinstance(intent, CancelIntent):
            wanted = {"order_id": f"{intent.account}-{intent.slot}-{intent.nonce}"}
            (future,) = await member.client.send([("private/cancel", wanted)], as_batch=False)
            future.add_done_callback(_forget)
            return future
        order = intent.order(FEE_CAP_PPM)
        given = member.signer.order(order, self.names[order.series_id], intent.time_in_force)
        method = "private/buy" if order.is_buy else "private/sell"
        (future,) = await member.client.send([(method, given)], as_batch=False)
        self.tally.sent += 1
        self._waiting.add(future)
        future.add_done_callback(self._count)
        return future

    async def settled(self) -> None:
        """Waits until every order is answered."""
        if self._waiting:
            await asyncio.wait(set(self._waiting))

    async def leave(self) -> None:
        """Closes all connections."""
        for member in self.members.values():
            await member.client.close()

    def _count(self, future: asyncio.Future[Any]) -> None:
        self._waiting.discard(future)
        error = None if future.cancelled() else future.exception()
        if isinstance(error, ApiRefusal):
            self.tally.refused[error.rule or str(error.code)] += 1
        elif error is None and not future.cancelled():
            self.tally.accepted += 1
            trades = future.result()["trades"]
            if trades:
                self.last_trade_id = trades[-1]["trade_id"]


def _quote_again(flow: OrderFlow, intent: OrderIntent, future: asyncio.Future[Any]) -> None:
    if future.cancelled() or future.exception() is not None:
        flow.refused(intent)


def _forget(future: asyncio.Future[Any]) -> None:
    """A cancel comes too late for an order that was filled: that is no news."""
    if not future.cancelled():
        future.exception()
