"""Looks at L1 when there is news for it, and else now and then; and tells what is seen there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import structlog

from rollup.recover import decode_queue_entry
from sequencer.follower.door import Listener
from sequencer.follower.finality import FinalityWatch
from sequencer.follower.parts import FollowerParts, QueueSource
from sequencer.follower.prepared import L1Door
from sequencer.messages import ReceiveQueue
from sequencer.submitter.events import Alarm, NodesTroubled, Refused
from sequencer.submitter.events import Event as L1Event
from sequencer.submitter.progress import L1Progress
from sequencer.submitter.submitter import PASSING, STOPPING

WORTH_A_LINE: Final = (Alarm, Refused, NodesTroubled)


class L1Watch:
    """For one thread. `on_final` is told, after each look that succeeded, what is executed for good."""

    def __init__(
        self,
        parts: FollowerParts,
        listener: Listener,
        l1: L1Door,
        queue: QueueSource,
        on_final: Callable[[int], None],
    ) -> None:
        self._parts, self._listener = parts, listener
        self._l1, self._queue, self._on_final = l1, queue, on_final
        self._log = structlog.get_logger("follower")
        self._finality = FinalityWatch()
        self._next_look_s = 0.0
        self.has_news = True
        self.looks = 0
        """How many have succeeded."""

    @property
    def progress(self) -> L1Progress | None:
        """How far L1 is, as of the last look."""
        return self._l1.progress

    def is_due(self) -> bool:
        """Whether there is news for L1, or it was not looked at for long."""
        return self.has_news or self.left_s == 0

    @property
    def left_s(self) -> float:
        """Until the next look that nothing asks for."""
        return max(0.0, self._next_look_s - self._parts.monotonic())

    def look(self) -> bool:
        """Lets the submitter take its turn; whether anything happened. Raises what ends it for good."""
        self._next_look_s = self._parts.monotonic() + self._parts.poll_s
        events = self._l1.step()
        for event in events:
            self._tell(event)
        # A step that tells goes on with the next one at once, but not while nodes do not answer.
        is_troubled = any(isinstance(event, NodesTroubled) for event in events)
        self.has_news = bool(events) and not is_troubled
        progress = self.progress
        if progress is not None and not is_troubled:
            self.looks += 1
            if moved := self._finality.look(progress):
                self._listener.moved(moved)
            self._on_final(progress.final_executed)
            self._read_queue()
        return bool(events)

    def _tell(self, event: L1Event) -> None:
        if isinstance(event, WORTH_A_LINE):
            self._log.warning("L1", what=repr(event))
        self._parts.recording.told(event)
        self._listener.told(event)

    def _read_queue(self) -> None:
        try:
            entries = self._queue.poll()
        except STOPPING:
            raise
        except PASSING as trouble:
            self._log.warning("the queue was not read", why=str(trouble))
            return
        if entries:
            found = tuple(decode_queue_entry(entry.words) for entry in entries)
            self._listener.received(ReceiveQueue(entries[0].index, found))
