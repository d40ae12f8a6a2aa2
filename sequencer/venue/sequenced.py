"""A message that was sequenced, now or when the log was written."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from rollup.errors import RollupError
from sequencer.matching.errors import MatchingError
from sequencer.matching.requests import Report
from sequencer.messages import Message, decode_message
from sequencer.store import LogEntry
from sequencer.venue.errors import VenueError
from sequencer.venue.outcomes import Outcome
from sequencer.venue.venue import Venue

MS_PER_S: Final = 1_000
REFUSALS: Final = (RollupError, MatchingError, VenueError)
"""What a venue says no with; anything else is a fault."""


class Logged(Struct, frozen=True):
    """A message as entry `sequence` of the log has it, and when that was (unix)."""

    sequence: int
    time_ms: int
    payload: bytes


class Sequenced(Struct, frozen=True):
    """A message that is in the log for good, and what it did.

    `refusal` is there for one that the venue refused but for which it first took orders out that no longer held.
    """

    logged: Logged
    message: Message
    outcome: Outcome
    refusal: Exception | None = None

    @property
    def sequence(self) -> int:
        """Its entry in the log."""
        return self.logged.sequence

    @property
    def time_ms(self) -> int:
        """When (unix)."""
        return self.logged.time_ms


class Refused(Struct, frozen=True):
    """Why a message was refused, and what left the books before it was."""

    error: Exception
    outcome: Outcome


def refused(venue: Venue, error: Exception) -> Refused:
    """What there is to say of a message that the venue has just refused."""
    return Refused(error, Outcome(0, Report(removals=venue.take_removals())))


def replay(venue: Venue, entry: LogEntry) -> Sequenced:
    """Applies an entry of an old log again: what was refused then is refused again, and leaves behind the same.

    The log has no times: the venue's stands in. Raises `MalformedMessage`.
    """
    message, outcome, refusal = _again(venue, entry.payload)
    return Sequenced(Logged(entry.sequence, venue.time_s * MS_PER_S, entry.payload), message, outcome, refusal)


def follow(venue: Venue, logged: Logged) -> Sequenced:
    """Applies what another venue has just taken. Raises `MalformedMessage`."""
    return Sequenced(logged, *_again(venue, logged.payload))


def _again(venue: Venue, payload: bytes) -> tuple[Message, Outcome, Exception | None]:
    message = decode_message(payload)
    try:
        return message, venue.apply_verified(message), None
    except REFUSALS as error:
        found = refused(venue, error)
        return message, found.outcome, found.error
