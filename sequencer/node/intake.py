"""Where messages wait to be sequenced: two lanes, the node's own first, the traders' bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from threading import Condition
from typing import Final, Generic, TypeVar

from sequencer.node.errors import IntakeFull, NotSequencing

T = TypeVar("T")
RESERVE_PERCENT: Final = 10
"""Of the bound, for what reduces risk when the lane is full."""


class Intake(Generic[T]):
    """For many threads that put and one that takes."""

    def __init__(self, most_waiting: int) -> None:
        self.most_waiting = most_waiting
        self._own: deque[T] = deque()
        self._traders: deque[T] = deque()
        self._changed = Condition()
        self._wanted = 1
        self._closed: str | None = None

    def __len__(self) -> int:
        return len(self._own) + len(self._traders)

    def put(self, item: T, *, reduces_risk: bool = False) -> None:
        """From a trader. Raises `IntakeFull`, a little later for what reduces risk, and `NotSequencing`."""
        (error,) = self.put_many([(item, reduces_risk)])
        if error is not None:
            raise error

    def put_many(self, items: Sequence[tuple[T, bool]]) -> list[IntakeFull | None]:
        """From a trader, each with whether it reduces risk: which found no room. Raises `NotSequencing`."""
        with self._changed:
            self._require_open()
            errors = [self._added(item, reduces_risk=reduces_risk) for item, reduces_risk in items]
            self._tell()
        return errors

    def put_own(self, item: T) -> None:
        """From the node itself: comes before all traders' messages, and is never refused for their number."""
        with self._changed:
            self._require_open()
            self._own.append(item)
            self._tell()

    def take(self, most: int, wait_s: float | None = None) -> list[T]:
        """At least one, as soon as there is one, in order; none after `wait_s`, or when it is closed and empty."""
        with self._changed:
            self._wanted = 1
            self._changed.wait_for(lambda: len(self) or self._closed is not None, wait_s)
            return self._taken(most)

    def take_before(self, is_over: Callable[[], bool], least: int, most: int) -> list[T]:
        """As soon as there are `least`, those, up to `most`; none if something is over before, or it is closed.

        Whoever ends that something calls `wake` afterwards.
        """
        with self._changed:
            self._wanted = least
            self._changed.wait_for(lambda: len(self) >= least or is_over() or self._closed is not None)
            return self._taken(most) if len(self) >= least else []

    def wake(self) -> None:
        """Has `take_before` look again whether that is over for which it waits no longer."""
        with self._changed:
            self._changed.notify_all()

    def close(self, why: str) -> None:
        """Nothing more comes in."""
        with self._changed:
            self._closed = self._closed or why
            self._changed.notify_all()

    @property
    def closed(self) -> str | None:
        """Why nothing comes in any more."""
        return self._closed

    def _require_open(self) -> None:
        if self._closed is not None:
            raise NotSequencing(self._closed)

    def _added(self, item: T, *, reduces_risk: bool) -> IntakeFull | None:
        most = self.most_waiting + (self.most_waiting * RESERVE_PERCENT // 100 if reduces_risk else 0)
        if len(self._traders) >= most:
            return IntakeFull(len(self._traders), most)
        self._traders.append(item)
        return None

    def _tell(self) -> None:
        """A wake-up for each of many would cost more than what is done with them."""
        if len(self) >= self._wanted:
            self._changed.notify()

    def _taken(self, most: int) -> list[T]:
        taken: list[T] = []
        for lane in (self._own, self._traders):
            while lane and len(taken) < most:
                taken.append(lane.popleft())
        return taken
