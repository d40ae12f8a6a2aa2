"""A sequencer without a thread of its own, over a real log: what tests of the node stand on."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from rollup.types.transactions import Registration
from sequencer.messages import Message, NewTable, ReceiveQueue
from sequencer.node.group import Log
from sequencer.node.sequencing import Sequencer
from sequencer.store import EventLog
from sequencer.venue import Venue
from sequencer.venue.sequenced import Sequenced, replay
from tests.support.rollup import NOW
from tests.support.rollup import public_key as key_of
from tests.support.venue import Stall


@dataclass
class Heard:
    """A listener that remembers."""

    sequenced: list[Sequenced] = field(default_factory=list)
    groups: int = 0

    def on_applied(self, kept: Sequence[Sequenced]) -> None:
        """Nobody may know of it yet."""

    def on_sequenced(self, sequenced: Sequence[Sequenced]) -> None:
        self.sequenced += sequenced

    def on_refused(self, message: Message, error: Exception) -> None:
        """Whoever asked is told; that is enough here."""

    def on_group_end(self) -> None:
        self.groups += 1


class SequencedVenue:
    """A venue of `stall`'s making behind a sequencer; its turns are taken by hand."""

    def __init__(
        self,
        path: Path,
        stall: Stall | None = None,
        log: Log | None = None,
        sequencer: type[Sequencer] = Sequencer,
    ) -> None:
        self.stall = stall or Stall(opens=False)
        self.log = EventLog(path / "node.db") if log is None else log
        self.heard = Heard()
        self.sequencer = sequencer(self.stall.venue, self.log, self.heard, clock=lambda: NOW)

    def say(self, *messages: Message) -> list[Future[Sequenced]]:
        """All in one group."""
        futures = [self.sequencer.submit(message) for message in messages]
        self.sequencer.take_turn(0)
        return futures

    def close(self) -> None:
        """Lets others open the log."""
        if isinstance(self.log, EventLog):
            self.log.close()

    def open(self) -> None:
        """Accounts and a table."""
        stall = self.stall
        entries = tuple(Registration(i, stall.cash_e6, key_of(i)) for i in range(stall.accounts))
        for future in self.say(ReceiveQueue(0, entries), NewTable(NOW + 1, tuple(stall.rows))):
            future.result(0)


def rebuilt(path: Path, stall: Stall) -> Venue:
    """A venue from the log alone."""
    venue = Venue(stall.genesis, stall.crypto)
    with EventLog(path / "node.db") as log:
        for entry in log.entries():
            replay(venue, entry)
    return venue
