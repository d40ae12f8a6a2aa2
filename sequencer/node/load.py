"""Load from another process: signed orders at a steady rate, and how long each took to be durable.

`python -m sequencer.node.load` reads a `LoadPlan` as JSON from standard input and prints a `LoadResult`. Messages are
signed and encoded before the clock runs. They are sent evenly, each when its time has come whether the node keeps up or
not; the time of an order counts from when its message should have been sent, so that a node which stalls cannot hide
it.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections import Counter
from time import perf_counter
from typing import Final, Protocol

import msgspec

from sequencer.api.client import ConnectionLost
from sequencer.node.load_orders import Letter, LoadOrders
from sequencer.node.load_plan import LoadPhase, LoadPlan, LoadResult, PhaseResult
from sequencer.node.load_socket import Answer, LoadSocket

DRAIN_S: Final = 30.0
MS: Final = 1_000


class Socket(Protocol):
    """`LoadSocket`."""

    async def send(self, text: str) -> None:
        """Raises `ConnectionLost`."""
        ...


class Play:
    """One phase: what waits for an answer, and what was found. `take` is what all sockets call."""

    def __init__(self, phase: LoadPhase, letters: list[Letter]) -> None:
        self._phase, self._letters = phase, letters
        self._due_s: dict[int, float] = {}
        """When each order that has no answer should have been sent."""

        self._nameless = 0
        """Of those, how many will have none of their own: their messages were refused as a whole."""

        self._refused: Counter[str] = Counter()
        self._times_s: list[float] = []
        self._most = max((letter.size for letter in letters), default=0)
        self._all_there = asyncio.Event()

    def take(self, answers: list[Answer]) -> None:
        """Some have come."""
        now_s = perf_counter()
        for one in answers:
            if one.id is None:
                self._refused[_rule_of(one)] += self._most
                self._nameless += self._most
                continue
            due_s = self._due_s.pop(one.id, None)
            if due_s is None:
                continue  # of an earlier phase, that waited for it long enough
            if one.error is None:
                self._times_s.append(now_s - due_s)
            else:
                self._refused[_rule_of(one)] += 1
        if len(self._due_s) <= self._nameless:
            self._all_there.set()

    async def run(self, sockets: list[Socket]) -> PhaseResult:
        """Sends, and waits for what is left."""
        began_s, sent, per_second = perf_counter(), 0, self._phase.per_second
        for letter in self._letters:
            due_s = began_s + sent / per_second
            await asyncio.sleep(max(0.0, due_s - perf_counter()))
            sent += letter.size
            numbers = range(letter.first, letter.first + letter.size)
            self._due_s.update(dict.fromkeys(numbers, due_s))
            try:
                await sockets[letter.place].send(letter.text)
            except (ConnectionLost, OSError) as error:
                self._refused[type(error).__name__] += letter.size
                for number in numbers:
                    self._due_s.pop(number, None)
        await asyncio.sleep(max(0.0, began_s + sent / per_second - perf_counter()))
        seconds = perf_counter() - began_s
        await self._wait()
        self._refused["no answer"] += max(0, len(self._due_s) - self._nameless)
        return self._result(sent, seconds)

    async def _wait(self) -> None:
        if len(self._due_s) <= self._nameless:
            return
        self._all_there.clear()
        try:
            async with asyncio.timeout(DRAIN_S):
                await self._all_there.wait()
        except TimeoutError:
            return

    def _result(self, sent: int, seconds: float) -> PhaseResult:
        ordered = sorted(self._times_s) or [0.0]
        return PhaseResult(
            name=self._phase.name,
            sent=sent,
            accepted=len(self._times_s),
            seconds=seconds,
            refused={rule: count for rule, count in self._refused.items() if count},
            median_ms=ordered[len(ordered) // 2] * MS,
            p99_ms=ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] * MS,
            largest_ms=ordered[-1] * MS,
        )


def _rule_of(answer: Answer) -> str:
    return "unknown" if answer.error is None else answer.error.data.rule or "unknown"


async def run(plan: LoadPlan) -> LoadResult:
    """Raises `OSError`, `ApiRefusal` and `ConnectionLost` when nobody can log in."""
    orders = LoadOrders(plan)
    letters = [orders.letters(phase) for phase in plan.phases]
    plays = [Play(phase, some) for phase, some in zip(plan.phases, letters, strict=True)]
    playing = plays[:1]

    def took(answers: list[Answer]) -> None:
        playing[-1].take(answers)

    sockets = [await LoadSocket.connect(plan.url, signer, took) for signer in orders.signers]
    results = []
    for play in plays:
        playing.append(play)
        results.append(await play.run([*sockets]))
    for socket in sockets:
        await socket.close()
    return LoadResult(phases=results)


def main() -> None:
    """Reads a plan, prints a result."""
    import uvloop

    gc.disable()  # collections of its own would count as the node's time
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=LoadPlan)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result = runner.run(run(plan))
    sys.stdout.buffer.write(msgspec.json.encode(result) + b"\n")


if __name__ == "__main__":
    main()
