"""The node's side of a gateway: messages come in as bytes; events and answers go out together, group by group."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from sequencer.api.port import Applied, Event, Health
from sequencer.gateway import GatewayDoor, NodeSide
from sequencer.gateway.talk import OwnEntry, PlainAnswer, PlainMessage, Told
from sequencer.matching.requests import Report
from sequencer.messages import decode_message
from sequencer.node.door import snapshot_of
from sequencer.node.errors import NodeError, ProvingBehind
from sequencer.node.sequencing import Sequencer
from sequencer.node.telling import takes_risk, told
from sequencer.venue import Venue
from sequencer.venue.sequenced import Sequenced


class OpenGateway(Protocol):
    """Begins what answers traders."""

    def __call__(self, node: NodeSide) -> GatewayDoor:
        """With who is to be asked."""
        ...


class Gate:
    """A `NodeSide`. What the sequencer's thread says is kept until its group has ended."""

    def __init__(
        self,
        sequencer: Sequencer,
        open_gateway: OpenGateway,
        *,
        health: Callable[[], Health],
        congestion: Callable[[], ProvingBehind | None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._sequencer = sequencer
        self._health, self._congestion, self._failed = health, congestion, failed
        self._events: list[Event] = []
        self._answers: list[_Ticket] = []
        self.gateway = open_gateway(self)

    # -- what the gateway asks, on its thread ------------------------------------------------------------------------

    def take(self, messages: Sequence[PlainMessage]) -> None:
        """See `NodeSide`."""
        behind = self._congestion()
        refused: list[PlainAnswer] = []
        for number, payload in messages:
            message = decode_message(payload)
            try:
                if behind is not None and takes_risk(message):
                    raise behind
                self._sequencer.hand_in(message, _Ticket(number, self._answers), payload)
            except NodeError as error:
                refused.append((number, told(error)))
        if refused:
            self.gateway.tell(Told((), refused))

    def ask(self, number: int, account: int) -> None:
        """See `NodeSide`."""
        sequencer = self._sequencer

        def question(venue: Venue) -> Any:
            return snapshot_of(venue, account, sequencer.sequence)

        try:
            sequencer.put_question(question, _Ticket(number, self._answers))
        except NodeError as error:
            self.gateway.tell(Told((), [(number, told(error))]))

    def health(self) -> Health:
        """See `NodeSide`."""
        return self._health()

    def failed(self, error: Exception) -> None:
        """See `NodeSide`."""
        self._failed(error)

    # -- what the node says ------------------------------------------------------------------------------------------

    def publish(self, events: Sequence[Event], last: int | None = None) -> None:
        """Of a group, whose last entry is `last`; or, without one, at once."""
        if last is None:
            self.gateway.tell(Told(list(events)))
        else:
            self._events += events

    def answer(self) -> None:
        """The group has ended. On the sequencer's thread, as all answers are given."""
        if not (self._events or self._answers):
            return
        numbers = {
            ticket.value.sequence: ticket.number for ticket in self._answers if isinstance(ticket.value, Sequenced)
        }
        entries = [_entry(event, numbers) for event in self._events]
        answers = [(one.number, one.value) for one in self._answers if not isinstance(one.value, Sequenced)]
        self._events.clear()
        self._answers.clear()
        self.gateway.tell(Told(entries, answers))


class _Ticket:
    """A `Promise` to whoever has sent a message under this number."""

    __slots__ = ("_answers", "number", "value")

    def __init__(self, number: int, answers: list[_Ticket]) -> None:
        self.number, self._answers = number, answers
        self.value: Any = None

    def done(self) -> bool:
        """See `Promise`."""
        return self.value is not None

    def set_result(self, value: Any) -> None:
        """See `Promise`."""
        self.value = value
        self._answers.append(self)

    def set_exception(self, error: Exception) -> None:
        """See `Promise`."""
        self.value = told(error)
        self._answers.append(self)


def _entry(event: Event, numbers: dict[int, int]) -> OwnEntry | Event:
    """What came from there goes back without the message, and in as few words as it needs."""
    if not isinstance(event, Applied) or event.sequence not in numbers:
        return event
    report = event.report
    told_short = report == Report(resting_e4=report.resting_e4)
    return numbers[event.sequence], event.sequence, event.time_ms, report.resting_e4 if told_short else report
