"""What the node hands over to its follower, in order, until a thread of its own sends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from time import sleep
from typing import Final, TypeAlias

from sequencer.follower.door import Fed
from sequencer.follower.plan import FollowerPlan
from sequencer.follower.talk import Feed, ToFollower, plain

GATHER_S: Final = 0.05
"""For entries of the log: each group of its own would wake three threads, one of them beside orders."""

Word: TypeAlias = ToFollower | FollowerPlan


class Outgoing:
    """For many threads that hand over, never waiting, and one that sends."""

    def __init__(self, wait: Callable[[float], None] = sleep) -> None:
        self._wait = wait
        self._queue: SimpleQueue[Word | list[Fed] | None] = SimpleQueue()

    def put(self, word: Word) -> None:
        """Anything but entries."""
        self._queue.put(word)

    def feed(self, entries: Sequence[Fed]) -> None:
        """Entries of the log."""
        self._queue.put(list(entries))

    def close(self) -> None:
        """Nothing comes after it."""
        self._queue.put(None)

    def words(self) -> Iterator[Word]:
        """All that was handed over, in order, until it is closed; entries that come within a moment are one word."""
        while (word := self._queue.get()) is not None:
            if not isinstance(word, list):
                yield word
                continue
            self._wait(GATHER_S)
            entries, after = word, list[Word | None]()
            with suppress(Empty):
                while not after:
                    more = self._queue.get_nowait()
                    if isinstance(more, list):
                        entries += more
                    else:
                        after.append(more)
            yield Feed([plain(one) for one in entries])
            for other in after:
                if other is None:
                    return
                yield other
