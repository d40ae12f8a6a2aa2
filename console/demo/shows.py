"""How a demo is shown while it runs: a live screen on a terminal, lines elsewhere, nothing for programs."""

from __future__ import annotations

import os
import threading
from contextlib import ExitStack
from typing import Final, Protocol, Self, TextIO

from console.demo.chronicle import Note
from console.demo.look import Look

LIVE_S: Final = 0.25
LINE_S: Final = 5.0


class Looker(Protocol):
    """What is needed of a `Watcher`."""

    def look(self) -> Look:
        """What is to be seen now."""
        ...

    def close(self) -> None:
        """Looks no more."""
        ...


class Show:
    """Draws a look again and again on a thread of its own, as long as the block. This one draws nothing."""

    period_s = LINE_S

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._watcher: Looker | None = None

    def hear(self, note: Note) -> None:
        """A line of the demo's own, on any thread."""

    def draw(self, look: Look) -> None:
        """One look."""

    def watch(self, watcher: Looker) -> None:
        """From now on."""
        self._watcher = watcher
        self._thread = threading.Thread(target=self._run, name="demo-show", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        if self._watcher is None:
            return
        try:
            while not self._ended.wait(self.period_s):
                self.draw(self._watcher.look())
        finally:
            self._watcher.close()


class PlainShow(Show):
    """A line for everything that is said, and one every five seconds for what happens meanwhile."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream

    def hear(self, note: Note) -> None:
        """At once."""
        mark = {"act": "== ", "announcement": "!! "}.get(note.kind, "   ")
        print(f"{note.second:7.1f} s {mark}{note.text}", file=self._stream, flush=True)

    def draw(self, look: Look) -> None:
        """How far everything is; nothing before there is a record."""
        if look.state is not None:
            print(f"{look.second:7.1f} s    {progress_line(look)}", file=self._stream, flush=True)


class LiveShow(Show):
    """The whole terminal, until the end."""

    period_s = LIVE_S

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.live import Live

        super().__init__()
        self._stream = stream
        self._console = Console(file=stream, highlight=False)
        self._live = Live(console=self._console, auto_refresh=False, screen=True, vertical_overflow="crop")
        self._opened = ExitStack()

    def __enter__(self) -> Self:
        self._opened.enter_context(self._live)
        return self

    def __exit__(self, *details: object) -> None:
        super().__exit__(*details)
        self._opened.close()

    def draw(self, look: Look) -> None:
        """At the size that the terminal has now."""
        from rich.console import ConsoleDimensions

        from console.demo.screen import screen

        size = os.get_terminal_size(self._stream.fileno())
        self._console.size = ConsoleDimensions(*size)
        self._live.update(screen(look, *size), refresh=True)


def progress_line(look: Look) -> str:
    """How far batches are, in a line."""
    state = look.state
    if state is None:
        return ""
    trades = 0 if look.counts is None else look.counts.trades
    newest = f", the last proof took {look.proofs[0].proving_s:.2f} s" if look.proofs else ""
    return (
        f"{trades:,} trades; batches: {look.filling}/{look.trades_a_batch} filling, {state.sealed} sealed, "
        f"{state.proved} proved, {state.executed} executed{newest}"
    )


def show_of(stream: TextIO, *, is_plain: bool, as_json: bool) -> Show:
    """A live screen on a terminal that has colours, else lines; for programs nothing, unless lines are asked for."""
    if as_json:
        return PlainShow(stream) if is_plain else Show()
    is_live = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"
    return LiveShow(stream) if is_live and not is_plain else PlainShow(stream)
