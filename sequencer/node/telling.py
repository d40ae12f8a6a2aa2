"""Who is told what of a group, and on which thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from sequencer.messages import Message
from sequencer.node.group import Group, Promise
from sequencer.venue import Outcome, Venue
from sequencer.venue.sequenced import REFUSALS, Sequenced


class Listener(Protocol):
    """Who is told. All but `on_applied` on the thread that writes the log: first what happened, then that it ended."""

    def on_applied(self, kept: Sequence[Sequenced]) -> None:
        """The venue has taken them, in order, and nobody may know of it yet. On the sequencer's thread: only here may
        a listener look at the venue.
        """
        ...

    def on_sequenced(self, sequenced: Sequence[Sequenced]) -> None:
        """They are durable, in order; the venue may be ahead of them."""
        ...

    def on_refused(self, message: Message, error: Exception) -> None:
        """Nothing of it is in the log."""
        ...

    def on_group_end(self) -> None:
        """All futures of the group are resolved."""
        ...


def tell(group: Group, listener: Listener, venue: Venue) -> None:
    """Everybody, once it is durable. If it has questions nothing else may change the venue meanwhile."""
    if kept := group.kept:
        listener.on_sequenced(kept)
    for one in group.applied:
        if isinstance(one.result, Outcome):
            one.waiting.promise.set_result(one.kept)
            continue
        if one.kept is None:
            listener.on_refused(one.message, one.result.error)
        one.waiting.promise.set_exception(one.result.error)
    for waiting in group.questions:
        if waiting.question is not None:
            _answer(waiting.promise, waiting.question, venue)
    listener.on_group_end()


def _answer(promise: Promise, question: Callable[[Venue], Any], venue: Venue) -> None:
    try:
        promise.set_result(question(venue))
    except REFUSALS as error:
        promise.set_exception(error)
