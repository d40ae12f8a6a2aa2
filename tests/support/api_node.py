"""A small real node behind the API: venue, log on disk, sequencer and door, without L1; and traders who sign."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from rollup.presets import LARGE
from rollup.types.orders import Order
from rollup.types.series import OptionKind, Series, SeriesRow
from rollup.types.transactions import Registration
from rollup.units import SCENARIOS
from sequencer.api.client import SyncApiClient
from sequencer.api.port import BatchMoved, Condition, Event, Finality, Health, NodeInfo
from sequencer.api.projection import Projection
from sequencer.api.server import RunningApi, serve
from sequencer.api.services import Limits
from sequencer.api.signer import Signer
from sequencer.matching import TimeInForce
from sequencer.messages import EndBatch, Message, NewTable, ReceiveQueue
from sequencer.node.door import Door, events_of
from sequencer.node.errors import ProvingBehind
from sequencer.node.sequencing import Sequencer
from sequencer.store import EventLog
from sequencer.venue import Genesis, Venue
from sequencer.venue.sequenced import Sequenced, replay
from tests.support.native_crypto import native_crypto
from tests.support.rollup import DOMAIN, MAKER_PPM, NOW, TAKER_PPM, private_key
from tests.support.rollup import public_key as key_of

PRESET = replace(LARGE, name="api venue", account_depth=4, series_depth=2)
EXPIRY = 1_703_836_800  # 29 December 2023, 08:00 UTC
FAR = 1_735_000_000
NAME, OTHER_NAME = "BTC-29DEC23-500-C", "BTC-29DEC23-500-P"
INDEX_E2, MARK_E2, CONTRACT = 50_000, 2_000, 10_000
CASH_E6 = 10**12
MAX_FEE_PPM = 1_000


def rows(mark_e2: int = MARK_E2) -> tuple[SeriesRow, ...]:
    """A call and a put, with scenarios that lose half and gain as much."""
    values = (mark_e2, *(mark_e2 // 2, mark_e2 * 3 // 2) * (SCENARIOS // 2))
    kinds = (OptionKind.CALL, OptionKind.PUT)
    return tuple(
        SeriesRow(Series(i, 1, EXPIRY, INDEX_E2, kind), is_settled=False, values_e2=values)
        for i, kind in enumerate(kinds, 1)
    )


class ApiNode:
    """A node of `accounts` accounts; those from 2 on are traders'. Time goes on from `NOW` as the real one does."""

    def __init__(self, path: Path, accounts: int = 8, cash_e6: int = CASH_E6) -> None:
        self._began = time.time()
        self.accounts = accounts
        self.venue = Venue(Genesis(PRESET, DOMAIN, MAKER_PPM, TAKER_PPM), native_crypto())
        self.log = EventLog(path)
        self.sequencer = Sequencer(self.venue, self.log, self, clock=self.clock)
        self.conditions = [Condition("log can be written", holds=True), Condition("prices are fresh", holds=True)]
        self.behind: ProvingBehind | None = None
        info = NodeInfo(DOMAIN, PRESET.name, {1: "BTC"}, MAKER_PPM, TAKER_PPM, native_crypto())
        self.door = Door(info, self.sequencer, lambda: Health(tuple(self.conditions)), lambda: self.behind)
        self.pause = threading.Event()
        self.pause.set()
        self.sequencer.start()
        entries = tuple(Registration(i, cash_e6, key_of(i)) for i in range(accounts))
        self.say(ReceiveQueue(0, entries))
        self.say(NewTable(NOW, rows(), ((1, INDEX_E2),)))

    def clock(self) -> float:
        return NOW + time.time() - self._began

    def on_applied(self, kept: Sequence[Sequenced]) -> None:
        """Nobody may know of it yet."""

    def on_sequenced(self, sequenced: Sequence[Sequenced]) -> None:
        self.pause.wait()
        self.door.publish(events_of(sequenced), sequenced[-1].sequence if sequenced else None)

    def on_refused(self, message: Message, error: Exception) -> None:
        """Whoever asked is told; that is enough here."""

    def on_group_end(self) -> None:
        self.door.answer()

    def say(self, message: Message) -> Sequenced:
        """As the node itself."""
        return self.sequencer.submit_own(message).result(10)

    def end_batch(self) -> Sequenced:
        """What was matched becomes batches."""
        return self.say(EndBatch(max(self.venue.time_s, int(self.clock()))))

    def move(self, number: int, finality: Finality, transaction: str | None = None) -> None:
        """As L1 would say."""
        self.door.publish([BatchMoved(number, finality, transaction)])

    def close(self) -> None:
        self.pause.set()
        self.sequencer.stop(wait_s=10)
        self.log.close()


@dataclass
class Trader:
    """Signs for one account, under growing nonces."""

    account: int
    nonces: dict[int, int] = field(default_factory=dict)

    @property
    def signer(self) -> Signer:
        return Signer(self.account, private_key(self.account), DOMAIN, native_crypto())

    def order(self, side: str, price_e2: int = MARK_E2, size_e4: int = CONTRACT, **changes: Any) -> Order:
        """The next one in its slot."""
        slot = changes.setdefault("slot", 0)
        nonce = self.nonces[slot] = self.nonces.get(slot, 0) + 1
        fields = {"series_id": 1, "max_fee_ppm": MAX_FEE_PPM, "expiry_s": FAR, "nonce": nonce, **changes}
        return Order(self.account, is_buy=side == "buy", limit_price_e2=price_e2, size_e4=size_e4, **fields)

    def parameters(
        self, side: str, *given: Any, how: TimeInForce = TimeInForce.GOOD_TILL_EXPIRY, **changes: Any
    ) -> Any:
        """Of private/buy or private/sell."""
        order = self.order(side, *given, **changes)
        return self.signer.order(order, NAME if order.series_id == 1 else OTHER_NAME, how)


@dataclass
class Stand:
    """A node, its API, and clients."""

    node: ApiNode
    api: RunningApi
    clients: list[SyncApiClient] = field(default_factory=list)

    @cached_property
    def http(self) -> httpx.Client:
        """For requests over HTTP."""
        return httpx.Client(base_url=self.api.url, timeout=30)

    def token(self, account: int) -> dict[str, str]:
        """A header that says who asks."""
        return {"authorization": f"Bearer {self.client().login(Trader(account).signer)['access_token']}"}

    def client(self, account: int | None = None) -> SyncApiClient:
        """One that is logged in, or a stranger."""
        client = SyncApiClient(self.api.url)
        self.clients.append(client)
        if account is not None:
            client.login(Trader(account).signer)
        return client

    def close(self) -> None:
        for client in self.clients:
            client.close()
        self.http.close()
        self.api.stop()
        self.node.close()


@contextmanager
def running(
    path: Path, limits: Limits | None = None, change: Callable[[ApiNode], None] | None = None, **options: Any
) -> Iterator[Stand]:
    """An API over a node with its log under `path`."""
    node = ApiNode(path / "node.db", **options)
    if change is not None:
        change(node)
    projection = Projection(node.door.info)
    for event in replayed(node):
        projection.feed(event)
    api = serve(node.door, projection, limits=limits, clock=node.clock)
    stand = Stand(node, api)
    try:
        yield stand
    finally:
        stand.close()


def replayed(node: ApiNode) -> Iterator[Event]:
    """What a node that starts again would say of its log."""
    venue = Venue(node.venue.genesis, native_crypto())
    for entry in node.log.entries():
        yield from events_of([replay(venue, entry)])
