"""What the node's own process tells for the record, which the follower writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sequencer.follower import FollowerDoor
from sequencer.follower.door import LogLine

MS_PER_S: Final = 1_000


class LineNotes:
    """Hands log lines over, as `sequencer.record.log_lines.copy_log_lines` has them."""

    def __init__(self, follower: FollowerDoor, clock: Callable[[], float]) -> None:
        self._follower, self._clock = follower, clock

    def log(self, level: str, text: str, fields: Mapping[str, object] | None = None, *, source: str = "node") -> None:
        """Some microseconds; raises nothing."""
        shown = {name: str(value) for name, value in (fields or {}).items()}
        self._follower.note(LogLine(int(self._clock() * MS_PER_S), level, source, text, shown))
