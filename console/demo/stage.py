"""What an act works with: the plan, what runs, who trades, and how long to wait for anything."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final, TypeVar

from console.demo.chronicle import Chronicle
from console.demo.crowd import Crowd, Member
from console.demo.errors import NodeEnded, TookTooLong
from console.demo.plan import DemoPlan
from rollup.types.series import Series
from sequencer.node.local import LocalRollup
from sequencer.node.stack import Stack

LOOK_S: Final = 0.1
T = TypeVar("T")


@dataclass(slots=True)
class Stage:
    """One demo while it is played. `began_s` is when trading did (monotonic), `expiry_s` when `short` expire.

    `liquidated` and `withdrawn` are pairs of account and batch, once that is known.
    """

    plan: DemoPlan
    stack: Stack
    chronicle: Chronicle
    crowd: Crowd
    short: tuple[Series, ...] = ()
    long: tuple[Series, ...] = ()
    expiry_s: int = 0
    began_s: float = 0.0
    liquidated: tuple[int, int] | None = None
    withdrawn: tuple[int, int] | None = None
    may_trade: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    """Nobody trades any more."""

    is_hit: asyncio.Event = field(default_factory=asyncio.Event)
    """The liquidation was seen, or will not come: until then makers have to quote, however slow the machine is."""

    @property
    def rollup(self) -> LocalRollup:
        """The contracts, and the chain."""
        return self.stack.rollup

    @property
    def seller(self) -> Member:
        """Who has sold too much."""
        return self.crowd.members[max(self.crowd.members)]

    @property
    def leaver(self) -> Member:
        """Who takes its money out: the first of those who only take."""
        return self.crowd.members[min(self.crowd.members) + self.plan.makers]

    async def ask(self, method: str, **parameters: Any) -> Any:
        """Something that everybody may ask."""
        return await self.leaver.client.call(method, parameters)

    async def at(self, second: float) -> None:
        """Waits until so long after trading began."""
        await asyncio.sleep(max(0.0, self.began_s + second - monotonic()))

    async def until(self, look: Callable[[], Awaitable[T]], what: str) -> T:
        """What a look finds, as soon as it finds something. Raises `TookTooLong`, `NodeEnded`."""
        deadline_s = monotonic() + self.plan.patience_s
        while not (found := await look()):
            if (failure := self.stack.node.failure) is not None:
                raise NodeEnded(str(failure))
            if monotonic() > deadline_s:
                raise TookTooLong(what, self.plan.patience_s)
            await asyncio.sleep(LOOK_S)
        return found

    async def executed(self, batch: int, what: str) -> None:
        """Waits until L1 itself says that it has executed a batch. Raises as `until`."""

        async def look() -> bool:
            return await asyncio.to_thread(lambda: self.rollup.house.progress().executed) >= batch

        await self.until(look, f"the execution of {what} on L1")

    async def margins(self, member: Member, when: str) -> Any:
        """An account's equity by scenario, which is also written down."""
        found = await member.client.call("private/get_margins")
        values = tuple(int(value) for value in found["values_e6"])
        self.chronicle.sample(member.trader.account, when, values)
        return found
