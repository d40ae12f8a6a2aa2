"""What the demo itself has to say: what it does now, what it announced, and which of its promises were kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from time import perf_counter, time
from typing import Any


@dataclass(frozen=True, slots=True)
class Note:
    """A line, `second` after the demo began, at `time_ms` (unix). `kind` is act, note, or announcement."""

    second: float
    time_ms: int
    text: str
    kind: str = "note"


@dataclass(frozen=True, slots=True)
class Promise:
    """Something that the demo shows, whether it happened, and by what that was seen. `data` are the figures of it."""

    name: str
    is_kept: bool
    evidence: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EquitySample:
    """What an account is worth, and what it must keep, `second` after the demo began."""

    second: float
    equity_e6: int
    maintenance_e6: int


@dataclass(frozen=True, slots=True)
class MarginSample:
    """An account's equity at the mark (column 0) and in each scenario, `when` in words. Shape: (COLUMNS,)."""

    account: int
    when: str
    values_e6: tuple[int, ...]


class Chronicle:
    """Written on any thread, read on any. `hear` is called with each note, on the thread that wrote it."""

    def __init__(self, hear: Callable[[Note], None] = lambda _note: None) -> None:
        self._hear, self._lock = hear, Lock()
        self._began = perf_counter()
        self.started_ms = int(time() * 1000)
        self._notes: list[Note] = []
        self._promises: list[Promise] = []
        self._acts: list[tuple[str, float]] = []
        self.margins: list[MarginSample] = []
        self.equity: list[EquitySample] = []
        """Of the account that the demo watches."""
        self.progress: tuple[int, int] | None = None
        """How many steps of the act are done, and how many there are, where that is known."""
        self.roles: dict[int, str] = {}
        """What each account is in this demo, by its number."""

    @property
    def second(self) -> float:
        """How long the demo has run."""
        return perf_counter() - self._began

    def act(self, text: str) -> None:
        """A new part begins."""
        with self._lock:
            self._acts.append((text, self.second))
            self.progress = None
        self._say(text, "act")

    def note(self, text: str) -> None:
        """Something that happened."""
        self._say(text, "note")

    def announce(self, text: str) -> None:
        """Something that the demo does to its made-up market: not by itself, and said."""
        self._say(text, "announcement")

    def promise(self, name: str, evidence: str, *, is_kept: bool, **data: Any) -> None:
        """Whether something happened, and by what that was seen."""
        with self._lock:
            self._promises.append(Promise(name, is_kept, evidence, data))
        self._say(f"{name}: {evidence}" if is_kept else f"NOT {name}: {evidence}", "note")

    def sample(self, account: int, when: str, values_e6: tuple[int, ...]) -> None:
        """An account's equity by scenario."""
        with self._lock:
            self.margins.append(MarginSample(account, when, values_e6))

    @property
    def notes(self) -> tuple[Note, ...]:
        """All, oldest first."""
        with self._lock:
            return tuple(self._notes)

    @property
    def promises(self) -> tuple[Promise, ...]:
        """All so far."""
        with self._lock:
            return tuple(self._promises)

    @property
    def now(self) -> str:
        """The act that is played, and how far it is where that is known."""
        progress = self.progress
        return self.act_name if progress is None else f"{self.act_name} {progress[0]:,}/{progress[1]:,}"

    @property
    def act_name(self) -> str:
        """The act alone; empty before the first."""
        with self._lock:
            return self._acts[-1][0] if self._acts else ""

    def act_seconds(self) -> dict[str, float]:
        """How long each act took; the last one until now."""
        with self._lock:
            ends = [*(began for _, began in self._acts[1:]), self.second]
            return {name: end - began for (name, began), end in zip(self._acts, ends, strict=False)}

    def _say(self, text: str, kind: str) -> None:
        note = Note(self.second, int(time() * 1000), text, kind)
        with self._lock:
            self._notes.append(note)
        self._hear(note)
