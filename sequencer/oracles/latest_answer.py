"""What is asked once a look, however many want it; on a thread of its own, so that nobody waits for all in a row."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import Final, Generic, TypeVar

from sequencer.oracles.errors import OracleError, SourceDown

T = TypeVar("T")
SHORT_S: Final = 0.5
"""So long is waited for who failed slowly the last time: one that hangs must not hold up every look."""


class LatestAnswer(Generic[T]):
    """The last answer to one question, asked again if it is `fresh_s` old by the looks' clock. A failure is one too.

    Whoever takes it waits `wait_s` at most since it was asked, and `SHORT_S` if the last one failed after longer than
    that. One question at a time, the next when that has ended.
    """

    def __init__(self, source: str, ask: Callable[[], T], wait_s: float, fresh_s: int = 1) -> None:
        self._source, self._ask, self._wait_s, self._fresh_s = source, ask, wait_s, fresh_s
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._is_running = self._failed_slowly = False
        self._asked_s: int | None = None
        self._deadline = 0.0
        self._found: tuple[T | None, OracleError | None] = (None, None)

    def begin(self, now_s: int) -> None:
        """Asks, unless the last answer is fresh or still awaited. Returns at once."""
        with self._lock:
            is_fresh = self._asked_s is not None and 0 <= now_s - self._asked_s < self._fresh_s
            if self._is_running or is_fresh:
                return
            wait_s = min(SHORT_S, self._wait_s) if self._failed_slowly else self._wait_s
            self._is_running, self._asked_s, self._deadline = True, now_s, monotonic() + wait_s
            self._done.clear()
        threading.Thread(target=self._run, name=f"price of {self._source}", daemon=True).start()

    def take(self, now_s: int) -> T:
        """The answer. Raises what asking raised, and `SourceDown` if it takes too long."""
        self.begin(now_s)
        if not self._done.wait(max(0.0, self._deadline - monotonic())):
            raise SourceDown(self._source, "it has not answered in time")
        answer, error = self._found
        if error is not None:
            raise error.with_traceback(None)
        if answer is None:
            raise SourceDown(self._source, "it was not asked to the end")
        return answer

    def _run(self) -> None:
        began = monotonic()
        found: tuple[T | None, OracleError | None] = (None, None)
        try:
            found = self._ask(), None
        except OracleError as error:
            found = None, error
        finally:
            with self._lock:
                self._found, self._is_running = found, False
                self._failed_slowly = found[0] is None and monotonic() - began > SHORT_S
                self._done.set()
