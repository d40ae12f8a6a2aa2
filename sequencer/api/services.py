"""What the methods work with: the node, what is known of it, and who may ask how much."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from sequencer.api.authentication import Authentication, Login, Scope
from sequencer.api.errors import NotAllowed, NotAuthenticated, Unavailable, Undecided
from sequencer.api.event_stream import EventStream, FellBehind
from sequencer.api.in_flight import InFlight
from sequencer.api.port import AccountSnapshot, Acknowledgement, Event, NodeBusy, NodePort, NodeStopped
from sequencer.api.projection import EventGap, Projection
from sequencer.api.projection.changes import Changes
from sequencer.api.rate_limits import Allowance, RateLimiter
from sequencer.api.views import Views
from sequencer.messages import CancelOrder, EndSession, Message, PlaceOrder

if TYPE_CHECKING:
    from sequencer.api.subscriptions.connection import Connection

CATCH_UP_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Everything that has a bound. Sizes in bytes, times in seconds; credits as `Method.cost` counts them.

    Connections count for the address at the other end of the socket: behind a proxy that is the proxy's, and
    `connections_of_address` should be as large as `connections`.
    """

    body_bytes: int = 1 << 18
    header_bytes: int = 1 << 14
    header_s: float = 10.0
    body_s: float = 10.0
    idle_s: float = 60.0
    connections: int = 4_096
    connections_of_address: int = 256
    requests_in_batch: int = 256
    requests_of_connection: int = 256
    subscriptions: int = 256
    notifications_waiting: int = 4_096
    bytes_waiting: int = 1 << 21
    messages_in_flight: int = 4_096
    account: Allowance = field(default_factory=lambda: Allowance(per_second=2_000, most=4_000))
    address: Allowance = field(default_factory=lambda: Allowance(per_second=5_000, most=10_000))


class Listener(Protocol):
    """Who wants to know what changed."""

    def __call__(self, changes: Changes) -> None:
        """At once, on the loop."""
        ...


class Services:
    """One server's. Belongs to its event loop."""

    def __init__(
        self,
        node: NodePort,
        projection: Projection,
        limits: Limits,
        clock: Callable[[], float],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self.node, self.projection, self.limits, self.clock = node, projection, limits, clock
        self.random_bytes = random_bytes
        self.views = Views(projection, node.info)
        self.authentication = Authentication(clock, random_bytes)
        self.in_flight = InFlight(limits.messages_in_flight)
        self.accounts = RateLimiter(limits.account, time.monotonic, "account")
        self.addresses = RateLimiter(limits.address, time.monotonic, "address")
        self.listeners: list[Listener] = []
        self.lost: str | None = None
        """Why nothing can be shown any more; `None` as long as it can."""

        self._stream: EventStream[Event] = EventStream()
        self._progress = asyncio.Event()

    def start(self) -> None:
        """Follows the node. Raises `EventGap` if the projection is not where the node is."""
        last = self.node.follow(self._stream)
        if last != self.projection.sequence:
            self.node.unfollow(self._stream)
            raise EventGap(self.projection.sequence + 1, last + 1)

    async def run(self) -> None:
        """Takes events as they come, until it is cancelled or the stream breaks."""
        try:
            while self.lost is None:
                await self._stream.wait()
                self.catch_up()
        finally:
            self.node.unfollow(self._stream)

    def catch_up(self) -> None:
        """Takes all events that wait. After a gap nothing is shown any more: `lost` says why."""
        if self.lost is not None:
            return
        try:
            events = self._stream.take()
            for event in events:
                changes = self.projection.feed(event)
                for listener in self.listeners:
                    listener(changes)
        except (FellBehind, EventGap) as error:
            self.lost = str(error)
            events = []
        if events or self.lost:
            self._progress.set()
            self._progress = asyncio.Event()

    def require_view(self) -> None:
        """Raises `Unavailable` when what is known has a gap."""
        if self.lost is not None:
            raise Unavailable

    async def submit(self, message: Message, account: int) -> Acknowledgement:
        """Hands a message to the node and waits until it is durable and everything here shows it.

        The node gets it before this first waits, so that messages keep the order in which they were sent. Raises
        `Overloaded` and what the node's door raises.
        """
        with self.in_flight.place(account, is_urgent=isinstance(message, CancelOrder | EndSession)):
            acknowledged = await self.node.submit(message)
        await self.reached(acknowledged.sequence)
        return acknowledged

    async def submit_many(self, messages: Sequence[PlaceOrder], account: int) -> list[Acknowledgement | Exception]:
        """As `submit`, for orders of an account that come together: what it would return or raise for each."""
        with self.in_flight.places(account, len(messages)) as count:
            left_out = [self.in_flight.overloaded(account) for _ in messages[count:]]
            try:
                found = await self.node.submit_many(messages[:count])
            except (NodeBusy, NodeStopped) as error:
                return [*(error for _ in messages[:count]), *left_out]
        last = max((one.sequence for one in found if not isinstance(one, Exception)), default=0)
        try:
            await self.reached(last)
        except Undecided as error:
            shown = self.projection.sequence
            found = [one if isinstance(one, Exception) or one.sequence <= shown else error for one in found]
        return [*found, *left_out]

    async def account(self, account: int) -> AccountSnapshot:
        """An account as the node has it; nothing that is shown is behind it. Takes a place as a message does.

        Raises `UnknownAccount`, `Overloaded`, and what the node's door raises.
        """
        with self.in_flight.place(account):
            found = await self.node.account(account)
        await self.reached(found.sequence)
        return found

    async def reached(self, sequence: int) -> None:
        """Until everything up to an entry of the log is shown. Raises `Undecided` if that will not be."""
        if self.projection.sequence >= sequence:
            return
        self.catch_up()
        if self.projection.sequence >= sequence:
            return
        try:
            async with asyncio.timeout(CATCH_UP_S):
                while self.projection.sequence < sequence and self.lost is None:
                    await self._progress.wait()
        except TimeoutError:
            raise Undecided from None
        if self.lost is not None:
            raise Undecided


@dataclass(slots=True)
class Call:
    """One request: for whom, from where. `connection` is there on a WebSocket alone."""

    services: Services
    address: str
    login: Login | None = None
    connection: Connection | None = None

    def caller(self) -> Login:
        """Who is logged in. Raises `NotAuthenticated` without a login, and when its session has ended."""
        login = self.login
        if login is None:
            raise NotAuthenticated
        services = self.services
        if login.scope is Scope.SESSION:
            end_s = services.projection.session_expiry_s(login.account, login.key)
            if end_s is None or services.clock() > end_s:
                raise NotAuthenticated("the session has ended: log in by another key")
        return login

    def account(self) -> int:
        """Whose."""
        return self.caller().account

    def require_owner(self, account: int) -> None:
        """Raises `NotAllowed` unless the login is for this account."""
        if self.account() != account:
            raise NotAllowed("this login is for another account", account=account)

    def require_account_key(self) -> None:
        """Raises `NotAllowed` for a session key."""
        if self.caller().scope is not Scope.ACCOUNT:
            raise NotAllowed("a session key may not do this: log in by the account's key")
