"""L1's queue as far as it was received: its order is kept, whatever the venue makes of each entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rollup.errors import AlreadyRegistered, FieldOutOfRange, UnknownAccount
from rollup.state import State
from rollup.types.transactions import ForcedCloseOut, QueueEntry, Registration
from rollup.units import INSURANCE_ACCOUNT
from sequencer.venue.errors import QueueEntryRefused, QueueOutOfStep
from sequencer.venue.pieces import Piece


class Inbox:
    """`received` counts entries; `waiting` are those that neither a batch nor the engine has."""

    def __init__(self) -> None:
        self.received = 0
        self.waiting: list[Piece] = []
        self.registered: set[int] = set()

    def check(self, first_index: int, entries: Sequence[QueueEntry], state: State) -> None:
        """Whether these are the next entries, and of the kind that L1 lets in.

        Raises `QueueOutOfStep`, `QueueEntryRefused`.
        """
        if first_index != self.received:
            raise QueueOutOfStep(self.received, first_index)
        new: set[int] = set()
        for index, entry in enumerate(entries, start=first_index):
            try:
                is_known = state.account(entry.account) is not None or entry.account in self.registered | new
            except FieldOutOfRange as error:
                raise QueueEntryRefused(index, str(error)) from error
            if isinstance(entry, Registration):
                if is_known:
                    raise QueueEntryRefused(index, AlreadyRegistered.says)
                new.add(entry.account)
            elif not is_known:
                raise QueueEntryRefused(index, UnknownAccount.says)
            if isinstance(entry, ForcedCloseOut) and entry.account == INSURANCE_ACCOUNT:
                raise QueueEntryRefused(index, "the insurance fund cannot close out with itself")

    def take(self, entries: Iterable[QueueEntry]) -> None:
        """Counts entries that `check` found good."""
        for entry in entries:
            self.received += 1
            if isinstance(entry, Registration):
                self.registered.add(entry.account)

    def forget_registered(self) -> None:
        """All registrations are in the state."""
        self.registered = {piece.queue[0].account for piece in self.waiting if isinstance(piece.queue[0], Registration)}

    def groups(self) -> list[list[Piece]]:
        """What waits, cut so that no two entries of a group are about one account; afterwards nothing waits.

        Forced requests are judged by the state before their batch: two of one account may not share one.
        """
        groups: list[list[Piece]] = []
        about: set[int] = set()
        for piece in self.waiting:
            concerned = concerned_by(piece.queue[0])
            if not groups or about & concerned:
                groups.append([])
                about = set()
            groups[-1].append(piece)
            about |= concerned
        self.waiting = []
        return groups


def concerned_by(entry: QueueEntry) -> set[int]:
    """The accounts that an entry changes."""
    return {entry.account, INSURANCE_ACCOUNT} if isinstance(entry, ForcedCloseOut) else {entry.account}
