"""Log lines, the newest at the bottom: who stands there sees them come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult

from console.tui.context import Context
from console.tui.panes.pane import OpenText, Pane, Reload
from console.tui.views.logs import log_columns, log_lines
from console.tui.widgets.bars import Key
from console.tui.widgets.rows import PagedRows
from console.tui.widgets.virtual_table import VirtualTable
from sequencer.record.types import LogRow

LEVELS: Final[tuple[tuple[str, ...] | None, ...]] = (None, ("warning", "error", "alarm"), ("alarm",))
MOST_FOUND: Final = 2_000


class LogsPane(Pane):
    """All levels, warnings and worse, or alarms alone; a filter is answered by the record."""

    NAME = "Logs"
    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("l", "level", "all lines, warnings and worse, alarms alone"),
        Key("⏎", "all of it", "the whole line with its fields"),
        Key("y", "copy", "the line"),
    )
    BINDINGS: ClassVar = [("l", "level", "Level")]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.table: VirtualTable[LogRow] = VirtualTable(named="log", newest="bottom", empty="nothing was said yet")
        self.level = 0
        self._first = 1

    def compose(self) -> ComposeResult:
        """One table."""
        yield self.table

    @property
    def name_now(self) -> str:
        """With the level."""
        return (self.NAME, f"{self.NAME} warn", f"{self.NAME} alarm")[self.level]

    async def load(self) -> None:
        """By pages; what is filtered, all at once."""
        reader, levels, contains = self.context.run.reader, LEVELS[self.level], self.filter_text or None
        self.table.use_columns(log_columns(self.context.palette))
        if levels is None and contains is None:
            newest = reader.log(limit=1)
            last = newest[0].id if newest else 0
            self._first = first_id(last, self._first, lambda before: bool(reader.log(before=before, limit=1)))
            rows: PagedRows[LogRow] = PagedRows(self._first, last, self._fetch, lambda row: row.id, falling=False)
            self.table.show(rows)
            return
        found = await self.context.run.ask(lambda asked: asked.log(limit=MOST_FOUND, levels=levels, contains=contains))
        self.table.show_listed(found[::-1], lambda row: row.id, empty="no such line")

    def repaint(self) -> None:
        """Colours."""
        self.table.use_columns(log_columns(self.context.palette))

    @property
    def can_filter(self) -> bool:
        """By text."""
        return True

    def copied(self) -> tuple[str, str] | None:
        """All of the line."""
        row = self.table.current
        return None if row is None else ("log line", log_lines(row))

    def focus_rows(self) -> None:
        """The table."""
        self.table.focus()

    def action_level(self) -> None:
        """The next level."""
        self.level = (self.level + 1) % len(LEVELS)
        self.table.start_over(log_columns(self.context.palette))
        self.post_message(Reload())

    def on_virtual_table_chosen(self, _: VirtualTable.Chosen) -> None:
        """All of the line."""
        if (row := self.table.current) is not None:
            self.post_message(OpenText("log line", log_lines(row)))

    def _fetch(self, low: int, high: int) -> Sequence[LogRow]:
        rows = self.read(lambda reader: reader.log(before=high + 1, limit=high - low + 1))
        return [row for row in rows if row.id >= low]


def first_id(last: int, at_least: int, is_any_below: Callable[[int], bool]) -> int:
    """The smallest id that is still there, by halving: the record drops its oldest lines."""
    low, high = at_least, max(last, at_least)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_any_below(middle + 1) else (middle + 1, high)
    return low
