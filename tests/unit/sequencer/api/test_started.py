"""Coroutines that begin at once: in what order, and what becomes of their answers, errors and places."""

from __future__ import annotations

import asyncio
from typing import NoReturn

import pytest

from sequencer.api.started import Started


def test_they_begin_in_order_and_before_anybody_waits() -> None:
    said: list[str] = []

    async def ask(name: str, first: asyncio.Future[int], then_s: float) -> str:
        said.append(f"{name} begins")
        number = await first
        await asyncio.sleep(then_s)
        said.append(f"{name} ends")
        return f"{name}{number}"

    async def at_once() -> str:
        said.append("c begins")
        return "c"

    async def run() -> list[str]:
        loop = asyncio.get_running_loop()
        futures = [loop.create_future() for _ in range(2)]
        started = [Started(ask("a", futures[0], 0)), Started(ask("b", futures[1], 0.01)), Started(at_once())]
        assert said == ["a begins", "b begins", "c begins"]
        futures[1].set_result(2)
        loop.call_later(0.01, futures[0].set_result, 1)
        return [await one for one in started]

    assert asyncio.run(run()) == ["a1", "b2", "c"]
    assert said[3:] == ["a ends", "b ends"]


def test_what_it_raises_is_raised_to_whoever_awaits_it() -> None:
    async def fail(future: asyncio.Future[int]) -> NoReturn:
        raise ValueError(f"it was {await future}")

    async def run() -> None:
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        started = Started(fail(future))
        future.set_result(7)
        await started

    with pytest.raises(ValueError, match="it was 7"):
        asyncio.run(run())


def test_a_future_that_failed_fails_in_its_coroutine() -> None:
    async def ask(future: asyncio.Future[int]) -> str:
        try:
            await future
        except ValueError as error:
            return f"refused: {error}"
        return "taken"

    async def run(*, is_late: bool) -> str:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[int] = loop.create_future()
        started = Started(ask(future))
        if is_late:
            loop.call_later(0.01, future.set_exception, ValueError("no"))
        else:
            future.set_exception(ValueError("no"))
        return await started

    assert asyncio.run(run(is_late=True)) == asyncio.run(run(is_late=False)) == "refused: no"


def test_who_is_cancelled_gives_back_what_it_held() -> None:
    held: list[str] = []

    async def hold(future: asyncio.Future[int]) -> None:
        held.append("place")
        try:
            await future
        finally:
            held.clear()

    async def run() -> None:
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def wait() -> None:
            await Started(hold(future))

        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        assert held == ["place"]
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert held == []

    asyncio.run(run())
