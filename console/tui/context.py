"""What every pane is given: the run, the colours of now, and a clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from console.tui.run import Run
from console.tui.themes import DARK_PALETTE, Palette
from console.tui.views.frame import Summary, run_age
from console.tui.views.names import Names


@dataclass(slots=True)
class Context:
    """Changes as the run goes on and as themes are chosen; panes look at it whenever they draw.

    `now_ms` is unix milliseconds. `key_file` is the key to verify proofs by, None for a development key.
    """

    run: Run
    now_ms: Callable[[], int]
    key_file: Path | None = None
    palette: Palette = DARK_PALETTE
    summary: Summary | None = None
    names: Names = field(default_factory=Names)
    table_time_s: int = 0
    seen_ms: int | None = None
    """When something new came, by `now_ms`; None as long as nothing has come since the run was opened."""
    was_running: bool = False

    def set_palette(self, palette: Palette, *, is_plain: bool) -> None:
        """Colours of another theme; `is_plain`: signs must do."""
        self.palette = replace(palette, is_plain=is_plain)

    @property
    def running_ms(self) -> int | None:
        """Now by the run's own clock, while it goes on; None after it ended: then nothing gets older.

        A replay lives in the time of its trades: its clock is that of its last entry, and goes on from there.
        """
        now_ms = self.now_ms()
        if self.summary is None or not run_age(self.summary, now_ms, self.seen_ms)[1]:
            return None
        return now_ms if self.seen_ms is None else self.summary.state.updated_ms + now_ms - self.seen_ms

    def gets_older(self) -> bool:
        """Whether ages on the screen are other ones by now; once more, too, after the run has stopped."""
        was_running, self.was_running = self.was_running, self.running_ms is not None
        return was_running or self.was_running
