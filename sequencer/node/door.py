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
    TakenBack,
)
from sequencer.messages import CancelOrder, Message, PlaceOrder, TakeQuote
from sequencer.node.answers import Answer, Answers, resolve_all
from sequencer.node.errors import IntakeFull, NotSequencing, ProvingBehind
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
        self._answers: defaultdict[AbstractEventLoop, list[Answer | Answers]] = defaultdict(list)
        self._published = sequencer.sequence

    @property
    def info(self) -> NodeInfo:
        """What does not change."""
        return self._info

    def submit(self, message: Message) -> asyncio.Future[Acknowledgement]:
        """Hands a message in. Raises `NodeBusy` and `NodeStopped`."""
        if isinstance(message, PlaceOrder | TakeQuote):
            self._require_room()
        return self._handed_in(partial(self._sequencer.hand_in, message), _acknowledged)

    def submit_many(self, messages: Sequence[PlaceOrder]) -> asyncio.Future[list[Acknowledgement | Exception]]:
        """Hands orders in that come together. Raises `NodeBusy` and `NodeStopped`."""
        self._require_room()
        loop = asyncio.get_running_loop()
        answers = Answers(loop, len(messages), _acknowledged, partial(self._collect, loop))
        try:
            errors = self._sequencer.hand_in_many([*zip(messages, answers.promises, strict=True)])
        except NotSequencing as error:
            raise NodeStopped(error.why) from error
        for promise, full in zip(answers.promises, errors, strict=True):
            if full is not None:
                promise.refuse(NodeBusy(str(full), RETRY_MS))
        answers.resolve()
        return answers.future

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
                loop.call_soon_threadsafe(resolve_all, some)
            except RuntimeError:
                continue  # the loop is closed: nobody waits any more

    def _require_room(self) -> None:
        behind = self._congestion()
        if behind is not None:
            raise NodeBusy(str(behind), PROVING_RETRY_MS)

    def _handed_in(self, hand_in: Callable[[Answer], None], convert: Callable[[Any], T]) -> asyncio.Future[T]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        try:
            hand_in(Answer(future, convert, partial(self._collect, loop)))
        except IntakeFull as error:
            raise NodeBusy(str(error), RETRY_MS) from error
        except NotSequencing as error:
            raise NodeStopped(error.why) from error
        return future

    def _collect(self, loop: AbstractEventLoop, answer: Answer | Answers) -> None:
        some = self._answers[loop]
        if not some or some[-1] is not answer:
            some.append(answer)


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
