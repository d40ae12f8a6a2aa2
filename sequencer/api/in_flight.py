"""How many messages may wait for the log, and how many of them may be one account's.

Dynamic thresholds, as in switches with shared memory (Choudhury and Hahne, "Dynamic queue length thresholds", 1998): an
account may have as many waiting as places are free. So one that floods gets half of all places, two get a third each,
and there is always room for one that comes new.
"""

from __future__ import annotations

from types import TracebackType
from typing import Final

from sequencer.api.errors import Overloaded

RETRY_MS: Final = 50
RESERVE: Final = 8
"""One eighth as many places again for what is urgent."""


class InFlight:
    """Places. O(1)."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._reserve = capacity // RESERVE
        self.taken = 0
        self._of_account: dict[int, int] = {}

    def place(self, account: int, *, is_urgent: bool = False) -> Places:
        """One place, until its context ends. Raises `Overloaded` before anything is done.

        What is urgent, a cancel, may take any free place, and has some of its own.
        """
        own = self._of_account.get(account, 0)
        free = self.capacity - self.taken
        is_full = free + self._reserve <= 0 if is_urgent else own >= free
        if is_full:
            raise self.overloaded(account)
        return self._taken(account, own, 1)

    def places(self, account: int, most: int) -> Places:
        """As many as `place` would give, one after the other, up to `most`; perhaps none."""
        own = self._of_account.get(account, 0)
        left = self.capacity - self.taken - own
        return self._taken(account, own, min(most, max(0, left + 1) // 2))

    def overloaded(self, account: int) -> Overloaded:
        """What to say when there is none."""
        own = self._of_account.get(account, 0)
        return Overloaded(retry_after_ms=RETRY_MS, waiting=self.taken, own_waiting=own)

    def _taken(self, account: int, own: int, count: int) -> Places:
        self.taken += count
        if count:
            self._of_account[account] = own + count
        return Places(self, account, count)

    def leave(self, account: int, count: int) -> None:
        """Makes room again."""
        if not count:
            return
        self.taken -= count
        left = self._of_account[account] - count
        if left:
            self._of_account[account] = left
        else:
            del self._of_account[account]


class Places:
    """A context, which says how many there are: at its end there is room again."""

    __slots__ = ("_account", "_count", "_in_flight")

    def __init__(self, in_flight: InFlight, account: int, count: int) -> None:
        self._in_flight, self._account, self._count = in_flight, account, count

    def __enter__(self) -> int:
        return self._count

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._in_flight.leave(self._account, self._count)
