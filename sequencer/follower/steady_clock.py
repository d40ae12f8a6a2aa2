"""A clock that costs a request, for who asks it all the time."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Final

ASK_S: Final = 1.0


class SteadyClock:
    """Asks `clock` every `ask_s` at most; in between time goes on by `monotonic`. Both in seconds.

    It never goes back: a chain's clock stands still between two blocks, while this one runs ahead of it.
    """

    def __init__(
        self, clock: Callable[[], float], *, monotonic: Callable[[], float] = monotonic, ask_s: float = ASK_S
    ) -> None:
        self._clock, self._monotonic, self._ask_s = clock, monotonic, ask_s
        self._said: tuple[float, float] | None = None
        """What the clock said, and when."""

        self._last_s = float("-inf")

    def __call__(self) -> float:
        """Raises what the clock raises."""
        now_s = self._monotonic()
        if self._said is None or now_s - self._said[1] >= self._ask_s:
            self._said = self._clock(), now_s
        time_s, at_s = self._said
        self._last_s = max(self._last_s, time_s + now_s - at_s)
        return self._last_s
