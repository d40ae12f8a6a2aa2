"""The API's door (`NodePort`) to the sequencer: questions and messages in, what became of them out."""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from threading import Lock
from typing import Any, Final, TypeVar

from sequencer.api.event_stream import EventStream
from sequencer.api.port import (
    AccountSnapshot,
    Acknowledgement,
    Applied,
    BatchCut,
    Event,
    Health,
    NodeBusy,
    NodeInfo,
    NodeStopped,
    OutcomeUnknown,
    TakenBack,
)
from sequencer.messages import CancelOrder, Message, PlaceOrder, TakeQuote
from sequencer.node.errors import IntakeFull, NotDurable, NotSequencing, ProvingBehind
from sequencer.node.sequencing import Sequencer
from sequencer.venue import Venue, VenueReader
from sequencer.venue.sequenced import Sequenced

T = TypeVar("T")
RETRY_MS: Final = 100
"""After which a full intake has room again: it is sequenced many times over by then."""

PROVING_RETRY_MS: Final = 2_000
"""About what a proof takes."""


class Door:
    """Answers on whatever loop asks; everything else happens on the thread that tells."""

    def __init__(
        self,
        info: NodeInfo,
        sequencer: Sequencer,
        health: Callable[[], Health],
        congestion: Callable[[], ProvingBehind | None],
    ) -> None:
        self._info = info
        self._sequencer = sequencer
        self._health = health
        self._congestion = congestion
        self._lock = Lock()
        self._streams: list[EventStream[Event]] = []
        self._answers: defaultdict[AbstractEventLoop, list[_Answer]] = defaultdict(list)
        self._published = sequencer.sequence

    @property
    def info(self) -> NodeInfo:
        """What does not change."""
        return self._info

    def submit(self, message: Message) -> asyncio.Future[Acknowledgement]:
        """Hands a message in. Raises `NodeBusy` and `NodeStopped`."""
        behind = self._congestion()
        if behind is not None and isinstance(message, PlaceOrder | TakeQuote):
            raise NodeBusy(str(behind), PROVING_RETRY_MS)
        return self._handed_in(partial(self._sequencer.hand_in, message), _acknowledged)

    def account(self, account: int) -> asyncio.Future[AccountSnapshot]:
        """An account as the log has it. The future raises `UnknownAccount`."""
        sequencer = self._sequencer
        return self._handed_in(
            partial(sequencer.put_question, lambda venue: snapshot_of(venue, account, sequencer.sequence)), _as_it_is
        )

    def follow(self, stream: EventStream[Event]) -> int:
        """Publishes all later events into the stream, and returns the last entry of the log before them."""
        with self._lock:
            self._streams.append(stream)
            return self._published

    def unfollow(self, stream: EventStream[Event]) -> None:
        """Publishes no more into it."""
        with self._lock:
            self._streams = [one for one in self._streams if one is not stream]

    def health(self) -> Health:
        """At once, from any thread."""
        return self._health()

    def publish(self, events: Sequence[Event], last: int | None = None) -> None:
        """To all who follow; `last` is the last entry of the log among them."""
        with self._lock:
            self._published = self._published if last is None else last
            streams = tuple(self._streams)
        for stream in streams:
            stream.publish(events)

    def answer(self) -> None:
        """Hands over the answers of a group, with one wake-up for each loop that asked. On the thread that tells."""
        answers, self._answers = self._answers, defaultdict(list)
        for loop, some in answers.items():
            try:
                loop.call_soon_threadsafe(_resolve_all, some)
            except RuntimeError:
                continue  # the loop is closed: nobody waits any more

    def _handed_in(self, hand_in: Callable[[_Answer], None], convert: Callable[[Any], T]) -> asyncio.Future[T]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        try:
            hand_in(_Answer(future, convert, partial(self._collect, loop)))
        except IntakeFull as error:
            raise NodeBusy(str(error), RETRY_MS) from error
        except NotSequencing as error:
            raise NodeStopped(error.why) from error
        return future

    def _collect(self, loop: AbstractEventLoop, answer: _Answer) -> None:
        self._answers[loop].append(answer)


class _Answer:
    """A `Promise` to a future of a loop, which is resolved there with the others of its group."""

    __slots__ = ("_collect", "_convert", "_error", "_future", "_is_done", "_value")

    def __init__(
        self, future: asyncio.Future[Any], convert: Callable[[Any], Any], collect: Callable[[_Answer], None]
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
        match self._error:
            case None:
                self._future.set_result(self._convert(self._value))
            case NotDurable(why=why):
                self._future.set_exception(OutcomeUnknown(why))
            case NotSequencing(why=why):
                self._future.set_exception(NodeStopped(why))
            case error:
                self._future.set_exception(error)


def _resolve_all(answers: Sequence[_Answer]) -> None:
    for answer in answers:
        answer.resolve()


def events_of(sequenced: Sequence[Sequenced]) -> list[Event]:
    """What the API is told of a group."""
    events: list[Event] = []
    for one in sequenced:
        events.append(Applied(one.sequence, one.time_ms, _shown(one), one.outcome.report))
        for dropped in one.outcome.dropped:
            events.append(TakenBack(dropped.error, dropped.trades, dropped.liquidations, dropped.operations))
        for batch in one.outcome.batches:
            roots = batch.applied.roots
            events.append(BatchCut(one.sequence, batch.batch, roots.before, roots.after))
    return events


def _shown(one: Sequenced) -> Message:
    """Of a refused message only what it left behind is shown: the first order that it took out."""
    if one.refusal is None:
        return one.message
    order = one.outcome.report.removals[0].signed.order
    return CancelOrder(order.account, order.slot, order.nonce)


def snapshot_of(venue: Venue, account_id: int, sequence: int) -> AccountSnapshot:
    """An account with all that was matched for it. Raises `UnknownAccount`."""
    found = VenueReader(venue).account(account_id)
    return AccountSnapshot(
        sequence,
        account_id,
        found.key,
        found.cash_e6,
        found.positions,
        found.nonces,
        found.values_e6,
        free_e6=max(0, found.free_e6),
        is_liquidated=found.is_liquidated,
    )


def _acknowledged(sequenced: Sequenced) -> Acknowledgement:
    return Acknowledgement(sequenced.sequence, sequenced.time_ms, sequenced.outcome.report)


def _as_it_is(value: T) -> T:
    return value
