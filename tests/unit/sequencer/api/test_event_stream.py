"""Events come over from another thread in order, all of them, or with a gap that is never hidden."""

from __future__ import annotations

import asyncio
import threading

import pytest

from sequencer.api.event_stream import EventStream, FellBehind


def test_events_come_in_order_and_none_is_missing() -> None:
    async def listen() -> list[int]:
        stream: EventStream[int] = EventStream(10_000)
        events = [list(range(at, at + 7)) for at in range(0, 7_000, 7)]

        def publish() -> None:
            for some in events:
                stream.publish(some)

        thread = threading.Thread(target=publish)
        thread.start()
        found: list[int] = []
        while len(found) < 7_000:
            await asyncio.wait_for(stream.wait(), 10)
            found += stream.take()
        thread.join()
        assert stream.backlog == 0
        return found

    assert asyncio.run(listen()) == list(range(7_000))


def test_nothing_to_take_does_not_spin() -> None:
    async def listen() -> int:
        stream: EventStream[int] = EventStream()
        stream.publish([1])
        assert stream.take() == [1]
        turns = 0

        async def turn() -> None:
            nonlocal turns
            while True:
                await stream.wait()
                assert stream.take() == []
                turns += 1

        with pytest.raises(TimeoutError):
            await asyncio.wait_for(turn(), 0.2)
        return turns

    assert asyncio.run(listen()) <= 1


def test_who_is_too_slow_is_told() -> None:
    async def listen() -> None:
        stream: EventStream[int] = EventStream(10)
        stream.publish(range(10))
        stream.publish([10])
        await asyncio.wait_for(stream.wait(), 10)
        for _ in range(2):
            with pytest.raises(FellBehind):
                stream.take()
        stream.publish([11])
        assert stream.backlog == 0

    asyncio.run(listen())


def test_nobody_listens_any_more() -> None:
    async def make() -> EventStream[int]:
        return EventStream(10)

    stream = asyncio.run(make())
    stream.publish([1])
    with pytest.raises(FellBehind):
        stream.take()
