"""A message that was sequenced, now or when the log was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rollup.errors import BadSignature, RollupError
from rollup.types.orders import SignedOrder
from sequencer.matching.errors import MatchingError
from sequencer.matching.requests import Report
from sequencer.messages import Message, decode_message
from sequencer.store import LogEntry
from sequencer.venue import Outcome, Venue, VenueError
from sequencer.venue.signatures import signed_parts

MS_PER_S: Final = 1_000
REFUSALS: Final = (RollupError, MatchingError, VenueError)
"""What a venue says no with; anything else is a fault."""


@dataclass(frozen=True, slots=True)
class Sequenced:
    """A message that is in the log for good as entry `sequence`, when (unix), and what it did.

    `refusal` is there for one that the venue refused but for which it first took orders out that no longer held.
    """

    sequence: int
    time_ms: int
    message: Message
    outcome: Outcome
    refusal: Exception | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a message was refused, and what left the books before it was."""

    error: Exception
    outcome: Outcome


def apply_logged(venue: Venue, message: Message) -> Outcome:
    """Applies a message whose signatures were found good. Raises what the venue refuses with."""
    return venue.apply_verified(message)


def replay(venue: Venue, entry: LogEntry) -> Sequenced:
    """Applies an entry of the log again: what was refused then is refused again, and what it left behind is taken.

    Its time is the venue's. Raises `MalformedMessage`.
    """
    message, refusal = decode_message(entry.payload), None
    try:
        outcome = apply_logged(venue, message)
    except REFUSALS as error:
        outcome, refusal = Outcome(0, Report(removals=venue.take_removals())), error
    return Sequenced(entry.sequence, venue.time_s * MS_PER_S, message, outcome, refusal)


def bad_signature(message: Message) -> BadSignature:
    """That somebody else signed it, or something else was signed."""
    for signed in signed_parts(message):
        if isinstance(signed, SignedOrder):
            return BadSignature("order", account=signed.order.account)
        return BadSignature("operation", account=signed.operation.account)
    return BadSignature("message")


def sequenced_of(number: int, now_ms: int, message: Message, result: Outcome | Refused) -> Sequenced:
    """Entry `number` of the log."""
    if isinstance(result, Refused):
        return Sequenced(number, now_ms, message, result.outcome, result.error)
    return Sequenced(number, now_ms, message, result)
