"""Promises to an event loop: what the thread that tells says is there with one wake-up for all of a group."""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Callable, Sequence
from typing import Any, Final

from sequencer.api.port import NodeStopped, OutcomeUnknown
from sequencer.node.errors import NotDurable, NotSequencing

_NOTHING: Final = object()
"""Where there is no answer yet."""


class Answer:
    """A `Promise` to a future of a loop, which is resolved there with the others of its group."""

    __slots__ = ("_collect", "_convert", "_error", "_future", "_is_done", "_value")

    def __init__(
        self, future: asyncio.Future[Any], convert: Callable[[Any], Any], collect: Callable[[Answer], None]
    ) -> None:
        self._future, self._convert, self._collect = future, convert, collect
        self._is_done = False
        self._value: Any = None
        self._error: Exception | None = None

    def done(self) -> bool:
        """See `Promise`."""
        return self._is_done

    def set_result(self, value: Any) -> None:
        """See `Promise`."""
        self._is_done, self._value = True, value
        self._collect(self)

    def set_exception(self, error: Exception) -> None:
        """See `Promise`."""
        self._is_done, self._error = True, error
        self._collect(self)

    def resolve(self) -> None:
        """On the loop."""
        if self._future.cancelled():
            return
        if self._error is None:
            self._future.set_result(self._convert(self._value))
        else:
            self._future.set_exception(_as_the_api_says(self._error))


class Answers:
    """Promises to one future of a loop. It has a list of values and errors when the last of them is there."""

    __slots__ = ("_collect", "_convert", "future", "promises")

    def __init__(
        self,
        loop: AbstractEventLoop,
        size: int,
        convert: Callable[[Any], Any],
        collect: Callable[[Answers], None],
    ) -> None:
        self.future: asyncio.Future[Any] = loop.create_future()
        self.promises = [Part(self) for _ in range(size)]
        self._convert, self._collect = convert, collect

    def collect(self) -> None:
        """One more is there. On the thread that tells."""
        self._collect(self)

    def resolve(self) -> None:
        """On the loop, where alone it is decided whether all are there."""
        parts = self.promises
        if not all(part.done() for part in parts):
            return
        self.promises = []  # each part knows this: a circle, which a node that hardly ever collects would keep for good
        if not self.future.done():
            self.future.set_result([part.shown(self._convert) for part in parts])


class Part:
    """The `Promise` of one message."""

    __slots__ = ("_answers", "_found")

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._found: Any = _NOTHING

    def done(self) -> bool:
        """See `Promise`."""
        return self._found is not _NOTHING

    def set_result(self, value: Any) -> None:
        """See `Promise`."""
        self._found = value
        self._answers.collect()

    def set_exception(self, error: Exception) -> None:
        """See `Promise`."""
        self.set_result(_as_the_api_says(error))

    def refuse(self, error: Exception) -> None:
        """On the loop, for what was never handed in."""
        self._found = error

    def shown(self, convert: Callable[[Any], Any]) -> Any:
        """The value, or the error as it is."""
        return self._found if isinstance(self._found, Exception) else convert(self._found)


def resolve_all(answers: Sequence[Answer | Answers]) -> None:
    """On the loop."""
    for answer in answers:
        answer.resolve()


def _as_the_api_says(error: Exception) -> Exception:
    match error:
        case NotDurable(why=why):
            return OutcomeUnknown(why)
        case NotSequencing(why=why):
            return NodeStopped(why)
    return error
