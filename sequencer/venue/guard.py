"""A message that is refused leaves nothing behind: it is in no log, and whoever replays the log never sees it.

The engine gives out position slots and looks at accounts before it knows whether it takes a message. Nobody is harmed
by that, but the slots are written into batches, so that they must come out the same with and without refused messages.
"""

from __future__ import annotations

from collections.abc import Iterable

from sequencer.matching.floor import Floor
from sequencer.matching.standing import Standing


class SlotGuard:
    """Remembers the position slots of some accounts."""

    def __init__(self, floor: Floor, accounts: Iterable[int]) -> None:
        self._floor = floor
        self._before: list[tuple[int, Standing | None, dict[int, int]]] = []
        for account in accounts:
            standing = floor.standings.get(account)
            if standing is None or standing.epoch != floor.epoch:
                self._before.append((account, None, {}))
            else:
                self._before.append((account, standing, dict(standing.slots)))

    def restore(self) -> None:
        """Puts them back; an account that was looked at for the first time will be looked at again."""
        for account, standing, slots in self._before:
            if standing is not None:
                standing.slots = slots
                continue
            found = self._floor.standings.get(account)
            if found is not None:
                found.epoch = -1
