"""Load from another process: signed orders at a steady rate, and how long each took to be durable.

`python -m sequencer.node.load` reads a `LoadPlan` as JSON from standard input and prints a `LoadResult`. Orders are
signed before the clock runs. Messages are sent evenly, each when its time has come whether the node keeps up or not;
the time of an order counts from when its message should have been sent, so that a node which stalls cannot hide it.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections import Counter
from collections.abc import Iterator
from functools import partial
from random import Random
from time import perf_counter
from typing import Any, Final, TypeAlias

import msgspec

from prover.kernels import load_kernels
from rollup.types.orders import Domain, Order
from sequencer.api.client import ApiClient, ApiRefusal, ConnectionLost
from sequencer.api.signer import Signer
from sequencer.native_crypto import NativeCrypto

DRAIN_S: Final = 30.0
SLOTS: Final = 8
MS: Final = 1_000
FEE_CAP_PPM: Final = 1_000

Call: TypeAlias = tuple[int, str, dict[str, Any]]
"""Whose, the method, its parameters."""


class LoadTrader(msgspec.Struct, frozen=True, kw_only=True):
    """An account and its secret key, as hexadecimal: of a local chain, worth nothing."""

    account: int
    secret: str
    nonce: int = 0


class LoadSeries(msgspec.Struct, frozen=True, kw_only=True):
    """A series, and what it is worth about."""

    series_id: int
    name: str
    mark_e2: int


class LoadPhase(msgspec.Struct, frozen=True, kw_only=True):
    """So many orders a second for so long; `crossing` is the share of those that trade."""

    name: str
    per_second: float
    seconds: float
    crossing: float = 0.0


class LoadPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the process needs to know. A trader sends `per_message` orders at once, as makers quote."""

    url: str
    chain_id: int
    contract: int
    traders: list[LoadTrader]
    series: list[LoadSeries]
    phases: list[LoadPhase]
    expiry_s: int
    per_message: int = SLOTS
    seed: int = 1


class PhaseResult(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds from when an order should have been sent to its durable acknowledgement; refusals by rule."""

    name: str
    sent: int
    accepted: int
    seconds: float
    refused: dict[str, int]
    median_ms: float
    p99_ms: float
    largest_ms: float

    @property
    def accepted_per_second(self) -> float:
        """Durable orders a second, over the phase's time."""
        return self.accepted / self.seconds


class LoadResult(msgspec.Struct, frozen=True, kw_only=True):
    """By phase, in order."""

    phases: list[PhaseResult]


class _Loader:
    def __init__(self, plan: LoadPlan) -> None:
        self._plan = plan
        self._rng = Random(plan.seed)
        crypto = NativeCrypto(load_kernels(threads=1))
        domain = Domain(plan.chain_id, plan.contract)
        self._signers = [Signer(one.account, bytes.fromhex(one.secret), domain, crypto) for one in plan.traders]
        self._nonces = {(one.account, slot): one.nonce for one in plan.traders for slot in range(SLOTS)}
        self._turn = 0

    def order(self, crossing: float) -> Call:
        """Whose, the method, its parameters. Those that do not cross keep away from the mark, half of it or twice."""
        place = self._turn // self._plan.per_message % len(self._signers)
        slot = (self._turn // len(self._signers) if self._plan.per_message == 1 else self._turn) % SLOTS
        self._turn += 1
        signer = self._signers[place]
        series = self._rng.choice(self._plan.series)
        nonce = self._nonces[signer.account, slot] = self._nonces[signer.account, slot] + 1
        crosses, is_buy = self._rng.random() < crossing, self._rng.random() < 0.5
        low_e2, high_e2 = max(1, series.mark_e2 // 2), 2 * series.mark_e2 + 1
        limit_e2 = (high_e2 if is_buy else low_e2) if crosses else (low_e2 if is_buy else high_e2)
        size_e4 = self._rng.randint(1, 1_000)
        order = Order(
            signer.account,
            series.series_id,
            is_buy,
            limit_e2 + (0 if crosses else self._rng.randint(0, 5) * (-1 if is_buy and low_e2 > 5 else 1)),
            size_e4,
            FEE_CAP_PPM,
            self._plan.expiry_s,
            slot,
            nonce,
        )
        return place, "private/buy" if is_buy else "private/sell", signer.order(order, series.name)

    async def run(self) -> LoadResult:
        prepared = [
            [self.order(phase.crossing) for _ in range(int(phase.per_second * phase.seconds))]
            for phase in self._plan.phases
        ]
        clients = [await ApiClient.connect(self._plan.url) for _ in self._signers]
        for client, signer in zip(clients, self._signers, strict=True):
            await client.login(signer)
        results = []
        for phase, calls in zip(self._plan.phases, prepared, strict=True):
            results.append(await _play(phase, calls, clients, self._plan.per_message))
        for client in clients:
            await client.close()
        return LoadResult(phases=results)


async def _play(phase: LoadPhase, calls: list[Call], clients: list[ApiClient], per_message: int) -> PhaseResult:
    began, sent = perf_counter(), 0
    times_s: list[float] = []
    refused: Counter[str] = Counter()
    waiting: list[asyncio.Future[Any]] = []

    def done(due_s: float, future: asyncio.Future[Any]) -> None:
        error = future.exception()
        if error is None:
            times_s.append(perf_counter() - due_s)
        elif isinstance(error, ApiRefusal):
            refused[error.rule or str(error.code)] += 1
        else:
            refused[type(error).__name__] += 1

    for some in _messages(calls, per_message):
        due_s = began + sent / phase.per_second
        await asyncio.sleep(max(0.0, due_s - perf_counter()))
        sent += len(some)
        try:
            futures = await clients[some[0][0]].send([(method, parameters) for _, method, parameters in some])
        except (ConnectionLost, OSError) as error:
            refused[type(error).__name__] += len(some)
            continue
        for future in futures:
            future.add_done_callback(partial(done, due_s))
        waiting += futures
    await asyncio.sleep(max(0.0, began + sent / phase.per_second - perf_counter()))
    seconds = perf_counter() - began
    if waiting:
        await asyncio.wait(waiting, timeout=DRAIN_S)
    for future in waiting:
        if not future.done():
            refused["no answer"] += 1
    return _result(phase, sent, seconds, times_s, dict(refused))


def _messages(calls: list[Call], most: int) -> Iterator[list[Call]]:
    """Orders of one trader that come one after the other, so many at once."""
    some: list[Call] = []
    for call in calls:
        if some and (len(some) == most or some[0][0] != call[0]):
            yield some
            some = []
        some.append(call)
    if some:
        yield some


def _result(phase: LoadPhase, sent: int, seconds: float, times_s: list[float], refused: dict[str, int]) -> PhaseResult:
    ordered = sorted(times_s) or [0.0]
    return PhaseResult(
        name=phase.name,
        sent=sent,
        accepted=len(times_s),
        seconds=seconds,
        refused=refused,
        median_ms=ordered[len(ordered) // 2] * MS,
        p99_ms=ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] * MS,
        largest_ms=ordered[-1] * MS,
    )


def main() -> None:
    """Reads a plan, prints a result."""
    gc.disable()  # collections of its own would count as the node's time
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=LoadPlan)
    result = asyncio.run(_Loader(plan).run())
    sys.stdout.buffer.write(msgspec.json.encode(result) + b"\n")


if __name__ == "__main__":
    main()
