"""Copies what is logged into the record."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, Final, Protocol

import structlog

APART: Final = frozenset(("event", "level", "timestamp"))
LEVELS: Final = {"warn": "warning", "exception": "error", "critical": "error"}


class TakesLines(Protocol):
    """What is needed of `Recorder`."""

    def log(self, level: str, text: str, fields: Mapping[str, object] | None = None, *, source: str = "node") -> None:
        """A line: level is debug, info, warning, error or alarm."""
        ...


def copy_log_lines(recorder: TakesLines) -> Callable[[], None]:
    """From now on lines go into the record too, as they are after all other processors (without secrets).

    What is returned ends that. The thread stands for who said it.
    """
    before = structlog.get_config()["processors"]

    def copied(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        fields = {name: value for name, value in event.items() if name not in APART}
        level = str(event.get("level", "info"))
        source = threading.current_thread().name
        recorder.log(LEVELS.get(level, level), str(event.get("event", "")), fields, source=source)
        return event

    def end() -> None:
        processors = structlog.get_config()["processors"]
        structlog.configure(processors=[one for one in processors if one is not copied])

    structlog.configure(processors=[*before[:-1], copied, *before[-1:]])
    return end
