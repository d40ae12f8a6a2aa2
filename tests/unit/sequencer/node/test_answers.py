"""Promises to an event loop: when they are there, and as what."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import Any

from sequencer.api.port import NodeBusy, NodeStopped, OutcomeUnknown
from sequencer.node.answers import Answers, resolve_all
from sequencer.node.errors import NotDurable, NotSequencing


def together(size: int, do: Callable[[Answers, list[Answers]], None]) -> Any:
    """What the future of so many has, after something was done with them."""

    async def run() -> Any:
        collected: list[Answers] = []
        answers = Answers(asyncio.get_running_loop(), size, lambda value: value * 2, collected.append)
        do(answers, collected)
        resolve_all(collected)
        answers.resolve()
        return answers.future.result() if answers.future.done() else None

    return asyncio.run(run())


def test_they_are_there_when_the_last_is() -> None:
    def all_but_one(answers: Answers, collected: list[Answers]) -> None:
        answers.promises[2].set_result(3)
        answers.promises[0].set_result(1)
        resolve_all(collected)
        assert not answers.future.done()
        assert [one.done() for one in answers.promises] == [True, False, True]

    def every_one(answers: Answers, collected: list[Answers]) -> None:
        all_but_one(answers, collected)
        answers.promises[1].set_result(2)

    assert together(3, all_but_one) is None
    assert together(3, every_one) == [2, 4, 6]
    assert together(0, lambda *_: None) == []


def test_errors_are_values_as_the_api_knows_them() -> None:
    refused = ValueError("no")

    def fail(answers: Answers, _: list[Answers]) -> None:
        for promise, error in zip(answers.promises, (refused, NotDurable("full"), NotSequencing("over")), strict=False):
            promise.set_exception(error)
        answers.promises[3].refuse(NodeBusy("full", 100))
        answers.promises[4].set_result(1)

    found = together(5, fail)
    assert found[0] is refused
    assert [type(one) for one in found[1:4]] == [OutcomeUnknown, NodeStopped, NodeBusy]
    assert found[4] == 2


def test_nobody_waits_for_them_any_more() -> None:
    async def run() -> bool:
        answers = Answers(asyncio.get_running_loop(), 1, lambda value: value, lambda _: None)
        answers.future.cancel()
        answers.promises[0].set_result(1)
        answers.resolve()
        return answers.future.cancelled()

    assert asyncio.run(run())


def left_behind(kind: type[Answers], *, is_cancelled: bool = False) -> int:
    """How many objects only a full collection finds, once all are answered."""

    async def run() -> None:
        answers = kind(asyncio.get_running_loop(), 3, lambda value: value, lambda _: None)
        if is_cancelled:
            answers.future.cancel()
        for promise in answers.promises:
            promise.set_result(1)
        answers.resolve()
        assert answers.future.done()

    async def counted() -> int:
        await run()
        gc.collect()
        gc.disable()
        try:
            await run()
            return gc.collect()
        finally:
            gc.enable()

    return asyncio.run(counted())


class Kept(Answers):
    """They go on knowing each other."""

    def resolve(self) -> None:
        """As it was."""
        if not self.future.done() and all(part.done() for part in self.promises):
            self.future.set_result([part.shown(self._convert) for part in self.promises])


def test_g111_what_was_answered_needs_no_collector() -> None:
    assert left_behind(Answers) == 0
    assert left_behind(Answers, is_cancelled=True) == 0


def test_g111_what_was_answered_needs_no_collector_twin() -> None:
    assert left_behind(Kept) > 3
