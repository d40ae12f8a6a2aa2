"""How many messages may wait for the log, and how many of them may be one account's.

Dynamic thresholds, as in switches with shared memory (Choudhury and Hahne, "Dynamic queue length thresholds", 1998): an
account may have as many waiting as places are free. So one that floods gets half of all places, two get a third each,
and there is always room for one that comes new.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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

    @contextmanager
    def place(self, account: int, *, is_urgent: bool = False) -> Iterator[None]:
        """One place for as long as it is waited. Raises `Overloaded` before anything is done.

        What is urgent, a cancel, may take any free place, and has some of its own.
        """
        own = self._of_account.get(account, 0)
        free = self.capacity - self.taken
        is_full = free + self._reserve <= 0 if is_urgent else own >= free
        if is_full:
            raise Overloaded(retry_after_ms=RETRY_MS, waiting=self.taken, own_waiting=own)
        self.taken += 1
        self._of_account[account] = own + 1
        try:
            yield
        finally:
            self.taken -= 1
            left = self._of_account[account] - 1
            if left:
                self._of_account[account] = left
            else:
                del self._of_account[account]
