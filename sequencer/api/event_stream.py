"""Events from the node's thread to an event loop, through a queue that has a limit."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from threading import Lock
from typing import Final, Generic, TypeVar

E = TypeVar("E")
CAPACITY: Final = 1 << 16


class FellBehind(Exception):
    """Who listens took too long: the stream has a gap from here on, and ends."""

    def __init__(self, capacity: int) -> None:
        super().__init__(f"more than {capacity} events waited: begin again from the log")
        self.capacity = capacity


class EventStream(Generic[E]):
    """`publish` on any thread; everything else on the loop it was made on. One wake-up for many events."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._loop = asyncio.get_running_loop()
        self._capacity = capacity
        self._waiting: deque[E] = deque()
        self._lock = Lock()
        self._is_broken = False
        self._is_waking = False
        self._there = asyncio.Event()

    def publish(self, events: Sequence[E]) -> None:
        """Never waits. What does not fit breaks the stream for good: a gap is never hidden."""
        with self._lock:
            if self._is_broken:
                return
            if len(self._waiting) + len(events) > self._capacity:
                self._is_broken = True
                self._waiting.clear()
            else:
                self._waiting.extend(events)
            if self._is_waking:
                return
            self._is_waking = True
        try:
            self._loop.call_soon_threadsafe(self._there.set)
        except RuntimeError:  # the loop is closed: nobody listens any more
            with self._lock:
                self._is_broken = True
                self._waiting.clear()

    def take(self) -> list[E]:
        """All that waits, oldest first, without waiting. Raises `FellBehind`."""
        if not self._is_waking and not self._is_broken:
            self._there.clear()  # a wake-up may come after its events were taken
            return []
        with self._lock:
            if self._is_broken:
                raise FellBehind(self._capacity)
            events = list(self._waiting)
            self._waiting.clear()
            self._is_waking = False
            self._there.clear()
        return events

    async def wait(self) -> None:
        """Until there is something to take, or the stream is broken."""
        await self._there.wait()

    @property
    def backlog(self) -> int:
        """How many wait."""
        return len(self._waiting)
