"""Coroutines that begin at once, without a task for each."""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from typing import Any, TypeVar

T = TypeVar("T")


class Started(Generator[Any, None, T]):
    """A coroutine that has run up to where it first waits; who made it awaits it once, in the same task.

    So several begin in the order in which they are made, and wait without a task for each. Until it is awaited it does
    not go on: it must not be under a timeout by then, nor wait for a future that another one of them waits for.
    """

    __slots__ = ("_coroutine", "_first", "_is_done", "_result")

    def __init__(self, coroutine: Coroutine[Any, None, T]) -> None:
        self._coroutine = coroutine
        self._first: Any = None
        self._is_done, self._result = False, None
        try:
            self._first = coroutine.send(None)
        except StopIteration as end:
            self._is_done, self._result = True, end.value

    def __await__(self) -> Generator[Any, None, T]:
        return self

    def __next__(self) -> Any:
        if self._is_done:
            raise StopIteration(self._result)
        first, self._first = self._first, None
        if first is not None and not first.done():
            return first
        return self._coroutine.send(None)

    def send(self, _: None, /) -> Any:
        """What it waits for next: once more for what it waited for first, unless that is there already."""
        return next(self)

    def throw(self, kind: Any, value: Any = None, traceback: Any = None, /) -> Any:
        """What it waits for has failed, or whoever waits was cancelled."""
        if value is None and traceback is None:
            return self._coroutine.throw(kind)
        return self._coroutine.throw(kind, value, traceback)
