"""What the API needs of a node: one door for messages, one for what became of them, and a few looks inside.

Everything that comes out of this door is durable: whatever the node shows or says here is in its log already. All
methods are called on the API's event loop; the node works elsewhere and answers by `loop.call_soon_threadsafe`.
"""

from __future__ import annotations

from asyncio import Future
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol, TypeAlias

from msgspec import Struct

from primitives.babyjubjub import Point
from rollup.crypto import Crypto
from rollup.errors import RollupError
from rollup.types.batches import Batch
from rollup.types.orders import Domain, SignedOperation
from rollup.types.transactions import Liquidation, Trade
from sequencer.api.event_stream import EventStream
from sequencer.matching.errors import MatchingError
from sequencer.matching.requests import Report
from sequencer.messages import Message, PlaceOrder


class Finality(IntEnum):
    """How far something has come. What is not at least `ACCEPTED` is never shown."""

    ACCEPTED = 1
    BATCHED = 2
    COMMITTED = 3
    PROVEN = 4
    EXECUTED = 5

    @property
    def word(self) -> str:
        """As answers write it."""
        return self.name.lower()


class NodeRefusal(Exception):
    """The node did not look at a message: nothing happened."""


class NodeBusy(NodeRefusal):
    """More waits than the node takes, or the log is behind: send it again later."""

    def __init__(self, why: str, retry_after_ms: int) -> None:
        super().__init__(f"the node is busy: {why}; send it again in {retry_after_ms} ms")
        self.why, self.retry_after_ms = why, retry_after_ms


class NodeStopped(NodeRefusal):
    """The node takes nothing any more."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the node takes no messages: {why}")
        self.why = why


class OutcomeUnknown(Exception):
    """The log failed while a message was being written: it may be there after a restart, or not. Ask then."""

    def __init__(self, why: str) -> None:
        super().__init__(f"whether the message was taken will be known when the node has started again: {why}")
        self.why = why


class Acknowledgement(Struct, frozen=True):
    """A message is durable as entry `sequence` of the log; `report` is what it did, at `time_ms` (unix)."""

    sequence: int
    time_ms: int
    report: Report


class Applied(Struct, frozen=True):
    """Entry `sequence` of the log, and what it did. `time_ms` is the node's clock, in a replay the venue's time."""

    sequence: int
    time_ms: int
    message: Message
    report: Report


@dataclass(frozen=True, slots=True)
class BatchCut:
    """A batch was made of what had been accepted; entry `sequence` of the log ended it."""

    sequence: int
    batch: Batch
    root_before: int
    root_after: int


@dataclass(frozen=True, slots=True)
class BatchMoved:
    """A batch has come so far on L1, or, after a reorganisation, only so far again."""

    number: int
    finality: Finality
    transaction: str | None = None
    """The hash of the L1 transaction that did it."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Parts of a batch that the rollup refused: what had been accepted will not come to be, and `error` says why."""

    error: RollupError | MatchingError
    trades: tuple[Trade, ...] = ()
    liquidations: tuple[Liquidation, ...] = ()
    operations: tuple[SignedOperation, ...] = ()


Event: TypeAlias = Applied | BatchCut | BatchMoved | TakenBack


@dataclass(frozen=True, slots=True)
class AccountSnapshot:
    """An account after entry `sequence` of the log, with all fills up to there.

    `positions` are pairs of series id and size_e4; `nonces` the largest used nonce of each order slot; `values_e6` is V
    of shape (COLUMNS,); `free_e6` is what could be withdrawn with all orders at rest, or a lower bound of it.
    """

    sequence: int
    account: int
    key: Point
    cash_e6: int
    positions: tuple[tuple[int, int], ...]
    nonces: tuple[int, ...]
    values_e6: tuple[int, ...]
    free_e6: int
    is_liquidated: bool = False


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """What does not change while a node runs. `underlyings` are names by number, such as 1: "BTC"."""

    domain: Domain
    preset: str
    underlyings: Mapping[int, str]
    maker_fee_ppm: int
    taker_fee_ppm: int
    crypto: Crypto


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that must hold for the node to be ready: its log can be written, L1 is fresh, prices are fresh, …"""

    name: str
    holds: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """All conditions."""

    conditions: tuple[Condition, ...] = field(default_factory=tuple)

    @property
    def is_ready(self) -> bool:
        """Whether all hold."""
        return all(condition.holds for condition in self.conditions)


class NodePort(Protocol):
    """A node, as the API sees it."""

    @property
    def info(self) -> NodeInfo:
        """What does not change."""
        ...

    def submit(self, message: Message) -> Future[Acknowledgement]:
        """Hands a message in; messages are taken in the order of the calls. Does not wait.

        The future belongs to the running loop. It is resolved after the message is durable and after its events were
        published, with many others in one `call_soon_threadsafe`. It raises the rules that the message would break
        (`RollupError`, `MatchingError`, the venue's errors: nothing happened), or `OutcomeUnknown`.
        Raises `NodeBusy`, `NodeStopped` before any work was done.
        """
        ...

    def submit_many(self, messages: Sequence[PlaceOrder]) -> Future[list[Acknowledgement | Exception]]:
        """As `submit`, for orders that come together: one future for all, with what `submit` would say of each.

        Raises `NodeBusy`, `NodeStopped` before any work was done.
        """
        ...

    def account(self, account: int) -> Future[AccountSnapshot]:
        """An account as the log has it, between two groups of messages. The future raises `UnknownAccount`."""
        ...

    def follow(self, stream: EventStream[Event]) -> int:
        """Publishes all later events into the stream, and returns the last entry of the log before them."""
        ...

    def unfollow(self, stream: EventStream[Event]) -> None:
        """Publishes no more into it."""
        ...

    def health(self) -> Health:
        """At once, from any thread."""
        ...
