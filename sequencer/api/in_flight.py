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

    def place(self, account: int, *, is_urgent: bool = False) -> Place:
        """One place, until its context ends. Raises `Overloaded` before anything is done.

        What is urgent, a cancel, may take any free place, and has some of its own.
        """
        own = self._of_account.get(account, 0)
        free = self.capacity - self.taken
        is_full = free + self._reserve <= 0 if is_urgent else own >= free
        if is_full:
            raise Overloaded(retry_after_ms=RETRY_MS, waiting=self.taken, own_waiting=own)
        self.taken += 1
        self._of_account[account] = own + 1
        return Place(self, account)

    def leave(self, account: int) -> None:
        """Makes room again."""
        self.taken -= 1
        left = self._of_account[account] - 1
        if left:
            self._of_account[account] = left
        else:
            del self._of_account[account]


class Place:
    """A context: at its end there is room again."""

    __slots__ = ("_account", "_in_flight")

    def __init__(self, in_flight: InFlight, account: int) -> None:
        self._in_flight, self._account = in_flight, account

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._in_flight.leave(self._account)
