"""One WebSocket: its login, its channels, and the bounded queue of what it has not read yet."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sequencer.api.authentication import Login
from sequencer.api.errors import ApiError, SlowConsumer, TooManySubscriptions
from sequencer.api.subscriptions.channels import OWN, Channel
from sequencer.api.types import answers as a

if TYPE_CHECKING:
    from sequencer.api.subscriptions.hub import Hub


class Connection:
    """Belongs to the event loop. Whoever does not read is dropped, with a reason, instead of holding others up."""

    def __init__(self, hub: Hub, address: str, most_waiting: int, bytes_waiting: int, most_channels: int) -> None:
        self._hub = hub
        self._most_waiting, self._bytes_waiting, self._most_channels = most_waiting, bytes_waiting, most_channels
        self._queue: deque[bytes] = deque()
        self._size = 0
        self._loop = asyncio.get_running_loop()
        self._there: asyncio.Future[None] = self._loop.create_future()
        """Whoever waits for the next message waits for this; without the event's system call for each wait."""

        self.dropped = asyncio.Event()
        self.address = address
        self.login: Login | None = None
        self.channels: dict[str, Channel] = {}
        self.dropped_for: ApiError | None = None

    def log_in(self, login: Login) -> None:
        """Speaks for an account from now on. Own channels of another account end."""
        before, self.login = self.login, login
        if before is not None and before.account != login.account:
            self.unsubscribe([name for name, one in self.channels.items() if one.topic in OWN])

    def send(self, data: bytes) -> None:
        """Puts a message behind the others, or drops the connection if that would be too many."""
        if self.dropped_for is not None:
            return
        if len(self._queue) >= self._most_waiting or self._size + len(data) > self._bytes_waiting:
            self.drop(SlowConsumer(waiting=len(self._queue), bytes_waiting=self._size))
            return
        self._queue.append(data)
        self._size += len(data)
        self._wake()

    def drop(self, error: ApiError) -> None:
        """Forgets all that waits; the writer closes the socket and says why."""
        if self.dropped_for is None:
            self.dropped_for = error
            self.leave()
            self._wake()
            self.dropped.set()

    def leave(self) -> None:
        """No more notifications."""
        self.unsubscribe(list(self.channels))
        self._queue.clear()
        self._size = 0

    async def next(self) -> bytes | None:
        """What to send next; `None` when the connection was dropped."""
        while not self._queue and self.dropped_for is None:
            self._there = self._loop.create_future()
            await self._there
        if self.dropped_for is not None:
            return None
        data = self._queue.popleft()
        self._size -= len(data)
        return data

    def _wake(self) -> None:
        if not self._there.done():
            self._there.set_result(None)

    @property
    def waiting(self) -> int:
        """How many messages were not sent yet."""
        return len(self._queue)

    def subscribe(self, names: Sequence[str], account: int | None) -> list[a.Subscribed]:
        """All or none. Raises `TooManySubscriptions`, `UnknownChannel`, `UnknownInstrument`, `NotAuthenticated`."""
        wanted = {name: self._hub.channel(name, account) for name in names}
        if len({*self.channels, *wanted}) > self._most_channels:
            raise TooManySubscriptions(most=self._most_channels)
        found = []
        for name, channel in wanted.items():
            if name in self.channels:
                self._hub.leave(self, self.channels.pop(name))
            self.channels[name] = channel
            found.append(a.Subscribed(channel=name, change_id=self._hub.join(self, channel)))
        return found

    def unsubscribe(self, names: Sequence[str]) -> list[str]:
        """Those that there were."""
        found = [name for name in names if name in self.channels]
        for name in found:
            channel = self.channels.pop(name, None)
            if channel is not None:
                self._hub.leave(self, channel)
        return list(dict.fromkeys(found))
